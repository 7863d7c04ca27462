"""The command line prints a secret once, and it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.accounts import Accounts
from data.settings import Settings
from data.store import create_engine

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environ = {"PATH": os.environ["PATH"], "GWANJE_VAR": str(folder)}
    command = [sys.executable, "app.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [("key", "add", "gas"), ("screen", "add", "lobby"), ("user", "add", "kim")])
def test_a_secret_is_printed_once_and_works(tmp_path: Path, words: tuple[str, ...]) -> None:
    role = ("--role", "operator") if words[0] == "user" else ()
    made = run(tmp_path, *words, *role)
    assert (made.returncode, made.stderr) == (0, "")
    secret = made.stdout.strip()
    engine = create_engine(Settings(var_dir=str(tmp_path)))
    accounts = Accounts(engine)
    if words[0] == "user":
        session = accounts.session(accounts.sign_in("kim", secret, "") or "")
        assert session is not None
        assert session.role == "operator"
    else:
        assert accounts.feed(secret) == "gas" if words[0] == "key" else accounts.enter_screen(secret, "")
    engine.dispose()
    again = run(tmp_path, *words, *role)
    assert again.returncode == 1
    assert "taken" in again.stderr
    assert again.stdout == ""
