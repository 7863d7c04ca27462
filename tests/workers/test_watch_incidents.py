"""Incidents of the running watch: in the stream, in the record, and once, whatever is restarted."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from redis import Redis

from data.park_files.park import load_park
from data.settings import Settings
from park.cameras.facts import CameraEvent
from park.config.park import Park
from park.environment.facts import GasObservation
from park.events.envelope import Event
from park.incidents.facts import IncidentAcknowledged
from park.state.state import State
from park.systems import new_state
from tests.park.small_park import event
from tests.workers.test_watch import now, record, say, stream, until_quiet
from workers.watch import Watch, recall, take_over

PARK: Park = load_park(Settings())
FALL = "changwon/camera/CAM-030"


def watch(redis: Redis, state: State | None = None) -> Watch:
    return Watch(redis, PARK, state or new_state(PARK.assets), take_over(redis, PARK.id))


def leak() -> list[Event]:
    start = now() - timedelta(seconds=30)
    return [
        event(CameraEvent("fall", FALL, "m", "fall", 0.9), FALL, start),
        *(
            event(GasObservation("NH3", 60.0), "changwon/gas/GAS-001", start + timedelta(seconds=s))
            for s in (0, 10)
        ),
    ]


def test_a_leak_and_a_fall_reach_the_stream_as_one_incident(redis: Redis) -> None:
    say(redis, *leak())
    running = watch(redis)
    until_quiet(running)
    told = stream(redis, "park.incident.")
    assert [e.type for e in told].count("park.incident.opened") == 1
    (held,) = running.state.incidents.values()
    assert {"changwon/gas/GAS-001", "changwon/factory/B-12", FALL} <= {m.asset for m in held.present()}
    assert (held.life.kind, held.life.cause) == ("gas_leak", "changwon/gas/GAS-001")


@pytest.mark.parametrize("recorded", [False, True])
def test_a_restart_tells_no_incident_twice_and_goes_on_with_it(
    redis: Redis, engine: sa.Engine, settings: Settings, recorded: bool
) -> None:
    say(redis, *leak())
    running = watch(redis)
    until_quiet(running)
    (held,) = running.state.incidents.values()
    say(redis, event(IncidentAcknowledged(held.id, "kim"), f"changwon/incident/{held.id}", now()))
    until_quiet(running)
    before = stream(redis, "park.incident.")
    if recorded:
        record(redis, engine)
    again = watch(redis, recall(engine, redis, settings, PARK))
    until_quiet(again)
    assert stream(redis, "park.incident.") == before
    (kept,) = again.state.incidents.values()
    assert (kept.life, kept.present()) == (held.life, held.present())
    other = "changwon/camera/CAM-084"
    say(redis, event(CameraEvent("crowd", other, "m", "crowd", 0.9), other, now()))
    until_quiet(again)
    assert other in {member.asset for member in again.state.incidents[held.id].present()}
