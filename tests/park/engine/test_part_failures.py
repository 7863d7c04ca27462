"""What fails fails alone, is an alarm, and is over when it works again."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from park.alarms import checks as findings
from park.alarms.cards import card
from park.alarms.delays import Finding
from park.alarms.engine import Conditions
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.alarms.suppression import Suppression
from park.cameras.facts import CameraHealth
from park.correlation.engine import Correlation
from park.energy import checks as energy_checks
from park.energy import summary as energy
from park.energy.facts import MeterReading
from park.engine.facts import SystemStatus
from park.engine.pipeline import Engine, Response
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import ASSETS, event, park

START = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
GAS, CAMERA, SUBSTATION = "changwon/gas/GAS-1", "changwon/camera/CAM-1", "changwon/substation/SS-1"
PEAKS = {"peak_90", "peak_95", "peak_100"}


class Room:
    """The engines of the watch in memory, one second a step."""

    def __init__(self, state: State | None = None) -> None:
        self.park = park()
        self.state = state or new_state({one.id: one for one in ASSETS})
        parts = self.park, self.state
        engines: list[Engine] = [Conditions(*parts), Suppression(*parts), Correlation(*parts)]
        self.response = Response(self.state, engines, "changwon")
        self.told: list[Event] = []
        self.now = START

    def live(self, seconds: int, say: Callable[[datetime], list[Event]]) -> list[Event]:
        """Say something each second; return what was told."""
        told: list[Event] = []
        for _ in range(seconds):
            self.now += timedelta(seconds=1)
            for one in say(self.now):
                told += self.response.take(one)
            told += self.response.tick(self.now)
        self.told += told
        return told


def raised(told: list[Event]) -> set[tuple[str, str]]:
    return {(one.subject, one.data.condition) for one in told if isinstance(one.data, AlarmRaised)}


def cleared(told: list[Event]) -> set[tuple[str, str]]:
    return {(one.subject, one.data.condition) for one in told if isinstance(one.data, AlarmCleared)}


def trouble(now: datetime) -> list[Event]:
    lost = CameraHealth("lost", 0.0)
    return [
        event(GasObservation("H2S", 90.0), GAS, now),
        event(lost, CAMERA, now),
        event(MeterReading(1200.0, 1.0), SUBSTATION, now),
    ]


@pytest.fixture
def broken_window(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the energy window fail until the returned function is called."""
    works = energy.window

    def fail(*_: object) -> None:
        raise OverflowError("intermediate overflow in fsum")

    monkeypatch.setattr(energy_checks, "window", fail)
    return lambda: monkeypatch.setattr(energy_checks, "window", works)


def test_a_rule_that_fails_silences_no_other_and_is_an_alarm(broken_window: Callable[[], None]) -> None:
    room = Room()
    found = raised(room.live(90, trouble))
    assert found >= {(GAS, "gas_stel"), (CAMERA, "camera_lost")}
    assert found >= {(f"changwon/rule/{name}", "system_failed") for name in PEAKS}
    statuses = [one for one in room.told if isinstance(one.data, SystemStatus)]
    assert len(statuses) == len(PEAKS)
    assert "intermediate overflow" in statuses[0].data.detail
    broken_window()
    told = room.live(200, trouble)
    assert raised(told) >= {(SUBSTATION, "peak_100")}
    assert cleared(told) >= {(f"changwon/rule/{name}", "system_failed") for name in PEAKS}


def test_a_rule_of_events_that_fails_for_one_asset_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    works = findings.value

    def fail(look: findings.Look, name: str, told: Event) -> Finding | None:
        if told.subject == GAS:
            raise ZeroDivisionError
        return works(look, name, told)

    monkeypatch.setitem(findings.JUDGES, "value", fail)
    room = Room()
    other = "changwon/gas/GAS-2"

    def both(now: datetime) -> list[Event]:
        return [*trouble(now), event(GasObservation("NH3", 90.0), other, now)]

    told = room.live(60, both)
    found = raised(told)
    assert (other, "gas_stel") in found
    assert ("changwon/rule/gas_stel", "system_failed") in found
    of_rule = [one for one in told if one.subject == "changwon/rule/gas_stel"]
    assert len([one for one in of_rule if isinstance(one.data, SystemStatus)]) == 1


def test_an_engine_that_fails_silences_no_other_and_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Correlation, _about: object) -> list[Event]:
        raise KeyError("a case nobody thought of")

    monkeypatch.setattr(Correlation, "take", fail)
    found = raised(Room().live(30, trouble))
    assert found >= {(GAS, "gas_stel"), ("changwon/system/correlation", "system_failed")}


def test_an_event_that_cannot_be_folded_is_told_and_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    works = State.apply

    def fail(self: State, told: Event) -> Event:
        if told.subject == SUBSTATION:
            raise OverflowError
        return works(self, told)

    monkeypatch.setattr(State, "apply", fail)
    found = raised(Room().live(30, trouble))
    assert found >= {(GAS, "gas_stel"), ("changwon/system/state", "system_failed")}


def test_after_a_restart_the_alarm_still_ends(broken_window: Callable[[], None]) -> None:
    first = Room()
    first.live(30, trouble)
    broken_window()
    second = Room(first.state)
    second.now = first.now
    told = second.live(200, trouble)
    assert cleared(told) >= {(f"changwon/rule/{name}", "system_failed") for name in PEAKS}


def test_a_sensor_without_a_value_is_an_alarm_and_takes_none_back() -> None:
    room = Room()
    room.live(20, lambda now: [event(GasObservation("H2S", 90.0), GAS, now)])
    told = room.live(120, lambda now: [event(GasObservation("H2S", 9999.0), GAS, now)])
    assert (GAS, "gas_no_value") in raised(told)
    assert (GAS, "gas_stel") not in cleared(told)
    meter = room.live(120, lambda now: [event(MeterReading(-999.0, 1.0), "changwon/meter/M-1", now)])
    assert ("changwon/meter/M-1", "value_bad") in raised(meter)
    well = room.live(120, lambda now: [event(GasObservation("H2S", 1.0), GAS, now)])
    assert cleared(well) >= {(GAS, "gas_no_value"), (GAS, "gas_stel")}


@pytest.mark.usefixtures("broken_window")
def test_parts_have_names_in_both_languages() -> None:
    room = Room()
    room.live(5, trouble)
    alarm = room.state.open_alarm("changwon/rule/peak_100", "system_failed")
    assert alarm is not None
    shown = card(alarm, room.park.alarms, room.park.assets)
    assert (shown.place.ko, shown.place.en) == (
        "경보 규칙: 최대수요 100% 예측",
        "Alarm rule: Peak demand 100% projected",
    )
