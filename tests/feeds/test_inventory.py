"""The inventory: numbers of a real park, lights at the streets, everything reachable, files as built."""

import itertools
import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from feeds.simulator import inventory
from feeds.simulator.inventory import Inventory
from feeds.simulator.roads import Roads
from tests.feeds.lived_park import PARK, SETTINGS

LAYERS = ("assets", "streets", "buildings", "zones")
M_PER_DEGREE = 111_320.0


@pytest.fixture(scope="module")
def made() -> Inventory:
    return inventory.build("changwon", 35.21, 128.66, 1)


@pytest.fixture(scope="module")
def roads() -> Roads:
    return Roads(SETTINGS.park_dir / "streets.geojson")


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SETTINGS.park_dir / f"{name}.geojson").read_bytes())["features"]
    return found


def test_the_park_has_the_size_of_a_real_one() -> None:
    count = Counter(asset.kind for asset in PARK.assets.values())
    assert count["camera"] == 108
    assert count["light"] == 4449
    assert count["gas"] + count["odour"] + count["air"] + count["water"] == 46
    assert count["weather"] == 6
    assert count["gate"] == 4
    assert count["factory"] == count["meter"] == 120
    assert count["parking"] == 12
    assert count["vehicle"] == inventory.VEHICLES
    assert count["cabinet"] == math.ceil(4449 / 18)
    assert count["site"] >= 5
    assert count["substation"] == count["ess"] == count["fuelcell"] == 1


def test_every_site_has_docks_and_every_factory_its_meter() -> None:
    docks = {asset.traits["site"] for asset in PARK.assets.values() if asset.kind == "dock"}
    assert docks == {asset.id for asset in PARK.assets.values() if asset.kind == "site"}
    metered = [asset.traits["factory"] for asset in PARK.assets.values() if asset.kind == "meter"]
    assert sorted(metered) == sorted(a.id for a in PARK.assets.values() if a.kind == "factory")


def test_the_scenarios_paint_works_has_ammonia_sensors() -> None:
    around = [a for a in PARK.assets.values() if a.traits.get("factory") == "changwon/factory/B-12"]
    assert [a.traits["substance"] for a in around if a.kind == "gas"].count("NH3") >= 3


def test_the_files_are_what_the_builder_makes(made: Inventory, tmp_path: Path) -> None:
    inventory.write(made, tmp_path)
    for layer in LAYERS:
        kept = (SETTINGS.park_dir / f"{layer}.geojson").read_bytes()
        assert (tmp_path / f"{layer}.geojson").read_bytes() == kept, layer


def test_another_seed_is_another_park(made: Inventory) -> None:
    assert inventory.build("changwon", 35.21, 128.66, 2).features != made.features


def test_files_say_that_they_are_synthetic() -> None:
    for layer in LAYERS:
        assert json.loads((SETTINGS.park_dir / f"{layer}.geojson").read_bytes())["synthetic"] is True


def _metres(lon: float, lat: float) -> tuple[float, float]:
    return lon * M_PER_DEGREE * math.cos(math.radians(35.21)), lat * M_PER_DEGREE


def _from_line(point: tuple[float, float], line: list[tuple[float, float]]) -> float:
    """Return the distance of a point from a polyline, metres."""
    best = math.inf
    for (ax, ay), (bx, by) in itertools.pairwise(line):
        along = ((point[0] - ax) * (bx - ax) + (point[1] - ay) * (by - ay)) / (
            (bx - ax) ** 2 + (by - ay) ** 2
        )
        share = min(max(along, 0.0), 1.0)
        best = min(best, math.dist(point, (ax + share * (bx - ax), ay + share * (by - ay))))
    return best


def test_every_light_stands_at_a_street() -> None:
    lines = [[_metres(*at) for at in row["geometry"]["coordinates"]] for row in rows("streets")]
    near: dict[tuple[int, int], list[list[tuple[float, float]]]] = {}
    for line in lines:
        for x in range(int(min(p[0] for p in line) // 200) - 1, int(max(p[0] for p in line) // 200) + 2):
            for y in range(int(min(p[1] for p in line) // 200) - 1, int(max(p[1] for p in line) // 200) + 2):
                near.setdefault((x, y), []).append(line)
    for light in (a for a in PARK.assets.values() if a.kind == "light"):
        at = _metres(light.lon, light.lat)
        cell = near[int(at[0] // 200), int(at[1] // 200)]
        assert min(_from_line(at, line) for line in cell) < 10, light.id


def test_a_cabinet_feeds_eighteen_lights_in_a_row() -> None:
    fed = Counter(a.traits["cabinet"] for a in PARK.assets.values() if a.kind == "light")
    assert set(fed) == {a.id for a in PARK.assets.values() if a.kind == "cabinet"}
    assert sorted(set(fed.values())) == [4449 % 18, 18]


def test_streets_are_one_graph_and_lead_everywhere(roads: Roads) -> None:
    assert nx.is_connected(roads.graph)
    places = [tuple(a.traits["node"]) for a in PARK.assets.values() if a.kind in ("gate", "site")]
    for start in places:
        for end in places:
            legs = roads.route(start, end)
            assert bool(legs) == (start != end)
            assert all(a.end == b.start for a, b in itertools.pairwise(legs))


def test_a_route_keeps_the_speed_of_its_streets(roads: Roads) -> None:
    legs = roads.route((0, 7), (20, 7))
    assert {round(leg.speed_ms * 3.6) for leg in legs} <= {30, 50, 60}
    assert 8_000 < sum(leg.length_m for leg in legs) < 11_000


def test_every_asset_lies_within_the_park() -> None:
    centre = PARK.config.centre
    for asset in PARK.assets.values():
        assert abs(asset.lat - centre.lat) < 0.04, asset.id
        assert abs(asset.lon - centre.lon) < 0.06, asset.id
        assert not asset.zone or asset.zone in PARK.zones, asset.id
