"""How good the rules are: events against the truth of a clip, one to one, in the window of KISA's test.

An event matches a truth of its kind and place from 2 s before to 10 s after the truth begins.
"""

import statistics
from collections.abc import Sequence
from typing import Any, get_args

import msgspec
import numpy as np
from msgspec import Struct
from scipy.optimize import linear_sum_assignment

from park.events import Event
from park.facts import CameraEvent, CameraEventKind

EARLY_S, LATE_S = 2.0, 10.0
DAY_S = 86400.0
KINDS = frozenset(get_args(CameraEventKind))


class TruthEvent(Struct, frozen=True):
    """One thing that happened, as labelled."""

    type: str
    t: float | None = None
    t_start: float | None = None
    zone: str | None = None
    line: str | None = None
    direction: str | None = None

    @property
    def start_s(self) -> float:
        """When it began, seconds from the start of the clip."""
        return self.t if self.t is not None else self.t_start or 0.0


class Truth(Struct, frozen=True):
    """The labels of one clip."""

    duration_s: float
    events: tuple[TruthEvent, ...] = ()
    must_not_fire: tuple[str, ...] = ()


class Figures(Struct, frozen=True):
    """The figures of one rule; None where nothing can be divided."""

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
    false_alarms_per_camera_day: float


class Score(Struct, frozen=True):
    """All figures of a clip, and the events of kinds that must not fire."""

    rules: list[Figures]
    must_not_fire: dict[str, int]


def read_truth(raw: bytes) -> Truth:
    """Read labels; msgspec.ValidationError names what is missing."""
    return msgspec.json.decode(raw, type=Truth)


def score(truth: Truth, events: Sequence[Event]) -> Score:
    """Judge camera events (with ``t_s``) of one clip against its truth."""
    facts = [event.data for event in events if isinstance(event.data, CameraEvent)]
    kinds = sorted({t.type for t in truth.events if t.type in KINDS} | {fact.kind for fact in facts})
    wrong = {kind: sum(_names(fact, kind) for fact in facts) for kind in truth.must_not_fire}
    return Score([_judge(kind, truth, facts) for kind in kinds], wrong)


def _names(fact: CameraEvent, name: str) -> bool:
    return name == fact.kind


def _judge(kind: str, truth: Truth, facts: Sequence[CameraEvent]) -> Figures:
    truths = [t for t in truth.events if t.type == kind]
    fired = [fact for fact in facts if fact.kind == kind]
    delays = sorted(_delays(truths, fired))
    hits, false = len(delays), len(fired) - len(delays)
    precision = hits / len(fired) if fired else None
    recall = hits / len(truths) if truths else None
    f1 = 2 * hits / (len(truths) + len(fired)) if truths or fired else None
    return Figures(
        rule=kind,
        truths=len(truths),
        events=len(fired),
        hits=hits,
        precision=precision,
        recall=recall,
        f1=f1,
        delay_s=statistics.median(delays) if delays else None,
        delay_p95_s=float(np.percentile(delays, 95)) if delays else None,
        false_alarms=false,
        false_alarms_per_camera_day=false * DAY_S / truth.duration_s if truth.duration_s else 0.0,
    )


def _delays(truths: Sequence[TruthEvent], fired: Sequence[CameraEvent]) -> list[float]:
    """Match one to one, as many as possible and then as close as possible; return the delays in seconds."""
    if not truths or not fired:
        return []
    never = 1e6
    costs: Any = np.full((len(truths), len(fired)), never)
    for row, one in enumerate(truths):
        for column, fact in enumerate(fired):
            delay_s = (fact.t_s or 0.0) - one.start_s
            if -EARLY_S <= delay_s <= LATE_S and _same_place(one, fact):
                costs[row, column] = abs(delay_s)
    pairs = zip(*linear_sum_assignment(costs), strict=True)
    return [(fired[c].t_s or 0.0) - truths[r].start_s for r, c in pairs if costs[r, c] < never]


def _same_place(one: TruthEvent, fact: CameraEvent) -> bool:
    wanted = ((one.zone, fact.zone), (one.line, fact.line), (one.direction, fact.direction))
    return all(want is None or want == got for want, got in wanted)


def table(result: Score) -> str:
    """Return the figures as text for a person."""
    head = f"{'rule':<16}{'truth':>6}{'events':>7}{'hits':>6}{'P':>7}{'R':>7}{'F1':>7}"
    head += f"{'delay s':>9}{'p95 s':>7}{'FA':>5}{'FA/day':>9}"
    lines = [head]
    for f in result.rules:
        ratios = "".join(f"{_number(value):>7}" for value in (f.precision, f.recall, f.f1))
        lines.append(
            f"{f.rule:<16}{f.truths:>6}{f.events:>7}{f.hits:>6}{ratios}{_number(f.delay_s):>9}"
            f"{_number(f.delay_p95_s):>7}{f.false_alarms:>5}{f.false_alarms_per_camera_day:>9.1f}"
        )
    for kind, count in result.must_not_fire.items():
        lines.append(f"must not fire: {kind}: {'ok' if not count else f'{count} events'}")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
