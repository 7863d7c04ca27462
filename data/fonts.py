"""A Korean font of this machine, found by fontconfig, to be embedded in documents."""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple


class MissingFontError(RuntimeError):
    """No font on this machine has Korean letters; the message says what to install."""


class Font(NamedTuple):
    """A font file and, in a collection, which font of it."""

    path: Path
    number: int
    family: str


def korean() -> Font:
    """Return the plainest Korean font: a sans of the Korean part of its family, regular, if there is one.

    Raises:
        MissingFontError: fontconfig or a Korean font is missing.
    """
    program = shutil.which("fc-list")
    if program is None:
        raise MissingFontError("fontconfig is missing: install fontconfig and fonts-noto-cjk")
    form = "%{file}\t%{index}\t%{family}\t%{style}\n"
    told = subprocess.run(
        [program, "--format", form, ":lang=ko:outline=true:variable=false"],
        check=True, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    fonts = [line.split("\t") for line in told.stdout.splitlines() if line.count("\t") == 3]
    if not fonts:
        raise MissingFontError("no font has Korean letters: install fonts-noto-cjk")
    file, index, family, _style = min(fonts, key=_plainness)
    return Font(Path(file), int(index) & 0xFFFF, family)


def _plainness(font: list[str]) -> tuple[bool, bool, bool, bool, str]:
    file, _index, family, style = font
    names = family.split(",")[0]
    korean_part = any(word in family for word in ("KR", "Nanum", "Gothic", "Korean"))
    return "Regular" not in style, "Sans" not in names, not korean_part, "Mono" in names, file
