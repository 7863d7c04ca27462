"""Late mail and wrong clocks: what arrives now is judged now, what was late keeps its own time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from park.alarms.engine import Conditions
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.energy.facts import MeterReading
from park.energy.memory import EnergyMemory
from park.engine.facts import FeedHeartbeat
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.intake.entry import Door
from park.lighting.facts import LightStatus
from park.systems import new_state
from tests.park.small_park import at, event, park, seconds

PARK = park()
NOW = at("2026-11-23 10:00")
GAS = "changwon/gas/GAS-1"
EPOCH = at("1970-01-01 09:00")
BEHIND = {
    "never set": NOW - EPOCH,
    "GPS week": timedelta(weeks=1024),
    "KST as UTC": timedelta(hours=9),
    "set to 2000": NOW - at("2000-01-01 00:00"),
    "a day": timedelta(days=1),
    "twenty minutes": timedelta(minutes=20),
    "six minutes": timedelta(minutes=6),
}


class Room:
    """A watch behind its door: what arrives is entered, folded and judged."""

    def __init__(self) -> None:
        self.door = Door(PARK)
        self.state = new_state(PARK.assets)
        self.conditions = Conditions(PARK, self.state)
        self.raised: list[Event] = []
        self._number = 0

    def hear(
        self, ppm: float, arrival: datetime, lag: timedelta = timedelta(0), asset: str = GAS, id_: str = ""
    ) -> Event:
        self._number += 1
        told = event(GasObservation("H2S", ppm), asset, arrival - lag, id_ or f"g{self._number}")
        return self.take(replace(told, ingested=arrival))

    def take(self, told: Event) -> Event:
        entered = self.door.enter(told)
        self.state.apply(entered)
        self._keep(self.conditions.take(entered))
        return entered

    def tick(self, now: datetime) -> None:
        self._keep(self.conditions.tick(now))

    def _keep(self, alarms: Iterable[Event]) -> None:
        for alarm in alarms:
            self.state.apply(alarm)
            self.raised.append(alarm)

    def names(self, kind: type[AlarmRaised | AlarmCleared] = AlarmRaised) -> set[str]:
        return {alarm.data.condition for alarm in self.raised if isinstance(alarm.data, kind)}

    def shown(self) -> tuple[float, datetime]:
        held = self.state.latest[GAS][GasObservation.TYPE]
        return held.data.ppm, held.time


def heard_well(minutes: int = 30) -> Room:
    """A room whose sensor spoke every ten seconds until now, with a right clock."""
    room = Room()
    for second in range(-60 * minutes, 0, 10):
        room.hear(1.0, NOW + seconds(second), seconds(0.3))
    return room


@pytest.mark.parametrize("lag", BEHIND.values(), ids=BEHIND.keys())
def test_a_dangerous_value_that_arrives_now_is_judged_now(lag: timedelta) -> None:
    room = heard_well()
    told = room.hear(80.0, NOW, lag)
    room.tick(NOW + seconds(6))
    assert (told.time, told.stamped) == (NOW, NOW - lag)
    assert room.names() == {"clock_wrong", "gas_stel", "gas_high"}
    assert room.shown() == (80.0, NOW)
    assert room.state.row(GAS)[:2] == (4, int(NOW.timestamp() * 1000))  # shown, and not silent


@pytest.mark.parametrize("ahead", [timedelta(minutes=20), timedelta(hours=9), timedelta(days=7000)])
def test_a_clock_ahead_is_judged_by_arrival_too(ahead: timedelta) -> None:
    room = heard_well()
    assert room.hear(80.0, NOW, -ahead).time == NOW
    room.tick(NOW + seconds(6))
    assert room.names() >= {"clock_wrong", "gas_stel"}
    assert room.state.ahead == 1


def test_the_alarm_says_how_far_the_clock_is_off() -> None:
    room = heard_well()
    room.hear(80.0, NOW, timedelta(minutes=20))
    room.tick(NOW + seconds(6))
    causes = {alarm.data.condition: alarm.data.cause for alarm in room.raised}
    assert set(causes.values()) == {"Δt -20 min"}
    clock = next(alarm.data for alarm in room.raised if alarm.data.condition == "clock_wrong")
    assert (clock.value, clock.unit) == (-20.0, "min")


def test_a_clock_that_is_set_right_again_clears_its_alarm() -> None:
    room = heard_well()
    for second in range(0, 120, 10):
        room.hear(1.0, NOW + seconds(second), timedelta(hours=9) if second < 60 else timedelta(0))
    room.tick(NOW + seconds(130))
    assert room.names() == {"clock_wrong"}
    assert room.names(AlarmCleared) == {"clock_wrong"}


def test_a_wrong_clock_stays_wrong_when_its_stamps_reach_the_time_it_was_right() -> None:
    room = heard_well()
    told = [room.hear(1.0, NOW + seconds(second), timedelta(minutes=20)) for second in range(0, 3600, 10)]
    assert all(one.stamped is not None for one in told)


@pytest.mark.parametrize("period", [300, 900, 3600])
def test_a_slow_device_with_a_wrong_clock_is_found_too(period: int) -> None:
    room = Room()
    for number in range(-4, 0):
        room.hear(1.0, NOW + seconds(number * period))
    told = [room.hear(1.0, NOW + seconds(n * period), timedelta(minutes=90)) for n in range(6)]
    assert all(one.stamped is not None for one in told[3:])


def test_what_a_wrong_clock_sends_in_one_batch_keeps_its_order() -> None:
    room = heard_well()
    told = [room.hear(float(n), NOW, timedelta(hours=9) - seconds(10 * n)) for n in range(6)]
    assert [one.data.ppm for one in sorted(told, key=lambda one: one.time)] == [0, 1, 2, 3, 4, 5]
    assert room.shown()[0] == 5.0


def test_a_clock_that_was_wrong_from_the_first_word_is_found_by_its_pace() -> None:
    room = Room()
    told = [room.hear(1.0, NOW + seconds(10 * n), timedelta(minutes=20)) for n in range(6)]
    assert [one.stamped is not None for one in told] == [False, False, True, True, True, True]


def test_a_spool_sent_after_an_outage_is_late_mail() -> None:
    room = heard_well()
    back = NOW + timedelta(minutes=40)
    told = [
        room.hear(80.0 if second == 600 else 1.0, back + seconds(second / 400), back - NOW - seconds(second))
        for second in range(0, 2390, 10)
    ]
    room.tick(back + timedelta(minutes=1))
    assert all(one.stamped is None for one in told)
    assert room.names() == {"gas_stel", "gas_high"}  # at its own time, and over
    assert next(a for a in room.raised if a.data.condition == "gas_stel").time == NOW + seconds(606.5)
    assert room.names(AlarmCleared) == {"gas_stel", "gas_high"}


def test_mail_that_fills_a_silence_after_live_went_on_is_late_and_its_danger_told() -> None:
    room = heard_well()
    back = NOW + timedelta(minutes=40)
    for second in range(0, 30, 10):
        room.hear(1.0, back + seconds(second))
    old = room.hear(80.0, back + seconds(31), timedelta(minutes=20))
    room.tick(back + seconds(32))
    assert old.stamped is None
    assert room.names() == {"gas_stel", "gas_high"}
    assert room.shown()[0] == 1.0
    raised = next(alarm for alarm in room.raised if alarm.data.condition == "gas_stel")
    assert raised.time == old.time + seconds(5)
    (alarm,) = room.state.alarms_of(GAS, "gas_stel")
    assert alarm.state == "latched"  # waits for an operator, though it is over


def test_much_late_danger_is_one_alarm() -> None:
    room = heard_well()
    back = NOW + timedelta(minutes=40)
    room.hear(1.0, back)
    for second in range(0, 1200, 10):
        room.hear(80.0, back + seconds(1 + second / 400), timedelta(minutes=30) - seconds(second))
        room.tick(back + seconds(1.1 + second / 400))
    assert len(room.state.alarms_of(GAS, "gas_stel")) == 1
    assert sum(alarm.data.condition == "gas_stel" for alarm in room.raised) <= 8


def test_history_of_long_ago_catches_up_and_is_late() -> None:
    room = heard_well()
    told = [
        room.hear(1.0, NOW + seconds(n / 100), timedelta(days=30) - seconds(60 * n), id_=f"h{n}")
        for n in range(300)
    ]
    assert sum(one.stamped is not None for one in told) <= 2


def test_the_last_events_sent_once_more_are_no_wrong_clock() -> None:
    room = Room()
    for n in range(10):
        room.hear(1.0, NOW + seconds(10 * n), id_=f"r{n}")
    again = [
        room.hear(1.0, NOW + timedelta(minutes=20), timedelta(minutes=20) - seconds(10 * n), id_=f"r{n}")
        for n in range(10)
    ]
    assert all(one.stamped is None for one in again)


def test_what_was_judged_before_is_not_judged_anew() -> None:
    room = heard_well()
    judged = room.hear(80.0, NOW, timedelta(hours=9))
    assert Door(PARK).enter(judged) is judged


def test_a_door_that_begins_with_a_state_judges_as_the_one_before() -> None:
    before = heard_well()
    door = Door(PARK)
    door.recall(before.state)
    told = replace(event(GasObservation("H2S", 80), GAS, NOW - timedelta(minutes=20)), ingested=NOW)
    assert door.enter(told) == before.door.enter(told)
    assert door.enter(told).stamped is not None


def test_a_few_seconds_late_are_neither() -> None:
    room = heard_well()
    assert room.hear(1.0, NOW, timedelta(minutes=4)).stamped is None
    assert room.names() == set()


def test_a_value_of_a_clock_a_little_behind_is_not_lost() -> None:
    room = heard_well()
    room.hear(80.0, NOW, timedelta(minutes=2))
    room.tick(NOW + seconds(6))
    assert room.names() == {"gas_stel", "gas_high"}


def test_the_silence_of_a_feed_counts_by_arrival() -> None:
    room = Room()
    for second in range(-60, 60, 10):
        lag = timedelta(0) if second < 0 else timedelta(hours=9)
        beat = event(FeedHeartbeat(10.0, 1), "changwon/feed/F-1", NOW + seconds(second) - lag)
        room.take(replace(beat, ingested=NOW + seconds(second)))
        room.tick(NOW + seconds(second + 1))
    assert room.names() == {"clock_wrong"}


def test_a_meter_with_a_wrong_clock_counts_in_the_window_of_its_arrival() -> None:
    room = Room()
    for second in range(-300, 300, 10):
        lag = timedelta(0) if second < 0 else timedelta(weeks=1024)
        told = event(MeterReading(500.0, 0.0), "changwon/substation/SS-1", NOW + seconds(second) - lag)
        room.take(replace(told, ingested=NOW + seconds(second)))
    ring = room.state.memory(EnergyMemory).power["changwon/substation/SS-1"]
    assert ring.mean(int(NOW.timestamp() * 1000)) == (500.0,)


def test_many_lights_behind_one_gateway_are_one_clock() -> None:
    room = Room()
    for n in range(1, 6):
        told = event(LightStatus("normal", 50, 60.0), f"changwon/light/L-{n}", EPOCH, source="dali/1")
        room.take(replace(told, ingested=NOW + seconds(n)))
    alarms = [alarm for alarm in room.raised if alarm.data.condition == "clock_wrong"]
    assert [alarm.subject for alarm in alarms] == ["changwon/feed/dali-1"]


def test_one_wrong_light_among_right_ones_is_one_alarm_until_it_is_silent() -> None:
    room = Room()

    def say(light: int, second: int, time: datetime) -> None:
        told = event(LightStatus("normal", 50, 60.0), f"changwon/light/L-{light}", time, source="dali/1")
        room.take(replace(told, ingested=NOW + seconds(second)))
        room.tick(NOW + seconds(second))

    def words() -> list[type]:
        return [type(alarm.data) for alarm in room.raised if alarm.data.condition == "clock_wrong"]

    for second in range(0, 1800, 60):
        if second % 300 == 0:
            say(1, second, EPOCH)
        say(2, second + 1, NOW + seconds(second + 1))
    assert words() == [AlarmRaised]
    for second in range(1800, 5700, 60):
        say(2, second, NOW + seconds(second))
    assert words() == [AlarmRaised, AlarmCleared]
