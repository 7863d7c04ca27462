"""What was known of an incident when: one line a happening, across all systems, in order of time.

``happened_ms`` is when it was in the world, ``known_ms`` when the room knew it belonged here; a late
message stands where it happened and says when it came.
"""

from collections.abc import Iterator

from msgspec import Struct

from park.alarms.lifecycle import LEVELS
from park.commands.command import Command
from park.config.label import Label
from park.config.park import Park
from park.events.rings import milliseconds
from park.incidents import event_texts as sayings
from park.incidents import labels as words
from park.incidents.event_texts import Names, Said
from park.incidents.incident import Incident, Member
from park.messages.message import Message
from park.state.state import State
from park.systems import SYSTEM_OF_COMMAND

ALIKE = 20  # more members of one happening than that are one line


class Entry(Struct, frozen=True, omit_defaults=True):
    """One line of the timeline; ``level`` 0 plain … 4 critical, ``until_ms`` the end of a folded run."""

    happened_ms: int
    known_ms: int
    system: str
    text: Label
    level: int = 0
    asset: str = ""
    user: str | None = None
    count: int = 1
    until_ms: int | None = None


def timeline(park: Park, state: State, incident: Incident, steps: Names, recipients: Names) -> list[Entry]:
    """Return everything known of an incident, oldest first.

    ``steps`` names those of its procedure by id, ``recipients`` those of the park's contacts.
    """
    lines = [*_members(park, state, incident), *_told(incident, steps)]
    for command in commands(state, incident):
        kind = command.requested.kind if command.requested else ""
        system = SYSTEM_OF_COMMAND.get(kind, "room")
        lines.append(_line(command.requested_ms, system, sayings.command(command), command.requested))
    for message in messages(state, incident):
        said = sayings.message(message, recipients)
        lines.append(_line(message.requested_ms, "message", said, message.requested))
    return sorted(lines, key=lambda line: (line.happened_ms, line.known_ms, line.text.ko))


def messages(state: State, incident: Incident) -> list[Message]:
    """Return the messages about an incident, oldest first."""
    about = (m for m in state.messages.values() if m.incident == incident.id and m.requested)
    return sorted(about, key=lambda message: (message.requested_ms or 0, message.id))


def commands(state: State, incident: Incident) -> list[Command]:
    """Return the commands given for an incident, oldest first."""
    given = (c for c in state.commands.values() if c.requested and c.requested.incident == incident.id)
    return sorted(given, key=lambda command: (command.requested_ms or 0, command.id))


def _line(at_ms: int | None, system: str, said: Said, fact: object) -> Entry:
    user = getattr(fact, "user", None)
    return Entry(at_ms or 0, at_ms or 0, system, said.text, said.level, user=user)


def _told(incident: Incident, steps: Names) -> Iterator[Entry]:
    grade = None
    for event in incident.history():
        said = sayings.said(event, steps, grade)
        grade = getattr(event.data, "grade", grade)
        if said is not None:
            yield _line(milliseconds(event), "room", said, event.data)


def _members(park: Park, state: State, incident: Incident) -> Iterator[Entry]:
    alike: dict[tuple[str, str], list[Member]] = {}
    for member in incident.present():
        alike.setdefault((member.system, member.what), []).append(member)
    for run in alike.values():
        if len(run) > ALIKE:
            yield _folded(park, state, run)
        else:
            yield from (_member(park, state, member) for member in run)


def _member(park: Park, state: State, member: Member) -> Entry:
    name = words.what(park, member.what)
    source = words.short(member.asset)
    measured = _measured(member)
    return Entry(
        happened_ms=member.happened_ms,
        known_ms=member.joined_ms,
        system=member.system,
        text=Label(f"{source} {name.ko}{measured.ko}", f"{source} {name.en}{measured.en}"),
        level=_level(state, member),
        asset=member.asset,
        user=member.user,
    )


def _folded(park: Park, state: State, run: list[Member]) -> Entry:
    first, name = run[0], words.what(park, run[0].what)
    source, others = words.short(first.asset), len({member.asset for member in run}) - 1
    return Entry(
        happened_ms=first.happened_ms,
        known_ms=first.joined_ms,
        system=first.system,
        text=Label(
            f"{name.ko} {len(run):,}건 · {source}" + (f" 외 {others:,}곳" if others else ""),
            f"{name.en} × {len(run):,} · {source}" + (f" and {others:,} more" if others else ""),
        ),
        level=max(_level(state, member) for member in run),
        asset=first.asset,
        count=len(run),
        until_ms=run[-1].happened_ms,
    )


def _measured(member: Member) -> Label:
    if member.value is None:
        return Label("", "")
    of = f" / {member.limit:g}" if member.limit is not None else ""
    shown = f" {words.amount(member.value)}{of}"
    unit = words.UNITS_EN.get(member.unit, member.unit)
    return Label(f"{shown} {member.unit}".rstrip(), f"{shown} {unit}".rstrip())


def _level(state: State, member: Member) -> int:
    alarm = state.alarms.get(member.alarm or "")
    return LEVELS[alarm.priority] if alarm else 1
