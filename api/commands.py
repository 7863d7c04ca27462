"""The command line of the front door: accounts, keys of feeds, tokens of wall screens."""

import argparse
import sys

from data.accounts import ROLES, AccountError, Accounts
from data.settings import Settings
from data.store import create_engine, migrate


def main(arguments: list[str]) -> int:
    """Do what is asked, print the secret once, return the exit code."""
    asked = _parser().parse_args(arguments)
    engine = create_engine(Settings.read())
    try:
        migrate(engine)
        accounts = Accounts(engine)
        secret = _make(accounts, asked)
    except AccountError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    finally:
        engine.dispose()
    sys.stdout.write(f"{secret}\n")
    return 0


def _make(accounts: Accounts, asked: argparse.Namespace) -> str:
    if asked.thing == "user":
        return accounts.add_user(asked.name, asked.role)
    if asked.thing == "key":
        return accounts.add_key(asked.name)
    return accounts.add_screen(asked.name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Prints the password, key or token once.")
    things = parser.add_subparsers(dest="thing", required=True)
    for thing, what in (("user", "a person"), ("key", "the key of a feed"), ("screen", "a wall screen")):
        add = (
            things.add_parser(thing, help=what).add_subparsers(dest="action", required=True).add_parser("add")
        )
        add.add_argument("name")
        if thing == "user":
            add.add_argument("--role", choices=ROLES, default="viewer")
    return parser
