"""Who may enter: people, their sessions, the keys of feeds and the tokens of wall screens.

Of every secret only a hash is kept: argon2 for passwords, SHA-256 for the random ones. All methods
of :class:`Accounts` block on the database; the web calls them through ``asyncio.to_thread``.
"""

import hashlib
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

from data.attempts import Failures
from data.tables import feed_keys, screen_tokens, sessions, users
from park.facts import OperatorAction

ROLES = ("viewer", "operator", "manager", "admin")
SESSION_CHARS = 16
SESSION_LIFE = timedelta(hours=12)
SCREEN_LIFE = timedelta(days=30)


class Session(Struct, frozen=True):
    """Somebody signed in; ``origin`` is the address it was opened from, ``id`` tells sessions apart."""

    user: str
    role: str
    expires: datetime
    origin: str = ""
    id: str = ""

    def reaches(self, least: str) -> bool:
        """Whether the role is at least ``least``; an unknown role reaches nothing."""
        return self.role in ROLES and least in ROLES and ROLES.index(self.role) >= ROLES.index(least)

    def did(self, action: str, object_: str = "", reason: str = "") -> OperatorAction:
        """Return the word of an act of this person for the audit trail."""
        return OperatorAction(self.user, action, self.origin, object_, reason, self.role, self.id)


current: ContextVar[Session | None] = ContextVar("current", default=None)


class AccountError(ValueError):
    """An account cannot be made: the name is taken or the role unknown."""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class FeedKeys:
    """Names of feeds by their keys, remembered for ``LIFE_S`` so that a busy feed costs no query an event.

    While the record is away, a feed that is known goes on: the stream takes what it tells.
    """

    LIFE_S = 5.0
    MOST = 1000

    def __init__(self, accounts: "Accounts") -> None:
        """Remember nothing."""
        self._accounts = accounts
        self._known: dict[str, tuple[str | None, float]] = {}

    def name(self, secret: str) -> str | None:
        """Return the name of the feed that holds this key, None when nobody does.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: the record is away and the key is not known.
        """
        digest, now_s = _digest(secret), time.monotonic()
        name, until = self._known.get(digest, (None, 0.0))
        if now_s < until:
            return name
        try:
            name = self._accounts.feed(secret)
        except sa.exc.SQLAlchemyError:
            if name is None:
                raise
        if len(self._known) >= self.MOST:
            self._known.clear()
        self._known[digest] = (name, now_s + self.LIFE_S)
        return name


class Accounts:
    """Accounts in the database; ``clock`` tells the time of day, aware."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Use the engine, which need not be connected yet."""
        self.engine = engine
        self.clock = clock
        self.failures = Failures(limit=5, window_s=300)
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())

    def add_user(self, name: str, role: str, password: str = "") -> str:
        """Make a person and return the password, made up when none is given.

        Raises:
            AccountError: the name is taken or empty, or the role is unknown.
        """
        if role not in ROLES:
            raise AccountError(f"role {role!r}: one of {', '.join(ROLES)}")
        password = password or secrets.token_urlsafe(12)
        self._insert(users, name, role=role, password_hash=self._hasher.hash(password))
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
            TooManyError: this name or this origin failed too often lately.
        """
        now_s = time.monotonic()
        tried = (f"name {name}", f"origin {origin}")
        for who in tried:
            self.failures.check(who, now_s)
        role = self._role(name, password)
        if role is None:
            for who in tried:
                self.failures.failed(who, now_s)
            return None
        self.failures.forgive(tried[0])
        return self._open(name, role, origin, SESSION_LIFE)

    def session(self, secret: str) -> Session | None:
        """Return the open session of this secret."""
        digest = _digest(secret)
        query = sa.select(sessions).where(sessions.c.token_hash == digest)
        with self.engine.connect() as connection:
            row = connection.execute(query).mappings().first()
        if row is None or row["expires"] <= self.clock():
            return None
        return Session(row["user"], row["role"], row["expires"], row["origin"], digest[:SESSION_CHARS])

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
        with self.engine.begin() as connection:
            if not connection.execute(sa.delete(users).where(users.c.name == user)).rowcount:
                raise AccountError(f"users: no {user!r}")
        return self.revoke(user)

    def change_password(self, user: str, password: str = "") -> str:
        """Give a person a new password, made up when none is given, and end their sessions.

        Raises:
            AccountError: there is no such person.
        """
        password = password or secrets.token_urlsafe(12)
        changed = sa.update(users).where(users.c.name == user)
        with self.engine.begin() as connection:
            hashed = self._hasher.hash(password)
            if not connection.execute(changed.values(password_hash=hashed)).rowcount:
                raise AccountError(f"users: no {user!r}")
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
        return self._open(f"screen:{name}", "viewer", origin, SCREEN_LIFE) if name else None

    def revoke_screen(self, name: str) -> int:
        """Make a screen's token worthless and end its sessions; AccountError as with keys."""
        self._revoke(screen_tokens, name)
        return self.revoke(f"screen:{name}")

    def _revoke(self, table: sa.Table, name: str) -> int:
        held = sa.update(table).where(table.c.name == name, table.c.revoked.is_(None))
        with self.engine.begin() as connection:
            ended = connection.execute(held.values(revoked=self.clock())).rowcount
        if not ended:
            raise AccountError(f"{table.name}: no {name!r} that is valid")
        return ended

    def _role(self, name: str, password: str) -> str | None:
        with self.engine.connect() as connection:
            row = connection.execute(sa.select(users).where(users.c.name == name)).mappings().first()
        try:
            self._hasher.verify(row["password_hash"] if row else self._nobody, password)
        except (VerificationError, InvalidHashError):
            return None
        return str(row["role"]) if row else None

    def _open(self, user: str, role: str, origin: str, life: timedelta) -> str:
        secret, now = secrets.token_urlsafe(32), self.clock()
        row = {"token_hash": _digest(secret), "user": user, "role": role, "origin": origin}
        with self.engine.begin() as connection:
            connection.execute(sa.insert(sessions), row | {"created": now, "expires": now + life})
        return secret

    def _named(self, table: sa.Table, column: sa.Column[Any], secret: str) -> str | None:
        query = sa.select(table.c.name).where(column == _digest(secret), table.c.revoked.is_(None))
        with self.engine.connect() as connection:
            name = connection.execute(query).scalar()
        return None if name is None else str(name)

    def _insert(self, table: sa.Table, name: str, **values: object) -> None:
        if not name.strip():
            raise AccountError("a name is needed")
        try:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(table), {"name": name, "created": self.clock(), **values})
        except sa.exc.IntegrityError as error:
            raise AccountError(f"{table.name}: {name!r} is taken") from error
