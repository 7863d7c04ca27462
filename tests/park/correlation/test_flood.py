"""A flood folds, unrelated things stay seen, and a restart at any point loses and doubles nothing."""

import time
from collections import Counter

import pytest

from feeds.simulator.chance import unit
from park.events.envelope import Event
from park.incidents.facts import IncidentJoined, IncidentOpened
from tests.park.small_park import seconds
from tests.park.watched_park import NOW, PARK, Room, raised, sight

OWN = [
    asset for asset in PARK.assets.values() if asset.kind in ("meter", "light", "cabinet", "camera", "gas")
]
FLOOD, UNRELATED, CRITICAL = 10_000, 300, 12


def flood() -> list[Event]:
    """The substation fails: 10,000 alarms of all it feeds within a minute, 300 others among them."""
    names = [asset.id.partition("/")[2] for asset in OWN]
    conditions = {"meter": "supply_lost", "cabinet": "cabinet_failed", "camera": "camera_lost"}
    told = [raised("substation/SUB-1", "supply_lost", 0, "high")]
    for n in range(FLOOD - 1):
        name = names[n % len(names)]
        kind = name.partition("/")[0]
        word = conditions.get(kind, f"{kind}_dead") if n < len(names) else f"{kind}_no_supply"
        told.append(raised(name, word, 1 + 59 * n / FLOOD, "medium"))
    cameras = [asset.id.partition("/")[2] for asset in PARK.assets.values() if asset.kind == "camera"]
    low = [
        raised(cameras[n % 108], ("loitering", "crowd", "camera_view")[n // 108], n / 6, "low")
        for n in range(288)
    ]
    west = [asset for asset in PARK.assets.values() if asset.kind == "camera" and asset.lon < 128.66]
    far = [asset.id.partition("/")[2] for asset in west[:: len(west) // CRITICAL][:CRITICAL]]
    critical = [raised(camera, "fire", 20 + n, "critical") for n, camera in enumerate(far)]
    return sorted([*told, *low, *critical], key=lambda event: event.time)


def test_ten_thousand_alarms_of_one_cause_are_few_items_with_the_true_cause_first() -> None:
    events, room = flood(), Room()
    assert len(events) == FLOOD + UNRELATED
    began = time.process_time()
    room.hear(*events).wait(90, 60)
    took_s = time.process_time() - began
    assert len(room.open) <= (FLOOD + UNRELATED) / 40
    big = max(room.open, key=lambda incident: len(incident.members))
    assert (big.life.kind, big.life.cause) == ("power", "changwon/substation/SUB-1")
    assert len(big.present()) >= 0.95 * FLOOD
    members = (member for incident in room.open for member in incident.present())
    placed = Counter(member.alarm for member in members if member.alarm)  # works are members without one
    assert max(placed.values()) == 1, "in two at once"
    seen = {
        member.asset
        for incident in room.open
        if incident.life.kind == "fire"
        for member in incident.present()
    }
    assert {e.subject for e in events if e.data.priority == "critical"} <= seen, "a critical one is hidden"
    assert took_s < 30


def test_a_storm_of_one_condition_is_one_thing_even_where_no_rule_knows_it() -> None:
    lights = [asset.id.partition("/")[2] for asset in OWN if asset.kind == "light"]
    room = Room().hear(*(raised(light, "light_dim_fault", n / 100, "low") for n, light in enumerate(lights)))
    assert (room.one().life.kind, room.one().life.cause) == ("other", f"changwon/{lights[0]}")
    assert len(room.one().present()) == len(lights)


STORY = [
    sight("camera/CAM-030", "fall", 0),
    raised("gas/GAS-001", "gas_high", 10, "high"),
    sight("camera/CAM-013", "intrusion", 20),
    raised("gas/GAS-001", "gas_stel", 40, "critical"),
    sight("camera/CAM-084", "fire", 45),
    raised("camera/CAM-094", "camera_lost", 50),
    sight("camera/CAM-037", "intrusion", 70),
]


@pytest.mark.parametrize("killed", range(len(STORY) + 1))
def test_a_restart_between_two_events_goes_on_as_if_nothing_was(killed: int) -> None:
    whole = Room().hear(*STORY)
    before = Room().hear(*STORY[:killed])
    after = before.again().hear(*STORY)
    assert _ids(before.told + after.told) == _ids(whole.told)
    assert {i.id: (i.life, i.present()) for i in after.open} == {
        i.id: (i.life, i.present()) for i in whole.open
    }


@pytest.mark.parametrize("seed", range(20))
def test_killed_while_it_tells_nothing_is_lost_and_nothing_doubled(seed: int) -> None:
    whole = Room().hear(*STORY)
    known = seed * len(whole.told) // 20
    after = Room().hear()
    for told in whole.told[:known]:
        after.state.apply(told)
    after = Room(after.state).hear(*STORY).wait(80, 79)
    assert _ids(after.told) | _ids(whole.told[:known]) == _ids(whole.told)
    assert {i.id for i in after.open} == {i.id for i in whole.open}


@pytest.mark.parametrize("seed", range(10))
def test_shuffled_and_repeated_the_same_incidents_come_out(seed: int) -> None:
    events = sorted([*STORY, *STORY], key=lambda event: unit(seed, event.id))
    straight, crooked = Room().hear(*STORY).wait(80, 79), Room().hear(*events).wait(80, 79)
    assert _facts(crooked) == _facts(straight)


def _facts(room: Room) -> set[tuple[str, str, frozenset[str]]]:
    return {(i.life.kind, i.life.cause, frozenset(m.asset for m in i.present())) for i in room.open}


def _ids(told: list[Event]) -> set[str]:
    return {event.id for event in told if isinstance(event.data, IncidentOpened | IncidentJoined)}


def test_the_clock_of_the_machine_plays_no_part() -> None:
    told = Room().hear(*STORY).told
    assert all(NOW <= event.time <= NOW + seconds(71) for event in told)
