"""Fonts of this machine, found by fontconfig, to be embedded in documents; and what their letters are."""

import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from park.texts.unprintable import sign

_FORM = "%{file}\t%{index}\t%{family}\t%{style}\t%{charset}\n"
_DRAWN = ":outline=true:variable=false:color=false"  # what can be embedded
_TIMEOUT_S = 30


class MissingFontError(RuntimeError):
    """No font on this machine has Korean letters; the message says what to install."""


class Font(NamedTuple):
    """A font file and, in a collection, which font of it."""

    path: Path
    number: int
    family: str


class _Found(NamedTuple):
    font: Font
    style: str
    charset: str  # as fontconfig writes it: ranges of hexadecimal code points


def korean() -> Font:
    """Return the plainest Korean font: a sans of the Korean part of its family, regular, if there is one.

    Raises:
        MissingFontError: fontconfig or a Korean font is missing.
    """
    fonts = _listed(f":lang=ko{_DRAWN}")
    if not fonts:
        raise MissingFontError("no font has Korean letters: install fonts-noto-cjk")
    return min(fonts, key=_plainness).font


def others(letters: Iterable[str]) -> Iterator[Font]:
    """Yield the fonts that have any of the letters, the plainest first."""
    wanted = {ord(letter) for letter in letters}
    if not wanted:
        return
    for found in sorted(_listed(_DRAWN), key=_plainness):
        if wanted & _points(found.charset, wanted):
            yield found.font


def lacking(font: Font, text: str) -> set[str]:
    """Return the letters of a text that a font does not have."""
    program = shutil.which("fc-query")
    if program is None:
        raise MissingFontError("fontconfig is missing: install fontconfig, fonts-noto-cjk")
    told = _run([program, "--index", str(font.number), "--format", "%{charset}", str(font.path)])
    had = _points(told, {ord(letter) for letter in text})
    return {letter for letter in text if ord(letter) not in had}


def shown(text: str, is_there: Callable[[str], bool]) -> str:
    """Return a text as it can be drawn, composed (NFC): without a glyph a sign, unseen nothing.

    ``is_there`` tells whether there is a glyph for a letter.
    """
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        letter if letter == "\n" or is_there(letter) else _in_place_of(letter) for letter in composed
    )


def _in_place_of(letter: str) -> str:
    """Return what is drawn for a letter without a glyph; joiners and selectors are never drawn."""
    if letter == "\t" or unicodedata.category(letter) == "Zs":
        return " "
    if unicodedata.category(letter) == "Cf" or "\ufe00" <= letter <= "\ufe0f":
        return ""
    return sign(letter)


def _listed(pattern: str) -> list[_Found]:
    program = shutil.which("fc-list")
    if program is None:
        raise MissingFontError("fontconfig is missing: install fontconfig, fonts-noto-cjk")
    rows = [line.split("\t") for line in _run([program, "--format", _FORM, pattern]).splitlines()]
    return [
        _Found(Font(Path(row[0]), int(row[1]) & 0xFFFF, row[2]), row[3], row[4])
        for row in rows
        if len(row) == 5
    ]


def _run(argv: list[str]) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True, timeout=_TIMEOUT_S).stdout


def _points(charset: str, wanted: set[int]) -> set[int]:
    """Return which of the wanted code points a charset has."""
    spans = (word.partition("-") for word in charset.split())
    ranges = [(int(first, 16), int(last or first, 16)) for first, _, last in spans]
    return {point for point in wanted if any(first <= point <= last for first, last in ranges)}


def _plainness(found: _Found) -> tuple[bool, bool, bool, bool, str]:
    family = found.font.family
    name = family.split(",")[0]
    korean_part = any(word in family for word in ("KR", "Nanum", "Gothic", "Korean"))
    return (
        not {"Regular", "Book"} & set(found.style.split(",")),
        "Sans" not in name,
        not korean_part,
        "Mono" in name,
        str(found.font.path),
    )
