"""Accounts on both databases: nothing readable is kept, everything ends."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from data import tables
from data.accounts import ROLES, SESSION_LIFE, AccountError, Accounts, FeedKeys, Session
from data.attempts import Bucket, Failures, TooManyError

NOW = datetime(2026, 4, 16, 3, 0, tzinfo=UTC)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def test_the_first_admin_is_made_once(engine: sa.Engine) -> None:
    accounts = Accounts(engine)
    password = accounts.ensure_admin()
    assert password is not None
    assert accounts.ensure_admin("another") is None
    secret = accounts.sign_in("admin", password, "here")
    assert secret is not None
    session = accounts.session(secret)
    assert session is not None
    assert (session.user, session.role, session.origin) == ("admin", "admin", "here")


def test_the_given_password_is_taken(engine: sa.Engine) -> None:
    accounts = Accounts(engine)
    assert accounts.ensure_admin("given") == "given"
    assert accounts.sign_in("admin", "given", "here")


def test_sessions_end_by_time_by_sign_out_and_by_revoking(engine: sa.Engine) -> None:
    clock = Clock()
    accounts = Accounts(engine, clock)
    accounts.add_user("kim", "operator", "pw")
    first, second, third = (str(accounts.sign_in("kim", "pw", "")) for _ in range(3))
    assert len({first, second, third}) == 3
    accounts.sign_out(first)
    assert accounts.session(first) is None
    assert accounts.session(second) is not None
    assert accounts.revoke("kim") == 2
    assert accounts.session(second) is None
    last = str(accounts.sign_in("kim", "pw", ""))
    clock.now += SESSION_LIFE - timedelta(seconds=1)
    assert accounts.session(last) is not None
    clock.now += timedelta(seconds=1)
    assert accounts.session(last) is None


def test_no_secret_is_readable_in_the_database(engine: sa.Engine) -> None:
    accounts = Accounts(engine)
    password = accounts.add_user("kim", "viewer")
    secrets = [
        password,
        str(accounts.sign_in("kim", password, "")),
        accounts.add_key("f"),
        accounts.add_screen("w"),
    ]
    with engine.connect() as connection:
        kept = [
            str(row)
            for table in (tables.users, tables.sessions, tables.feed_keys, tables.screen_tokens)
            for row in connection.execute(sa.select(table))
        ]
    assert len(kept) == 4
    assert not [secret for secret in secrets for row in kept if secret in row]
    assert "$argon2id$" in "".join(kept)


@pytest.mark.parametrize(("name", "role"), [("kim", "viewer"), ("", "viewer"), ("lee", "root")])
def test_accounts_that_cannot_be(engine: sa.Engine, name: str, role: str) -> None:
    accounts = Accounts(engine)
    accounts.add_user("kim", "viewer")
    with pytest.raises(AccountError):
        accounts.add_user(name, role)


def test_keys_and_screens_are_known_until_revoked(engine: sa.Engine) -> None:
    accounts = Accounts(engine)
    key, token = accounts.add_key("gas"), accounts.add_screen("lobby")
    assert FeedKeys(accounts).name(key) == "gas"
    assert FeedKeys(accounts).name(token) is None
    session = accounts.session(str(accounts.enter_screen(token, "")))
    assert session is not None
    assert (session.user, session.role) == ("screen:lobby", "viewer")
    with engine.begin() as connection:
        for table in (tables.feed_keys, tables.screen_tokens):
            connection.execute(sa.update(table).values(revoked=NOW))
    assert FeedKeys(accounts).name(key) is None
    assert accounts.enter_screen(token, "") is None


def test_roles_reach_downwards_only() -> None:
    for index, role in enumerate(ROLES):
        session = Session("kim", role, NOW)
        assert [session.reaches(least) for least in ROLES] == [place <= index for place in range(len(ROLES))]
    assert not Session("kim", "root", NOW).reaches("viewer")


def test_failures_close_the_door_for_a_window() -> None:
    failures = Failures(limit=3, window_s=60)
    for second in range(3):
        failures.check("kim", second)
        failures.failed("kim", second)
    with pytest.raises(TooManyError) as waiting:
        failures.check("kim", 10)
    assert waiting.value.wait_s == pytest.approx(50)
    failures.check("lee", 10)
    failures.check("kim", 61)


def test_a_bucket_runs_dry_and_fills_again() -> None:
    bucket = Bucket(rate=10, burst=20)
    bucket.take("feed", 20, 0)
    with pytest.raises(TooManyError):
        bucket.take("feed", 1, 0)
    bucket.take("feed", 10, 1)
    with pytest.raises(TooManyError) as waiting:
        bucket.take("feed", 5, 1)
    assert waiting.value.wait_s == pytest.approx(0.5)
    bucket.take("other", 5, 1)
