"""How far the cameras' rules can be trusted, by what people said of their events.

The formulas are those of the score on labelled clips: precision = true / (true + false) of what was verified,
false alarms per camera-day = false x 86,400 / seconds watched. What nobody has judged counts as neither.
What was said of an incident says something of its cause and of what is of its own kind, of no other member:
a gas leak that is true makes no fall true that a camera nearby told.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from park.alarms.facts import AlarmRaised
from park.cameras.facts import CameraEvent, CameraVerdict
from park.correlation.rules import Correlations
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentCorrected,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
    IncidentVerified,
    Verdict,
)

DAY_S = 86400.0
LEAST_S = DAY_S  # of watching, below which false alarms per day are no figure
GOAL_PER_DAY = 0.67  # false alarms per camera-day of all rules together that a centre bears
SAME = timedelta(seconds=10)  # a member of an incident and the camera's event that it was made of
OF_INCIDENTS = (
    IncidentOpened, IncidentCorrected, IncidentJoined, IncidentLeft, IncidentMerged, IncidentVerified,
)  # fmt: skip
FACTS = (CameraEvent, CameraVerdict, AlarmRaised, *OF_INCIDENTS)


class Figures(Struct, frozen=True):
    """What became of the events of a rule at a camera; None where nothing can be divided.

    ``false_per_day`` is None, too, where less than a camera-day was watched or none of the events judged.
    """

    camera: str
    rule: str
    events: int
    alarms: int
    true: int
    false: int
    unclear: int
    unverified: int
    precision: float | None
    false_per_day: float | None


class Table(Struct, frozen=True):
    """The figures by camera and rule, and of everything together; ``camera_days`` were watched."""

    days: int
    camera_days: float
    goal_per_day: float
    rows: list[Figures]
    total: Figures


class Record:
    """What was said of camera events; events may come in any order.

    ``kinds``: the kind of camera event that each condition of an alarm stands for; ``rules``: what opens
    which kind of incident.
    """

    def __init__(self, kinds: Mapping[str, str], rules: Correlations) -> None:
        """Know nothing yet."""
        self._kinds, self._rules = kinds, rules
        self._events: dict[str, Event] = {}
        self._alarms: list[Event] = []
        self._own: dict[str, Event] = {}
        self._verdicts: dict[str, Event] = {}
        self._stories: dict[str, Event] = {}
        self._members: dict[tuple[str, str], IncidentJoined] = {}
        self._left: set[tuple[str, str]] = set()
        self._merged: dict[str, str] = {}

    def take(self, event: Event) -> None:
        """Keep what an event says; others than ``FACTS`` say nothing."""
        fact: Any = event.data
        match fact:
            case CameraEvent():
                self._events[event.id] = event
            case AlarmRaised():
                self._alarms.append(event)
            case CameraVerdict():
                self._own[fact.event] = _later(self._own.get(fact.event), event)
            case IncidentVerified() if fact.user:  # a second sensor is no person
                self._verdicts[fact.incident] = _later(self._verdicts.get(fact.incident), event)
            case IncidentOpened() | IncidentCorrected():
                self._stories[fact.incident] = _later(self._stories.get(fact.incident), event)
            case IncidentJoined():
                self._members[fact.incident, fact.member] = fact
            case IncidentLeft():
                self._left.add((fact.incident, fact.member))
            case IncidentMerged():
                self._merged[fact.incident] = fact.into

    def verdict(self, event: Event) -> Verdict | None:
        """Return what people said of a camera's event: of itself, else of the incident it stands for."""
        if event.id in self._own:
            said: Verdict = self._own[event.id].data.verdict
            return said
        for (incident, member), fact in self._members.items():
            told = self._verdicts.get(self._last(incident))
            if told is None or (incident, member) in self._left:
                continue
            if self._about(fact.asset, fact.what, fact.happened, event) and self._stands_for(incident, fact):
                found: Verdict = told.data.verdict
                return found
        return None

    def raised(self, event: Event) -> bool:
        """Tell whether an alarm was raised by a camera's event."""
        return any(self._about(a.subject, a.data.condition, a.time, event) for a in self._alarms)

    def table(self, since: datetime, now: datetime, first: Mapping[str, datetime]) -> Table:
        """Return the figures of the events with ``since <= time < now``.

        Args:
            since: start of the time asked for, aware.
            now: its end.
            first: when each camera was first heard of; before that it watched nothing.
        """
        watched_s = {camera: max(0.0, (now - max(since, at)).total_seconds()) for camera, at in first.items()}
        groups: dict[tuple[str, str], list[Event]] = {}
        for event in self._events.values():
            if since <= event.time < now:
                groups.setdefault((event.subject, event.data.kind), []).append(event)
        rows = [
            self._figures(camera, rule, found, watched_s.get(camera, 0.0))
            for (camera, rule), found in sorted(groups.items())
        ]
        everything = [event for found in groups.values() for event in found]
        total_s = sum(watched_s.values())
        total = self._figures("", "", everything, total_s)
        return Table(round((now - since) / timedelta(days=1)), total_s / DAY_S, GOAL_PER_DAY, rows, total)

    def _figures(self, camera: str, rule: str, events: list[Event], watched_s: float) -> Figures:
        said = [self.verdict(event) for event in events]
        true, false, unclear = (said.count(verdict) for verdict in ("true", "false", "unclear"))
        judged = not events or any(said)  # that nobody has looked at them is no sign that none is false
        return Figures(
            camera=camera,
            rule=rule,
            events=len(events),
            alarms=sum(map(self.raised, events)),
            true=true,
            false=false,
            unclear=unclear,
            unverified=said.count(None),
            precision=true / (true + false) if true or false else None,
            false_per_day=false * DAY_S / watched_s if watched_s >= LEAST_S and judged else None,
        )

    def _about(self, asset: str, what: str, at: datetime, event: Event) -> bool:
        kind = self._kinds.get(what, what)
        return asset == event.subject and kind == event.data.kind and abs(at - event.time) <= SAME

    def _stands_for(self, incident: str, member: IncidentJoined) -> bool:
        """Tell whether a member is of its incident's own kind, or the cause of it."""
        last = self._last(incident)
        if last not in self._stories:
            return False
        story = self._stories[last].data
        if self._rules.kind_of.get(member.what) == story.kind:
            return True
        at_cause = [
            fact
            for key, fact in self._members.items()
            if fact.asset == story.cause and key not in self._left and self._last(key[0]) == last
        ]
        first = min(at_cause, key=self._order, default=None)
        return first is not None and first.member == member.member

    def _order(self, member: IncidentJoined) -> tuple[int, datetime, str]:
        return -self._rules.rank(member.what), member.happened, member.member

    def _last(self, incident: str) -> str:
        """Return the incident that one went into, by way of all between."""
        seen = {incident}
        while (into := self._merged.get(incident)) and into not in seen:
            seen.add(incident := into)
        return incident


def record(events: Iterable[Event], kinds: Mapping[str, str], rules: Correlations) -> Record:
    """Return the record of some events."""
    made = Record(kinds, rules)
    for event in events:
        made.take(event)
    return made


def _later(held: Event | None, event: Event) -> Event:
    return event if held is None or (event.time, event.id) >= (held.time, held.id) else held
