"""The command line of the front door: accounts, keys of feeds, tokens of wall screens, the audit check."""

import argparse
import getpass
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import sqlalchemy as sa
from redis.exceptions import RedisError
from uuid_utils import uuid7

from data.audit import chain as audit
from data.operators.accounts import ROLES, AccountError, Accounts
from data.record.store import create_engine, migrate
from data.settings import Settings
from data.stream.redis_stream import connect
from park.events.envelope import Event
from park.operators.facts import OperatorAction

Command = Callable[[Accounts, argparse.Namespace], str]
COMMANDS: dict[tuple[str, str], Command] = {
    ("user", "add"): lambda accounts, asked: accounts.add_user(asked.name, asked.role),
    ("user", "passwd"): lambda accounts, asked: accounts.change_password(asked.name),
    ("user", "revoke"): lambda accounts, asked: f"{accounts.shut_out(asked.name)} sessions ended",
    ("key", "add"): lambda accounts, asked: accounts.add_key(asked.name),
    ("key", "revoke"): lambda accounts, asked: f"{accounts.revoke_key(asked.name)} key ended",
    ("screen", "add"): lambda accounts, asked: accounts.add_screen(asked.name),
    ("screen", "revoke"): lambda accounts, asked: f"{accounts.revoke_screen(asked.name)} sessions ended",
}
_HELP = {"user": "a person", "key": "the key of a feed", "screen": "a wall screen"}


def main(arguments: list[str]) -> int:
    """Do what is asked, print what came of it (a secret once), return the exit code."""
    asked = _parser().parse_args(arguments)
    settings = Settings.read()
    engine = create_engine(settings)
    try:
        migrate(engine)
        if asked.thing == "audit":
            return _verify(settings, engine, asked.end)
        said = COMMANDS[asked.thing, asked.action](Accounts(engine), asked)
        audit.keep(engine, [_act(settings.park, f"{asked.thing}.{asked.action}", asked.name)])
    except AccountError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        engine.dispose()
    sys.stdout.write(f"{said}\n")
    return 0


def _act(park: str, action: str, name: str) -> Event:
    """Return the word of what was done at this machine, for the audit trail."""
    fact = OperatorAction(f"os:{getpass.getuser()}", action, "command line", name)
    now = datetime.now(UTC)
    return Event(str(uuid7()), "gwanje/commands", fact.TYPE, f"{park}/room/commands", now, park, fact)


def _verify(settings: Settings, engine: sa.Engine, ends: list[audit.Head]) -> int:
    """Check the audit trail against its head, what Redis saw of it and ``ends``; 1 when it is broken."""
    try:
        client = connect(settings)
        seen = audit.ends_seen(client.hvals(audit.SEEN))
        client.close()
    except (RedisError, OSError):
        seen = []
        sys.stderr.write("the stream is away: checked without what it saw\n")
    found = audit.verify(engine, [*seen, *ends])
    if found.ok:
        sys.stdout.write(f"sound: {found.rows} rows, end {found.rows}:{found.hash}\n")
        return 0
    which = "" if found.id is None else f" (id {found.id})"
    sys.stdout.write(f"broken at row {found.row}{which}: {found.why}; {found.rows} rows read\n")
    return 1


def _end(word: str) -> audit.Head:
    rows, _, hash_ = word.partition(":")
    return audit.Head(int(rows), hash_)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="A password, key or token is printed once.")
    things = parser.add_subparsers(dest="thing", required=True)
    for thing, what in _HELP.items():
        acts = things.add_parser(thing, help=what).add_subparsers(dest="action", required=True)
        for kind, action in COMMANDS:
            if kind == thing:
                acts.add_parser(action).add_argument("name")
        if thing == "user":
            acts.choices["add"].add_argument("--role", choices=ROLES, default="viewer")
    checks = things.add_parser("audit", help="the audit trail").add_subparsers(dest="action", required=True)
    verify = checks.add_parser("verify", help="exit code 1 when the trail is broken")
    verify.add_argument(
        "--end", action="append", default=[], type=_end, metavar="ROWS:HASH", help="an end of it seen before"
    )
    return parser
