"""The device side of commands: what the lights, gates, vehicles, cameras and signs do and answer."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from data.settings import Settings
from data.stream.redis_stream import Stream
from feeds.simulator.answers import Answers
from feeds.simulator.effects import Blind, Dark, Scenario, Silence
from feeds.simulator.engine import Engine
from feeds.simulator.setup import Kept, Memory
from park.commands.facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.events.envelope import Event, decode
from park.events.facts import Fact
from park.lighting.facts import LightStatus
from park.logistics.facts import GatePassage, GateStatus, VehiclePosition
from tests.faults.machine_pauses import Pauses
from tests.feeds.lived_park import DAY, NIGHT, PARK, engine, live
from tests.sample_events import entries
from workers.simulator import Simulator, _run

LIGHTS = tuple(f"changwon/light/L-{number:04}" for number in range(1, 31))
GATES = tuple(asset.id for asset in PARK.assets.values() if asset.kind == "gate")


def said(fact: Fact, command: str, time: datetime = NIGHT) -> Event:
    return Event(
        f"{command}-{fact.TYPE}", "test", fact.TYPE, f"changwon/command/{command}", time, "changwon", fact
    )


def dim(command: str, value: float | None, until: datetime | None = None, *, confirm: bool = False) -> Event:
    fact = CommandRequested(command, "light.dim", LIGHTS, value, until=until, confirm=confirm)
    return said(fact, command)


def levels(told: list[Event]) -> dict[str, Any]:
    return {event.subject: event.data.dim_pct for event in told if isinstance(event.data, LightStatus)}


def words(told: list[Event]) -> dict[str, tuple[bool, str]]:
    answers = (event.data for event in told if isinstance(event.data, CommandAnswered))
    return {answer.target: (answer.ok, answer.detail) for answer in answers}


def staged(made: Engine, *effects: Silence | Dark | Blind) -> None:
    made.stage.play(Scenario(name={"ko": "시험", "en": "test"}, incidents=(), effects=effects), made.now)


@pytest.fixture
def night() -> Engine:
    return engine(NIGHT)


def test_lights_go_up_and_come_down_again(night: Engine) -> None:
    answers = Answers(night)
    told = answers.hear(dim("c1", 100.0), night.now)
    up, answered = levels(told), words(told)
    assert set(answered) == set(LIGHTS)
    assert set(up.values()) == {100.0}
    assert set(up) == {light for light, (ok, _detail) in answered.items() if ok}
    assert {detail for ok, detail in answered.values() if not ok} <= {"failed"}
    assert all(event.data.power_w == 70.0 for event in told if isinstance(event.data, LightStatus))
    kept = levels([event for event in live(night, 300) if event.subject in up])
    assert kept == up, "each light's own turn says the same"
    down = levels(answers.hear(dim("c2", None), night.now))
    assert down == dict.fromkeys(up, 50.0), "the schedule of the small hours"


def test_the_same_command_twice_is_carried_out_once(night: Engine) -> None:
    answers = Answers(night)
    assert answers.hear(dim("c1", 100.0), night.now)
    assert answers.hear(dim("c1", 100.0), night.now) == []


def test_lights_come_down_by_themselves_when_the_time_is_over(night: Engine) -> None:
    answers = Answers(night)
    up = levels(answers.hear(dim("c1", 30.0, night.now + timedelta(seconds=3)), night.now))
    assert set(up.values()) == {30.0}
    down = levels([event for event in live(night, 4) if event.subject in up])
    assert down == dict.fromkeys(up, 50.0)


def test_broken_lights_refuse_and_silent_ones_say_nothing(night: Engine) -> None:
    dark, mute = LIGHTS[0].removeprefix("changwon/"), LIGHTS[1].removeprefix("changwon/")
    staged(
        night,
        Dark(at_s=0, for_s=60, on=(dark,), state="unreachable"),
        Silence(at_s=0, for_s=60, on=(mute,)),
    )
    answered = words(Answers(night).hear(dim("c1", 100.0), night.now))
    assert answered[LIGHTS[0]] == (False, "unreachable")
    assert LIGHTS[1] not in answered
    assert answered[LIGHTS[2]] == (True, "100 %")


def test_a_command_with_two_steps_waits_for_its_second(night: Engine) -> None:
    answers = Answers(night)
    assert answers.hear(dim("c1", 100.0, confirm=True), night.now) == []
    assert levels(answers.hear(said(CommandConfirmed("c1", "kim"), "c1"), night.now))
    assert answers.hear(dim("c2", 0.0, confirm=True), night.now) == []
    answers.hear(said(CommandFinished("c2", "cancelled", 0, 30), "c2"), night.now)
    assert answers.hear(said(CommandConfirmed("c2", "kim"), "c2"), night.now) == []


def test_what_was_told_is_held_over_a_restart(night: Engine, tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    first = Answers(night, path)
    up = levels(first.hear(dim("c1", 100.0), night.now))
    gate = said(CommandRequested("g1", "gate.hold", GATES), "g1")
    first.hear(gate, night.now)
    first.save("17-0")
    again = engine(NIGHT + timedelta(minutes=1))
    second = Answers(again, path)
    assert second.orders.at == "17-0"
    held = levels([event for event in again.roll_call() if event.subject in up])
    assert held == up
    assert all(again.traffic.gates[name].held for name in GATES)


def test_no_vehicle_passes_a_gate_that_is_held() -> None:
    made = engine(DAY)
    answers = Answers(made)
    told = answers.hear(said(CommandRequested("g1", "gate.hold", GATES), "g1", DAY), made.now)
    assert words(told) == dict.fromkeys(GATES, (True, "held"))
    assert {event.data.open for event in told if isinstance(event.data, GateStatus)} == {False}
    held = list(live(made, 600))
    assert not [event for event in held if isinstance(event.data, GatePassage)]
    queues = [event.data.queue_vehicles or 0 for event in held if isinstance(event.data, GateStatus)]
    assert max(queues) > 0
    answers.hear(said(CommandRequested("g2", "gate.hold", GATES, 0.0), "g2", DAY), made.now)
    assert [event for event in live(made, 120) if isinstance(event.data, GatePassage)]


def test_a_gate_opens_by_itself_when_the_time_is_over() -> None:
    made = engine(DAY)
    answers, until = Answers(made), DAY + timedelta(seconds=10)
    answers.hear(said(CommandRequested("g1", "gate.hold", GATES[:1], until=until), "g1", DAY), made.now)
    assert answers.pass_time(until - timedelta(seconds=1)) == []
    (told,) = answers.pass_time(until)
    assert (told.subject, told.data.open) == (GATES[0], True)


def test_a_vehicle_that_is_told_to_stop_stays_where_it_is() -> None:
    made = engine(DAY)
    answers = Answers(made)
    moving = [v.asset.id for v in made.traffic.vehicles.values() if v.doing == "roaming"][:3]
    away = next(v.asset.id for v in made.traffic.vehicles.values() if v.doing == "away")
    fact = CommandRequested("v1", "vehicle.reroute", (*moving, away))
    answered = words(answers.hear(said(fact, "v1", DAY), made.now))
    assert answered == dict.fromkeys(moving, (True, "stopped")) | {away: (False, "not in the park")}

    def places() -> set[tuple[str, float, float, float]]:
        seen = (e for e in live(made, 20) if isinstance(e.data, VehiclePosition) and e.subject in moving)
        return {(event.subject, event.data.lat, event.data.lon, event.data.speed_kmh) for event in seen}

    assert len(places()) == 3, "one place each"
    answers.hear(said(CommandRequested("v2", "vehicle.reroute", tuple(moving), 0.0), "v2", DAY), made.now)
    assert len(places()) > 20


def test_cameras_and_signs_answer() -> None:
    made = engine(DAY)
    camera, other = (f"changwon/camera/CAM-{number:03}" for number in (1, 2))
    staged(made, Blind(at_s=0, for_s=60, on=("camera/CAM-002",)))
    answers = Answers(made)
    fact = CommandRequested("p1", "camera.point", (camera, other), text="35.2,128.6")
    assert words(answers.hear(said(fact, "p1", DAY), made.now)) == {
        camera: (True, "fixed, marked"),
        other: (False, "no picture"),
    }
    shown = CommandRequested("s1", "sign.show", ("changwon/factory/B-12",), text="대피")
    assert words(answers.hear(said(shown, "s1", DAY), made.now)) == {"changwon/factory/B-12": (True, "shown")}
    wrong = CommandRequested("s2", "sign.show", ("changwon/factory/none", camera), text="대피")
    assert {ok for ok, _ in words(answers.hear(said(wrong, "s2", DAY), made.now)).values()} == {False}


@pytest.fixture
def running(settings: Settings, redis: Redis) -> Iterator[Simulator]:
    """A simulator that lives in real time on a real Redis."""
    now = datetime.now(UTC).replace(microsecond=0)
    Memory(settings.var / "simulator" / "changwon.json").save(Kept(now))
    simulator, stop = Simulator(settings, redis, now), threading.Event()
    simulator.listen(now)
    thread = threading.Thread(target=_run, args=(simulator, stop))
    thread.start()
    yield simulator
    stop.set()
    thread.join()


def test_the_lights_of_the_running_simulator_go_up_within_two_seconds(
    running: Simulator, redis_url: str, tmp_path: Path
) -> None:
    client = Redis.from_url(redis_url)
    stream, working = Stream(client, running.settings.park), {LIGHTS[n] for n in range(3, 12)}

    def lit(value: float | None) -> Callable[[], bool]:
        def met() -> bool:
            known = levels([decode(raw) for _, raw in entries(client) if b"park.light.status" in raw])
            return all(
                (known.get(light) == 100.0) == (value == 100.0) and light in known for light in working
            )

        return met

    with Pauses(tmp_path) as pauses:
        for command, value in (("up", 100.0), ("down", None)):
            fact = CommandRequested(command, "light.dim", tuple(working), value)
            asked = time.monotonic()
            stream.append([said(fact, command, datetime.now(UTC))])
            while not lit(value)():
                took_s = time.monotonic() - asked
                assert took_s < 2.0 or took_s < 2.0 + pauses.longest_s(), f"{command} took too long"
                time.sleep(0.05)
    client.close()
