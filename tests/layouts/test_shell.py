import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from layouts.shell import PAGES, VIEWS, document, room
from layouts.texts import LANGUAGES, catalogue, translator

ASSETS = Path(__file__).resolve().parents[2] / "assets"
PANELS = {"attention", "cameras", "logistics", "energy", "environment", "map", "status", "clock", "live"}
TO_CLICK = {"A", "Button", "Form", "Input", "Select"}


def parts(component: object) -> Iterator[Any]:
    """The component and everything below it."""
    if isinstance(component, list | tuple):
        for each in component:
            yield from parts(each)
    elif hasattr(component, "to_plotly_json"):
        yield component
        yield from parts(getattr(component, "children", None))


def laid_out(view: str, lang: str = "ko") -> list[Any]:
    return list(parts(room(translator(lang), "창원 <b>", view, lang)))


def ids(view: str, lang: str = "ko") -> list[str]:
    return [part.id for part in laid_out(view, lang) if getattr(part, "id", None)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("view", sorted(set(VIEWS.values()) - set(PAGES)))
def test_every_view_has_every_panel_once(view: str, lang: str) -> None:
    found = ids(view, lang)
    assert set(found) >= PANELS
    assert len(found) == len(set(found))


def test_the_wall_has_nothing_to_click_but_the_alarm_in_big_letters() -> None:
    wall = laid_out("wall")
    outside_map = [
        part
        for part in wall
        if type(part).__name__ in TO_CLICK and part.to_plotly_json()["props"].get("id") != "card-close"
    ]
    assert outside_map == []
    assert "strip" in ids("wall")


def test_the_tablet_reaches_every_panel_by_a_tab() -> None:
    tabs = next(part for part in laid_out("tablet") if getattr(part, "id", None) == "tabs")
    named = {part.to_plotly_json()["props"]["data-tab"] for part in parts(tabs.children)}
    assert named == {"map", "cameras", "logistics", "energy", "environment"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_scripts_find_the_whole_catalogue_on_the_page(lang: str) -> None:
    texts = next(part for part in laid_out("desk", lang) if getattr(part, "id", None) == "texts")
    props = texts.to_plotly_json()["props"]
    assert props["data-lang"] == lang
    assert json.loads(props["data-texts"]) == catalogue(lang)


@pytest.mark.parametrize("name", ["attention", "cameras", "logistics", "energy", "environment", "letters"])
def test_each_panel_has_its_script(name: str) -> None:
    calls = f'registerPanel("{name}"', f'whenMounted("#{name}"'
    sources = [path.read_text(encoding="utf-8") for path in ASSETS.rglob("*.mjs")]
    assert sum(any(call in source for call in calls) for source in sources) == 1


def test_the_document_itself_shows_nothing() -> None:
    root = next(part for part in parts(document()) if getattr(part, "id", None) == "root")
    assert getattr(root, "children", None) is None
