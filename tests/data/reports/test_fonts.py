"""Fonts of this machine: what one lacks another has, and what none has is written as its code."""

import unicodedata

import pytest

from data.reports.fonts import korean, lacking, others, shown


def test_the_korean_font_has_hangul_hanja_and_cyrillic_and_says_what_it_lacks() -> None:
    assert lacking(korean(), "대피소 뷁 避 Оператор \U0010fffd") == {"\U0010fffd"}


def test_another_font_is_one_that_has_the_letter() -> None:
    wanted = "\u05d0"  # Hebrew, which a Korean font lacks
    for font in list(others(wanted))[:2]:
        assert not lacking(font, wanted)
    assert list(others("\U0010fffd")) == []


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("대피: 🔥!", "대피: [U+1F525]!"),
        (unicodedata.normalize("NFD", "대피"), "대피"),
        ("e\u0301", "é"),
        ("👨\u200d👩", "[U+1F468][U+1F469]"),
        ("❤\ufe0f", "[U+2764]"),
        ("a\u00a0b\tc", "a b c"),
        ("a\0b", "a[U+0000]b"),
        ("줄\n바꿈", "줄\n바꿈"),
        ("สวัสดี", "[U+0E2A][U+0E27][U+0E31][U+0E2A][U+0E14][U+0E35]"),
    ],
)
def test_what_has_no_glyph_is_shown_by_its_code(text: str, seen: str) -> None:
    assert shown(text, lambda letter: letter in "abcé!: " or "가" <= letter <= "힣") == seen
