"""Incidents: one thing that happens in the world, its members, and how the answer to it goes.

An incident is the fold of its own events, the same whatever their order: members and steps by their
newest word, the life by the table :data:`LIFE` walked in order of time.
"""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from msgspec import Struct

from park.events.envelope import AHEAD, Event
from park.events.rings import milliseconds
from park.incidents.facts import (
    Grade,
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentFact,
    IncidentKind,
    IncidentVerified,
    Verdict,
)

IncidentState = Literal["new", "acknowledged", "verified", "responding", "controlled", "closed"]
Act = Literal["acknowledge", "verify", "responding", "controlled", "closed"]

LIFE: dict[tuple[IncidentState, Act], IncidentState] = {
    ("new", "acknowledge"): "acknowledged",
    ("new", "verify"): "verified",
    ("new", "responding"): "responding",
    ("acknowledged", "verify"): "verified",
    ("acknowledged", "responding"): "responding",
    ("verified", "verify"): "verified",
    ("verified", "responding"): "responding",
    ("responding", "verify"): "responding",
    ("responding", "controlled"): "controlled",
    ("controlled", "responding"): "responding",
    ("controlled", "verify"): "controlled",
    ("verified", "closed"): "closed",
    ("controlled", "closed"): "closed",
    ("acknowledged", "closed"): "closed",
}
_NAMES = UUID("0f6f3a0e-8a55-5b7e-9d3c-6b1a2f4c9e21")


class Member(Struct, frozen=True):
    """A happening that belongs to an incident, and why (:class:`park.incidents.facts.IncidentJoined`)."""

    id: str
    asset: str
    system: str
    what: str
    happened_ms: int
    joined_ms: int
    rule: str
    alarm: str | None = None
    value: float | None = None
    limit: float | None = None
    unit: str = ""
    distance_m: float | None = None
    after_s: float | None = None
    user: str | None = None


class Step(Struct, frozen=True):
    """The newest word on a step of the procedure."""

    id: str
    state: str
    at_ms: int
    user: str | None = None
    reason: str = ""


class Life(Struct):
    """What an incident is by now; times in ms since 1970 UTC.

    ``noticed_ms``: when the room could first know of it, from which its deadlines count; later than
    ``opened_ms`` where it was opened by late mail.
    """

    opened_ms: int | None = None
    noticed_ms: int | None = None
    number: str = ""
    kind: IncidentKind = "other"
    cause: str = ""
    grade: Grade = "attention"
    lat: float | None = None
    lon: float | None = None
    exercise: bool = False
    state: IncidentState = "new"
    verdict: Verdict | None = None
    verified_by: str | None = None
    verified_ms: int | None = None
    owner: str | None = None
    acked_ms: int | None = None
    acked_by: str | None = None
    closed_ms: int | None = None
    merged_into: str | None = None
    steps: dict[str, Step] = {}
    escalations: tuple[tuple[int, str, int, str], ...] = ()

    @property
    def stands(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.opened_ms is not None and self.state != "closed" and self.merged_into is None


@dataclass
class Incident:
    """One incident; ``told`` are its events other than joining and leaving, by key.

    It counts only once its opening was told (``life.opened_ms``); ``rev`` counts what was news.
    """

    id: str
    told: dict[tuple[str, str], Event] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    rev: int = field(default=0, compare=False)
    _life: Life | None = field(default=None, compare=False, repr=False)

    @property
    def life(self) -> Life:
        """What it is by now."""
        if self._life is None:
            self._life = Life()
            for event in self.history():
                _take(self._life, event)
        return self._life

    def apply(self, event: Event) -> bool:
        """Take in one of its events; tell whether it was news."""
        if event.type == "park.incident.joined":
            news = self._join(event)
        elif event.type == "park.incident.left":
            news = self._leave(event)
        else:
            news = event.key not in self.told
            self.told[event.key] = event
            self._life = None
        self.rev += news
        return news

    def history(self, *types: str) -> list[Event]:
        """Return its own events in order of time, of some types (``"noted"``) or all."""
        wanted = {f"park.incident.{name}" for name in types}
        found = [event for event in list(self.told.values()) if not wanted or event.type in wanted]
        return sorted(found, key=lambda event: (event.time, *event.key))

    def _join(self, event: Event) -> bool:
        fact, at_ms = event.data, milliseconds(event)
        held = self.members.get(fact.member)
        if held is not None and (held.joined_ms, held.rule) >= (at_ms, fact.rule):
            return False
        told = {name: getattr(fact, name) for name in Member.__struct_fields__ if hasattr(fact, name)}
        happened_ms = int(fact.happened.timestamp() * 1000)
        self.members[fact.member] = Member(fact.member, happened_ms=happened_ms, joined_ms=at_ms, **told)
        return True

    def _leave(self, event: Event) -> bool:
        at_ms = milliseconds(event)
        if self.left.get(event.data.member, -1) >= at_ms:
            return False
        self.left[event.data.member] = at_ms
        return True

    def present(self) -> list[Member]:
        """Return the members that did not leave, in order of what happened."""
        stay = [m for m in list(self.members.values()) if self.left.get(m.id, -1) < m.joined_ms]
        return sorted(stay, key=lambda member: (member.happened_ms, member.id))


def _take(life: Life, event: Event) -> None:
    """Let one event say its part; the names of the types are the names of what follows."""
    fact, at_ms = event.data, milliseconds(event)
    match event.type.removeprefix("park.incident."):
        case "opened" if life.opened_ms is None:
            life.opened_ms, life.noticed_ms = at_ms, _noticed_ms(event)
            _set(life, fact, "number", "kind", "cause", "grade", "lat", "lon", "exercise")
        case "corrected":
            _set(life, fact, "kind", "cause", *(("lat", "lon") if fact.lat is not None else ()))
        case "merged":
            life.merged_into = fact.into
        case "graded":
            life.grade = fact.grade
        case "assigned":
            life.owner = fact.user
        case "step":
            life.steps[fact.step] = Step(fact.step, fact.state, at_ms, fact.user, fact.reason)
        case "escalated":
            life.escalations += ((fact.level, fact.to, at_ms, fact.reason),)
        case _:
            _answer(life, fact, at_ms)


def _noticed_ms(event: Event) -> int:
    """Return when an opening came in if that is long after its time, else its time (ms since 1970)."""
    if event.ingested is not None and event.ingested - event.time > AHEAD:
        return int(event.ingested.timestamp() * 1000)
    return milliseconds(event)


def _answer(life: Life, fact: IncidentFact, at_ms: int) -> None:
    """Let the answer go on: acknowledged, verified, advanced."""
    match fact:
        case IncidentAcknowledged():
            if life.acked_ms is None:
                life.acked_ms, life.acked_by = at_ms, fact.user
            life.owner = fact.user
            _advance(life, "acknowledge", at_ms)
        case IncidentVerified():
            life.verdict = fact.verdict
            life.verified_by = fact.user
            life.verified_ms = at_ms
            _advance(life, "verify", at_ms)
        case IncidentAdvanced():
            _advance(life, fact.state, at_ms)


def _set(life: Life, fact: IncidentFact, *names: str) -> None:
    for name in names:
        setattr(life, name, getattr(fact, name))


def _advance(life: Life, act: Act, at_ms: int) -> None:
    state = LIFE.get((life.state, act))
    if state is not None:
        life.state = state
        life.closed_ms = at_ms if state == "closed" else None


def incident_id(cause_key: str) -> str:
    """Return the id of the incident that a happening opens: the same happening, the same incident."""
    return str(uuid5(_NAMES, cause_key))


def told_id(*parts: object) -> str:
    """Return the id of an event that follows from something, so that telling it twice is once."""
    return str(uuid5(_NAMES, "|".join(map(str, parts))))
