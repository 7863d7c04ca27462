"""Ten minutes of well-formed nonsense from every kind of device: the room goes on as if it had not come."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from data.live.frames import Delta
from data.live.panels import PANELS
from data.live.snapshot import Picture
from data.park_files.park import load_park
from data.record import history
from data.record.store import Store, create_engine, migrate
from data.settings import Settings
from data.stream.redis_stream import Entry, arrived, stamp
from park.alarms.engine import Conditions
from park.alarms.facts import AlarmCleared, AlarmRaised
from park.alarms.suppression import Suppression
from park.cameras.facts import CameraEvent, CameraHealth
from park.commands.engine import Commands
from park.config.park import Park
from park.correlation.engine import Correlation
from park.energy.facts import MeterReading
from park.engine.facts import FeedHeartbeat
from park.engine.part_failures import Troubles
from park.engine.pipeline import Engine, Response
from park.environment.facts import GasObservation, WaterObservation
from park.events.envelope import Event, decode
from park.events.validation import problems
from park.intake.entry import Door
from park.logistics.facts import GateStatus, ShipmentStatus, VehiclePosition
from park.procedures.engine import Procedures
from park.systems import new_state
from tests.extreme_events import LARGEST, SINGLE, TYPES, Extremes
from tests.park.small_park import event
from workers.recorder import sort

PARK: Park = load_park(Settings())
START = datetime(2026, 11, 23, 1, 2, tzinfo=UTC)
SECONDS = 600
A_SECOND = 6  # extreme events
GAS, CAMERA, FALL, GATE = "gas/GAS-002", "camera/CAM-013", "camera/CAM-020", "gate/GATE-W"
METER, SUBSTATION, DOCK, LORRY = "meter/M-A-02", "substation/SUB-1", "dock/D13", "vehicle/V-003"
SUBSTANCE = str(PARK.assets[f"changwon/{GAS}"].traits["substance"])
WATER, FEED = "water/WTR-03", "feed/plc-1"
KNOWN = {
    f"changwon/{name}"
    for name in (GAS, CAMERA, FALL, GATE, METER, SUBSTATION, DOCK, LORRY, WATER, FEED, "site/SITE-1")
}
EXPECTED = {
    (GAS, "gas_stel"), (GAS, "gas_high"), (CAMERA, "camera_lost"), (FALL, "fall"), (GATE, "gate_queue"),
    (METER, "supply_lost"), (SUBSTATION, "peak_100"), (SUBSTATION, "peak_90"), (DOCK, "dock_overrun"),
    (LORRY, "dg_off_route"), (WATER, "water_high"), (FEED, "feed_silent"),
}  # fmt: skip


def ordinary(second: int, now: datetime) -> Iterator[Event]:
    """Yield what the devices of both rooms say: conditions come, and most of them go."""

    def say(asset: str, fact: object) -> Event:
        return event(fact, f"changwon/{asset}", now, f"plain-{asset}-{second}")  # type: ignore[arg-type]

    bad = 120 <= second < 420
    if second % 5 == 0:
        power_kw = 15_400.0 if second < 400 else 9_000.0
        counter_kwh = (15_400.0 * min(second, 400) + 9_000.0 * max(second - 400, 0)) / 3600
        yield say(SUBSTATION, MeterReading(power_kw, counter_kwh))
        yield say(LORRY, VehiclePosition(35.21, 128.66, 20.0, 10.0, "moving", "dangerous", "1017", bad))
    if second % 10 == 0:
        yield say(GAS, GasObservation(SUBSTANCE, 400.0 if bad else 0.1))
        yield say(METER, MeterReading(0.0 if bad else 90.0, 500.0))
        yield say(GATE, GateStatus(14 if bad else 2, 200.0))
        yield say(WATER, WaterObservation(2.6 if bad else 0.5, 7.0, 3.0))
        yield say(CAMERA, CameraHealth("lost" if bad else "ok", 5.0))
    if second == 200:
        yield say(FALL, CameraEvent("fall", f"changwon/{FALL}", "m", "fall", 0.9))
    if second == 5:
        slot = START - timedelta(minutes=50), START - timedelta(minutes=12)
        yield say("site/SITE-1", ShipmentStatus("V-050", "D13", "docked", *slot, slot[0]))
    if second < 100 and second % 10 == 0:
        yield say(FEED, FeedHeartbeat(10.0, second))


def nonsense(second: int, now: datetime) -> Iterator[Event]:
    """Yield what the same devices send in between: values that are none."""

    def say(asset: str, fact: object) -> Event:
        return event(fact, f"changwon/{asset}", now, f"nonsense-{asset}-{second}")  # type: ignore[arg-type]

    value = (LARGEST, -SINGLE, -999.0, SINGLE, -LARGEST)[second % 5]
    yield say(SUBSTATION, MeterReading(value, abs(value) if abs(value) > 1e30 else LARGEST))
    yield say(METER, MeterReading(value, 1.0))
    yield say(WATER, WaterObservation(value, 7.0, 3.0))
    yield say(GAS, GasObservation(SUBSTANCE, 9999.0 if second % 2 else LARGEST))
    yield say(
        LORRY, VehiclePosition(0.0, 0.0, 65535.0, None, "moving", "dangerous", "1017", second % 20 < 10)
    )


class Twin:
    """A room in memory: door, watch, panels and picture, and what they told."""

    def __init__(self) -> None:
        self.state = new_state(PARK.assets)
        parts = PARK, self.state
        answering = Correlation(*parts), Procedures(*parts), Commands(*parts)
        engines: list[Engine] = [Conditions(*parts), Suppression(*parts), *answering]
        self.response = Response(self.state, engines, PARK.id)
        self.live = new_state(PARK.assets)
        self.door, self.troubles = Door(PARK), Troubles(PARK.id, "panel", "gwanje/panels")
        self.picture = Picture(PARK, self.troubles.guard)
        self.alarms: list[tuple[str, str, str, datetime]] = []
        self.frames = 0

    def hear(self, raw: bytes, id_: str) -> None:
        told = self.response.take(self.door.enter(arrived(raw, id_)))
        with self.troubles.guard("state"):
            self.live.apply(self.door.enter(arrived(raw, id_)))
        self._keep(told)

    def pass_to(self, now: datetime, second: int) -> None:
        self._keep(self.response.tick(now))
        self.frames += 1
        self.picture.take(self.live, self.live.drain(), Delta(self.frames, "0-0"))
        if second % 15 == 0:
            shown = {}
            for name, summary in PANELS.items():
                with self.troubles.guard(name):
                    shown[name] = summary(self.live, PARK, now)
            self.picture.show(shown, Delta(self.frames, "0-0"))

    def _keep(self, told: list[Event]) -> None:
        for one in told:
            self.live.apply(one)
            if isinstance(one.data, AlarmRaised | AlarmCleared):
                kind = "raised" if isinstance(one.data, AlarmRaised) else "cleared"
                self.alarms.append((one.subject, one.data.condition, kind, one.time))

    def of(self, assets: set[str], beside: set[str]) -> list[tuple[str, str, str, datetime]]:
        return sorted(one for one in self.alarms if one[0] in assets and one[1] not in beside)


@pytest.fixture
def record(tmp_path: Path) -> sa.Engine:
    engine = create_engine(Settings(database_url=f"sqlite:///{tmp_path / 'record.db'}"))
    migrate(engine)
    return engine


@pytest.mark.parametrize("seed", [20261130])
def test_ten_minutes_of_nonsense_change_nothing_else(
    seed: int, record: sa.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    touched = sorted(PARK.assets.keys() - KNOWN)
    source = Extremes(seed, touched)
    plain, disturbed = Twin(), Twin()
    entries: list[Entry] = []
    heard, refused = set[str](), 0

    def put(told: Event | bytes, now: datetime) -> None:
        raw = told if isinstance(told, bytes) else stamp([told], now)[0]
        entries.append(Entry(f"{int(now.timestamp() * 1000)}-{len(entries)}", raw))
        disturbed.hear(raw, entries[-1].id)

    with caplog.at_level(logging.ERROR):
        for second in range(SECONDS):
            now = START + timedelta(seconds=second)
            for raw in source.take(A_SECOND, now):
                if problems(raw):
                    refused += 1
                else:
                    heard.add(decode(raw).type)
                    put(stamp([decode(raw)], now)[0], now)
            for one in nonsense(second, now - timedelta(milliseconds=500)):
                put(one, now)
            for one in ordinary(second, now):
                plain.hear(stamp([one], now)[0], f"{int(now.timestamp() * 1000)}-0")
                put(one, now)
            plain.pass_to(now, second)
            disturbed.pass_to(now, second)

    # No exception in any part, and every part was asked.
    assert [line.getMessage() for line in caplog.records] == []
    assert disturbed.response.troubles.failures == {}
    assert disturbed.troubles.failures == {}
    assert heard == TYPES.keys()
    assert refused > 100

    # No panel stands: each was drawn, and in numbers that are numbers.
    assert disturbed.picture.panels.keys() == PANELS.keys()
    energy = msgspec.json.decode(disturbed.picture.panels["energy"])
    assert energy["window"]["mean"]["value"] < 20_000
    logistics = msgspec.json.decode(disturbed.picture.panels["logistics"])
    assert f"changwon/{LORRY}" not in [one["vehicle"] for one in logistics["dangerous"] if one["lat"] == 0]

    # No condition is silent, and all else alarms as in an undisturbed run.
    assert {(one[0].partition("/")[2], one[1]) for one in plain.of(KNOWN, set())} >= EXPECTED
    # Beside them: what the nonsense itself is told as, and devices that nobody plays here.
    beside = {"gas_no_value", "value_bad", "command_failed"}
    assert disturbed.of(KNOWN, beside) == plain.of(KNOWN, beside)

    # The record holds every event that the room took, and reads it back.
    accepted, dead = sort(entries, Door(PARK))
    assert dead == []
    done = Store(record).record(accepted)
    assert done.inserted == len(entries)
    far = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
    told = [one.event.time for one in accepted if far[0] <= one.event.time < far[1]]
    assert sum(1 for _ in history.replay(record, *far)) == len(told)
    course = history.trend(record, f"changwon/{SUBSTATION}", "power_kw", START, START + timedelta(hours=1))
    assert {point.value for point in course} == {15_400.0, 9_000.0}
