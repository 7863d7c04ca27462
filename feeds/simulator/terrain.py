"""The ground of a synthetic park: a warped grid of streets, zones, buildings and water.

Plane coordinates are metres east and north of the park's centre; ``Plane`` turns them into WGS84.
"""

import itertools
import math
import random
from dataclasses import dataclass, field

import networkx as nx

from park.config.geometry import offset_place

COLUMNS, ROWS = 21, 15
STEP_X_M, STEP_Y_M = 420.0, 300.0
ZONE_COLUMNS, ZONE_ROWS = 3, 3
SPEED_KMH = {"trunk": 60, "collector": 50, "local": 30}

Point = tuple[float, float]
Node = tuple[int, int]


@dataclass(frozen=True)
class Plane:
    """Local metres to latitude and longitude around a centre."""

    lat: float
    lon: float

    def degrees(self, point: Point) -> Point:
        """Return (lat, lon) of a point in metres, to about a decimetre."""
        lat, lon = offset_place(self.lat, self.lon, *point)
        return round(lat, 6), round(lon, 6)

    def coordinates(self, points: list[Point]) -> list[list[float]]:
        """Return GeoJSON positions (lon, lat) of points in metres."""
        return [[lon, lat] for lat, lon in map(self.degrees, points)]


@dataclass
class Terrain:
    """Streets as a graph (nodes carry ``at``; edges ``line``, ``road``, ``length_m``) and the blocks."""

    graph: "nx.Graph[Node]"
    buildings: dict[Node, list[list[Point]]] = field(default_factory=dict)


def warp(x: float, y: float) -> Point:
    """Bend the straight grid gently, so that streets curve as real ones do."""
    bent_x = x + 70 * math.sin(y / 900 + 0.5) + 25 * math.sin(x / 700)
    bent_y = y + 110 * math.sin(x / 1900) + 40 * math.sin(x / 620 + 1)
    turn = math.radians(-5)
    return bent_x * math.cos(turn) - bent_y * math.sin(turn), bent_x * math.sin(turn) + bent_y * math.cos(
        turn
    )


def grid(column: float, row: float) -> Point:
    """Return the point of a (fractional) grid place, metres."""
    return warp((column - (COLUMNS - 1) / 2) * STEP_X_M, (row - (ROWS - 1) / 2) * STEP_Y_M)


def zone_of(column: float, row: float) -> int:
    """Return the number of the zone (1–9) that holds a grid place."""
    across = min(int(column * ZONE_COLUMNS / (COLUMNS - 1)), ZONE_COLUMNS - 1)
    up = min(int(row * ZONE_ROWS / (ROWS - 1)), ZONE_ROWS - 1)
    return up * ZONE_COLUMNS + across + 1


def build(chance: random.Random) -> Terrain:
    """Lay out the ground; the same generator state gives the same ground."""
    graph = _streets(chance)
    terrain = Terrain(graph)
    for column in range(COLUMNS - 1):
        for row in range(ROWS - 1):
            terrain.buildings[column, row] = _block(chance, column, row)
    return terrain


def length_m(line: list[Point]) -> float:
    """Return the length of a polyline."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(line))


def along(line: list[Point], distance_m: float) -> tuple[Point, float]:
    """Return the point at a distance along a polyline, and the heading there (degrees from north)."""
    for start, end in itertools.pairwise(line):
        leg = math.dist(start, end)
        if distance_m <= leg or end is line[-1]:
            share = min(max(distance_m / leg, 0.0), 1.0)
            point = start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])
            return point, math.degrees(math.atan2(end[0] - start[0], end[1] - start[1])) % 360
        distance_m -= leg
    raise ValueError("a line needs two points")


def zone_outline(number: int) -> list[Point]:
    """Return the closed outline of a zone."""
    across, up = (number - 1) % ZONE_COLUMNS, (number - 1) // ZONE_COLUMNS
    left, right = (edge * (COLUMNS - 1) / ZONE_COLUMNS for edge in (across, across + 1))
    low, high = (edge * (ROWS - 1) / ZONE_ROWS for edge in (up, up + 1))
    steps = [step / 6 for step in range(7)]
    ring = [grid(left + (right - left) * s, low) for s in steps]
    ring += [grid(right, low + (high - low) * s) for s in steps[1:]]
    ring += [grid(right - (right - left) * s, high) for s in steps[1:]]
    ring += [grid(left, high - (high - low) * s) for s in steps[1:]]
    return [*ring[:-1], ring[0]]


def water_outline() -> list[Point]:
    """Return the closed outline of the inlet south of the park."""
    steps = range(-2, COLUMNS + 2)
    shore = [grid(step, -1.0 + 0.45 * math.sin(step / 2.3)) for step in steps]
    far = [grid(step, -5.0) for step in reversed(steps)]
    return [*shore, *far, shore[0]]


def _road(column: int, row: int, *, across: bool) -> str:
    place = row if across else column
    if place == ((ROWS if across else COLUMNS) - 1) // 2:
        return "trunk"
    return "collector" if place % 4 == 2 else "local"


def _streets(chance: random.Random) -> "nx.Graph[Node]":
    graph: nx.Graph[Node] = nx.Graph()
    for column in range(COLUMNS):
        for row in range(ROWS):
            graph.add_node((column, row), at=grid(column, row))
            if column + 1 < COLUMNS:
                _connect(graph, (column, row), (column + 1, row), _road(column, row, across=True))
            if row + 1 < ROWS:
                _connect(graph, (column, row), (column, row + 1), _road(column, row, across=False))
    _thin_out(graph, chance)
    return graph


def _connect(graph: "nx.Graph[Node]", a: Node, b: Node, road: str) -> None:
    steps = [step / 4 for step in range(5)]
    line = [grid(a[0] + (b[0] - a[0]) * s, a[1] + (b[1] - a[1]) * s) for s in steps]
    graph.add_edge(a, b, line=line, road=road, length_m=length_m(line))


def _thin_out(graph: "nx.Graph[Node]", chance: random.Random) -> None:
    """Take away some local streets where the park stays in one piece: a pure grid looks drawn."""
    local = [(a, b) for a, b, street in graph.edges(data=True) if street["road"] == "local"]
    for a, b in chance.sample(local, len(local) // 7):
        kept = dict(graph.edges[a, b])
        graph.remove_edge(a, b)
        if min(graph.degree[a], graph.degree[b]) < 2 or not nx.has_path(graph, a, b):
            graph.add_edge(a, b, **kept)


def _block(chance: random.Random, column: int, row: int) -> list[list[Point]]:
    """Put three to six halls into a block, clear of the streets around it."""
    halls = []
    split = chance.uniform(0.4, 0.6)
    for left, right in ((0.12, split - 0.04), (split + 0.04, 0.88)):
        for low, high in ((0.14, 0.46), (0.54, 0.86)):
            if chance.random() < 0.12:
                continue
            trim = [chance.uniform(0, 0.07) for _ in range(4)]
            sides = (left + trim[0], low + trim[1], right - trim[2], high - trim[3])
            halls.append(_rectangle(column, row, *sides))
    return halls


def _rectangle(column: int, row: int, left: float, low: float, right: float, high: float) -> list[Point]:
    corners = ((left, low), (right, low), (right, high), (left, high), (left, low))
    return [grid(column + x, row + y) for x, y in corners]
