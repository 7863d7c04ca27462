"""The two commands, short of what they start."""

import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy import environment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What make reads, in a folder of its own."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    for folder in ("requirements", "deploy"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def make(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", *words], cwd=folder, env=environ, capture_output=True, text=True, timeout=1200, check=False
    )


def stamp(folder: Path, kind: str) -> Path:
    lines = make(folder, "-n", "run" if kind == "run" else "docs").stdout.splitlines()
    (line,) = [line for line in lines if "environment.py" in line]
    return folder / line.split()[-1]


def test_without_python_the_reason_is_told(clone: Path) -> None:
    run = make(clone, "run", "PYTHON=no-such-python")
    assert run.returncode != 0
    assert "Python >= 3.11 is missing" in run.stderr


def test_a_warm_start_installs_nothing_until_the_lock_file_changes(clone: Path) -> None:
    done = stamp(clone, "run")
    done.parent.mkdir()
    done.touch()
    assert "environment.py" not in make(clone, "-n", "run").stdout
    with (clone / "requirements" / "run.txt").open("a") as lock:
        lock.write("# changed\n")
    assert "environment.py" in make(clone, "-n", "run").stdout


def test_every_target_has_a_recipe() -> None:
    phony = (ROOT / "Makefile").read_text("utf-8").split(".PHONY:")[1].splitlines()[0].split()
    for target in phony:
        assert make(ROOT, "-n", target).stdout.strip(), target


def test_an_install_that_fails_says_what_pip_said(clone: Path) -> None:
    lock = clone / "requirements" / "run.txt"
    lock.write_text("no-such-package-of-ours==1 --hash=sha256:" + "0" * 64 + "\n")
    environ = os.environ | {"PIP_NO_INDEX": "1"}
    argv = [sys.executable, "deploy/environment.py", ".venv", "requirements/run.txt", ".venv/.run-1"]
    run = subprocess.run(
        argv, cwd=clone, env=environ, capture_output=True, text=True, timeout=1200, check=False
    )
    assert run.returncode == 1
    assert "no-such-package-of-ours" in run.stderr
    assert "the installation failed" in run.stderr
    assert not (clone / ".venv" / ".run-1").exists()


def test_the_packages_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    output = io.StringIO(
        "".join(f"Collecting name{n}==1\n" for n in range(20)) + "Installing collected packages\n"
    )
    tail = list(environment.show(output, 20))
    assert capsys.readouterr().out.splitlines()[:2] == [" 10/20 name9".rjust(14), " 20/20 name19".rjust(15)]
    assert tail[-1] == "Installing collected packages\n"


def test_what_is_missing_of_the_system_is_named_with_its_package() -> None:
    script = ROOT / "deploy" / "system_packages.py"
    run = subprocess.run(
        [sys.executable, script],
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 1
    assert "chromium" in run.stderr
    assert "sudo apt-get install" in run.stderr
