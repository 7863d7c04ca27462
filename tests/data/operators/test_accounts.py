"""Accounts on both databases: nothing readable is kept, everything ends."""

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from data import tables
from data.operators.accounts import (
    LONGEST_SESSION,
    ROLES,
    SCREEN_LIFE,
    SESSION_LIFE,
    AccountError,
    Accounts,
    FeedKeys,
    Session,
)
from data.operators.rate_limits import (
    PER_ACCOUNT,
    PER_ADDRESS,
    PER_PERSON,
    WINDOW_S,
    Bucket,
    Failures,
    SignInLimits,
    TooManyError,
    network,
)

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
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


def locked(limits: SignInLimits, account: str, address: str, now_s: float = 0.0) -> bool:
    try:
        limits.begin(account, address, now_s)
    except TooManyError:
        return True
    return False


def test_five_people_who_mistype_once_behind_one_address_are_not_locked_out(engine: sa.Engine) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    people = [f"person{chr(ord('a') + number)}" for number in range(6)]
    for name in people:
        accounts.add_user(name, "operator", "right")
    for name in people[:5]:
        assert accounts.sign_in(name, "wrong", "10.0.0.1") is None
    for name in people:
        assert accounts.sign_in(name, "right", "10.0.0.1"), name


def test_who_forgets_a_password_locks_out_nobody_else(engine: sa.Engine) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    for name in ("kim", "lee"):
        accounts.add_user(name, "operator", "right")
    for _ in range(PER_PERSON):
        assert accounts.sign_in("kim", "wrong", "10.0.0.1") is None
    for typed in ("kim", "KIM", "ki\u200bm"):  # another way to type it is no further try
        with pytest.raises(TooManyError):
            accounts.sign_in(typed, "right", "10.0.0.1")
    assert accounts.sign_in("lee", "right", "10.0.0.1")
    assert accounts.sign_in("kim", "right", "10.0.0.2")


def test_guessing_one_account_from_many_addresses_stops_but_for_whom_it_is() -> None:
    limits = SignInLimits()
    assert not locked(limits, "kim", "10.0.0.1")
    limits.right("kim", "10.0.0.1")
    stopped = [locked(limits, "kim", f"192.0.2.{number}") for number in range(PER_ACCOUNT + 3)]
    assert stopped == [False] * PER_ACCOUNT + [True] * 3
    assert not locked(limits, "kim", "10.0.0.1")
    assert not locked(limits, "kim", "192.0.2.99", WINDOW_S + 1)


def test_guessing_many_accounts_from_one_address_stops_but_for_whom_it_is_home_to() -> None:
    limits = SignInLimits()
    assert not locked(limits, "kim", "10.0.0.1")
    limits.right("kim", "10.0.0.1")
    stopped = [locked(limits, f"name{number}", "10.0.0.1") for number in range(PER_ADDRESS + 3)]
    assert stopped == [False] * PER_ADDRESS + [True] * 3
    assert not locked(limits, "kim", "10.0.0.1")
    assert not locked(limits, "lee", "10.0.0.2")


def test_tries_at_the_same_time_are_no_more_than_one_by_one() -> None:
    limits = SignInLimits()
    assert [locked(limits, "kim", "10.0.0.1") for _ in range(PER_PERSON + 1)].count(False) == PER_PERSON


def test_what_a_person_mistyped_is_forgiven_theirs_alone() -> None:
    limits = SignInLimits()
    for _ in range(PER_PERSON - 1):
        limits.begin("kim", "10.0.0.1", 0)
        limits.begin("lee", "10.0.0.1", 0)
    limits.right("lee", "10.0.0.1")
    assert [locked(limits, "lee", "10.0.0.1") for _ in range(PER_PERSON)] == [False] * PER_PERSON
    assert [locked(limits, "kim", "10.0.0.1") for _ in range(2)] == [False, True]


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8::ffff:1", "2001:db8::/64"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("10.0.0.1", "10.0.0.1"),
        ("", ""),
    ],
)
def test_a_network_of_version_6_counts_as_one_address(address: str, counted: str) -> None:
    assert network(address) == counted


def test_a_persons_session_is_renewed_while_in_use_until_a_day_is_over(engine: sa.Engine) -> None:
    clock = Clock()
    accounts = Accounts(engine, clock, QUICK)
    accounts.add_user("kim", "operator", "pw")
    secret = str(accounts.sign_in("kim", "pw", ""))
    while clock.now < NOW + LONGEST_SESSION - timedelta(hours=1):
        clock.now += timedelta(hours=1)
        assert accounts.use(secret) is not None
    clock.now = NOW + LONGEST_SESSION
    assert accounts.use(secret) is None
    idle = str(accounts.sign_in("kim", "pw", ""))
    clock.now += SESSION_LIFE
    assert accounts.use(idle) is None


def test_a_walls_session_never_ends_while_in_use_and_ends_unused_or_revoked(engine: sa.Engine) -> None:
    clock = Clock()
    accounts = Accounts(engine, clock, QUICK)
    token = accounts.add_screen("lobby")
    wall = str(accounts.enter_screen(token, ""))
    for _ in range(100):
        clock.now += timedelta(days=7)
        assert accounts.use(wall) is not None
    unused = str(accounts.enter_screen(token, ""))
    clock.now += SCREEN_LIFE - timedelta(seconds=1)
    assert accounts.use(wall) is not None
    clock.now += timedelta(seconds=1)
    assert accounts.use(unused) is None
    assert accounts.revoke_screen("Lobby") == 2
    assert accounts.use(wall) is None


def test_a_session_is_not_written_at_every_use(engine: sa.Engine) -> None:
    clock = Clock()
    accounts = Accounts(engine, clock, QUICK)
    accounts.add_user("kim", "operator", "pw")
    secret = str(accounts.sign_in("kim", "pw", ""))
    first = accounts.use(secret)
    clock.now += timedelta(minutes=29)
    second = accounts.use(secret)
    assert first is not None
    assert second is not None
    assert second.expires == first.expires


DECOMPOSED = unicodedata.normalize("NFD", "대피소 café")


@pytest.mark.parametrize("kept", ["대피소 café", DECOMPOSED])
@pytest.mark.parametrize("typed", ["대피소 café", DECOMPOSED, "대피소\u00a0café", "대피소\u3000café"])
def test_a_password_gets_in_however_it_is_composed(engine: sa.Engine, kept: str, typed: str) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    accounts.add_user("kim", "operator", kept)
    assert accounts.sign_in("kim", typed, "")
    assert accounts.sign_in("kim", typed + "x", "") is None


@pytest.mark.parametrize("kept", ["대피소 café", DECOMPOSED])
@pytest.mark.parametrize("typed", ["대피소 café", DECOMPOSED])
def test_a_password_of_an_account_made_before_gets_in_too(engine: sa.Engine, kept: str, typed: str) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    _made_before(engine, "Kim", kept)
    assert accounts.sign_in("Kim", typed, "")


def _made_before(engine: sa.Engine, name: str, password: str) -> None:
    """Keep an account as it was kept when neither name nor password was normalised."""
    row = {"name": name, "role": "operator", "password_hash": QUICK.hash(password), "created": NOW}
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.users), row)


@pytest.mark.parametrize(
    "other", ["KIM", "ｋim", "\u043aim", "ki\u200bm", "kim ", "k\u0131m", "\u043a\u0456\u043c"]
)
def test_an_account_that_looks_like_another_is_refused(engine: sa.Engine, other: str) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    accounts.add_user("kim", "viewer")
    accounts.add_key("kim")
    with pytest.raises(AccountError):
        accounts.add_user(other, "viewer")
    with pytest.raises(AccountError):
        accounts.add_key(other)


def test_accounts_made_before_keep_their_names_and_are_found_as_typed(engine: sa.Engine) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    for name in ("Kim", "kim", "Lee"):
        _made_before(engine, name, f"of {name}")
    opened = accounts.session(str(accounts.sign_in("Kim", "of Kim", "")))
    assert opened is not None
    assert opened.user == "Kim"
    assert accounts.sign_in("kim", "of Kim", "") is None
    assert accounts.sign_in("KIM", "of Kim", "") is None  # one of two, and neither is called so
    assert accounts.sign_in("lee", "of Lee", "")
    accounts.change_password("LEE", "new")
    assert accounts.sign_in("Lee", "new", "")
    assert accounts.shut_out("lee") == 1


def test_strangers_with_wrong_keys_make_no_feed_forgotten(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = Accounts(engine, hasher=QUICK)
    key = accounts.add_key("gas")
    keys = FeedKeys(accounts)
    monkeypatch.setattr(FeedKeys, "MOST", 3)
    monkeypatch.setattr(FeedKeys, "LIFE_S", 0.0)
    assert keys.name(key) == "gas"
    for number in range(10):
        assert keys.name(f"gwk_{number}") is None
    engine.dispose()
    monkeypatch.setattr(accounts, "feed", _away)
    assert keys.name(key) == "gas"


def _away(_secret: str) -> str:
    raise sa.exc.OperationalError("", {}, OSError("away"))


def test_a_busy_database_ends_no_session_but_renews_it_later(engine: sa.Engine) -> None:
    clock = Clock()
    accounts = Accounts(engine, clock=clock)
    accounts.ensure_admin("first-password-1")
    secret = accounts.sign_in("admin", "first-password-1", "here")
    assert secret is not None
    clock.now += timedelta(hours=6)

    def busy(*execution: object) -> None:
        if str(execution[2]).startswith("UPDATE sessions"):
            raise sa.exc.OperationalError(str(execution[2]), {}, RuntimeError("database is locked"))

    sa.event.listen(engine, "before_cursor_execute", busy)
    kept = accounts.use(secret)
    sa.event.remove(engine, "before_cursor_execute", busy)
    assert kept is not None
    renewed = accounts.use(secret)
    assert renewed is not None
    assert renewed.expires > kept.expires
