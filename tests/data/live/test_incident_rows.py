"""Incidents on the push: the latest card of each, their alarms folded, nothing lost when they end."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from data.live.frames import Delta
from data.live.incident_rows import MOST_ALARMS
from data.live.snapshot import Picture, touched
from park.alarms.facts import AlarmRaised
from park.commands.facts import CommandAnswered, CommandRequested
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
)
from park.systems import new_state
from tests.park.small_park import ASSETS, event, park

GAS = "changwon/gas/GAS-2"
WHEN = datetime.now(UTC) - timedelta(minutes=5)


class Screen:
    """A picture, and what a screen that saw all its deltas knows."""

    def __init__(self) -> None:
        self.state = new_state({a.id: a for a in ASSETS})
        self.picture = Picture(park())
        self.alarms: dict[str, Any] = {}
        self.incidents: dict[str, Any] = {}
        self.sent = 0

    def tell(self, *events: Event) -> None:
        for told in events:
            self.state.apply(told)
        delta = Delta(1, "1-0")
        self.picture.take(self.state, self.state.drain(), delta)
        self.see(delta.messages())

    def see(self, messages: list[dict[str, Any]]) -> None:
        for message in msgspec.json.decode(msgspec.json.encode(messages)):
            match message["k"]:
                case "alarms":
                    self.sent += len(message["d"])
                    for row in message["d"]:
                        self.alarms.pop(row["alarm"], None)
                        if row["state"] != "normal":
                            self.alarms[row["alarm"]] = row
                case "incidents":
                    for row in message["d"]:
                        self.incidents.pop(row["incident"], None)
                        if row["state"] not in ("closed", "merged"):
                            self.incidents[row["incident"]] = row

    def fresh(self) -> "Screen":
        """What a screen that opens now is told."""
        other = Screen()
        other.see(self.picture.snapshot())
        return other


def then(fact: FactBase, seconds: float = 0, subject: str = "x/i") -> Event:
    return event(fact, subject, WHEN + timedelta(seconds=seconds))


def opened(name: str = "i-1") -> Event:
    return then(IncidentOpened(name, "1", "gas_leak", GAS, "serious", 35.2, 128.6))


def raised(number: int) -> Event:
    return then(AlarmRaised(f"a{number}", "c", "critical"), number / 1000, f"changwon/gas/G-{number}")


def joined(number: int, name: str = "i-1", seconds: float = 1.0) -> Event:
    alarm, asset = f"a{number}", f"changwon/gas/G-{number}"
    fact = IncidentJoined(name, alarm, asset, "gas", "gas_stel", WHEN, "cause", alarm=alarm)
    return then(fact, seconds)


def closed(name: str = "i-1") -> list[Event]:
    return [
        then(IncidentAcknowledged(name, "kim"), 10),
        then(IncidentAdvanced(name, "closed", "kim"), 11),
    ]


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_an_alarm_names_the_standing_incident_that_it_is_a_member_of(screen: Screen) -> None:
    screen.tell(raised(1), raised(2))
    before = screen.alarms["a1"]
    assert before["incident"] is None
    screen.tell(opened(), joined(1))
    assert screen.alarms["a1"]["incident"] == "i-1"
    assert screen.alarms["a2"]["incident"] is None
    assert screen.incidents["i-1"]["members"] == 1
    screen.tell(then(IncidentLeft("i-1", "a1", "apart"), 5))
    assert screen.alarms["a1"]["incident"] is None


def test_the_join_may_come_before_the_alarm(screen: Screen) -> None:
    screen.tell(opened(), joined(1))
    screen.tell(raised(1))
    assert screen.alarms["a1"]["incident"] == "i-1"


def test_beyond_fifty_the_alarms_of_an_incident_are_only_counted(screen: Screen) -> None:
    screen.tell(opened(), *(joined(n) for n in range(80)), *(raised(n) for n in range(80)))
    assert len(screen.alarms) == MOST_ALARMS
    assert screen.incidents["i-1"]["members"] == 80
    assert screen.fresh().alarms == screen.alarms


def test_alarms_shown_before_they_joined_leave_the_screens(screen: Screen) -> None:
    screen.tell(*(raised(n) for n in range(80)))
    assert len(screen.alarms) == 80
    screen.tell(opened(), *(joined(n) for n in range(80)))
    assert len(screen.alarms) == MOST_ALARMS


def test_what_still_stands_when_the_incident_ends_is_shown_again(screen: Screen) -> None:
    screen.tell(opened(), *(joined(n) for n in range(80)), *(raised(n) for n in range(80)))
    screen.tell(*closed())
    assert screen.incidents == {}
    assert len(screen.alarms) == 80
    assert {row["incident"] for row in screen.alarms.values()} == {None}


def test_a_merged_incident_gives_its_alarms_to_the_other(screen: Screen) -> None:
    screen.tell(raised(1), opened(), joined(1), opened("i-2"))
    screen.tell(then(IncidentMerged("i-1", "i-2", "same"), 3), joined(1, "i-2", 3))
    assert set(screen.incidents) == {"i-2"}
    assert screen.alarms["a1"]["incident"] == "i-2"


def test_what_was_missed_is_told_once_more(screen: Screen) -> None:
    missed = [
        opened(),
        raised(1),
        joined(1),
        then(CommandRequested("c", "light.dim", ("l",), incident="i-1"), 2),
    ]
    screen.tell(*missed, then(CommandAnswered("c", "l", ok=True), 3))
    late, delta = Screen(), Delta(1, "1-0")
    events = [*missed[1:2], then(CommandAnswered("c", "l", ok=True), 3)]
    screen.picture.draw(screen.state, touched(events, screen.state), delta)
    late.see(delta.messages())
    assert late.alarms == screen.alarms
    assert late.incidents == screen.incidents


def test_an_incident_that_ended_meanwhile_is_told_to_have_ended(screen: Screen) -> None:
    screen.tell(opened(), *closed())
    delta = Delta(1, "1-0")
    screen.picture.draw(screen.state, touched(closed(), screen.state), delta)
    assert [msgspec.json.decode(row)["state"] for row in delta.incidents.values()] == ["closed"]


def test_two_deltas_joined_keep_the_latest_card() -> None:
    first, second = Delta(1, "1-0"), Delta(2, "2-0")
    first.incidents = {"a": msgspec.Raw(b"1"), "b": msgspec.Raw(b"1")}
    second.incidents = {"a": msgspec.Raw(b"2")}
    assert {name: bytes(row) for name, row in first.then(second).incidents.items()} == {"a": b"2", "b": b"1"}
    assert second


def test_ten_thousand_members_are_drawn_in_time_and_none_is_forgotten(screen: Screen) -> None:
    screen.tell(opened())
    began = time.process_time()
    for start in range(0, 10_000, 50):
        numbers = range(start, start + 50)
        screen.tell(*(raised(n) for n in numbers), *(joined(n) for n in numbers))
    assert time.process_time() - began < 20
    time.sleep(0.3)  # a large incident is drawn at most four times a second
    screen.tell()
    assert screen.incidents["i-1"]["members"] == 10_000
    assert len(screen.alarms) == MOST_ALARMS
    assert screen.sent <= 2 * MOST_ALARMS, "the rest is counted, not sent"
