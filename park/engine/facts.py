"""What the room says of itself: heartbeats, parts that fail, reused identities."""

from typing import Annotated, Literal

from msgspec import Meta

from park.events.base import (
    Count,
    FactBase,
    Text,
)


class FeedHeartbeat(FactBase, frozen=True):
    """A feed or worker is alive; ``period_s`` until the next beat."""

    TYPE = "park.feed.heartbeat"
    period_s: Annotated[float, Meta(gt=0, le=86_400)]
    sent: Count


class IdentityReused(FactBase, frozen=True):
    """The record met an identity again with other content; ``kept_as`` is the id it is kept under."""

    TYPE = "park.identity.reused"
    event: Text
    feed: Text
    kept_as: Text


class SystemStatus(FactBase, frozen=True):
    """A part of the room itself works or fails: a rule, a system of the watch, a panel."""

    TYPE = "park.system.status"
    state: Literal["ok", "failed"]
    detail: str = ""
