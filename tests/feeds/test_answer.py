"""From the first gas value to the lights and back, without a person until the end: simulator and watch."""

from datetime import datetime

import pytest

from feeds.simulator.answers import Answers
from feeds.simulator.engine import Engine
from park.alarms.engine import Conditions
from park.alarms.suppression import Suppression
from park.commands.engine import Commands
from park.config.geometry import within
from park.correlation.engine import Correlation
from park.engine.pipeline import Response
from park.events.envelope import Event
from park.incidents.facts import IncidentAdvanced, IncidentVerified
from park.incidents.incident import Incident
from park.lighting.facts import LightStatus
from park.procedures.engine import Procedures
from park.procedures.plan import plan
from park.systems import new_state
from tests.feeds.lived_park import NIGHT, PARK, engine
from tests.park.small_park import event


class Night:
    """A night in the park: the simulator lives, the watch answers, the devices obey, second by second."""

    def __init__(self, scenario: str) -> None:
        self.park: Engine = engine(NIGHT, scenario=scenario)
        self.state = new_state(PARK.assets)
        engines = [
            kind(PARK, self.state) for kind in (Conditions, Suppression, Correlation, Procedures, Commands)
        ]
        self.watch = Response(self.state, engines)
        self.devices = Answers(self.park)
        self.waiting = self.park.roll_call()
        self.deaf = False

    @property
    def now(self) -> datetime:
        return self.park.now

    def live(self, seconds: int) -> None:
        """What the watch tells in one second reaches the devices in the next."""
        for _ in range(seconds):
            heard = [*self.waiting, *self.park.step()]
            told = [event for each in heard for event in self.watch.take(each)] + self.watch.tick(self.now)
            heard_of = [] if self.deaf else told
            self.waiting = [answer for each in heard_of for answer in self.devices.hear(each, self.now)]

    def say(self, fact: IncidentVerified | IncidentAdvanced) -> None:
        self.waiting.append(event(fact, f"changwon/incident/{fact.incident}", self.now))

    def leak(self) -> Incident | None:
        kinds = (i for i in self.state.incidents.values() if i.life.kind == "gas_leak")
        return next(kinds, None)

    def lit(self, lights: list[str]) -> set[float | None]:
        seen = (self.state.fact(light, LightStatus) for light in lights)
        return {fact.dim_pct for fact in seen if fact is not None and fact.state == "normal"}

    def steps(self, incident: Incident) -> dict[str, str]:
        return {s.id: s.state for s in plan(PARK, self.state, incident, self.now).steps}


@pytest.fixture(scope="module")
def night() -> Night:
    made = Night("gas_leak")
    for _ in range(240):
        made.live(1)
        if made.leak():
            break
    return made


def test_lights_go_up_within_two_seconds_and_come_down_after(night: Night) -> None:
    incident = night.leak()
    assert incident is not None, "the leak was recognised"
    place = PARK.assets[incident.life.cause]
    lamps = [a for a in PARK.assets.values() if a.kind == "light"]
    near = [asset.id for asset in within(lamps, place.lat, place.lon, 295)]
    assert night.lit(near) == {50.0}, "dimmed in the small hours"
    night.live(2)
    assert night.lit(near) == {100.0}
    night.live(1)
    steps = night.steps(incident)
    assert (steps["cameras"], steps["lights"], steps["downwind"]) == ("done", "done", "done")
    night.say(IncidentVerified(incident.id, "true", "kim"))
    night.live(30)
    assert night.lit(near) == {100.0}
    for state in ("responding", "controlled"):
        night.say(IncidentAdvanced(incident.id, state, "kim"))
        night.live(1)
    night.live(3)
    assert night.lit(near) == {50.0}
    ends = {c.finished.state for c in night.state.commands.values() if c.finished}
    assert ends <= {"done", "partial"}
    assert all(command.finished for command in night.state.commands.values())
    told: list[Event] = incident.history("step")
    assert len({event.key for event in told}) == len(told)


def test_devices_that_do_not_answer_are_an_alarm_and_no_incident_of_their_own() -> None:
    made = Night("gas_leak")
    made.deaf = True
    while made.leak() is None:
        made.live(1)
    made.live(12)
    assert {c.finished.state for c in made.state.commands.values() if c.finished} == {"timed_out"}
    failed = [alarm for alarm in made.state.alarms.values() if alarm.condition == "command_failed"]
    assert {alarm.asset.split("/")[1] for alarm in failed} == {"camera", "light"}
    assert len(made.state.incidents) == 1
    incident = made.leak()
    assert incident is not None
    assert (made.steps(incident)["cameras"], made.steps(incident)["lights"]) == ("failed", "failed")
