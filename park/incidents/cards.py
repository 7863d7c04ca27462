"""An incident as every screen gets it: what, where, how grave, why, how far the answer has come."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from park.config.label import Label
from park.config.park import Park
from park.environment.facts import GasObservation
from park.incidents import labels as words
from park.incidents.facts import Grade, Verdict
from park.incidents.incident import Incident, Life, Member
from park.origins import texts as source_words
from park.origins.firms import Relation, Source, source_of
from park.plume.sector import sector
from park.procedures.plan import Plan, plan
from park.state.state import State

MOST_ASSETS = 50
SAID_FIRST = ("fall", "fire", "fight")  # what an operator must read first, where the kind does not say it
MOST_LINKED = 12  # related incidents that a card names: more than that are read in the list
CIRCLE_DEG = 180.0
FLOOD_MEMBERS = 100  # an incident that folds so many is what the flood is about: it stands on top


class NextStep(Struct, frozen=True):
    """The step of the procedure that is next; ``act`` is what does it ("" when it is told by itself).

    ``unsent``: how many it could not tell; who tells them by phone says so to have it done.
    """

    id: str
    name: Label
    due_ms: int | None
    auto: bool
    act: str = ""
    unsent: int = 0


class SourceCard(Struct, frozen=True):
    """Where an incident comes from: how sure, the likeliest works and why, the others and why.

    ``candidates`` are the assets, likeliest first; ``others`` is empty where there are none.
    """

    relation: Relation
    candidates: tuple[str, ...]
    likeliest: Label
    others: Label


class Linked(Struct, frozen=True):
    """Another incident that may have to do with one, and why (``park.incident.linked``)."""

    incident: str
    number: str
    title: Label
    rule: Label


class IncidentCard(Struct, frozen=True):
    """The message ``incidents`` of the push; times in ms since 1970 UTC.

    ``members`` counts all, ``systems`` by system, ``assets`` names the first 50; ``critical`` counts
    the critical alarms among them that stand; ``state`` is ``merged`` when another one holds it;
    ``report_due_ms`` is None once it was reported, ``wind_to_deg`` in a calm, ``source`` where it happens
    at its cause itself.
    """

    incident: str
    number: str
    kind: str
    title: Label
    cause: str
    place: Label
    lat: float | None
    lon: float | None
    grade: Grade
    state: str
    exercise: bool
    verdict: Verdict | None
    owner: str | None
    opened_ms: int
    updated_ms: int
    acked_ms: int | None
    closed_ms: int | None
    members: int
    systems: dict[str, int]
    assets: tuple[str, ...]
    critical: int
    reason: Label
    report_due_ms: int | None
    next: NextStep | None
    steps_done: int
    steps_total: int
    mandatory_open: int
    radius_m: float | None
    wind_to_deg: float | None
    downwind_m: float | None
    source: SourceCard | None
    linked: tuple[Linked, ...]
    rev: int


def card(park: Park, state: State, incident: Incident, now: datetime) -> IncidentCard:
    """Dress an incident for the screen as it is at ``now``; its opening must have been told."""
    life, members = incident.life, stay(incident)
    answer, reach = plan(park, state, incident, now), sector(park, state, incident, now)
    source = source_of(park, state, incident, now)
    systems = dict(Counter(member.system for member in members).most_common())
    assets = tuple(dict.fromkeys((life.cause, *(member.asset for member in _first(members)))))
    return IncidentCard(
        incident=incident.id,
        number=life.number,
        kind=life.kind,
        title=title(park, state, life, source),
        cause=life.cause,
        place=source_words.place(park, life.cause, source),
        lat=life.lat,
        lon=life.lon,
        grade=life.grade,
        state="merged" if life.merged_into else life.state,
        exercise=life.exercise,
        verdict=life.verdict,
        owner=life.owner,
        opened_ms=life.opened_ms or 0,
        updated_ms=_updated_ms(incident),
        acked_ms=life.acked_ms,
        closed_ms=life.closed_ms,
        members=len(members),
        systems=systems,
        assets=assets[:MOST_ASSETS],
        critical=sum(_critical(state, member) for member in members),
        reason=reason(park, life, members, systems),
        report_due_ms=None if answer.reported_ms else answer.report_due_ms,
        next=_next(answer),
        steps_done=answer.steps_done,
        steps_total=answer.steps_total,
        mandatory_open=answer.mandatory_open,
        radius_m=reach.radius_m if reach else None,
        wind_to_deg=reach.wind_to_deg if reach and reach.half_angle_deg < CIRCLE_DEG else None,
        downwind_m=reach.length_m if reach else None,
        source=_source(park, source),
        linked=linked(park, state, incident, now),
        rev=_revision(state, incident),
    )


def order(told: IncidentCard) -> tuple[bool, int, bool, int, str]:
    """Return the key that sorts a list: a flood's cause, the gravest, not acknowledged, newest first."""
    calm = told.members < FLOOD_MEMBERS
    return calm, -words.GRADE_LEVELS[told.grade], told.acked_ms is not None, -told.opened_ms, told.incident


def title(park: Park, state: State, life: Life, source: Source | None) -> Label:
    """Return ``가스 누출 (NH₃) · B-12 도료공장``: the kind, the substance if there is one, the place."""
    kind, place = words.KINDS[life.kind], source_words.place(park, life.cause, source)
    substance = _substance(park, state, life.cause)
    of = f" ({words.formula(substance)})" if substance else ""
    return Label(f"{kind.ko}{of} · {place.ko}", f"{kind.en}{of} · {place.en}")


def _source(park: Park, source: Source | None) -> SourceCard | None:
    if source is None or not source.candidates:
        return None
    first, *others = source.candidates
    return SourceCard(
        source.relation,
        tuple(candidate.asset for candidate in source.candidates),
        source_words.line(park, first),
        source_words.lines(park, tuple(others)),
    )


def reason(park: Park, life: Life, members: list[Member], systems: dict[str, int]) -> Label:
    """Return why it is one: people in danger, what happened first at its cause, its members by system."""
    cause, source = _why(park, life, members), words.short(life.cause)
    danger = _danger(park, life, members)
    ko = ", ".join(f"{words.SYSTEM_LABELS[name].ko} {count}" for name, count in systems.items())
    en = ", ".join(f"{words.SYSTEM_LABELS[name].en} {count}" for name, count in systems.items())
    count = len(members)
    return Label(
        f"{danger.ko}원인: {source} {cause.ko}".rstrip() + (f" · 구성 {count:,}건 ({ko})" if count else ""),
        f"{danger.en}Cause: {source} {cause.en}".rstrip() + (f" · {count:,} members ({en})" if count else ""),
    )


def _danger(park: Park, life: Life, members: list[Member]) -> Label:
    """Return ``쓰러짐 1곳 · `` for what endangers people beyond the kind of an incident; else nothing."""
    ko, en = "", ""
    for seen in SAID_FIRST:
        places = {member.asset for member in members if member.what == seen}
        if not places or park.correlation.kind_of.get(seen) == life.kind:
            continue
        name = words.what(park, seen)
        ko += f"{name.ko} {len(places)}곳 · "
        en += f"{name.en} at {len(places)} · "
    return Label(ko, en)


def linked(park: Park, state: State, incident: Incident, now: datetime) -> tuple[Linked, ...]:
    """Return the first incidents that may have to do with one, each once, in the order they were known."""
    found: dict[str, Linked] = {}
    for event in incident.history("linked"):
        other = state.incidents.get(event.data.other)
        while other is not None and other.life.merged_into:
            other = state.incidents.get(other.life.merged_into)
        if other is None or other is incident or other.life.opened_ms is None or other.id in found:
            continue
        if len(found) == MOST_LINKED:
            break
        rule = words.RULES.get(event.data.rule, Label(event.data.rule, event.data.rule))
        named = title(park, state, other.life, source_of(park, state, other, now))
        found[other.id] = Linked(other.id, other.life.number, named, rule)
    return tuple(found.values())


def stay(incident: Incident) -> list[Member]:
    """Return the members that did not leave, in no order: cheap when they are thousands."""
    left = incident.left
    return [m for m in incident.members.values() if left.get(m.id, -1) < m.joined_ms]


def holds(incident: Incident, member: str) -> bool:
    """Tell whether a happening is a member of an incident now."""
    held = incident.members.get(member)
    return held is not None and incident.left.get(member, -1) < held.joined_ms


def _next(answer: Plan) -> NextStep | None:
    step = answer.next
    return NextStep(step.id, step.name, step.due_ms, step.auto, step.act, step.unsent) if step else None


def _first(members: Iterable[Member]) -> list[Member]:
    return sorted(members, key=lambda member: (member.happened_ms, member.id))[: 4 * MOST_ASSETS]


def _why(park: Park, life: Life, members: list[Member]) -> Label:
    own = [member for member in members if member.asset == life.cause]
    if not own:
        return Label("", "")
    first = min(own, key=lambda member: (member.happened_ms, member.id))
    name = words.what(park, first.what)
    value = f" {words.amount(first.value)} " if first.value is not None and first.unit else ""
    unit = words.UNITS_EN.get(first.unit, first.unit)
    return Label(f"{name.ko}{value}{first.unit if value else ''}", f"{name.en}{value}{unit if value else ''}")


def _substance(park: Park, state: State, asset: str) -> str:
    seen = state.fact(asset, GasObservation)
    known = park.assets.get(asset)
    return seen.substance if seen else str(known.traits.get("substance", "")) if known else ""


def _critical(state: State, member: Member) -> bool:
    alarm = state.alarms.get(member.alarm or "")
    return alarm is not None and alarm.priority == "critical" and alarm.state != "normal"


def _updated_ms(incident: Incident) -> int:
    told = max((int(event.time.timestamp() * 1000) for event in incident.told.values()), default=0)
    joined = max((member.joined_ms for member in incident.members.values()), default=0)
    return max(told, joined)


def _revision(state: State, incident: Incident) -> int:
    """Return a number that grows with every word on the incident, its commands and its messages."""
    commands = (c for c in state.commands.values() if c.requested and c.requested.incident == incident.id)
    said = sum(2 + len(c.answers) + bool(c.finished) + bool(c.confirmed_ms) for c in commands)
    sent = sum(1 + len(m.statuses) for m in state.messages.values() if m.incident == incident.id)
    return incident.rev + said + sent
