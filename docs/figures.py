#!/usr/bin/env python3
"""``python -m docs.figures``: the size and the shape of the code, each figure with its limit.

Counted over the Python rooms without tests, except for folders, which are counted over all code.
"""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import networkx as nx
from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
CODE = {".py", ".js", ".mjs", ".css"}
NOT_ROOMS = ("tests/", "docs/", "deploy/", "data/migrations/versions/")
MOST_NAMES_ASSIGNED = 2  # targets of one parallel assignment
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Figure(Struct, frozen=True):
    """One figure: what it counts, its value, the most it may be, and where the worst is."""

    name: str
    value: float
    limit: float
    where: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the value is within its limit."""
        return self.value <= self.limit


def tracked_files() -> list[str]:
    """Return the project's own files, tracked or about to be, as paths from its root."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, check=True).stdout.decode()  # noqa: S603
    return [name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def largest_folder(files: list[str]) -> Figure:
    """Return how many files of code lie in the fullest folder."""
    folders = Counter(str(Path(name).parent) for name in files if Path(name).suffix in CODE)
    folder, count = max(folders.items(), key=lambda item: item[1])
    return Figure("files of code in one folder", count, 25, folder)


def longest_file(files: list[str]) -> Figure:
    """Return the lines of the longest file of code."""
    lengths = {
        name: len((ROOT / name).read_text("utf-8").splitlines())
        for name in files
        if Path(name).suffix in CODE
    }
    longest = max(lengths, key=lambda name: lengths[name])
    return Figure("lines of the longest file", lengths[longest], 400, longest)


def functions(trees: dict[str, ast.Module]) -> Iterator[tuple[str, Function]]:
    """Yield every function and method with the file that defines it."""
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Function):
                yield name, node


def median_function(trees: dict[str, ast.Module]) -> Figure:
    """Return the median length of a function in lines, decorators and docstring counted."""
    lengths = [(node.end_lineno or node.lineno) - node.lineno + 1 for _file, node in functions(trees)]
    return Figure("lines of the median function", median(lengths), 8)


def is_one_word(name: str) -> bool:
    """Tell whether a name is one bare word: no second word by underscore, dunder names aside."""
    return "_" not in name.strip("_")


def one_word_names(trees: dict[str, ast.Module]) -> Figure:
    """Return the share of functions whose name is one bare word, percent; dunder methods are not counted."""
    names = [node.name for _file, node in functions(trees) if not node.name.startswith("__")]
    bare = sum(is_one_word(name) for name in names)
    return Figure("one-word function names, %", round(100 * bare / len(names), 1), ONE_WORD_LIMIT_PCT)


def parallel_assignments(trees: dict[str, ast.Module]) -> Figure:
    """Return how many assignments bind more than two names to as many values at once."""
    places = [
        f"{name}:{node.lineno}"
        for name, tree in trees.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Tuple)
        and isinstance(node.value, ast.Tuple)
        and len(node.targets[0].elts) > MOST_NAMES_ASSIGNED
    ]
    return Figure("parallel assignments of more than two names", len(places), 0, " ".join(places[:3]))


def import_circles(trees: dict[str, ast.Module]) -> Figure:
    """Return how many modules import each other in a circle; imports for types alone count, too."""
    modules = {name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name for name in trees}
    graph: nx.DiGraph[str] = nx.DiGraph()
    for module, name in modules.items():
        for node in ast.walk(trees[name]):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                targets = [f"{node.module}.{alias.name}" for alias in node.names]
                targets = [target if target in modules else node.module for target in targets]
            elif isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            else:
                continue
            graph.add_edges_from((module, target) for target in targets if target in modules)
    circles = [sorted(part) for part in nx.strongly_connected_components(graph) if len(part) > 1]
    return Figure("import circles", len(circles), 0, " ".join(circles[0]) if circles else "")


# The aim is 55 %. The limit is what has been reached: it goes down with each renaming and never up.
ONE_WORD_LIMIT_PCT = 83


def figures() -> list[Figure]:
    """Return all figures of the working tree."""
    files = tracked_files()
    trees = {
        name: ast.parse((ROOT / name).read_text("utf-8"))
        for name in files
        if name.endswith(".py") and not name.startswith(NOT_ROOMS)
    }
    return [
        largest_folder(files),
        longest_file(files),
        median_function(trees),
        one_word_names(trees),
        parallel_assignments(trees),
        import_circles(trees),
    ]


def main() -> int:
    """Print every figure beside its limit; 1 when one is beyond it."""
    found = figures()
    for figure in found:
        sign = "ok" if figure.is_met else "TOO MUCH"
        sys.stdout.write(
            f"{figure.value:>8g} of {figure.limit:>4g}  {sign:8}  {figure.name}  {figure.where}\n"
        )
    return int(not all(figure.is_met for figure in found))


if __name__ == "__main__":
    sys.exit(main())
