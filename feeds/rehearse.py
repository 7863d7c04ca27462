"""Scenarios lived in memory under the engines of the watch, to see which incidents they tell.

Every scenario is lived once per seed and start (by day, by night) and heard twice: as it happens, and
disturbed: one event in five comes late (up to 60 s), twice, or out of order.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from data.park_files.park import load_park
from data.settings import Settings
from feeds.score import BARS, Score, counts_for, people_hidden, score, staged_of, told_of
from feeds.simulator.chance import unit
from feeds.simulator.effects import Scenario
from feeds.simulator.engine import Engine as Simulator
from feeds.simulator.setup import find_scenario
from feeds.simulator.stage import truth
from park.alarms.engine import Conditions
from park.config.park import Park
from park.correlation.engine import Correlation
from park.engine.pipeline import Engine, Response
from park.events.envelope import Event
from park.state.state import State
from park.systems import new_state

STARTS = {  # by parity of the seed: by day, by night
    1: datetime.fromisoformat("2026-11-23T10:00:00+09:00").astimezone(UTC),
    0: datetime.fromisoformat("2026-11-23T02:00:00+09:00").astimezone(UTC),
}
SETTLE_S = 90
DISTURBED = 0.2
LATE_S = 60.0
SHUFFLED_S = 5.0
Engines = Callable[[Park, State], list[Engine]]
Arrival = tuple[datetime, Event]


@dataclass(frozen=True)
class Lived:
    """A scenario that was lived: what happened and what was staged."""

    start: datetime
    events: list[Event]
    truth: list[dict[str, object]]


def live(settings: Settings, park: Park, scenario: Scenario, seed: int, start: datetime) -> Lived:
    """Live a scenario to its end and return all that happened."""
    simulator = Simulator(park, settings.park_dir, seed, start)
    staged = simulator.stage.play(scenario, start)
    last_s = (
        max(incident.at_s + incident.for_s for incident in scenario.incidents) if scenario.incidents else 0
    )
    end = max(staged.end if not last_s else start, start + timedelta(seconds=last_s + SETTLE_S))
    events = simulator.roll_call()
    while simulator.now < end:
        events += simulator.step()
    return Lived(start, events, truth(park.id, staged))


def watch_engines(park: Park, state: State) -> list[Engine]:
    """Return the engines of the watch that tell alarms and incidents."""
    return [Conditions(park, state), Correlation(park, state)]


def in_time(events: Iterable[Event]) -> list[Arrival]:
    """Let every event arrive when it happens."""
    return [(event.time, event) for event in events]


def disturbed(events: Iterable[Event], seed: int) -> list[Arrival]:
    """Let a fifth of the events arrive late, twice or out of order; the same seed disturbs the same."""
    arrivals = [arrival for event in events for arrival in _disturb(event, seed)]
    return sorted(arrivals, key=lambda arrival: arrival[0])


def _disturb(event: Event, seed: int) -> Iterator[Arrival]:
    if unit(seed, event.id, "disturbed") >= DISTURBED:
        yield event.time, event
        return
    later_s = LATE_S * unit(seed, event.id, "later")
    match int(3 * unit(seed, event.id, "how")):
        case 0:
            yield event.time + timedelta(seconds=later_s), event
        case 1:
            yield event.time, event
            yield event.time + timedelta(seconds=later_s), event
        case _:
            yield event.time + timedelta(seconds=SHUFFLED_S * later_s / LATE_S), event


def hear(park: Park, arrivals: Iterable[Arrival], engines: Engines) -> State:
    """Fold what arrives as the watch does, letting time pass each second; return the last state."""
    state = new_state(park.assets)
    response = Response(state, engines(park, state), park.id)
    tick: datetime | None = None
    for arrived, event in arrivals:
        while tick is not None and arrived - tick >= timedelta(seconds=1):
            tick += timedelta(seconds=1)
            response.tick(tick)
        tick = tick or arrived.replace(microsecond=0)
        response.take(replace(event, ingested=arrived))
    if tick is not None:
        response.tick(tick + timedelta(seconds=1))
    return state


def rehearse(settings: Settings, park: Park, path: Path, seeds: Iterable[int]) -> dict[str, Score]:
    """Live a scenario with every seed and hear it both ways; return the score by way (``1 plain`` …)."""
    scenario, firms = find_scenario(settings, park, str(path)), counts_for(park)
    scores = dict[str, Score]()
    for seed in seeds:
        lived = live(settings, park, scenario, seed, STARTS[seed % 2])
        staged = [staged_of(record, firms) for record in lived.truth]
        ways = {"plain": in_time(lived.events), "disturbed": disturbed(lived.events, seed)}
        for way, arrivals in ways.items():
            state = hear(park, arrivals, watch_engines)
            result = score(staged, told_of(state.incidents.values(), firms))
            hidden = people_hidden(park, state)
            result.people_hidden = len(hidden)
            result.notes += [f"in danger, in no incident about people: {name}" for name in hidden]
            scores[f"{seed} {way}"] = result
    return scores


def report(
    settings: Settings, folder: Path, only: list[str], seeds: list[int], write: Callable[[str], object]
) -> int:
    """Rehearse all scenarios of a folder, on all cores, and write the figures; 1 below a bar.

    Raises:
        ScenarioError, ParkFileError: before anything is lived.
    """
    paths = sorted(path for path in folder.glob("*.toml") if not only or path.stem in only)
    park = load_park(settings)
    total = Score()
    started = time.monotonic()
    for path in paths:
        find_scenario(settings, park, str(path))
    write(
        f"{'scenario':24} {'run':12} " + " ".join(f"{name:>9}" for name in BARS) + "  extra missed hidden\n"
    )
    with ProcessPoolExecutor() as pool:
        jobs = [pool.submit(rehearse, settings, park, path, seeds) for path in paths]
        for path, job in zip(paths, jobs, strict=True):
            for way, result in job.result().items():
                write(_line(path.stem, way, result))
                write("".join(f"    {note}\n" for note in result.notes))
                total += result
    write(_line("total", f"{len(paths)} files", total))
    word = "passed" if paths and total.passes else "NOT PASSED"
    bars = " ".join(f"{bar:9.2f}" for bar in BARS.values())
    write(f"{'bar':37} {bars}  {word}, {time.monotonic() - started:.0f} s\n")
    return 0 if paths and total.passes else 1


def _line(name: str, way: str, result: Score) -> str:
    figures = " ".join(f"{value:9.3f}" for value in result.figures().values())
    extra = result.told - result.found
    missed = result.staged - result.found
    return f"{name:24} {way:12} {figures}  {extra:5} {missed:6} {result.people_hidden:6}\n"
