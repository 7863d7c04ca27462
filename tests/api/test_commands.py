"""The command line prints a secret once, and it works."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from data.audit import review as trail
from data.operators.accounts import Accounts
from data.record.store import create_engine
from data.settings import Settings

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


def test_what_was_given_can_be_taken_away(tmp_path: Path) -> None:
    secrets = {
        thing: run(tmp_path, thing, "add", "kim").stdout.strip() for thing in ("user", "key", "screen")
    }
    engine = create_engine(Settings(var_dir=str(tmp_path)))
    accounts = Accounts(engine)
    session = accounts.sign_in("kim", secrets["user"], "") or ""
    screen = accounts.enter_screen(secrets["screen"], "") or ""
    changed = run(tmp_path, "user", "passwd", "kim").stdout.strip()
    assert accounts.session(session) is None
    assert accounts.sign_in("kim", secrets["user"], "") is None
    session = accounts.sign_in("kim", changed, "") or ""
    assert accounts.session(session) is not None
    for thing in ("user", "key", "screen"):
        assert run(tmp_path, thing, "revoke", "kim").returncode == 0
        assert run(tmp_path, thing, "revoke", "kim").returncode == 1
    assert run(tmp_path, "user", "passwd", "kim").returncode == 1
    assert accounts.session(session) is None
    assert accounts.session(screen) is None
    assert accounts.sign_in("kim", changed, "") is None
    assert accounts.feed(secrets["key"]) is None
    assert accounts.enter_screen(secrets["screen"], "") is None
    told = [(row.action, row.object, row.user[:3]) for row in trail.every(engine)]
    assert told[:1] == [("user.add", "kim", "os:")]
    assert [action for action, _, _ in told[3:]] == [
        "user.passwd",
        "user.revoke",
        "key.revoke",
        "screen.revoke",
    ]
    engine.dispose()


def test_the_check_of_the_trail_tells_what_is_broken(tmp_path: Path) -> None:
    run(tmp_path, "user", "add", "kim")
    run(tmp_path, "user", "add", "lee")
    sound = run(tmp_path, "audit", "verify")
    assert (sound.returncode, sound.stdout.startswith("sound: 2 rows, end 2:")) == (0, True)
    end = sound.stdout.rsplit(" ", 1)[1].strip()
    assert run(tmp_path, "audit", "verify", "--end", end).returncode == 0
    assert "rewritten" in run(tmp_path, "audit", "verify", "--end", f"1:{'0' * 64}").stdout
    engine = create_engine(Settings(var_dir=str(tmp_path)))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER audit_no_update")
        connection.exec_driver_sql("UPDATE audit SET object = 'park' WHERE chain = 1")
    engine.dispose()
    broken = run(tmp_path, "audit", "verify")
    assert broken.returncode == 1
    assert broken.stdout == "broken at row 1 (id 1): changed; 0 rows read\n"
