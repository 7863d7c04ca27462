"""Incidents told against incidents staged: who was found, with which members, by which cause.

A told incident may stand for a staged one when their times overlap (with :data:`GRACE`, as delays of
alarms and averages tell late) and they share the cause or at least one member. Pairs are made one to
one, the best first: members alike, then the same cause, then the same kind. Members are distinct
assets; a meter counts for its firm, on both sides.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from park.config.park import Park
from park.correlation.rules import Kind
from park.incidents.incident import Incident
from park.state.state import State

GRACE = timedelta(minutes=10)
BARS = {"precision": 0.95, "recall": 0.95, "members": 0.9, "cause": 0.9, "kind": 0.9}


class Staged(Struct, frozen=True):
    """An incident that truly happened; ``causes`` explain it equally well; asset ids with park."""

    kind: str
    causes: tuple[str, ...]
    members: frozenset[str]
    start: datetime
    end: datetime


class _Record(Struct):
    kind: str
    cause: str
    members: tuple[str, ...]
    start: datetime
    end: datetime
    or_cause: tuple[str, ...] = ()


class Told(Struct, frozen=True):
    """An incident as the room ended up telling it; members are distinct assets."""

    kind: str
    cause: str
    members: frozenset[str]
    start: datetime
    end: datetime
    rules: tuple[tuple[str, str], ...] = ()


@dataclass
class Score:
    """What a run came to; adds up over runs."""

    staged: int = 0
    told: int = 0
    found: int = 0
    causes: int = 0
    kinds: int = 0
    members_right: int = 0
    members_staged: int = 0
    members_told: int = 0
    people_hidden: int = 0
    notes: list[str] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        """Return both runs as one."""
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def figures(self) -> dict[str, float]:
        """Return precision, recall, members F1, share of causes and kinds right; 1 where nothing was due."""
        return {
            "precision": _share(self.found, self.told),
            "recall": _share(self.found, self.staged),
            "members": _share(2 * self.members_right, self.members_staged + self.members_told),
            "cause": _share(self.causes, self.found),
            "kind": _share(self.kinds, self.found),
        }

    @property
    def passes(self) -> bool:
        """Whether every figure reaches its bar and nobody in danger is hidden."""
        return not self.people_hidden and all(value >= BARS[name] for name, value in self.figures().items())


def staged_of(record: dict[str, object], firms: Mapping[str, str]) -> Staged:
    """Return an incident from a record of the truth file (:func:`feeds.simulator.stage.truth`)."""
    read = msgspec.convert(record, _Record)
    causes = (read.cause, *read.or_cause)
    members = frozenset(firms.get(member, member) for member in read.members)
    return Staged(read.kind, causes, members, read.start, read.end)


def counts_for(park: Park) -> dict[str, str]:
    """Return for which firm each meter counts."""
    meters = (asset for asset in park.assets.values() if asset.kind == "meter")
    return {meter.id: str(meter.traits.get("factory", meter.id)) for meter in meters}


def told_of(incidents: Iterable[Incident], firms: Mapping[str, str]) -> list[Told]:
    """Return the incidents that count: opened, not merged away, not found to be false."""
    return [
        _told(incident, firms)
        for incident in incidents
        if incident.life.opened_ms is not None
        and incident.life.merged_into is None
        and incident.life.verdict != "false"
    ]


def _told(incident: Incident, firms: Mapping[str, str]) -> Told:
    life, members = incident.life, incident.present()
    times = [life.opened_ms or 0, *(member.happened_ms for member in members)]
    return Told(
        kind=life.kind,
        cause=life.cause,
        members=frozenset(firms.get(member.asset, member.asset) for member in members),
        start=datetime.fromtimestamp(min(times) / 1000, UTC),
        end=datetime.fromtimestamp(max(times) / 1000, UTC),
        rules=tuple((firms.get(member.asset, member.asset), member.rule) for member in members),
    )


def people_hidden(park: Park, state: State) -> list[str]:
    """Return the alarms of people in danger that are in no incident about people, as asset and condition."""
    rules = park.correlation
    shown = {
        member.alarm
        for incident in state.incidents.values()
        if incident.life.merged_into is None and rules.kinds.get(incident.life.kind, Kind()).people
        for member in incident.present()
    }
    alarms = sorted(state.alarms.values(), key=lambda alarm: alarm.id)
    return [
        f"{alarm.asset} {alarm.condition}"
        for alarm in alarms
        if rules.endangers(alarm.condition) and alarm.id not in shown
    ]


def score(staged: list[Staged], told: list[Told]) -> Score:
    """Hold what was told against what was staged; members of the unfound and the extra count too."""
    result = Score(
        staged=len(staged),
        told=len(told),
        members_staged=sum(len(truth.members) for truth in staged),
        members_told=sum(len(incident.members) for incident in told),
    )
    pairs = _pairs(staged, told)
    for truth, incident in pairs:
        result.found += 1
        result.causes += incident.cause in truth.causes
        result.kinds += incident.kind == truth.kind
        result.members_right += len(truth.members & incident.members)
        result.notes += _differences(truth, incident)
    found, paired = {id(truth) for truth, _ in pairs}, {id(incident) for _, incident in pairs}
    result.notes += [f"missed: {_say(t.kind, t.causes[0], t.members)}" for t in staged if id(t) not in found]
    result.notes += [f"extra: {_say(i.kind, i.cause, i.members)}" for i in told if id(i) not in paired]
    return result


def _pairs(staged: list[Staged], told: list[Told]) -> list[tuple[Staged, Told]]:
    """Return who stands for whom, one to one, the most alike first."""
    likely = [
        (_likeness(truth, incident), a, b)
        for a, truth in enumerate(staged)
        for b, incident in enumerate(told)
        if _may_be(truth, incident)
    ]
    pairs = []
    left = set[int]()
    right = set[int]()
    for _, a, b in sorted(likely, key=lambda found: (-found[0], *found[1:])):
        if a not in left and b not in right:
            left.add(a)
            right.add(b)
            pairs.append((staged[a], told[b]))
    return pairs


def _may_be(truth: Staged, incident: Told) -> bool:
    overlap = incident.start <= truth.end + GRACE and incident.end >= truth.start - GRACE
    return overlap and (incident.cause in truth.causes or bool(truth.members & incident.members))


def _likeness(truth: Staged, incident: Told) -> float:
    shared = 2 * len(truth.members & incident.members)
    alike = _share(shared, len(truth.members) + len(incident.members))
    return 4 * alike + 2 * (incident.cause in truth.causes) + (incident.kind == truth.kind)


def _differences(truth: Staged, incident: Told) -> list[str]:
    notes, rules = [], dict(incident.rules)
    if incident.kind != truth.kind:
        notes.append(f"{truth.causes[0]}: kind {incident.kind}, is {truth.kind}")
    if incident.cause not in truth.causes:
        notes.append(f"{truth.causes[0]}: cause {incident.cause}")
    if more := sorted(incident.members - truth.members):
        said = ", ".join(f"{asset} by {rules.get(asset, '?')}" for asset in more[:5])
        notes.append(f"{truth.causes[0]}: {len(more)} too many: {said}")
    if less := sorted(truth.members - incident.members):
        notes.append(f"{truth.causes[0]}: {len(less)} lacking: {', '.join(less[:5])}")
    return notes


def _say(kind: str, cause: str, members: frozenset[str]) -> str:
    return f"{kind} at {cause} ({', '.join(sorted(members)[:5])})"


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0
