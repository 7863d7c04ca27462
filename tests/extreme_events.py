"""Well-formed events of every type with values that no sane device sends; the same seed sends the same."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from api.routes.events import ONLY_OURS
from park.events.envelope import encode
from park.events.examples import examples

LARGEST, SINGLE = 1.7976931348623157e308, 3.4028234663852886e38
NUMBERS: tuple[float | None, ...] = (
    0, -0.0, 1, -1, 5e-324, 1e-38, 99.9, 100, 100.1, 255, 360, 511, 999, -999, 9999, -9999, 32767,
    -32768, 65535, 2147483647, -2147483648, 4294967295, 2**53 - 1, 2**63 - 1, -(2**63), 1e12, 1e15, -1e15,
    1e30, SINGLE, -SINGLE, LARGEST, -LARGEST, None,
)  # fmt: skip
TEXTS = (
    "", " ", "-", "NaN", "inf", "null", "0", "x" * 40, "가" * 40, "\u1112\u1161\u11ab", "é" * 20, "🔥" * 10,
    "a/b/c/d", "../..", "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE events; --", "%s%n", "\u200b",
    "ﷺ", "y" * 500,
)  # fmt: skip
MOMENTS = (
    "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1999-12-31T23:59:60Z", "2006-08-22T00:00:00+09:00",
    "2038-01-19T03:14:08Z", "9999-12-31T23:59:59.999999Z",
)  # fmt: skip
TYPES = {name: event for name, event in examples().items() if name not in ONLY_OURS}


class Extremes:
    """A source of extreme events about some assets; ``refused`` of them are for the door to say."""

    def __init__(self, seed: int, subjects: Sequence[str]) -> None:
        """Speak of ``subjects``, each by the types that its kind has, and of strangers."""
        self.dice = random.Random(seed)
        self.subjects = {kind: [s for s in subjects if s.split("/")[1] == kind] for kind in _kinds(subjects)}
        self.number = 0

    def take(self, count: int, now: datetime) -> Iterator[bytes]:
        """Yield so many events of about ``now``, as JSON."""
        for _ in range(count):
            yield self._one(self.dice.choice(sorted(TYPES)), now)

    def _one(self, type_: str, now: datetime) -> bytes:
        self.number += 1
        given = msgspec.json.decode(encode(TYPES[type_]))
        given["id"], given["source"] = f"extreme-{self.number}", f"tests/extreme-{self.number % 7}"
        given["subject"] = self._subject(given["subject"])
        given["time"] = self._moment(now) if self.dice.random() < 0.1 else now.isoformat()
        for name in self.dice.sample(sorted(given["data"]), k=self.dice.randint(1, len(given["data"]))):
            given["data"][name] = self._extreme(name, given["data"][name], now)
        return msgspec.json.encode(given)

    def _subject(self, example: str) -> str:
        kind = example.split("/")[1]
        if self.dice.random() < 0.1:
            return f"changwon/{kind}/{self.dice.choice(TEXTS[3:]) or 'x'}"
        return self.dice.choice(self.subjects.get(kind) or [f"changwon/{kind}/STRANGER"])

    def _moment(self, now: datetime) -> str:
        near = [(now + timedelta(seconds=self.dice.uniform(-86_400, 200))).isoformat()]
        return self.dice.choice([*MOMENTS, *near])

    def _extreme(self, name: str, value: Any, now: datetime) -> Any:  # noqa: ANN401 - any JSON
        match value:
            case bool():
                return not value
            case int() | float():
                return self.dice.choice(NUMBERS)
            case list():
                inner = [self._extreme(name, one, now) for one in value]
                return inner * self.dice.choice((0, 1, 1, 30))
            case str() if name.startswith(("planned", "actual", "until", "happened")):
                return self._moment(now)
            case str() if name in _CHOICES:
                return self.dice.choice(_CHOICES[name])
            case str():
                return self.dice.choice(TEXTS)
        return self.dice.choice((*NUMBERS, *TEXTS))


_CHOICES = {
    "state": ("normal", "failed", "unreachable", "ok", "lost", "frozen", "moving", "left", "busy", "free",
              "docked", "done", "planned"),
    "cargo": ("dangerous", "general", "empty"),
    "direction": ("in", "out"),
    "kind": ("fall", "fire", "intrusion", "crowd", "line_crossing"),
    "priority": ("critical", "low"),
    "change": ("light", "cut"),
}  # fmt: skip


def _kinds(subjects: Iterable[str]) -> set[str]:
    return {subject.split("/")[1] for subject in subjects}
