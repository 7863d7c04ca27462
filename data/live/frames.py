"""What changed between two looks at the park, as the screens get it: encoded once, merged for the slow."""

import asyncio
import time
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw

KEYED = ("assets", "vehicles", "detections")
FIFO_LIMIT = 2000
_encoder = msgspec.json.Encoder()


def raw(value: object) -> Raw:
    """Encode one value, to be put into any number of frames."""
    return Raw(_encoder.encode(value))


def message(kind: str, value: object) -> dict[str, Any]:
    """Return one message of a frame."""
    return {"k": kind, "d": value}


def frame(number: int, at: str, messages: Iterable[dict[str, Any]]) -> str:
    """Return a frame as text; ``at`` is the id of the last stream entry it knows."""
    now_ms = time.time_ns() // 1_000_000
    return _encoder.encode({"n": number, "at": at, "now": now_ms, "m": list(messages)}).decode()


class Delta:
    """Changes up to stream entry ``at``: latest per key and incident, but every alarm in its order."""

    def __init__(self, number: int, at: str) -> None:
        """Start with nothing changed."""
        self.number = number
        self.at = at
        self.keyed: dict[str, dict[str, Raw]] = {kind: {} for kind in KEYED}
        self.panels: dict[str, Raw] = {}
        self.alarms: list[Raw] = []
        self.incidents: dict[str, Raw] = {}
        self._text = ""

    def __bool__(self) -> bool:
        """Whether anything changed."""
        return bool(self.alarms or self.incidents or self.panels or any(self.keyed.values()))

    @property
    def text(self) -> str:
        """The frame, serialised at the first call and shared by all clients after it."""
        if not self._text:
            self._text = frame(self.number, self.at, self.messages())
        return self._text

    def messages(self) -> list[dict[str, Any]]:
        """Return the changes as messages, alarms and incidents first."""
        found = [message("alarms", self.alarms)] if self.alarms else []
        found += [message("incidents", list(self.incidents.values()))] if self.incidents else []
        found += [message(kind, rows) for kind, rows in self.keyed.items() if rows]
        return found + [message(kind, panel) for kind, panel in self.panels.items()]

    def then(self, later: "Delta") -> "Delta":
        """Return both as one; neither is touched, for others may be sending them."""
        both = Delta(later.number, later.at)
        both.keyed = {kind: self.keyed[kind] | later.keyed[kind] for kind in KEYED}
        both.panels = self.panels | later.panels
        both.alarms = self.alarms + later.alarms
        both.incidents = self.incidents | later.incidents
        return both


class Client:
    """One screen's place at the hub: at most one merged delta waits for it.

    When more alarms wait than ``limit``, the delta is dropped and a fresh snapshot is owed instead.
    """

    def __init__(self, limit: int = FIFO_LIMIT) -> None:
        """Start with nothing waiting; the greeting brings the picture."""
        self.limit = limit
        self.waiting: Delta | None = None
        self.owed = False
        self.delay_ms: float | None = None
        self.news = asyncio.Event()

    def offer(self, delta: Delta) -> None:
        """Take a delta, joined to what still waits."""
        self.news.set()
        if self.owed:
            return
        self.waiting = self.waiting.then(delta) if self.waiting else delta
        if len(self.waiting.alarms) > self.limit:
            self.owe()

    def owe(self) -> None:
        """Forget what waits: the next frame is a snapshot."""
        self.waiting, self.owed = None, True
        self.news.set()
