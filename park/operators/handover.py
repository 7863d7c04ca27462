"""The handover of a shift, drawn from the record and the state: what stands, what was done, what to mind."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from park.alarms.cards import why
from park.alarms.lifecycle import LEVELS
from park.alarms.overlays import Overlay
from park.commands.command import Command
from park.config.label import Label
from park.config.park import Park
from park.incidents import cards
from park.incidents import labels as words
from park.state.state import State


class Act(Struct, frozen=True):
    """Something that somebody did in the shift, as the audit trail tells it."""

    at_ms: int
    user: str
    action: str
    object: str = ""
    reason: str = ""


class Silence(Struct, frozen=True):
    """Sources of a kind that do not speak; ``age_ms`` of the one silent longest."""

    kind: str
    count: int
    age_ms: int


class Recorded(Struct, frozen=True):
    """What the record tells of a shift, and the sealed end of the audit trail when it was asked."""

    acts: tuple[Act, ...] = ()
    raised: int = 0
    acknowledged: int = 0
    silent: tuple[Silence, ...] = ()
    audit_rows: int = 0
    audit_hash: str = ""


class Pending(Struct, frozen=True):
    """An incident that the next shift goes on with; ``next`` is the step that comes now."""

    incident: str
    number: str
    title: Label
    grade: str
    state: str
    verdict: str | None
    owner: str | None
    opened_ms: int
    next: Label | None
    due_ms: int | None
    mandatory_open: int
    exercise: bool


class Hidden(Struct, frozen=True):
    """A condition that is shelved, suppressed or out of service."""

    layer: str
    asset: str
    place: Label
    what: Label
    since_ms: int
    until_ms: int | None
    by: str | None
    reason: Label


class Done(Struct, frozen=True):
    """Acts of a kind in the shift: how many, first and last when, by whom."""

    action: str
    count: int
    first_ms: int
    last_ms: int
    users: tuple[str, ...]


class Standing(Struct, frozen=True):
    """A command that is not over: not finished, or in force until ``until_ms`` (None: until undone)."""

    command: str
    kind: str
    value: float | None
    targets: int
    asked_ms: int
    until_ms: int | None
    user: str | None
    state: str


class Handover(Struct, frozen=True):
    """What the next shift signs; times in ms since 1970 UTC, ``standing`` counts open alarms by priority."""

    park: str
    shift: Label
    since_ms: int
    drawn_ms: int
    leaving: str | None
    incidents: tuple[Pending, ...]
    hidden: tuple[Hidden, ...]
    done: tuple[Done, ...]
    raised: int
    acknowledged: int
    standing: dict[str, int]
    unacknowledged: int
    commands: tuple[Standing, ...]
    unsent: int
    silent: tuple[Silence, ...]
    notes: tuple[Act, ...]
    audit_rows: int
    audit_hash: str


def draw(
    park: Park,
    state: State,
    now: datetime,
    since: datetime,
    shift: Label,
    leaving: str | None,
    told: Recorded,
) -> Handover:
    """Return the handover of the shift that began at ``since``, as things are ``now``."""
    now_ms = int(now.timestamp() * 1000)
    open_ = state.open_alarms()
    return Handover(
        park=park.id,
        shift=shift,
        since_ms=int(since.timestamp() * 1000),
        drawn_ms=now_ms,
        leaving=leaving,
        incidents=tuple(_pending(park, state, now)),
        hidden=tuple(_hidden(park, overlay) for overlay in _overlays(state)),
        done=done(told.acts),
        raised=told.raised,
        acknowledged=told.acknowledged,
        standing={name: sum(alarm.priority == name for alarm in open_) for name in LEVELS},
        unacknowledged=sum(alarm.state == "unack" for alarm in open_),
        commands=tuple(_standing(state.commands.values(), now_ms)),
        unsent=sum(message.state in ("failed", "unclear") for message in state.messages.values()),
        silent=told.silent,
        notes=tuple(act for act in told.acts if act.action == "handover.note"),
        audit_rows=told.audit_rows,
        audit_hash=told.audit_hash,
    )


def canonical(handover: Handover) -> str:
    """Return what is signed: JSON with its keys in order, the same for the same handover."""
    return msgspec.json.encode(handover, order="sorted").decode()


def digest(text: str) -> str:
    """Return the SHA-256 of a canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def done(acts: Iterable[Act]) -> tuple[Done, ...]:
    """Return the acts by kind, the most frequent first."""
    kinds: dict[str, list[Act]] = {}
    for act in acts:
        kinds.setdefault(act.action, []).append(act)
    told = [_done(name, sorted(made, key=lambda act: act.at_ms)) for name, made in kinds.items()]
    return tuple(sorted(told, key=lambda kind: (-kind.count, kind.action)))


def _done(name: str, acts: Sequence[Act]) -> Done:
    users = tuple(sorted({act.user for act in acts}))
    return Done(name, len(acts), acts[0].at_ms, acts[-1].at_ms, users)


def _pending(park: Park, state: State, now: datetime) -> list[Pending]:
    held = (incident for incident in state.incidents.values() if incident.life.stands)
    told = sorted((cards.card(park, state, incident, now) for incident in held), key=cards.order)
    return [
        Pending(
            card.incident,
            card.number,
            card.title,
            card.grade,
            card.state,
            card.verdict,
            card.owner,
            card.opened_ms,
            card.next.name if card.next else None,
            card.next.due_ms if card.next else None,
            card.mandatory_open,
            card.exercise,
        )
        for card in told
    ]


def _overlays(state: State) -> list[Overlay]:
    return sorted(state.overlays.all(), key=lambda over: (over.name, over.since_ms, over.asset))


def _hidden(park: Park, over: Overlay) -> Hidden:
    place, what = words.place(park, over.asset), words.what(park, over.condition)
    about = over.name, words.short(over.asset), place, what
    return Hidden(*about, over.since_ms, over.until_ms, over.by, why(over.reason, park.alarms))


def _standing(commands: Iterable[Command], now_ms: int) -> list[Standing]:
    told = []
    for command in commands:
        asked = command.requested
        if asked is None or command.requested_ms is None:
            continue
        until_ms = int(asked.until.timestamp() * 1000) if asked.until else None
        over = until_ms is not None and until_ms <= now_ms
        ended = command.finished is not None and command.finished.state not in ("done", "partial")
        if over or ended:
            continue
        state = command.finished.state if command.finished else "waiting"
        about = command.id, asked.kind, asked.value, len(asked.targets), command.requested_ms
        told.append(Standing(*about, until_ms, asked.user, state))
    return sorted(told, key=lambda command: (command.asked_ms, command.command))
