"""Conditions found by the definitions of Changwon: limits, delays, dead bands, groups, time."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from park.alarms.engine import Conditions
from park.alarms.facts import AlarmAcknowledged, AlarmRaised
from park.cameras.facts import CameraEvent, CameraHealth
from park.energy.facts import EssStatus, MeterReading
from park.engine.facts import FeedHeartbeat
from park.environment.facts import AirObservation, GasObservation
from park.events.base import FactBase
from park.events.envelope import Event
from park.lighting.facts import LightStatus
from park.logistics.facts import GateStatus, ShipmentStatus, VehiclePosition
from park.state.state import State
from tests.park.small_park import at, event, park, seconds, state_of

PARK = park()
NOW = at("2026-11-23 10:00")
GAS, CAM, DOCK = "changwon/gas/GAS-1", "changwon/camera/CAM-1", "changwon/dock/D-1"


class Bench:
    """A watch over a state, as the worker runs it, its own alarms read back."""

    def __init__(self, state: State | None = None, workers: tuple[str, ...] = ()) -> None:
        self.state = state or state_of()
        self.conditions = Conditions(PARK, self.state, workers=workers)
        self.told: list[Event] = []

    def say(self, fact: FactBase, subject: str, when: datetime, id_: str = "") -> list[tuple[str, str]]:
        told = event(fact, subject, when, id_)
        self.state.apply(told)
        return self._told(self.conditions.take(told))

    def tick(self, when: datetime) -> list[tuple[str, str]]:
        return self._told(self.conditions.tick(when))

    def _told(self, alarms: list[Event]) -> list[tuple[str, str]]:
        for alarm in alarms:
            self.state.apply(alarm)
        self.told += alarms
        return [(alarm.type.rpartition(".")[2], alarm.data.condition) for alarm in alarms]


def gas(ppm: float, substance: str = "H2S") -> GasObservation:
    return GasObservation(substance, ppm)


def test_a_gas_alarm_waits_its_delay_and_returns() -> None:
    bench = Bench()
    assert bench.say(gas(11), GAS, NOW) == []
    assert bench.tick(NOW + seconds(4)) == []
    assert bench.tick(NOW + seconds(5)) == [("raised", "gas_high")]
    raised = bench.told[0]
    assert (raised.subject, raised.time, raised.data.value, raised.data.limit) == (
        GAS,
        NOW + seconds(5),
        11,
        10,
    )
    assert bench.tick(NOW + seconds(60)) == []
    assert bench.say(gas(5), GAS, NOW + seconds(70)) == []
    assert bench.tick(NOW + seconds(100)) == [("cleared", "gas_high")]
    assert bench.told[1].data.alarm == raised.data.alarm
    assert bench.told[1].time == NOW + seconds(100)


def test_a_short_peak_raises_nothing() -> None:
    bench = Bench()
    bench.say(gas(11), GAS, NOW)
    bench.say(gas(9), GAS, NOW + seconds(3))
    assert bench.tick(NOW + seconds(60)) == []


def test_a_peak_read_late_is_found_by_the_times_of_its_events() -> None:
    bench = Bench()
    bench.say(gas(11), GAS, NOW)
    assert bench.say(gas(1), GAS, NOW + seconds(20)) == [("raised", "gas_high")]
    assert bench.say(gas(1), GAS, NOW + seconds(60)) == [("cleared", "gas_high")]


def test_stel_takes_its_limit_from_the_substance() -> None:
    bench = Bench()
    bench.say(gas(15), GAS, NOW)
    assert bench.tick(NOW + seconds(5)) == [("raised", "gas_stel"), ("raised", "gas_high")]
    bench.say(gas(20, "NH3"), "changwon/gas/GAS-2", NOW)  # 25 ppm is its limit
    bench.say(gas(900, "unheard-of"), "changwon/gas/GAS-3", NOW)
    assert bench.tick(NOW + seconds(10)) == []


def test_the_dead_band_holds_the_alarm() -> None:
    bench = Bench()
    bench.say(GateStatus(10, 0.0), "changwon/gate/G-1", NOW)
    assert bench.tick(NOW + seconds(60)) == [("raised", "gate_queue")]
    bench.say(GateStatus(8, 0.0), "changwon/gate/G-1", NOW + seconds(70))  # 10 - 3 = 7 not reached
    assert bench.tick(NOW + seconds(600)) == []
    bench.say(GateStatus(7, 0.0), "changwon/gate/G-1", NOW + seconds(610))
    assert bench.tick(NOW + seconds(730)) == [("cleared", "gate_queue")]


def test_below_turns_the_limit_round() -> None:
    bench = Bench()
    bench.say(EssStatus(0, 11, 0, 0), "changwon/ess/ESS-1", NOW)
    assert bench.tick(NOW + seconds(60)) == []
    bench.say(EssStatus(0, 10, 0, 0), "changwon/ess/ESS-1", NOW + seconds(60))
    assert bench.tick(NOW + seconds(120)) == [("raised", "ess_soc_low")]
    bench.say(EssStatus(0, 12, 0, 0), "changwon/ess/ESS-1", NOW + seconds(130))
    assert bench.tick(NOW + seconds(600)) == []
    bench.say(EssStatus(0, 13, 0, 0), "changwon/ess/ESS-1", NOW + seconds(610))
    assert bench.tick(NOW + seconds(730)) == [("cleared", "ess_soc_low")]


def seen(kind: str) -> CameraEvent:
    return CameraEvent(kind, "CAM-1", "model", "rule", 0.9)  # type: ignore[arg-type]


def test_a_camera_event_is_one_alarm_while_it_goes_on() -> None:
    bench = Bench()
    assert bench.say(seen("intrusion"), CAM, NOW) == [("raised", "intrusion")]
    assert bench.say(seen("intrusion"), CAM, NOW + seconds(40)) == []
    assert bench.tick(NOW + seconds(99)) == []
    assert bench.tick(NOW + seconds(100)) == [("cleared", "intrusion")]


def test_a_condition_that_comes_again_unacknowledged_is_the_same_alarm() -> None:
    bench = Bench()
    bench.say(seen("intrusion"), CAM, NOW)
    bench.tick(NOW + seconds(60))
    assert [alarm.state for alarm in bench.state.open_alarms()] == ["returned"]
    assert bench.say(seen("intrusion"), CAM, NOW + seconds(90)) == [("raised", "intrusion")]
    (alarm,) = bench.state.open_alarms()
    assert (alarm.state, alarm.count) == ("unack", 2)
    assert alarm.raised_ms == int((NOW + seconds(90)).timestamp() * 1000)


def test_after_an_acknowledged_return_it_is_a_new_alarm() -> None:
    bench = Bench()
    bench.say(seen("fall"), CAM, NOW)
    first = bench.told[0].data.alarm
    bench.say(AlarmAcknowledged(first, "fall", "kim"), CAM, NOW + seconds(5))
    bench.tick(NOW + seconds(120))
    assert bench.state.open_alarms() == []
    bench.say(seen("fall"), CAM, NOW + seconds(300))
    assert bench.told[-1].data.alarm != first


def test_line_crossing_alarms_only_where_it_is_asked_for() -> None:
    bench = Bench()
    assert bench.say(seen("line_crossing"), CAM, NOW) == []
    assert bench.say(seen("line_crossing"), "changwon/camera/CAM-2", NOW) == [("raised", "line_crossing")]


@pytest.mark.parametrize(
    ("state", "condition", "delay_s"),
    [
        ("lost", "camera_lost", 10),
        ("frozen", "camera_frozen", 10),
        ("covered", "camera_covered", 15),
        ("black", "camera_covered", 15),
        ("white", "camera_covered", 15),
        ("defocused", "camera_view", 60),
        ("turned", "camera_view", 60),
    ],
)
def test_camera_health(state: str, condition: str, delay_s: float) -> None:
    bench = Bench()
    bench.say(CameraHealth(state, 0.0), CAM, NOW)  # type: ignore[arg-type]
    assert bench.tick(NOW + seconds(delay_s - 1)) == []
    assert bench.tick(NOW + seconds(delay_s)) == [("raised", condition)]
    bench.say(CameraHealth("ok", 25.0), CAM, NOW + seconds(60))
    assert bench.tick(NOW + seconds(90)) == [("cleared", condition)]


def test_a_slow_camera_is_told_after_a_minute() -> None:
    bench = Bench()
    bench.say(CameraHealth("slow", 1.5), CAM, NOW)
    assert bench.tick(NOW + seconds(60)) == [("raised", "camera_slow")]
    bench.say(CameraHealth("ok", 8.0), CAM, NOW + seconds(70))
    assert bench.tick(NOW + seconds(130)) == [("cleared", "camera_slow")]


@pytest.mark.parametrize(
    ("off_s", "condition"), [(3600.0, "camera_clock_ahead"), (-32400.0, "camera_clock_behind")]
)
def test_a_camera_s_clock(off_s: float, condition: str) -> None:
    bench = Bench()
    bench.say(CameraHealth("ok", 8.0), CAM, NOW)
    bench.say(CameraHealth("ok", 8.0, clock_off_s=off_s), CAM, NOW + seconds(1))
    assert bench.tick(NOW + seconds(61)) == [("raised", condition)]
    bench.say(CameraHealth("ok", 8.0, clock_off_s=-0.1), CAM, NOW + seconds(90))
    assert bench.tick(NOW + seconds(150)) == [("cleared", condition)]


def dark(bench: Bench, lamps: range, when: datetime, state: str = "failed") -> None:
    for n in lamps:
        bench.say(LightStatus(state, 0, 0), f"changwon/light/L-{n}", when)  # type: ignore[arg-type]


def test_many_lamps_of_a_cabinet_are_one_alarm() -> None:
    bench = Bench()
    dark(bench, range(1, 6), NOW)
    assert bench.tick(NOW + seconds(20)) == [("raised", "cabinet_failed")]
    fact = bench.told[0]
    assert (fact.subject, fact.data.value, fact.data.cause) == ("changwon/cabinet/CAB-1", 5, "CAB-1 5/5")


def test_a_single_lamp_is_no_alarm_and_a_third_is_one_of_the_cabinet() -> None:
    bench = Bench()
    dark(bench, range(1, 3), NOW)
    assert bench.tick(NOW + seconds(600)) == []
    dark(bench, range(3, 4), NOW + seconds(601))
    assert bench.tick(NOW + seconds(621)) == [("raised", "cabinet_failed")]
    dark(bench, range(1, 2), NOW + seconds(700), "normal")
    assert bench.tick(NOW + seconds(730)) == []  # the others were never heard
    dark(bench, range(4, 6), NOW + seconds(731), "normal")
    assert bench.tick(NOW + seconds(761)) == [("cleared", "cabinet_failed")]


def test_dangerous_goods_off_route() -> None:
    def drive(cargo: str, *, off: bool) -> VehiclePosition:
        return VehiclePosition(35.2, 128.6, 30, 0, "moving", cargo, "1017", off_route=off)  # type: ignore[arg-type]

    bench = Bench()
    bench.say(drive("general", off=True), "changwon/vehicle/V-1", NOW)
    bench.say(drive("dangerous", off=True), "changwon/vehicle/V-2", NOW)
    assert bench.tick(NOW + seconds(10)) == [("raised", "dg_off_route")]
    assert bench.told[0].subject == "changwon/vehicle/V-2"
    bench.say(drive("dangerous", off=False), "changwon/vehicle/V-2", NOW + seconds(20))
    assert bench.tick(NOW + seconds(50)) == [("cleared", "dg_off_route")]


def test_peak_rises_through_its_bands_and_falls() -> None:
    bench = Bench()
    for second in range(0, 120, 10):
        bench.say(MeterReading(960, 0), "changwon/substation/SS-1", NOW + seconds(second))
        bench.tick(NOW + seconds(second))
    assert {told.data.condition for told in bench.told} == {"peak_90", "peak_95"}
    bench.say(MeterReading(100, 0), "changwon/substation/SS-1", NOW + seconds(120))
    bench.tick(NOW + seconds(121))
    assert set(bench.tick(NOW + seconds(300))) == {("cleared", "peak_90"), ("cleared", "peak_95")}


@pytest.mark.parametrize("dock", [DOCK, "D-1"])
def test_a_vehicle_that_stays_over_its_slot(dock: str) -> None:
    slot = (NOW - timedelta(hours=1), NOW)
    bench = Bench()
    bench.say(ShipmentStatus("V-1", dock, "docked", *slot, slot[0]), "changwon/shipment/S-1", NOW)
    assert bench.tick(NOW + timedelta(minutes=15)) == []
    assert bench.tick(NOW + timedelta(minutes=16)) == [("raised", "dock_overrun")]
    assert (bench.told[0].subject, bench.told[0].data.value, bench.told[0].data.cause) == (DOCK, 16, "V-1")
    bench.say(
        ShipmentStatus("V-1", dock, "done", *slot), "changwon/shipment/S-1", NOW + timedelta(minutes=17)
    )
    assert bench.tick(NOW + timedelta(minutes=18)) == [("cleared", "dock_overrun")]


def test_a_feed_is_silent_after_two_beats() -> None:
    bench = Bench()
    bench.say(FeedHeartbeat(10, 5), "changwon/feed/F-1", NOW)
    assert bench.tick(NOW + seconds(20)) == []
    assert bench.tick(NOW + seconds(21)) == [("raised", "feed_silent")]
    bench.say(FeedHeartbeat(10, 6), "changwon/feed/F-1", NOW + seconds(30))
    bench.tick(NOW + seconds(31))
    assert bench.tick(NOW + seconds(36)) == [("cleared", "feed_silent")]


def test_bad_air_lasts_five_minutes_before_it_is_an_alarm() -> None:
    bench = Bench()
    bad = AirObservation(20, 10, 0.12, 0.01, 0.3, 0.003)  # ozone: 149/0.059 x 0.029 + 101 = 174
    bench.say(bad, "changwon/air/AIR-1", NOW)
    assert bench.tick(NOW) == []
    assert bench.tick(NOW + seconds(300)) == [("raised", "air_bad")]
    assert (bench.told[0].data.value, bench.told[0].data.cause) == (174, "o3")


def test_the_same_history_raises_the_same_alarms() -> None:
    def run() -> list[Event]:
        bench = Bench()
        bench.say(gas(20), GAS, NOW, "g1")
        bench.say(seen("fire"), CAM, NOW, "c1")
        bench.tick(NOW + seconds(5))
        return bench.told

    assert run() == run()
    assert len({told.key for told in run()}) == 3


def test_an_event_read_again_raises_nothing_again() -> None:
    bench = Bench()
    told = event(seen("fire"), CAM, NOW)
    bench.state.apply(told)
    first = bench.conditions.take(told)
    assert bench.conditions.take(told) == []
    again = Conditions(PARK, bench.state).take(told)  # a restart before the alarm was recorded
    assert [a.key for a in again] == [a.key for a in first]


def test_a_restart_lets_alarms_stand_and_clears_them_later() -> None:
    before = Bench()
    before.say(gas(11), GAS, NOW)
    before.say(seen("fire"), CAM, NOW)
    before.tick(NOW + seconds(5))
    assert len(before.told) == 2
    after = Bench(before.state)
    assert after.tick(NOW + seconds(6)) == []
    assert after.say(gas(11), GAS, NOW + seconds(10)) == []
    after.say(gas(1), GAS, NOW + seconds(20))
    assert after.tick(NOW + seconds(50)) == [("cleared", "gas_high")]
    assert after.tick(NOW + seconds(301)) == [("cleared", "fire")]


def test_what_began_while_the_watch_was_away_is_raised() -> None:
    state = state_of(event(gas(11), GAS, NOW))
    assert Bench(state).tick(NOW + seconds(10)) == [("raised", "gas_high")]


def test_a_cabinet_alarm_kept_over_a_restart_waits_for_all_its_lamps() -> None:
    raised = AlarmRaised("a-1", "cabinet_failed", "high", 5.0, 3.0)
    bench = Bench(state_of(event(raised, "changwon/cabinet/CAB-1", NOW)))
    dark(bench, range(1, 3), NOW + seconds(60), "normal")
    assert ("cleared", "cabinet_failed") not in bench.tick(NOW + seconds(120))
    dark(bench, range(3, 6), NOW + seconds(130), "normal")
    assert bench.tick(NOW + seconds(160)) == [("cleared", "cabinet_failed")]


def test_a_camera_whose_clock_is_far_ahead_alarms_when_it_was_heard() -> None:
    bench = Bench()
    ahead = event(seen("fire"), CAM, NOW + timedelta(days=1))
    told = replace(ahead, ingested=NOW)
    bench.state.apply(told)
    assert bench._told(bench.conditions.take(told)) == [("raised", "fire")]
    assert bench.told[0].time == NOW
    gas_ahead = replace(event(gas(100), GAS, NOW + timedelta(days=1)), ingested=NOW)
    bench.state.apply(gas_ahead)
    assert bench.conditions.take(gas_ahead) == []


def test_a_feed_is_not_silent_while_nobody_listened() -> None:
    before = state_of(event(FeedHeartbeat(10, 5), "changwon/feed/F-1", NOW))
    bench = Bench(before)
    later = NOW + timedelta(hours=1)  # the room was down for an hour
    assert bench.tick(later) == []
    assert bench.tick(later + seconds(20)) == []
    assert bench.tick(later + seconds(21)) == [("raised", "feed_silent")]
    again = Bench(bench.state)
    assert again.tick(later + seconds(60)) == []  # it stands over the next restart


def test_delays_go_on_where_they_were() -> None:
    first = Bench()
    first.say(gas(12), GAS, NOW)
    first.say(gas(12), GAS, NOW + seconds(4))
    kept = [raw for raw in first.conditions.changes().values() if raw]
    after = Bench(first.state)
    after.conditions = Conditions(PARK, first.state, kept)
    assert after.tick(NOW + seconds(6)) == [("raised", "gas_high")]
    assert after.told[0].time == NOW + seconds(5)
