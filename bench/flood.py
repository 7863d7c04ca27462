"""A flood of 10,000 alarms in 60 s from one cause and 300 others: what the operator sees of it.

``python -m bench.flood``. Heard as the watch does (alarms, incidents), in memory; the list is what
``/api/v1/incidents`` and ``/api/v1/alarms`` answer: cards, sorted and encoded.
"""

import sys
import time
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from bench.machine import describe
from data.park_files.park import load_park
from data.settings import Settings
from feeds.flood import Flood, flood
from feeds.rehearse import watch_engines
from park.alarms.cards import card
from park.alarms.lifecycle import Alarm
from park.config.park import Park
from park.engine.pipeline import Response
from park.incidents import cards
from park.incidents.incident import Incident
from park.state.state import State
from park.systems import new_state

START = datetime(2026, 4, 16, 3, 0, tzinfo=UTC)
ROUNDS = 5
LIST_MS = 200.0
ALARMS_AN_ITEM = 40


class Seen(Struct, frozen=True):
    """What came of a flood; ``rank`` of the true cause among the items, 1 is on top, 0 not there.

    ``people_seen`` counts the falls, fights and intrusions in incidents about people.
    """

    alarms: int
    incidents: int
    lone: int
    rank: int
    critical_seen: int
    people_seen: int
    lost: int

    @property
    def items(self) -> int:
        """How many items the operator's list has."""
        return self.incidents + self.lone


def pour(park: Park, made: Flood) -> State:
    """Let a flood come, with a tick each second; return the state after it."""
    state = new_state(park.assets)
    response, tick = Response(state, watch_engines(park, state)), made.events[0].time
    for event in made.events:
        while event.time - tick >= timedelta(seconds=1):
            tick += timedelta(seconds=1)
            response.tick(tick)
        response.take(event)
    response.tick(tick + timedelta(seconds=1))
    return state


def standing(state: State) -> list[Incident]:
    """Return the incidents that the operator has to answer."""
    return [incident for incident in state.incidents.values() if incident.life.stands]


def lone(state: State) -> list[Alarm]:
    """Return the open alarms that are members of no standing incident."""
    held = {member.alarm for incident in standing(state) for member in cards.stay(incident)}
    return [alarm for alarm in state.open_alarms() if alarm.id not in held]


def answer(park: Park, state: State, now: datetime) -> tuple[bytes, list[cards.IncidentCard]]:
    """Return the list as it is answered, and its cards in their order."""
    told = sorted((cards.card(park, state, one, now) for one in standing(state)), key=cards.order)
    alone = [card(alarm, park.alarms, park.assets, feeds=park.config.feeds) for alarm in lone(state)]
    return msgspec.json.encode([told, alone]), told


def seen(park: Park, made: Flood, state: State, now: datetime) -> Seen:
    """Count what the operator sees; critical ones may stand alone or in an incident of their own.

    An alarm that was raised again while it stood is one alarm: it is lost only when no alarm of its
    condition at its asset is there.
    """
    told, alone = answer(park, state, now)[1], {alarm.id for alarm in lone(state)}
    of_cause = [number for number, one in enumerate(told, 1) if one.cause == made.cause]
    elsewhere = {
        member.alarm for one in standing(state) if one.life.cause != made.cause for member in cards.stay(one)
    }
    about_people = {
        member.alarm
        for one in standing(state)
        if park.correlation.kinds[one.life.kind].people
        for member in cards.stay(one)
    }
    held = {(alarm.asset, alarm.condition) for alarm in state.open_alarms()}
    return Seen(
        alarms=len(made.events),
        incidents=len(told),
        lone=len(alone),
        rank=of_cause[0] if of_cause else 0,
        critical_seen=len(made.critical & (alone | elsewhere)),
        people_seen=len(made.people & about_people),
        lost=sum((event.subject, event.data.condition) not in held for event in made.events),
    )


def main() -> int:
    """Print the figures; 1 when the list hides, loses or is late."""
    park = load_park(Settings())
    made, began = flood(park, START), time.perf_counter()
    state, now = pour(park, made), START + timedelta(seconds=62)
    poured_s, spent_ms = time.perf_counter() - began, []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        told = answer(park, state, now)[0]
        spent_ms.append(1000 * (time.perf_counter() - began))
    found, each_ms = seen(park, made, state, now), sorted(spent_ms)[ROUNDS // 2]
    per_item = found.alarms / max(found.items, 1)
    sys.stdout.write(
        f"flood: {describe()}\n"
        f"  alarms in             {found.alarms:8,}  ({len(made.unrelated)} unrelated) in 60 s\n"
        f"  heard in              {poured_s:8.1f} s ({found.alarms / poured_s:,.0f} a second)\n"
        f"  items on the list     {found.items:8,}  ({found.incidents} incidents, {found.lone} alarms)\n"
        f"  alarms an item        {per_item:8.1f}  (bar {ALARMS_AN_ITEM})\n"
        f"  rank of the cause     {found.rank:8}  (bar 1)\n"
        f"  critical others seen  {found.critical_seen:8}  of {len(made.critical)}\n"
        f"  people in danger seen {found.people_seen:8}  of {len(made.people)}\n"
        f"  list answered in      {each_ms:8.1f} ms (bar {LIST_MS:.0f}; {len(told) / 1024:.0f} KiB)\n"
        f"  lost                  {found.lost:8}\n"
    )
    good = per_item >= ALARMS_AN_ITEM and found.rank == 1 and not found.lost and each_ms <= LIST_MS
    seen_all = found.critical_seen == len(made.critical) and found.people_seen == len(made.people)
    return 0 if good and seen_all else 1


if __name__ == "__main__":
    sys.exit(main())
