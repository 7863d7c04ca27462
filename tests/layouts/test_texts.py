import re
from pathlib import Path
from string import Formatter

import pytest

from layouts.texts import LANGUAGES, catalogue, translator

ROOT = Path(__file__).resolve().parents[2]
HANGUL = re.compile("[가-힣]")
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CALL = re.compile(r'\b(?:translate|text|t)\(\s*"((?:[^"\\\n]|\\.)*)"')
SAME_IN_BOTH = {"한국어"}


def code(path: Path) -> str:
    """A script without its comments."""
    source = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"(?m)(^|\s)//\s.*$", "", source)


def spoken() -> dict[str, str]:
    """Every text that a layout or a script may show, with the file it is in."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "assets").rglob("*.mjs")):
        source = code(path)
        texts = {text for text in LITERAL.findall(source) if HANGUL.search(text)} | set(CALL.findall(source))
        found |= dict.fromkeys(texts, path.name)
    for path in sorted(
        path for room in ("layouts", "callbacks", "api") for path in (ROOT / room).rglob("*.py")
    ):
        found |= dict.fromkeys(CALL.findall(path.read_text(encoding="utf-8")), path.name)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts() -> None:
    korean, english = (catalogue(lang) for lang in LANGUAGES)
    assert korean.keys() == english.keys()
    assert len(korean) > 100


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_is_there_and_keeps_its_placeholders(lang: str) -> None:
    for msgid, text in catalogue(lang).items():
        assert text.strip(), msgid
        assert placeholders(text) == placeholders(msgid), msgid


def test_english_has_no_hangul() -> None:
    left = {msgid for msgid, text in catalogue("en").items() if HANGUL.search(text)}
    assert {catalogue("en")[msgid] for msgid in left} <= SAME_IN_BOTH


def test_everything_shown_is_in_the_catalogue() -> None:
    missing = {text: where for text, where in spoken().items() if text not in catalogue("en")}
    assert not missing


def test_layouts_say_hangul_only_through_t() -> None:
    for path in (ROOT / "layouts").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        literal = {text for text in LITERAL.findall(source) if HANGUL.search(text)}
        assert literal <= set(CALL.findall(source)), path.name


def test_scripts_never_write_html() -> None:
    scripts = list((ROOT / "assets").rglob("*.mjs"))
    assert len(scripts) > 20
    for path in scripts:
        assert not re.search(r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write)\b", code(path)), (
            path.name
        )


def test_a_parameter_is_filled_in_and_braces_in_it_are_only_text() -> None:
    assert translator("en")("{n}분 전", n="{x}") == "{x} min ago"


def test_an_unknown_language_or_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="xx"):
        translator("xx")
    with pytest.raises(KeyError):
        translator("en")("없는 글")
