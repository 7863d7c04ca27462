"""Names and passwords: what is the same however it was typed, and what only looks the same."""

import unicodedata

import pytest

from data.operators.names import flaw, key, opaque, skeleton, typed_ways


@pytest.mark.parametrize(
    "typed",
    ["kim", "Kim", " kim ", "ＫＩＭ", "ki\u200bm", "kim\ufeff", "\u00a0kim", "kim\u3000", "ki\u00adm"],
    ids=lambda typed: repr(typed).encode("ascii", "backslashreplace").decode(),
)
def test_one_name_typed_in_many_ways_is_one(typed: str) -> None:
    assert key(typed) == "kim"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("김철수", unicodedata.normalize("NFD", "김철수")),
        ("josé", "jose\u0301"),
        ("김 철수", "김\u3000 철수"),
        ("\uf9e1", "李"),  # the Korean duplicate of a Hanja
        ("ｶﾝ", "カン"),
    ],
)
def test_composition_width_and_spaces_make_no_other_name(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kim", "\u043aim"),  # Cyrillic ka
        ("\u0440\u0430\u0443", "pay"),  # all Cyrillic
        ("lee", "1ee"),
        ("operator", "0perator"),
        ("\u03bf\u03c1", "op"),  # Greek
        ("marn", "mam"),
        ("\u0269rene", "irene"),
        ("Kim", "kim"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("kim", "klm"), ("김", "긴"), ("op1", "op2"), ("josé", "jose")])
def test_names_that_differ_to_the_eye_have_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize(
    "name", ["kim", "kim.cs_2", "김철수", "김철수2", "李英浩", "김cs", "иван", "josé", "gate-7/plc"]
)
def test_ordinary_names_are_names(name: str) -> None:
    assert flaw(name) == ""


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "needed"),
        (" \u200b", "needed"),
        ("ki\u200bm", "cannot be seen"),
        ("kim\u202e", "cannot be seen"),
        ("kim\u3164", "cannot be seen"),  # the Hangul filler is a letter that nobody sees
        ("kim\n", "cannot be seen"),
        ("screen:lobby", "U+003A"),
        ("os:root", "U+003A"),
        ("k\U0001f525", "U+1F525"),
        ("ㄱim", "U+3131"),
        ("\u1112\u119e\u11ab", "U+1112"),  # old Hangul
        ("\u0301kim", "begins with a mark"),
        ("k\u0456m", "several scripts"),
        ("k" * 65, "longer"),
    ],
)
def test_what_is_no_name_is_told_why(name: str, why: str) -> None:
    assert why in flaw(name)


def test_a_password_keeps_case_width_and_its_spaces() -> None:
    assert opaque("Ab ｃ ") == "Ab ｃ "
    assert opaque("대\u3000피") == "대 피"
    assert opaque(unicodedata.normalize("NFD", "대피")) == "대피"
    assert typed_ways("plain ascii") == ["plain ascii"]
