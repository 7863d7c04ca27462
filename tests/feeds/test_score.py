"""The score of incidents: pairs one to one, members that differ, what was missed and what was too much."""

from datetime import datetime, timedelta

import pytest
from msgspec import Struct

from feeds.rehearse import disturbed, hear, in_time, watch_engines
from feeds.score import BARS, Score, Staged, Told, counts_for, people_hidden, score, staged_of, told_of
from feeds.simulator.setup import find_scenario
from feeds.simulator.stage import Stage, truth
from park.alarms.engine import Conditions
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentFact,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
    IncidentVerified,
)
from park.incidents.incident import Incident
from tests.feeds.lived_park import DAY, PARK, SETTINGS, engine, live
from tests.park.watched_park import sight

LEAK = Staged("gas_leak", ("g1",), frozenset({"g1", "g2", "c1"}), DAY, DAY + timedelta(minutes=15))
JAM = Staged("dock_jam", ("d1", "d2"), frozenset({"d1", "d2"}), DAY, DAY + timedelta(hours=1))


def told(kind: str, cause: str, *members: str, after_min: float = 1) -> Told:
    start = DAY + timedelta(minutes=after_min)
    return Told(kind, cause, frozenset(members), start, start + timedelta(minutes=2))


def test_all_found_as_staged_is_full_marks() -> None:
    result = score(
        [LEAK, JAM], [told("dock_jam", "d2", "d1", "d2"), told("gas_leak", "g1", "g1", "g2", "c1")]
    )
    assert set(result.figures().values()) == {1.0}
    assert result.passes
    assert result.notes == []


def test_nothing_staged_and_nothing_told_is_full_marks_but_noise_is_not() -> None:
    assert score([], []).passes
    noise = score([], [told("other", "x", "x")])
    assert noise.figures()["precision"] == 0
    assert not noise.passes
    assert noise.notes == ["extra: other at x (x)"]


def test_two_incidents_for_one_are_one_found_and_one_extra() -> None:
    result = score([LEAK], [told("gas_leak", "g1", "g1", "g2"), told("injury", "c1", "c1")])
    assert (result.found, result.told, result.staged) == (1, 2, 1)
    assert result.figures()["precision"] == 0.5
    assert result.figures()["recall"] == 1
    assert result.figures()["members"] == pytest.approx(2 * 2 / (3 + 3))
    assert result.notes == ["g1: 1 lacking: c1", "extra: injury at c1 (c1)"]


def test_one_incident_for_two_leaves_one_missed() -> None:
    result = score([LEAK, JAM], [told("gas_leak", "g1", *LEAK.members, *JAM.members)])
    assert result.figures()["recall"] == 0.5
    assert result.figures()["members"] == pytest.approx(2 * 3 / (5 + 5))
    assert any(note.startswith("missed: dock_jam at d1") for note in result.notes)


def test_a_wrong_cause_and_a_wrong_kind_are_told_apart() -> None:
    result = score([LEAK], [told("fire", "c1", *LEAK.members)])
    figures = result.figures()
    assert (figures["cause"], figures["kind"], figures["members"]) == (0, 0, 1)
    assert result.notes == ["g1: kind fire, is gas_leak", "g1: cause c1"]


def test_elsewhere_or_at_another_time_is_no_match() -> None:
    assert score([LEAK], [told("gas_leak", "g9", "g9")]).found == 0
    assert score([LEAK], [told("gas_leak", "g1", "g1", after_min=26)]).found == 0
    assert score([LEAK], [told("gas_leak", "g1", "g1", after_min=24)]).found == 1, "alarms tell late"


def test_the_best_pair_is_made_first() -> None:
    other = Staged("gas_leak", ("g2",), frozenset({"g2"}), LEAK.start, LEAK.end)
    result = score([other, LEAK], [told("gas_leak", "g1", "g1", "g2", "c1"), told("gas_leak", "g2", "g2")])
    assert (result.found, result.causes, result.members_right) == (2, 2, 4)


def test_scores_add_up_and_each_figure_has_its_bar() -> None:
    good = score([LEAK], [told("gas_leak", "g1", *LEAK.members)])
    bad = score([LEAK], [])
    both = good + bad
    assert (both.staged, both.found, both.told) == (2, 1, 1)
    assert both.figures().keys() == BARS.keys()
    assert not both.passes
    assert Score().passes


class Case(Struct):
    """A hand-made incident and its events so far."""

    incident: Incident
    told: int = 0

    def say(self, fact: IncidentFact, after_s: float = 0) -> None:
        """Let something be told of it."""
        self.told += 1
        time = DAY + timedelta(seconds=after_s)
        subject = f"changwon/incident/{self.incident.id}"
        self.incident.apply(Event(f"e{self.told}", "test", fact.TYPE, subject, time, "changwon", fact))

    def join(self, asset: str, happened: datetime, after_s: float) -> None:
        """Let an asset join."""
        fact = IncidentJoined(
            self.incident.id, f"a-{asset}", asset, "energy", "supply_lost", happened, "near"
        )
        self.say(fact, after_s)


def case(name: str = "i") -> Case:
    made = Case(Incident(name))
    made.say(IncidentOpened(name, "1", "fire", "changwon/camera/CAM-025", "caution"), 10)
    made.join("changwon/camera/CAM-025", DAY, 10)
    return made


def test_what_counts_is_read_from_the_life_of_an_incident() -> None:
    stands, merged, false = case("a"), case("b"), case("c")
    merged.say(IncidentMerged("b", "a", "same_place"), 20)
    false.say(IncidentVerified("c", "false", "kim", "a bonfire"), 20)
    unopened = Incident("d")
    counted = told_of([stands.incident, merged.incident, false.incident, unopened], {})
    assert [incident.cause for incident in counted] == ["changwon/camera/CAM-025"]
    assert counted[0].start == DAY
    assert counted[0].end == DAY + timedelta(seconds=10)


def test_those_that_left_are_no_members_and_a_meter_counts_for_its_firm() -> None:
    made, firms = case(), counts_for(PARK)
    made.join("changwon/meter/M-E-04", DAY, 30)
    made.join("changwon/factory/E-04", DAY, 31)
    made.join("changwon/cabinet/CAB-128", DAY, 32)
    made.say(IncidentLeft("i", "a-changwon/cabinet/CAB-128", "too_far", "kim"), 60)
    (counted,) = told_of([made.incident], firms)
    assert counted.members == {"changwon/camera/CAM-025", "changwon/factory/E-04"}


def test_a_record_of_the_truth_file_is_read_as_staged() -> None:
    jam = find_scenario(SETTINGS, PARK, "dock_jam")
    (record,) = truth("changwon", Stage("changwon").play(jam, DAY))
    staged = staged_of(record, {})
    assert staged.causes == tuple(f"changwon/dock/D3{number}" for number in (1, 2, 3, 4))
    assert staged.start == DAY + timedelta(seconds=5)
    assert set(staged.causes) <= staged.members


def test_a_fifth_of_the_events_is_disturbed_the_same_each_time_and_none_is_lost() -> None:
    events = list(live(engine(), 60))
    arrivals = disturbed(events, 1)
    assert arrivals == disturbed(events, 1)
    assert arrivals != disturbed(events, 2)
    assert {event.key for _, event in arrivals} == {event.key for event in events}
    late = [(at, event) for at, event in arrivals if at != event.time]
    assert len(late) / len(events) == pytest.approx(0.2, abs=0.03)
    assert max((at - event.time).total_seconds() for at, event in late) <= 60
    assert 0.04 < len(arrivals) / len(events) - 1 < 0.1, "a third of them comes twice"
    assert [event.key for _, event in arrivals] != [event.key for event in events]


def test_what_is_heard_is_folded_and_watched_and_time_passes() -> None:
    made = engine(scenario="gas_leak")
    events = [*made.roll_call(), *live(made, 100)]
    ways = {"plain": in_time(events), "disturbed": disturbed(events, 1)}
    for way, arrivals in ways.items():
        state = hear(PARK, arrivals, lambda park, state: [Conditions(park, state)])
        raised = {(alarm.asset, alarm.condition) for alarm in state.alarms.values()}
        assert ("changwon/gas/GAS-001", "gas_stel") in raised, way
        assert ("changwon/camera/CAM-030", "fall") in raised, way


def test_people_in_danger_that_no_incident_about_people_holds_are_counted() -> None:
    alone = hear(PARK, in_time([sight("camera/CAM-030", "fall", 0)]), lambda p, s: [Conditions(p, s)])
    assert people_hidden(PARK, alone) == ["changwon/camera/CAM-030 fall"]
    seen = hear(PARK, in_time([sight("camera/CAM-030", "fall", 0)]), watch_engines)
    assert people_hidden(PARK, seen) == []
    assert not Score(people_hidden=1).passes
