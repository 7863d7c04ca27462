"""The incidents as the correlation works on them, and the events that tell what it finds."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from park.config.park import Park
from park.correlation.relations import Happening, Map, Tie, system_of
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import Grade, IncidentFact, IncidentJoined, IncidentKind, IncidentLinked
from park.incidents.incident import Member, incident_id, told_id

GRADES: tuple[Grade, ...] = ("attention", "caution", "alert", "serious")


@dataclass
class Case:
    """One incident at work: ``cause`` explains the rest; ``by_hand`` once a person said what it is.

    ``repeated`` holds the newest word of members that were told again, ``linked`` the other incidents
    that may have to do with it.
    """

    id: str
    kind: IncidentKind
    cause: Happening
    grade: Grade
    opened_ms: int
    last_ms: int
    members: dict[str, Happening] = field(default_factory=dict)
    whats: dict[str, set[str]] = field(default_factory=dict)
    repeated: dict[str, Happening] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    answered: bool = False
    verified: bool = False
    by_hand: bool = False
    stands: bool = True
    normal_ms: int | None = None

    @property
    def age(self) -> tuple[bool, int, str]:
        """Sorts what somebody answers already before the rest, then the older."""
        return not self.answered, self.opened_ms, self.id


def case_id(first: Happening) -> str:
    """Return the id of the incident that a happening opens; an alarm raised again is another happening."""
    return incident_id(f"{first.id}|{first.told_ms}")


class Teller:
    """Makes the events of the correlation: ids and times from what they follow from, no clock."""

    def __init__(self, park: Park) -> None:
        """Tell for a park."""
        self.park = park

    def tell(self, case: Case, fact: IncidentFact, ms: int, *parts: object) -> Event:
        """Return the event of a fact, later than all told of the case before."""
        case.last_ms = max(ms, case.last_ms + 1)
        return self._event(case.id, fact, case.last_ms, told_id(case.id, fact.TYPE, *parts))

    def joined(self, case: Case, happening: Happening, rule: str, distance_m: float | None) -> Event:
        """Return the event that a happening joined; only its own time matters to the fold.

        What joins again (its alarm was raised again, or another incident brings it) is another event.
        """
        after_s = round((happening.ms - case.cause.ms) / 1000, 1)
        fact = IncidentJoined(
            incident=case.id,
            member=happening.id,
            asset=happening.asset,
            system=happening.system,
            what=happening.what,
            happened=moment(happening.ms),
            rule=rule,
            alarm=happening.alarm,
            value=happening.value,
            limit=happening.limit,
            unit=happening.unit,
            distance_m=None if distance_m is None else round(distance_m, 1),
            after_s=after_s,
        )
        ms = max(happening.told_ms, case.opened_ms)
        return self._event(case.id, fact, ms, told_id(case.id, fact.TYPE, happening.id, rule, ms))

    def linked(self, case: Case, other: Case, tie: Tie, ms: int) -> Event:
        """Return the event that another incident may have to do with one."""
        metres = None if tie.distance_m is None else round(tie.distance_m, 1)
        fact = IncidentLinked(case.id, other.id, tie.rule, metres, round(tie.after_s, 1))
        return self.tell(case, fact, ms, other.id)

    def day(self, ms: int) -> str:
        """Return the local day that numbers count in: ``2026-1122``."""
        return f"{moment(ms).astimezone(self.park.zone):%Y-%m%d}"

    def _event(self, incident: str, fact: FactBase, ms: int, id_: str) -> Event:
        park = self.park.id
        return Event(id_, f"watch/{park}", fact.TYPE, f"{park}/incident/{incident}", moment(ms), park, fact)


def moment(ms: int) -> datetime:
    """Return ms since 1970 as an aware time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def happening_of(member: Member, where: Map) -> Happening:
    """Return a member as the happening it was."""
    return Happening(
        id=member.id,
        asset=member.asset,
        what=member.what,
        ms=member.happened_ms,
        told_ms=member.joined_ms,
        system=system_of(member.asset),
        place=where.place(member.asset),
        alarm=member.alarm,
        value=member.value,
        limit=member.limit,
        unit=member.unit,
    )
