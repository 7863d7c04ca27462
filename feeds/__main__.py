"""``python -m feeds``: simulate a park, stage a scenario in a running one, make an inventory."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import redis

from data.park_files.park import ParkFileError, load_park
from data.settings import Settings
from data.stream.redis_stream import Stream, connect
from data.stream.spool import Spool
from feeds import rehearse
from feeds.simulator import inventory
from feeds.simulator.setup import find_scenario, open_engine, requests_key
from feeds.simulator.stage import ScenarioError, truth
from park.events.envelope import Event, encode


def simulate(settings: Settings, asked: argparse.Namespace) -> int:
    """Live a park, into the stream or into a file, until the hours are over or forever."""
    start = asked.start or datetime.now(UTC).replace(microsecond=0)
    engine = open_engine(settings, asked.seed, start)
    if asked.scenario:
        staged = engine.stage.play(find_scenario(settings, load_park(settings), asked.scenario), start)
        if asked.truth:
            _write_lines(asked.truth, truth(settings.park, staged))
    end = start + timedelta(hours=asked.hours) if asked.hours else None
    take, close = _outlet(settings, asked.out)
    try:
        take(engine.roll_call())
        while end is None or engine.now < end:
            began = time.monotonic()
            take(engine.step())
            if asked.speed and not asked.out:
                time.sleep(max(0.0, 1 / asked.speed - (time.monotonic() - began)))
    except KeyboardInterrupt:
        return 130
    finally:
        close()
    return 0


def scenario(settings: Settings, asked: argparse.Namespace) -> int:
    """Ask the running simulator to stage a scenario now; it is checked first."""
    find_scenario(settings, load_park(settings), asked.name)
    connect(settings).rpush(requests_key(settings.park), asked.name)
    sys.stdout.write(f"{asked.name}: asked for / 요청함\n")
    return 0


def make_inventory(settings: Settings, asked: argparse.Namespace) -> int:
    """Write the assets, streets, buildings and zones of a synthetic park."""
    inventory.write(inventory.build(settings.park, asked.lat, asked.lon, asked.seed), settings.park_dir)
    return 0


def score(settings: Settings, asked: argparse.Namespace) -> int:
    """Live the scenarios of folders in memory, hold incidents told against the truth; 1 below a bar.

    Without a folder those of the park, then its held-out ones, that the rules were not made for.
    """
    own = settings.park_dir / "scenarios"
    folders = [asked.scenarios] if asked.scenarios else [own, own / "held_out"]
    below = False
    for folder in folders:
        if any(folder.glob("*.toml")) or asked.scenarios:
            _write_now(f"{folder}\n")
            below |= bool(rehearse.report(settings, folder, asked.only, asked.seeds, _write_now))
    return int(below)


def _write_now(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def _outlet(
    settings: Settings, out: Path | None
) -> tuple[Callable[[list[Event]], object], Callable[[], None]]:
    if out:
        file = out.open("wb")
        return (lambda events: file.writelines(encode(event) + b"\n" for event in events)), file.close
    client = connect(settings)
    spool = Spool(Stream(client, settings.park), settings.var / "spool" / "simulate")
    return spool.append, client.close


def _write_lines(path: Path, records: list[dict[str, object]]) -> None:
    path.write_text(
        "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8"
    )


def _instant(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: say the offset too, as in 2026-11-22T03:00:00+09:00")
    return instant.astimezone(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m feeds", description=__doc__)
    parts = parser.add_subparsers(required=True)
    sim = parts.add_parser("simulate", help="make the events of a plausible park")
    sim.set_defaults(do=simulate)
    sim.add_argument("--scenario", help="name or TOML file of a scenario staged at the start")
    sim.add_argument("--speed", type=float, default=1.0, help="times real time; 0: as fast as it goes")
    sim.add_argument("--truth", type=Path, help="file for the incidents that were staged, JSON lines")
    sim.add_argument(
        "--from", dest="start", type=_instant, help="first instant, ISO 8601 with offset; else now"
    )
    sim.add_argument("--hours", type=float, help="how long; else until stopped")
    sim.add_argument("--out", type=Path, help="file for the events, JSON lines; else the stream")
    stage = parts.add_parser("scenario", help="stage a scenario in the running simulator")
    stage.set_defaults(do=scenario)
    stage.add_argument("name")
    make = parts.add_parser("inventory", help="make the files of a synthetic park")
    make.set_defaults(do=make_inventory)
    make.add_argument("--lat", type=float, default=35.21)
    make.add_argument("--lon", type=float, default=128.66)
    judge = parts.add_parser("score", help="hold the incidents told in scenarios against the truth")
    judge.set_defaults(do=score)
    judge.add_argument("--scenarios", type=Path, help="folder of scenario files; else both of the park")
    judge.add_argument("--only", nargs="*", default=[], help="names of scenarios; else all")
    judge.add_argument(
        "--seeds", type=int, nargs="*", default=[1, 2], help="odd ones live by day, even by night"
    )
    for part in (sim, stage, make, judge):
        part.add_argument("--park", help="folder under parks/; else GWANJE_PARK")
    for part in (sim, make):
        part.add_argument("--seed", type=int, default=1)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 2 and one line of reason when it cannot be done."""
    asked = _parser().parse_args(arguments)
    settings = Settings.read()
    if asked.park:
        settings = replace(settings, park=asked.park)
    try:
        done: int = asked.do(settings, asked)
    except (ScenarioError, ParkFileError, OSError, redis.RedisError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return done


if __name__ == "__main__":
    sys.exit(main())
