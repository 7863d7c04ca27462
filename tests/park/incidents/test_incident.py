"""The fold of an incident: the same whatever the order, its life walked by the table."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentAssigned,
    IncidentCorrected,
    IncidentEscalated,
    IncidentGraded,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
)
from park.incidents.incident import LIFE, Act, Incident, IncidentState, incident_id, told_id
from tests.park.small_park import at, event

NOW = at("2026-11-23 03:00")
ACTS: dict[Act, FactBase] = {
    "acknowledge": IncidentAcknowledged("i", "kim"),
    "verify": IncidentVerified("i", "true", "kim"),
    "responding": IncidentAdvanced("i", "responding", "kim"),
    "controlled": IncidentAdvanced("i", "controlled", "kim"),
    "closed": IncidentAdvanced("i", "closed", "kim"),
}


def opened(after_s: float = 0) -> Event:
    return told(IncidentOpened("i", "2026-1123-01", "gas_leak", "changwon/gas/GAS-001", "caution"), after_s)


def joined(member: str, after_s: float, asset: str = "changwon/gas/GAS-001") -> Event:
    return told(IncidentJoined("i", member, asset, "gas", "gas_high", when(after_s), "cause"), after_s)


def left(member: str, after_s: float) -> Event:
    return told(IncidentLeft("i", member, "hand", "kim"), after_s)


def told(fact: FactBase, after_s: float = 0) -> Event:
    return event(fact, "changwon/incident/i", when(after_s))


def when(after_s: float) -> datetime:
    return NOW + timedelta(seconds=after_s)


def fold(*events: Event) -> Incident:
    made = Incident("i")
    for happened in events:
        made.apply(happened)
    return made


@pytest.mark.parametrize("state", get_args(IncidentState))
@pytest.mark.parametrize("act", get_args(Act))
def test_every_act_in_every_state_does_what_the_table_says(state: IncidentState, act: Act) -> None:
    way = _way_to(state)
    made = fold(opened(), *(told(ACTS[step], 1 + n) for n, step in enumerate(way)), told(ACTS[act], 9))
    assert made.life.state == LIFE.get((state, act), state)


def test_every_state_is_reached_and_only_a_closed_one_is_left_no_more() -> None:
    ends = {state for state in get_args(IncidentState) if not any(s == state for s, _ in LIFE)}
    assert ends == {"closed"}
    assert {state for state in get_args(IncidentState) if state == "new" or _way_to(state)} == set(
        get_args(IncidentState)
    )


def test_it_counts_only_once_its_opening_was_told() -> None:
    made = fold(joined("a", 1), told(ACTS["acknowledge"], 2))
    assert not made.life.stands
    made.apply(opened())
    assert made.life.stands
    assert made.life.state == "acknowledged"
    assert [member.id for member in made.present()] == ["a"]


def test_a_member_that_left_is_gone_until_it_joins_again() -> None:
    made = fold(opened(), joined("a", 1), joined("b", 2), left("a", 3))
    assert [member.id for member in made.present()] == ["b"]
    made.apply(joined("a", 4))
    assert [member.id for member in made.present()] == ["b", "a"]
    made.apply(left("a", 5))
    assert made.members["a"].happened_ms == int(when(4).timestamp() * 1000)


def test_what_was_known_of_it_is_its_newest_word() -> None:
    made = fold(
        opened(),
        told(IncidentCorrected("i", "fire", "changwon/camera/CAM-025", "r"), 5),
        told(IncidentGraded("i", "serious", "r"), 6),
        told(IncidentAssigned("i", "lee", "kim"), 7),
        told(IncidentStep("i", "call", "done", "lee"), 8),
        told(IncidentEscalated("i", 1, "manager", "r"), 9),
    )
    life = made.life
    assert (life.kind, life.cause, life.grade) == ("fire", "changwon/camera/CAM-025", "serious")
    assert (life.owner, life.steps["call"].user) == ("lee", "lee")
    assert life.escalations[0][:2] == (1, "manager")


def test_one_that_was_merged_stands_no_more() -> None:
    made = fold(opened(), told(IncidentMerged("i", "j", "r"), 3))
    assert not made.life.stands
    assert made.life.merged_into == "j"


def test_telling_twice_is_once_and_no_news() -> None:
    made, first = fold(opened()), joined("a", 1)
    assert made.apply(first)
    rev = made.rev
    assert not made.apply(first)
    assert not made.apply(opened_again(made))
    assert made.rev == rev


def opened_again(made: Incident) -> Event:
    return made.history("opened")[0]


def test_ids_are_made_of_what_they_follow_from() -> None:
    assert incident_id("a") == incident_id("a") != incident_id("b")
    assert told_id("a", 1) == told_id("a", 1) != told_id("a", 2)


WORDS = st.lists(
    st.one_of(
        st.sampled_from(list(ACTS.values())),
        st.builds(lambda m: ("join", m), st.sampled_from("abc")),
        st.builds(lambda m: ("leave", m), st.sampled_from("abc")),
        st.sampled_from([IncidentGraded("i", "alert", "r"), IncidentAssigned("i", "lee", "kim")]),
    ),
    max_size=12,
)


@settings(max_examples=300, deadline=None)
@given(words=WORDS, data=st.data())
def test_the_order_of_arrival_and_repetition_change_nothing(words: list[Any], data: st.DataObject) -> None:
    events = [opened()]
    for number, word in enumerate(words, 1):
        if isinstance(word, tuple):
            events.append(joined(word[1], number) if word[0] == "join" else left(word[1], number))
        else:
            events.append(told(word, number))
    shuffled = data.draw(st.permutations([*events, *events]))
    straight, crooked = fold(*events), fold(*shuffled)
    assert straight.life == crooked.life
    assert [m.id for m in straight.present()] == [m.id for m in crooked.present()]
    assert (straight.life.state, "responding") in LIFE or straight.life.state in get_args(IncidentState)


def _way_to(state: IncidentState) -> list[Act]:
    """Return the shortest acts from new to a state."""
    ways: dict[IncidentState, list[Act]] = {"new": []}
    for _ in get_args(IncidentState):
        for (start, act), end in LIFE.items():
            if start in ways and end not in ways:
                ways[end] = [*ways[start], act]
    return ways[state]
