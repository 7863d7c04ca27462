#!/usr/bin/env python3
"""Make the virtual environment: ``environment.py VENV REQUIREMENTS STAMP``, standard library only."""

from __future__ import annotations

import collections
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

OLDEST = (3, 11)
PACKAGE = re.compile(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)")
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def give_up(text: str) -> NoReturn:
    """End with a reason."""
    raise SystemExit("\n" + text)


def interpreter() -> str:
    """Return a Python that is new enough; ends with a reason when there is none."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for name in NEWER:
        found = shutil.which(name)
        if found:
            return found
    have = ".".join(str(part) for part in sys.version_info[:3])
    give_up(
        f"Python 3.11 이상이 필요합니다 (지금 {have}). PYTHON=/path/to/python3.11 make run\n"
        f"Python 3.11 or newer is needed (this is {have})."
    )


def works(python: Path) -> bool:
    """Tell whether the environment's own Python and pip start."""
    try:
        run = subprocess.run([str(python), "-m", "pip", "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return run.returncode == 0


def create(venv: Path) -> Path:
    """Create the environment unless a working one is there; return its Python."""
    python = venv / "bin" / "python"
    if works(python):
        return python
    say(f"가상 환경을 만듭니다 · creating {venv}")
    made = subprocess.run(
        [interpreter(), "-m", "venv", "--clear", str(venv)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        give_up(
            f"{made.stdout}{made.stderr}\npython -m venv 가 실패했습니다 (Debian: apt install python3-venv)\n"
            "python -m venv failed (Debian: apt install python3-venv)"
        )
    return python


def install(python: Path, requirements: Path) -> None:
    """Install exactly the locked packages, counting them on the console."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    total = sum("==" in line and not line.startswith((" ", "#")) for line in lines)
    say(f"패키지 {total}개를 설치합니다 · installing {total} packages of {requirements}")
    argv = [str(python), "-m", "pip", "install", "--require-hashes", "--progress-bar", "off"]
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    with subprocess.Popen(
        [*argv, "-r", str(requirements)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    ) as pip:
        tail = show(pip.stdout or (), total)
    if pip.returncode:
        give_up(
            "".join(tail) + "\n설치하지 못했습니다 · the installation failed (above: the last words of pip)"
        )


def show(output: Iterable[str], total: int) -> Iterable[str]:
    """Count pip's packages as they come, every tenth on a line; return its last lines."""
    tail: collections.deque[str] = collections.deque(maxlen=25)
    count = 0
    for line in output:
        tail.append(line)
        package = PACKAGE.match(line)
        if package:
            count += 1
            if count % 10 == 0 and count <= total:
                say(f"  {count:3}/{total} {package[1]}")
        elif line.startswith("Installing collected"):
            say("  내려받았습니다, 풀고 있습니다 · downloaded, unpacking (a minute or so)")
    return tail


def main(venv: Path, requirements: Path, stamp: Path) -> None:
    """Bring the environment up to date with the lock file and leave the stamp."""
    python = create(venv)
    install(python, requirements)
    for old in venv.glob(stamp.name.split("-", maxsplit=1)[0] + "-*"):
        old.unlink()
    stamp.touch()
    say("준비되었습니다 · ready")


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
