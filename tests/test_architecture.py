"""The house rules that a machine can hold."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
WRITTEN = {".py", ".js", ".mjs", ".css", ".sh"}
MADE_ELSEWHERE = ("requirements/", "docs/schemas/", "docs/asyncapi.json", "parks/", "locales/")
REGISTRIES = [
    "py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "npm" + "js.com", "yarn" + "pkg.com",
    "conda" + ".anaconda.org", "deb" + ".debian.org", "unp" + "kg.com", "js" + "delivr.net", "crates" + ".io",
]  # fmt: skip


def tracked() -> list[Path]:
    """Return the project's own files: tracked or about to be."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


FILES = tracked()
WRITTEN_FILES = [path for path in FILES if path.suffix in WRITTEN]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_run_downwards() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_imports_the_front_door() -> None:
    importing = re.compile(r"^\s*(?:from app import|import app\b)", re.MULTILINE)
    rooms = [
        path for path in FILES if path.suffix == ".py" and not name(path).startswith(("tests/", "bench/"))
    ]
    assert [name(path) for path in rooms if importing.search(path.read_text("utf-8"))] == []


SCRIPT_FILES = [path for path in FILES if path.suffix in {".js", ".mjs"}]


def test_no_line_of_a_script_is_too_long() -> None:
    """The formatter breaks code, but neither comments nor texts."""
    assert len(SCRIPT_FILES) > 20
    long = [
        f"{name(path)}:{number}"
        for path in SCRIPT_FILES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > 110
    ]
    assert long == []


@pytest.mark.parametrize("path", WRITTEN_FILES, ids=name)
def test_no_file_is_too_long(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST


def test_files_are_short_in_the_median() -> None:
    lengths = sorted(
        len(path.read_text("utf-8").splitlines()) for path in WRITTEN_FILES if path.stat().st_size
    )
    assert lengths[len(lengths) // 2] <= 150


def test_no_file_is_named_after_nothing() -> None:
    assert [name(path) for path in FILES if path.stem.lower() in FORBIDDEN_NAMES] == []


def test_no_package_registry_is_named() -> None:
    """Where packages come from is the machine's choice, not the project's."""
    found = [
        f"{name(path)}: {host}"
        for path in FILES
        if path.suffix not in {".png", ".woff2", ".avi", ".mp4"}
        for host in REGISTRIES
        if host in path.read_text("utf-8", "replace")
    ]
    assert found == []


def test_rules_know_no_clock_and_no_machine() -> None:
    """Time is a parameter and files are read elsewhere: park/ calls neither."""
    forbidden = ("datetime.now(", "time.time(", "utcnow(", "open(", "read_text(", "read_bytes(", "import os")
    found = [
        f"{name(path)}: {word}"
        for path in (ROOT / "park").rglob("*.py")
        for word in forbidden
        if word in path.read_text("utf-8")
    ]
    assert found == []


def test_nothing_third_party_lies_in_assets() -> None:
    """The page's scripts and styles are the project's own; map data is built at set-up."""
    big = [name(path) for path in FILES if name(path).startswith("assets/") and path.stat().st_size > 100_000]
    assert big == []
