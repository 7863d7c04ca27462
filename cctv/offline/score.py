"""How good the rules are: events against the truth of a clip, one to one, in the window of KISA's test.

An event matches a truth of its kind and place from 2 s before to 10 s after the truth begins. Further
events of one and the same truth are false alarms like any other, as each costs an operator a look;
those in its span are told apart as ``repeats``.
"""

import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
from msgspec import Struct
from scipy.optimize import linear_sum_assignment

from cctv.sources.footage import Footage
from cctv.tracking.tracker import family
from park.cameras.facts import CameraEvent, CameraEventKind
from park.events.envelope import Event

EARLY_S, LATE_S = 2.0, 10.0
DAY_S = 86400.0
KINDS = frozenset(get_args(CameraEventKind))
# Kinds whose object is of one family by their meaning, where the event itself does not name it
_WHO = {
    "fall": "person", "fight": "person", "loitering": "person", "crowd": "person",
    "person_on_carriageway": "person", "stopped_vehicle": "vehicle",
}  # fmt: skip


class TruthEvent(Struct, frozen=True):
    """One thing that happened, as labelled; ``tol_s`` how sure the labels are of its times."""

    type: str
    t: float | None = None
    t_start: float | None = None
    t_end: float | None = None
    tol_s: float = 0.0
    zone: str | None = None
    line: str | None = None
    direction: str | None = None

    @property
    def start_s(self) -> float:
        """When it began, seconds from the start of the clip."""
        return self.t if self.t is not None else self.t_start or 0.0

    def holds(self, t_s: float) -> bool:
        """Tell whether an event at ``t_s`` is of this one: from the window on to the later of the ends."""
        last_s = max(self.start_s + LATE_S, (self.t_end or 0.0) + self.tol_s)
        return self.start_s - EARLY_S <= t_s <= last_s


class Truth(Struct, frozen=True):
    """The labels of one clip."""

    duration_s: float
    events: tuple[TruthEvent, ...] = ()
    must_not_fire: tuple[str, ...] = ()


class Figures(Struct, frozen=True):
    """The figures of one rule; None where nothing can be divided. ``repeats`` are among the false alarms."""

    rule: str
    truths: int
    events: int
    hits: int
    precision: float | None
    recall: float | None
    f1: float | None
    delay_s: float | None
    delay_p95_s: float | None
    false_alarms: int
    repeats: int
    false_alarms_per_camera_day: float


class Score(Struct, frozen=True, omit_defaults=True):
    """All figures of a clip, and the events of kinds and families that must not fire.

    ``part``: that the events are of a part of the clip, in words; empty where they are of the whole.
    """

    rules: list[Figures]
    must_not_fire: dict[str, int]
    part: str = ""


class Tally(Struct, frozen=True):
    """What one rule came to on some footage; adds up over clips."""

    rule: str
    truths: int = 0
    events: int = 0
    repeats: int = 0
    delays_s: tuple[float, ...] = ()
    false_s: tuple[float, ...] = ()
    seconds: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        """Return both as one; they are of the same rule."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__[1:]}
        return Tally(self.rule, **sums)

    def figures(self) -> Figures:
        """Return P = hits / events, R = hits / truths, F1 = 2PR / (P + R), and the delays."""
        hits = len(self.delays_s)
        return Figures(
            rule=self.rule,
            truths=self.truths,
            events=self.events,
            hits=hits,
            precision=hits / self.events if self.events else None,
            recall=hits / self.truths if self.truths else None,
            f1=2 * hits / (self.truths + self.events) if self.truths or self.events else None,
            delay_s=statistics.median(self.delays_s) if hits else None,
            delay_p95_s=float(np.percentile(self.delays_s, 95)) if hits else None,
            false_alarms=self.events - hits,
            repeats=self.repeats,
            false_alarms_per_camera_day=per_day(self.events - hits, self.seconds),
        )


def per_day(count: int, seconds: float) -> float:
    """Return how many a camera would tell in a day that told ``count`` in ``seconds``; 0 without any time."""
    return count * DAY_S / seconds if seconds else 0.0


def read_truth(raw: bytes) -> Truth:
    """Read labels; msgspec.ValidationError names what is missing."""
    return msgspec.json.decode(raw, type=Truth)


def footage_file(events: Path) -> Path:
    """Return where it is kept how far the clip was read that a file of events is of."""
    return events.with_name(f"{events.name}.footage.json")


def read_footage(events: Path) -> Footage | None:
    """Return how far the clip of a file of events was read; None where nothing is kept of it."""
    path = footage_file(events)
    return msgspec.json.decode(path.read_bytes(), type=Footage) if path.is_file() else None


def score(truth: Truth, events: Iterable[Event], footage: Footage | None = None) -> Score:
    """Judge camera events (with ``t_s``) of one clip against its truth; ``footage``: how far it was read."""
    facts = told(events)
    kinds = sorted({t.type for t in truth.events if t.type in KINDS} | {fact.kind for fact in facts})
    figures = [tally(kind, truth, facts).figures() for kind in kinds]
    return Score(figures, forbidden(truth, facts), footage.part() if footage else "")


def told(events: Iterable[Event]) -> list[CameraEvent]:
    """Return what cameras told among events."""
    return [event.data for event in events if isinstance(event.data, CameraEvent)]


def forbidden(truth: Truth, facts: Sequence[CameraEvent]) -> dict[str, int]:
    """Return how many events there are of each name in ``must_not_fire``: a kind, or a family of objects."""
    return {name: sum(name in {fact.kind, who(fact)} for fact in facts) for name in truth.must_not_fire}


def who(fact: CameraEvent) -> str | None:
    """Return the family of what did it (``person``, ``vehicle``, ``cycle``), None where nobody can tell."""
    return family(fact.label) if fact.label else _WHO.get(fact.kind)


def tally(kind: str, truth: Truth, facts: Sequence[CameraEvent]) -> Tally:
    """Return what the rule ``kind`` came to on one clip."""
    truths = [t for t in truth.events if t.type == kind]
    fired = [fact for fact in facts if fact.kind == kind]
    pairs = _pairs(truths, fired)
    matched = {column for _, column in pairs}
    false = [fact for column, fact in enumerate(fired) if column not in matched]
    return Tally(
        rule=kind,
        truths=len(truths),
        events=len(fired),
        repeats=sum(any(t.holds(at(fact)) and _same_place(t, fact) for t in truths) for fact in false),
        delays_s=tuple(at(fired[column]) - truths[row].start_s for row, column in pairs),
        false_s=tuple(at(fact) for fact in false),
        seconds=truth.duration_s,
    )


def at(fact: CameraEvent) -> float:
    """Return when it was told, seconds from the start of the clip."""
    return fact.t_s or 0.0


def _pairs(truths: Sequence[TruthEvent], fired: Sequence[CameraEvent]) -> list[tuple[int, int]]:
    """Match one to one, as many as possible and then as close as possible."""
    if not truths or not fired:
        return []
    never = 1e6
    costs: Any = np.full((len(truths), len(fired)), never)
    for row, one in enumerate(truths):
        for column, fact in enumerate(fired):
            delay_s = at(fact) - one.start_s
            if -EARLY_S <= delay_s <= LATE_S and _same_place(one, fact):
                costs[row, column] = abs(delay_s)
    pairs = zip(*linear_sum_assignment(costs), strict=True)
    return [(int(row), int(column)) for row, column in pairs if costs[row, column] < never]


def _same_place(one: TruthEvent, fact: CameraEvent) -> bool:
    wanted = ((one.zone, fact.zone), (one.line, fact.line), (one.direction, fact.direction))
    return all(want is None or want == got for want, got in wanted)


def table(figures: Sequence[Figures]) -> str:
    """Return the figures of rules as text for a person, one a line."""
    head = f"{'rule':<22}{'truth':>6}{'events':>7}{'hits':>6}{'P':>7}{'R':>7}{'F1':>7}"
    head += f"{'delay s':>9}{'p95 s':>7}{'FA':>5}{'repeat':>7}{'FA/day':>9}"
    lines = [head]
    for f in figures:
        ratios = "".join(f"{_number(value):>7}" for value in (f.precision, f.recall, f.f1))
        lines.append(
            f"{f.rule:<22}{f.truths:>6}{f.events:>7}{f.hits:>6}{ratios}{_number(f.delay_s):>9}"
            f"{_number(f.delay_p95_s):>7}{f.false_alarms:>5}{f.repeats:>7}{f.false_alarms_per_camera_day:>9.1f}"
        )
    return "\n".join(lines)


def said(result: Score) -> str:
    """Return the score of a clip as text for a person."""
    names = result.must_not_fire.items()
    lines = [f"must not fire: {name}: {'ok' if not count else f'{count} events'}" for name, count in names]
    return "\n".join([table(result.rules), *lines, *([result.part] if result.part else [])])


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
