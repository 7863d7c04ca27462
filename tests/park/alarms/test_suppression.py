"""Latching, re-alarm, shelves, suppression by design and out of service, as the watch runs them."""

from datetime import datetime

from park.alarms.engine import Conditions
from park.alarms.facts import (
    AlarmAcknowledged,
    AlarmRaised,
    AlarmRemoved,
    AlarmReset,
    AlarmRestored,
    AlarmShelved,
)
from park.alarms.overlays import Window
from park.alarms.suppression import Suppression
from park.config.park import Park
from park.engine.pipeline import Response
from park.events.base import FactBase
from park.state.state import State
from tests.park.alarms.test_engine import CAM, GAS, NOW, PARK, Bench, dark, gas, seen
from tests.park.small_park import event, park, seconds


class Full(Bench):
    """The bench with the engine of overlays beside it."""

    def __init__(self, state: State | None = None, at_park: Park = PARK) -> None:
        super().__init__(state)
        self.conditions = Conditions(at_park, self.state)
        self.response = Response(self.state, [self.conditions, Suppression(at_park, self.state)])

    def say(self, fact: FactBase, subject: str, when: datetime, id_: str = "") -> list[tuple[str, str]]:
        return self._told(self.response.take(event(fact, subject, when, id_)))

    def tick(self, when: datetime) -> list[tuple[str, str]]:
        return self._told(self.response.tick(when))

    def shown(self) -> set[tuple[str, str]]:
        return {(alarm.condition, alarm.state) for alarm in self.state.open_alarms()}


def test_a_latched_alarm_stays_until_it_is_acknowledged_and_reset() -> None:
    bench = Full()
    bench.say(seen("fire"), CAM, NOW)
    bench.tick(NOW + seconds(300))
    assert bench.shown() == {("fire", "latched")}
    name = bench.told[0].data.alarm
    bench.say(AlarmAcknowledged(name, "fire", "kim"), CAM, NOW + seconds(310))
    assert bench.shown() == {("fire", "latched_ack")}
    bench.say(AlarmReset(name, "fire", "kim"), CAM, NOW + seconds(320))
    assert bench.shown() == set()


def test_an_acknowledged_alarm_that_stays_active_is_annunciated_again() -> None:
    bench = Full()
    bench.say(gas(20), GAS, NOW)
    bench.tick(NOW + seconds(5))
    name = next(told.data.alarm for told in bench.told if told.data.condition == "gas_stel")
    bench.say(AlarmAcknowledged(name, "gas_stel", "kim"), GAS, NOW + seconds(60))
    assert bench.tick(NOW + seconds(1859)) == []
    assert bench.tick(NOW + seconds(1861)) == [("raised", "gas_stel")]
    assert bench.told[-1].time == NOW + seconds(1860)
    assert bench.shown() == {("gas_stel", "unack")}
    assert bench.state.alarms[name].count == 2
    assert bench.tick(NOW + seconds(4000)) == []  # it waits for the next acknowledgement


def test_the_worse_alarm_suppresses_the_lesser_and_gives_it_back() -> None:
    bench = Full()
    bench.say(gas(20), GAS, NOW)
    told = bench.tick(NOW + seconds(5))
    assert told == [("raised", "gas_stel"), ("raised", "gas_high"), ("suppressed", "gas_high")]
    assert bench.shown() == {("gas_stel", "unack")}
    ((overlay, hidden),) = bench.state.shelf()
    assert (overlay.reason, overlay.by, hidden.state if hidden else "") == ("gas_stel", GAS, "unack")
    bench.say(gas(12), GAS, NOW + seconds(20))
    assert bench.tick(NOW + seconds(60)) == [("cleared", "gas_stel"), ("unsuppressed", "gas_high")]
    assert bench.shown() == {("gas_stel", "latched"), ("gas_high", "unack")}


def test_what_is_out_of_service_suppresses_nothing() -> None:
    bench = Full()
    bench.say(AlarmRemoved("gas_stel", "lee", "sensor in repair"), GAS, NOW)
    bench.say(gas(20), GAS, NOW + seconds(1))
    bench.tick(NOW + seconds(10))
    assert bench.shown() == {("gas_high", "unack")}
    bench.say(AlarmRestored("gas_stel", "lee"), GAS, NOW + seconds(20))
    assert bench.shown() == {("gas_stel", "unack")}


def test_a_dead_cabinet_suppresses_its_lamps() -> None:
    bench = Full()
    lamp = "changwon/light/L-1"
    bench.say(AlarmRaised("c-1", "command_failed", "medium"), lamp, NOW)
    assert bench.shown() == {("command_failed", "unack")}
    dark(bench, range(1, 4), NOW + seconds(1))
    bench.tick(NOW + seconds(21))
    assert bench.shown() == {("cabinet_failed", "unack")}
    assert {over.by for over, _ in bench.state.shelf() if over.condition == "command_failed"} == {
        "changwon/cabinet/CAB-1"
    }
    dark(bench, range(1, 6), NOW + seconds(60), "normal")
    bench.tick(NOW + seconds(90))
    assert bench.shown() == {("cabinet_failed", "returned"), ("command_failed", "unack")}


def shelve(mode: str, until_s: float) -> AlarmShelved:
    return AlarmShelved("gas_high", mode, NOW + seconds(until_s), "kim", "calibration")  # type: ignore[arg-type]


def test_a_shelf_ends_by_itself_without_any_event() -> None:
    bench = Full()
    bench.say(gas(12), GAS, NOW)
    bench.tick(NOW + seconds(5))
    bench.say(shelve("timed", 3600), GAS, NOW + seconds(10))
    assert bench.shown() == set()
    assert bench.tick(NOW + seconds(3599)) == []
    assert bench.tick(NOW + seconds(3700)) == [("unshelved", "gas_high")]
    assert bench.told[-1].time == NOW + seconds(3600)
    assert bench.shown() == {("gas_high", "unack")}
    assert bench.tick(NOW + seconds(3800)) == []


def test_a_one_shot_shelf_ends_when_it_has_returned_once() -> None:
    bench = Full()
    bench.say(shelve("one_shot", 3600), GAS, NOW)
    bench.say(gas(12), GAS, NOW + seconds(1))
    bench.tick(NOW + seconds(6))
    assert bench.shown() == set()
    bench.say(gas(0), GAS, NOW + seconds(60))
    assert bench.tick(NOW + seconds(90)) == [("cleared", "gas_high"), ("unshelved", "gas_high")]
    assert bench.shown() == {("gas_high", "returned")}


def test_maintenance_suppresses_from_its_start_to_its_end() -> None:
    window = Window((GAS.replace("1", "*"),), ("gas_high",), NOW, NOW + seconds(600), "점검")
    bench = Full(at_park=park(maintenance=(window,)))
    bench.say(gas(12), GAS, NOW - seconds(60))
    bench.tick(NOW - seconds(30))
    assert bench.shown() == {("gas_high", "unack")}
    assert bench.tick(NOW) == [("suppressed", "gas_high")] * 2  # GAS-1 and GAS-2
    assert bench.shown() == set()
    assert {over.reason for over, _ in bench.state.shelf()} == {"점검"}
    assert bench.tick(NOW + seconds(599)) == []
    assert bench.tick(NOW + seconds(600)) == [("unsuppressed", "gas_high")] * 2
    assert bench.shown() == {("gas_high", "unack")}
