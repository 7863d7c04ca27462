"""Who may enter: people, their sessions, the keys of feeds and the tokens of wall screens.

Of every secret only a hash is kept: argon2 for passwords, SHA-256 for the random ones. All methods
of :class:`Accounts` block on the database; the web calls them through ``asyncio.to_thread``.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct

from data.operators import names
from data.operators.rate_limits import SignInLimits
from data.tables import feed_keys, screen_tokens, sessions, users
from park.operators.facts import OperatorAction

logger = logging.getLogger(__name__)
ROLES = ("viewer", "operator", "manager", "admin")
SESSION_CHARS = 16
SESSION_LIFE = timedelta(hours=12)  # of a person, unused; renewed while in use
LONGEST_SESSION = timedelta(hours=24)  # of a person from signing in; NIST SP 800-63B-4, AAL2
SCREEN_LIFE = timedelta(days=30)  # of a wall screen, unused; renewed while in use, without end
SCREEN = "screen:"  # how the name of a wall screen's session begins
_RENEWALS = 24  # in one life: a person's session is written again every half hour, a screen's daily


class Session(Struct, frozen=True):
    """Somebody signed in; ``origin`` is the address it was opened from, ``id`` tells sessions apart.

    ``due``: it is in use and would end much sooner than it may, so that it is time to renew it.
    """

    user: str
    role: str
    expires: datetime
    origin: str = ""
    id: str = ""
    due: bool = False

    def reaches(self, least: str) -> bool:
        """Whether the role is at least ``least``; an unknown role reaches nothing."""
        return self.role in ROLES and least in ROLES and ROLES.index(self.role) >= ROLES.index(least)

    def did(self, action: str, object_: str = "", reason: str = "") -> OperatorAction:
        """Return the word of an act of this person for the audit trail."""
        return OperatorAction(self.user, action, self.origin, object_, reason, self.role, self.id)


current: ContextVar[Session | None] = ContextVar("current", default=None)


class AccountError(ValueError):
    """An account cannot be made or found: the name is no name, taken or unknown, or the role unknown."""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class FeedKeys:
    """Names of feeds by their keys, remembered for ``LIFE_S`` so that a busy feed costs no query an event.

    While the record is away, a feed that is known goes on: the stream takes what it tells. Wrong keys
    are not remembered, so that a stranger's many make no feed forgotten.
    """

    LIFE_S = 5.0
    MOST = 1000

    def __init__(self, accounts: "Accounts") -> None:
        """Remember nothing."""
        self._accounts = accounts
        self._known: dict[str, tuple[str, float]] = {}

    def name(self, secret: str) -> str | None:
        """Return the name of the feed that holds this key, None when nobody does.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the record is away and the key is not known.
        """
        digest, now_s = _digest(secret), time.monotonic()
        known, until = self._known.get(digest, (None, 0.0))
        if now_s < until:
            return known
        try:
            name = self._accounts.feed(secret)
        except sa.exc.SQLAlchemyError:
            if known is None:
                raise
            name = known
        if name is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[digest] = (name, now_s + self.LIFE_S)
        return name


class Accounts:
    """Accounts in the database; ``clock`` tells the time of day, aware."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        hasher: PasswordHasher | None = None,
    ) -> None:
        """Use the engine, which need not be connected yet; ``hasher`` sets what a password costs to try."""
        self.engine = engine
        self.clock = clock
        self.limits = SignInLimits()
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def add_user(self, name: str, role: str, password: str = "") -> str:
        """Make a person and return the password, made up when none is given.

        Raises:
            AccountError: the name is none, taken or looks like another, or the role is unknown.
        """
        if role not in ROLES:
            raise AccountError(f"role {role!r}: one of {', '.join(ROLES)}")
        password = password or secrets.token_urlsafe(12)
        self._insert(users, name, role=role, password_hash=self._hashed(password))
        return password

    def ensure_admin(self, password: str = "") -> str | None:
        """Make ``admin`` when there is no user; return its password, or None when somebody is there."""
        with self.engine.connect() as connection:
            if connection.execute(sa.select(users.c.name).limit(1)).first():
                return None
        return self.add_user("admin", "admin", password)

    def sign_in(self, name: str, password: str, origin: str) -> str | None:
        """Open a session and return its secret, or None when name and password do not match.

        Raises:
            TooManyError: tried too often lately (:class:`data.operators.rate_limits.SignInLimits`).
        """
        account = names.key(name)
        self.limits.begin(account, origin, time.monotonic())
        try:
            known = self._recognise(name, password)
        except sa.exc.SQLAlchemyError:
            self.limits.forgive(account, origin)
            raise
        if known is None:
            return None
        self.limits.right(account, origin)
        return self._open(*known, origin)

    def session(self, secret: str) -> Session | None:
        """Return the open session of this secret."""
        digest, now = _digest(secret), self.clock()
        query = sa.select(sessions).where(sessions.c.token_hash == digest)
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["expires"] <= now:
            return None
        due = _ends(row, now) - row["expires"] >= _life(row["user"]) / _RENEWALS
        return Session(row["user"], row["role"], row["expires"], row["origin"], digest[:SESSION_CHARS], due)

    def use(self, secret: str) -> Session | None:
        """Return the open session of this secret, renewed when that is due; one that is over stays over.

        A database that is busy renews it at a later use: nobody is shut out for that.
        """
        session = self.session(secret)
        if session is None or not session.due:
            return session
        try:
            self._renew(secret)
        except sa.exc.OperationalError as error:
            logger.warning("the session of %s is renewed later: %s", session.user, error.orig)
            return session
        return self.session(secret)

    def _renew(self, secret: str) -> None:
        """Let an open session end later."""
        mine, now = sessions.c.token_hash == _digest(secret), self.clock()
        with self.engine.begin() as connection:
            row = connection.execute(sa.select(sessions).where(mine)).mappings().first()
            if row is None:
                return
            longer = sa.update(sessions).where(mine, sessions.c.expires > now)
            connection.execute(longer.values(expires=_ends(row, now)))

    def sign_out(self, secret: str) -> None:
        """End the session of this secret, and sweep the expired ones."""
        over = (sessions.c.token_hash == _digest(secret)) | (sessions.c.expires <= self.clock())
        with self.engine.begin() as connection:
            connection.execute(sa.delete(sessions).where(over))

    def revoke(self, user: str) -> int:
        """End every session of ``user`` and return how many there were."""
        with self.engine.begin() as connection:
            return connection.execute(sa.delete(sessions).where(sessions.c.user == user)).rowcount

    def shut_out(self, user: str) -> int:
        """Take a person's account away and end their sessions; return how many there were.

        Raises:
            AccountError: there is no such person.
        """
        user = self._known_as(users, user)
        with self.engine.begin() as connection:
            connection.execute(sa.delete(users).where(users.c.name == user))
        return self.revoke(user)

    def change_password(self, user: str, password: str = "") -> str:
        """Give a person a new password, made up when none is given, and end their sessions.

        Raises:
            AccountError: there is no such person.
        """
        user = self._known_as(users, user)
        password = password or secrets.token_urlsafe(12)
        hashed = self._hashed(password)
        with self.engine.begin() as connection:
            connection.execute(sa.update(users).where(users.c.name == user).values(password_hash=hashed))
        self.revoke(user)
        return password

    def add_key(self, name: str) -> str:
        """Make the key of a feed and return its secret; AccountError when the name is taken."""
        secret = f"gwk_{secrets.token_urlsafe(32)}"
        self._insert(feed_keys, name, key_hash=_digest(secret))
        return secret

    def feed(self, secret: str) -> str | None:
        """Return the name of the feed that holds this key."""
        return self._named(feed_keys, feed_keys.c.key_hash, secret)

    def revoke_key(self, name: str) -> int:
        """Make the key of a feed worthless; AccountError when there is none that is not already."""
        return self._revoke(feed_keys, name)

    def add_screen(self, name: str) -> str:
        """Make the token of a wall screen and return it; AccountError when the name is taken."""
        secret = f"gws_{secrets.token_urlsafe(32)}"
        self._insert(screen_tokens, name, token_hash=_digest(secret))
        return secret

    def enter_screen(self, token: str, origin: str) -> str | None:
        """Exchange a screen's token for the secret of a viewer's session."""
        name = self._named(screen_tokens, screen_tokens.c.token_hash, token)
        return self._open(f"{SCREEN}{name}", "viewer", origin) if name else None

    def revoke_screen(self, name: str) -> int:
        """Make a screen's token worthless and end its sessions; AccountError as with keys."""
        name = self._known_as(screen_tokens, name)
        self._revoke(screen_tokens, name)
        return self.revoke(f"{SCREEN}{name}")

    def _revoke(self, table: sa.Table, name: str) -> int:
        name = self._known_as(table, name)
        held = sa.update(table).where(table.c.name == name, table.c.revoked.is_(None))
        with self.engine.begin() as connection:
            ended = connection.execute(held.values(revoked=self.clock())).rowcount
        if not ended:
            raise AccountError(f"{table.name}: no {name!r} that is valid")
        return ended

    def _hashed(self, password: str) -> str:
        return self._hasher.hash(names.opaque(password))

    def _recognise(self, name: str, password: str) -> tuple[str, str] | None:
        """Return name and role of the person with this password; an unknown name takes as long as another."""
        try:
            known = self._known_as(users, name)
        except AccountError:
            known = ""
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(users).where(users.c.name == known)).mappings().first()
        kept = row["password_hash"] if row else self._nobody
        right = any(self._is_right(kept, typed) for typed in names.typed_ways(password))
        return (row["name"], row["role"]) if row and right else None

    def _is_right(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    def _open(self, user: str, role: str, origin: str) -> str:
        secret, now = secrets.token_urlsafe(32), self.clock()
        row = {"token_hash": _digest(secret), "user": user, "role": role, "origin": origin}
        with self.engine.begin() as connection:
            connection.execute(sa.insert(sessions), row | {"created": now, "expires": now + _life(user)})
        return secret

    def _known_as(self, table: sa.Table, name: str) -> str:
        """Return the name by which somebody is kept, whichever way it was typed.

        Raises:
            AccountError: nobody is called so, or several are and none exactly so.
        """
        with self.engine.connect() as connection:
            kept = connection.execute(sa.select(table.c.name)).scalars().all()
        same = [other for other in kept if names.key(other) == names.key(name)]
        if name in same:
            return name
        if len(same) != 1:
            raise AccountError(f"{table.name}: no {name!r}")
        return str(same[0])

    def _named(self, table: sa.Table, column: sa.Column[Any], secret: str) -> str | None:
        query = sa.select(table.c.name).where(column == _digest(secret), table.c.revoked.is_(None))
        with self.engine.connect() as connection:
            name = connection.execute(query).scalar()
        return None if name is None else str(name)

    def _insert(self, table: sa.Table, name: str, **values: object) -> None:
        """Add a row under the key of its name, which must look like none that is there."""
        if wrong := names.flaw(name):
            raise AccountError(f"{table.name}: {name!r} {wrong}")
        try:
            with self.engine.begin() as connection:
                kept = connection.execute(sa.select(table.c.name)).scalars().all()
                if alike := [other for other in kept if names.skeleton(other) == names.skeleton(name)]:
                    raise AccountError(f"{table.name}: {name!r} is taken, or taken for {alike[0]!r}")
                row = {"name": names.key(name), "created": self.clock(), **values}
                connection.execute(sa.insert(table), row)
        except sa.exc.IntegrityError as error:
            raise AccountError(f"{table.name}: {name!r} is taken") from error


def _life(user: str) -> timedelta:
    """Return how long a session lives unused."""
    return SCREEN_LIFE if user.startswith(SCREEN) else SESSION_LIFE


def _ends(row: sa.RowMapping, now: datetime) -> datetime:
    """Return when a session in use would end: a person's not beyond the longest."""
    end = now + _life(row["user"])
    return end if row["user"].startswith(SCREEN) else min(end, row["created"] + LONGEST_SESSION)
