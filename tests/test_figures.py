"""The figures of the code, on sources made by hand."""

import ast

import pytest

from docs import figures


def parsed(**sources: str) -> dict[str, ast.Module]:
    return {f"{name}.py": ast.parse(source) for name, source in sources.items()}


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("take", True),
        ("_told", True),
        ("acknowledge", True),
        ("derived_event_id", False),
        ("_apply_all", False),
    ],
)
def test_one_word_is_a_name_without_a_second_word(name: str, bare: bool) -> None:
    assert figures.is_one_word(name) is bare


def test_one_word_names_leave_dunder_methods_out() -> None:
    trees = parsed(a="class A:\n    def __init__(self): ...\n    def take(self): ...\n\ndef of_kind(): ...\n")
    assert figures.one_word_names(trees).value == 50


def test_median_function_counts_whole_functions() -> None:
    trees = parsed(a="def a():\n    return 1\n\n\ndef b():\n    x = 1\n    y = 2\n    return x + y\n")
    assert figures.median_function(trees).value == 3


def test_parallel_assignments_of_two_names_are_none() -> None:
    trees = parsed(a="a, b = 1, 2\nc, d, e = f()\nx, y, z = 1, 2, 3\n")
    found = figures.parallel_assignments(trees)
    assert (found.value, found.where) == (1, "a.py:3")


def test_import_circles_are_found_behind_type_checking() -> None:
    trees = parsed(
        a="from b import B\n",
        b="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\n",
        c="import a\n",
    )
    found = figures.import_circles(trees)
    assert (found.value, found.where) == (1, "a b")
    assert figures.import_circles(parsed(a="import b", b="import json")).value == 0
