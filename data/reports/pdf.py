"""A report as PDF: ``python -m data.reports.pdf REPORT.json PARK_FOLDER STILLS_FOLDER OUT.pdf``.

A process of its own, so that the room stays quick while fonts are cut; it prints how far it is, 0 to 1,
a line at a time, and at the end says ``error`` and why when it could not be made.
"""

import contextlib
import sys
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from fpdf import FPDF, FontFace, FPDFException
from fpdf.bidi import BidiParagraph

from data.reports.fonts import Font, MissingFontError, korean, others, shown
from data.reports.map import Sheet
from park.incidents.report import UNDRAWN_LETTERS, Place, Report, Still, Table
from park.texts.unprintable import sign

MARGIN = 15.0
WIDTH = 180.0
MAP_MM = 82.0
INK = "#1f2933"
GREY = "#5f6b76"
LINE = "#cbd2d9"
LIGHT = "#eef1f4"
WARN = "#b91c1c"
PAPER = "#ffffff"
MARKS = {"cause": "×", "members": "●", "radius": "○", "wind": "▷"}
_LEFTWARDS = ("R", "AL")
MOST_FONTS = 8  # embedded besides the Korean one; each takes room in the file (assumed)
Told = Callable[[float], None]


class _Pages(FPDF):
    """A4 pages with the number of the incident and of the page at their foot."""

    def __init__(self, report: Report, font: Font) -> None:
        super().__init__(format="A4")
        self.report = report
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font("body", fname=font.path, collection_font_number=font.number)
        self._letters = self._borrow(
            {letter for text in _texts(report) for letter in text} | set(MARKS.values())
        )
        self.set_title(f"{report.heading} {report.title}")
        self.set_lang(report.lang)
        self.set_font("body", size=9)

    def _borrow(self, wanted: set[str]) -> set[str]:
        """Take fonts that have the letters the Korean one lacks; return the letters that there are then."""
        there = {letter for letter in wanted if _has(self, "body", letter)}
        names = list[str]()
        for number, font in enumerate(others(wanted - there)):
            if there >= wanted or len(names) == MOST_FONTS:
                break
            name = f"other{number}"
            with contextlib.suppress(
                FPDFException, OSError, ValueError, KeyError
            ):  # one that cannot be embedded
                self.add_font(name, fname=font.path, collection_font_number=font.number)
                more = {letter for letter in wanted - there if _has(self, name, letter)}
                there |= more
                names += [name] if more else []
        self.set_fallback_fonts(names, exact_match=False)
        return there

    def drawn(self, text: str) -> str:
        """Return a text as the fonts can draw it: what none has is its code point, Hebrew runs leftwards."""
        there = shown(text, self._letters.__contains__)
        return "\n".join(_ordered(line) for line in there.split("\n"))

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-12)
        self.set_font("body", size=7.5)
        self.set_text_color(GREY)
        number = self.report.facts[0][1]
        self.cell(
            0, 4, f"{self.report.heading} {number} · {self.report.seal[1][:16]} · {self.page_no()} / {{nb}}"
        )
        self.set_text_color(INK)


def make(report: Report, park: Path, stills: Path, out: Path, told: Told, font: Font | None = None) -> None:
    """Write the report to ``out``; ``told`` hears how far it is.

    Raises:
        MissingFontError: no Korean font; nothing is written.
        OSError: a file of the park is missing, or ``out`` cannot be written.
    """
    told(0.05)
    report = msgspec.convert(_each(msgspec.to_builtins(report), _composed), Report)
    pages = _Pages(report, font or korean())
    undrawn = [
        letter for letter in sorted(set("".join(_texts(report)))) if sign(letter) in pages.drawn(letter)
    ]
    report = msgspec.convert(_each(msgspec.to_builtins(report), pages.drawn), Report)
    told(0.3)
    pages.add_page()
    _head(pages, report)
    _facts(pages, report)
    if report.place:
        _map(pages, report.place, park)
    told(0.5)
    _stills(pages, report, stills)
    for number, table in enumerate(report.tables):
        _table(pages, table, report.nothing)
        told(0.55 + 0.25 * (number + 1) / len(report.tables))
    _seal(pages, report)
    _undrawn(pages, report.lang, undrawn)
    told(0.85)
    part = out.with_suffix(".part")
    pages.output(str(part))
    part.replace(out)
    told(1.0)


def _head(pages: _Pages, report: Report) -> None:
    pages.set_font("body", size=20)
    pages.cell(0, 10, report.heading, new_x="LMARGIN", new_y="NEXT")
    if report.exercise:
        pages.set_text_color(WARN)
        pages.cell(0, 8, report.exercise, new_x="LMARGIN", new_y="NEXT")
        pages.set_text_color(INK)
    pages.set_font("body", size=13)
    pages.multi_cell(0, 7, report.title, new_x="LMARGIN", new_y="NEXT")
    pages.ln(2)


def _facts(pages: _Pages, report: Report) -> None:
    _rule(pages, 9)
    with pages.table(
        col_widths=(34, 146), first_row_as_headings=False, borders_layout="HORIZONTAL_LINES",
        text_align="LEFT", line_height=5.2,
    ) as table:  # fmt: skip
        for name, value in report.facts:
            row = table.row()
            row.cell(name, style=FontFace(color=GREY))
            row.cell(value)


def _rule(pages: _Pages, size: float) -> None:
    """Set what the lines and letters of a table look like."""
    pages.set_font("body", size=size)
    pages.set_draw_color(LINE)
    pages.set_fill_color(PAPER)
    pages.set_line_width(0.2)


def _title(pages: _Pages, text: str, needs_mm: float = 30) -> None:
    if pages.will_page_break(needs_mm):
        pages.add_page()
    pages.ln(5)
    pages.set_font("body", size=13)
    pages.cell(0, 8, text, new_x="LMARGIN", new_y="NEXT")
    pages.set_font("body", size=8.5)


def _map(pages: _Pages, place: Place, park: Path) -> None:
    _title(pages, place.title, MAP_MM + 25)
    Sheet(pages, place, (MARGIN, pages.get_y(), WIDTH, MAP_MM)).draw(park)
    pages.set_y(pages.get_y() + MAP_MM + 1)
    words = "   ".join(f"{MARKS[name]} {word}" for name, word in place.legend.items())
    pages.cell(0, 5, words, new_x="LMARGIN", new_y="NEXT")


def _stills(pages: _Pages, report: Report, folder: Path) -> None:
    there = [(still, folder / f"{still.still}.jpg") for still in report.stills]
    there = [(still, path) for still, path in there if path.is_file()]
    _title(pages, report.stills_title, 75 if there else 20)
    if not there:
        pages.cell(0, 6, report.nothing, new_x="LMARGIN", new_y="NEXT")
    for first in range(0, len(there), 2):
        _pair(pages, there[first : first + 2])


def _pair(pages: _Pages, pair: list[tuple[Still, Path]]) -> None:
    width, height = (WIDTH - 6) / 2, 52.0
    if pages.will_page_break(height + 8):
        pages.add_page()
    top = pages.get_y()
    for column, (still, path) in enumerate(pair):
        left = MARGIN + column * (width + 6)
        pages.image(str(path), left, top, width, height, keep_aspect_ratio=True)
        pages.set_xy(left, top + height)
        pages.cell(width, 5, still.caption)
    pages.set_xy(MARGIN, top + height + 7)


def _table(pages: _Pages, told: Table, nothing: str) -> None:
    _title(pages, told.title)
    if not told.rows:
        pages.cell(0, 6, nothing, new_x="LMARGIN", new_y="NEXT")
        return
    head = FontFace(color=GREY, fill_color=LIGHT)
    _rule(pages, 8)
    with pages.table(
        col_widths=told.widths, headings_style=head, borders_layout="HORIZONTAL_LINES", text_align="LEFT",
        line_height=4.6,
    ) as table:  # fmt: skip
        for cells in (told.heads, *told.rows):
            row = table.row()
            for text in cells:
                row.cell(text)
    if told.note:
        pages.cell(0, 6, told.note, new_x="LMARGIN", new_y="NEXT")


def _seal(pages: _Pages, report: Report) -> None:
    _title(pages, report.seal_title, 40)
    for line in report.seal:
        pages.multi_cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")


def _undrawn(pages: _Pages, lang: str, letters: list[str]) -> None:
    """Say which letters no font of this machine has, and what they are called."""
    if not letters:
        return
    named = ", ".join(f"{sign(letter)} {unicodedata.name(letter, '')}".strip() for letter in letters)
    pages.ln(3)
    pages.set_text_color(WARN)
    words = UNDRAWN_LETTERS.en if lang == "en" else UNDRAWN_LETTERS.ko
    pages.multi_cell(0, 5, f"{words}: {named}", new_x="LMARGIN", new_y="NEXT")
    pages.set_text_color(INK)


def _each(told: object, change: Callable[[str], str]) -> object:
    """Return plain values with every text changed."""
    match told:
        case str():
            return change(told)
        case list() | tuple():
            return [_each(part, change) for part in told]
        case dict():
            return {name: _each(part, change) for name, part in told.items()}
    return told


def _texts(report: Report) -> Iterator[str]:
    texts = list[str]()

    def note(text: str) -> str:
        texts.append(text)
        return text

    _each(msgspec.to_builtins(report), note)
    yield from texts


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _ordered(line: str) -> str:
    """Return a line in the order in which it is seen from left to right (Unicode UAX #9)."""
    if not any(unicodedata.bidirectional(letter) in _LEFTWARDS for letter in line):
        return line
    return BidiParagraph(text=line).get_reordered_string()


def _has(pages: FPDF, font: str, letter: str) -> bool:
    return ord(letter) in pages.fonts[font].cmap  # type: ignore[union-attr]


def main(arguments: list[str]) -> int:
    """Make one report; the exit code is 1 when it could not be made."""
    source, park, stills, out = map(Path, arguments)

    def told(done: float) -> None:
        sys.stdout.write(f"{done:.2f}\n")
        sys.stdout.flush()

    try:
        make(msgspec.json.decode(source.read_bytes(), type=Report), park, stills, out, told)
    except (MissingFontError, OSError) as error:
        sys.stdout.write(f"error {error}\n")
        return 1
    finally:
        with contextlib.suppress(OSError):
            source.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
