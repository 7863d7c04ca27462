"""Random histories of alarms held against the transition table, in any order, and with restarts."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from park.alarms.engine import Conditions
from park.alarms.facts import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmFact,
    AlarmRaised,
    AlarmRemoved,
    AlarmReset,
    AlarmRestored,
    AlarmShelved,
    AlarmSuppressed,
    AlarmUnshelved,
    AlarmUnsuppressed,
)
from park.alarms.lifecycle import TRANSITIONS, AlarmState
from park.alarms.suppression import Suppression
from park.cameras.facts import CameraEvent
from park.engine.pipeline import Response
from park.environment.facts import GasObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.lighting.facts import LightStatus
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import ASSETS, at, event, park, seconds

START = at("2026-11-23 10:00")
GAS, CAM = "changwon/gas/GAS-1", "changwon/camera/CAM-1"
LAMPS = [f"changwon/light/L-{n}" for n in range(1, 5)]
NAME = "gas_high"
PARK = park()
BY_ID = {asset.id: asset for asset in ASSETS}
QUICK = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))

ACTS: dict[str, Callable[[str, datetime], AlarmFact]] = {
    "raise": lambda name, _: AlarmRaised(name, NAME, "high", 1.0, 1.0),
    "clear": lambda name, _: AlarmCleared(name, NAME),
    "latch": lambda name, _: AlarmCleared(name, NAME, latched=True),
    "ack": lambda name, _: AlarmAcknowledged(name, NAME, "kim"),
    "reset": lambda name, _: AlarmReset(name, NAME, "kim"),
    "shelve": lambda _, when: AlarmShelved(NAME, "timed", when + seconds(60), "kim", "noise"),
    "unshelve": lambda *_: AlarmUnshelved(NAME),
    "suppress": lambda *_: AlarmSuppressed(NAME, "gas_stel", GAS),
    "unsuppress": lambda *_: AlarmUnsuppressed(NAME),
    "remove": lambda *_: AlarmRemoved(NAME, "kim", "broken"),
    "restore": lambda *_: AlarmRestored(NAME, "kim"),
}
NAMES = tuple(ACTS)
OVERLAYS = {
    "shelve": ("shelved", True), "unshelve": ("shelved", False),
    "suppress": ("suppressed", True), "unsuppress": ("suppressed", False),
    "remove": ("out_of_service", True), "restore": ("out_of_service", False),
}  # fmt: skip


def folded(events: list[Event]) -> State:
    state = new_state(BY_ID)
    for told in events:
        state.apply(told)
    return state


class Walk:
    """The table walked by hand: one condition of one asset, and what lies over it."""

    def __init__(self) -> None:
        self.state: AlarmState = "normal"
        self.over: set[str] = set()
        self.seen: Counter[tuple[str, str]] = Counter()

    def go(self, act: str) -> None:
        if act in OVERLAYS:
            name, on = OVERLAYS[act]
            if on != (name in self.over):
                self.seen["entered" if on else "left", name] += 1
            (self.over.add if on else self.over.discard)(name)
            return
        after = {f"{state} {kind}": to for (state, kind), to in TRANSITIONS.items()}.get(
            f"{self.state} {act}"
        )
        if after:
            self.seen["left", self.state] += 1
            self.seen["entered", after] += 1
            self.state = after


def tell(codes: bytes) -> tuple[list[Event], Walk, State]:
    """Return a history (each raising by another writer), walked by hand, and folded as it went on."""
    walk, state, events, when = Walk(), folded([]), list[Event](), START
    for number, code in enumerate(codes):
        act = NAMES[code % len(NAMES)]
        when += timedelta(seconds=code // len(NAMES), milliseconds=1)
        standing = state.open_alarm(GAS, NAME)
        name = f"writer-{number}" if act == "raise" or standing is None else standing.id
        events.append(event(ACTS[act](name, when), GAS, when, f"e{number}"))
        state.apply(events[-1])
        walk.go(act)
    return events, walk, state


def compare(state: State, walk: Walk) -> None:
    """Hold a state against the table."""
    standing = [alarm for alarm in state.alarms.values() if alarm.state != "normal"]
    assert [alarm.state for alarm in standing] == ([walk.state] if walk.state != "normal" else [])
    over = state.overlays.over(GAS, NAME)
    strongest = [name for name in ("out_of_service", "suppressed", "shelved") if name in walk.over]
    assert (over.name if over else None) == (strongest[0] if strongest else None)
    assert {one.name for one in state.overlays.all()} == walk.over
    assert state.open_alarms() == ([] if walk.over else standing)
    assert {alarm.state for _, alarm in state.shelf() if alarm} <= {walk.state}
    for alarm in standing:
        assert alarm.raised_ms is not None
        assert (alarm.acked_ms is not None) == (alarm.state in ("ack", "latched_ack"))
        assert (alarm.cleared_ms is not None) == (alarm.state in ("returned", "latched", "latched_ack"))


def test_ten_thousand_histories_end_where_the_table_says() -> None:
    seen: Counter[tuple[str, str]] = Counter()
    ends: Counter[str] = Counter()

    @settings(QUICK, max_examples=10_000)
    @given(st.binary(min_size=1, max_size=24), st.integers(0, 2**32))
    def history(codes: bytes, seed: int) -> None:
        chance = random.Random(seed)
        events, walk, state = tell(codes)
        compare(state, walk)
        mixed = events + chance.choices(events, k=len(events) // 4)
        chance.shuffle(mixed)
        assert folded(mixed).same_as(state)
        cut = chance.randrange(len(events) + 1)
        assert folded(chance.sample(events[:cut], cut) + events[cut:]).same_as(state)
        seen.update(walk.seen)
        ends[walk.state] += 1

    history()
    assert ends.total() >= 10_000
    states = {state for state, _ in TRANSITIONS}
    assert ends.keys() == states
    for what in ("entered", "left"):
        assert {name for told, name in seen if told == what} == states | {
            name for name, _ in OVERLAYS.values()
        }


class Room:
    """The engines over a state, as the watch runs them; :meth:`restart` is a kill between two steps."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.told: list[Event] = []
        self.kept: dict[str, bytes] = {}
        self.begin(new_state(BY_ID))

    def begin(self, state: State) -> None:
        self.state = state
        self.conditions = Conditions(PARK, state, self.kept.values())
        self.response = Response(state, [self.conditions, Suppression(PARK, state)])

    def restart(self, chance: random.Random) -> None:
        everything = self.heard + self.told
        self.begin(folded(chance.sample(everything, len(everything))))

    def say(self, told: Event) -> None:
        self.heard.append(told)
        self._keep(self.response.take(told))

    def tick(self, now: datetime) -> None:
        self._keep(self.response.tick(now))

    def _keep(self, told: list[Event]) -> None:
        self.told += told
        for name, signal in self.conditions.changes().items():
            if signal is None:
                self.kept.pop(name, None)
            else:
                self.kept[name] = signal


def act(room: Room, code: int, when: datetime, id_: str) -> None:
    """Let one thing happen: a fact, an act of a person, or nothing but time."""
    standing = sorted(room.state.alarms.values(), key=lambda alarm: alarm.id)
    some = next((alarm for alarm in standing if alarm.state != "normal"), None)
    match code:
        case 0 | 1 | 2 | 3:
            fact: FactBase = GasObservation("H2S", (1.0, 9.5, 12.0, 20.0)[code])
            subject = GAS
        case 4:
            fact, subject = CameraEvent("fire", "CAM-1", "m", "r", 0.9), CAM
        case 5 | 6 | 7 | 8:
            fact = LightStatus("failed" if code < 8 else "normal", 0, 0)
            subject = LAMPS[code - 5]
        case 9:
            fact, subject = AlarmRaised(f"cmd-{id_}", "command_failed", "medium"), LAMPS[0]
        case 10 if some:
            fact, subject = AlarmAcknowledged(some.id, some.condition, "kim"), some.asset
        case 11 if some:
            fact, subject = AlarmReset(some.id, some.condition, "kim"), some.asset
        case 12 | 13:
            mode: Literal["timed", "one_shot"] = "timed" if code == 12 else "one_shot"
            fact, subject = AlarmShelved(NAME, mode, when + seconds(90), "kim", "noise"), GAS
        case 14 | 15:
            fact = AlarmRemoved("gas_stel", "kim", "x") if code == 14 else AlarmRestored("gas_stel", "kim")
            subject = GAS
        case _:
            room.tick(when)
            return
    room.say(event(fact, subject, when, id_))


def test_a_restart_at_any_point_changes_nothing() -> None:
    seen: Counter[str] = Counter()

    @settings(QUICK, max_examples=700)
    @given(st.binary(min_size=4, max_size=40), st.integers(0, 2**32))
    def history(codes: bytes, seed: int) -> None:
        chance = random.Random(seed)
        straight, broken, when = Room(), Room(), START
        for number, code in enumerate(codes):
            when += timedelta(seconds=1 + 7 * (code // 18), milliseconds=1)
            for room in (straight, broken):
                act(room, code % 18, when, f"e{number}")
            if chance.random() < 0.3:
                broken.restart(chance)
        for room in (straight, broken):
            for pause in (60, 3600, 40_000):
                room.tick(when + seconds(pause))
        assert [told.key for told in broken.told] == [told.key for told in straight.told]
        assert broken.told == straight.told
        assert broken.state.same_as(straight.state)
        assert not [over for over, _ in broken.state.shelf() if over.name == "shelved"], (
            "a shelf ends by itself"
        )
        seen.update(told.type for told in straight.told)

    history()
    assert {"suppressed", "unsuppressed", "unshelved", "raised", "cleared"} == {
        name.rpartition(".")[2] for name in seen
    }
