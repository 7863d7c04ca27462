"""The desk's panels of the systems: empty bodies that their scripts fill, heads that open their pages."""

from urllib.parse import urlencode

from dash import html

from layouts.panel import panel
from layouts.texts import Translate

# What stands together in one panel of the desk, in order; each name is a system with a page of its own
_PANELS = (("logistics",), ("energy",), ("environment", "lighting"))


def system_panels(t: Translate, view: str, lang: str) -> list[html.Section]:
    """Return the panels of the desk; on the wall nothing is to click, so their heads are plain."""
    words = {
        "logistics": t("물류"),
        "energy": t("에너지"),
        "environment": t("환경"),
        "lighting": t("가로등"),
    }
    return [panel(names[0], _title(names, words, view, lang)) for names in _PANELS]


def _title(names: tuple[str, ...], words: dict[str, str], view: str, lang: str) -> str | list[html.A | str]:
    if view == "wall":
        return " · ".join(words[name] for name in names)
    title: list[html.A | str] = []
    for name in names:
        title += [" · "] if title else []
        title.append(html.A(words[name], href=f"/{name}?{urlencode({'lang': lang})}", className="open-page"))
    return title
