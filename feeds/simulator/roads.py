"""The streets as a graph to drive on, and a drive along them."""

import itertools
from collections import OrderedDict
from pathlib import Path
from typing import NamedTuple

import msgspec
import networkx as nx

from park.config.geometry import bearing_deg, distance_m

Node = tuple[int, int]
Point = tuple[float, float]
_KEPT_ROUTES = 4000


class Leg(NamedTuple):
    """A straight piece of street: from and to as (lat, lon), its length, speed and heading."""

    start: Point
    end: Point
    length_m: float
    speed_ms: float
    heading_deg: float


class Roads:
    """A routable graph read from ``streets.geojson``."""

    def __init__(self, path: Path) -> None:
        """Read the streets; each feature names its end nodes, class speed and line."""
        self.graph: nx.Graph[Node] = nx.Graph()
        for feature in msgspec.json.decode(path.read_bytes())["features"]:
            properties = feature["properties"]
            line = [(lat, lon) for lon, lat in feature["geometry"]["coordinates"]]
            speed_ms = properties["speed_kmh"] / 3.6
            start, end = tuple(properties["from"]), tuple(properties["to"])
            travel_s = properties["length_m"] / speed_ms
            self.graph.add_edge(start, end, line=line, start=start, speed_ms=speed_ms, travel_s=travel_s)
        self.nodes: list[Node] = sorted(self.graph.nodes)
        self._legs_of: dict[tuple[Node, Node], list[Leg]] = {}
        for a, b in self.graph.edges:
            for start, end in ((a, b), (b, a)):
                self._legs_of[start, end] = self._legs(start, end)
        self._routes: OrderedDict[tuple[Node, Node], list[Leg]] = OrderedDict()

    def route(self, start: Node, end: Node) -> list[Leg]:
        """Return the quickest way as straight legs; empty when already there."""
        key = start, end
        if key not in self._routes:
            nodes = nx.shortest_path(self.graph, start, end, weight="travel_s")
            self._routes[key] = [leg for a, b in itertools.pairwise(nodes) for leg in self._legs_of[a, b]]
            if len(self._routes) > _KEPT_ROUTES:
                self._routes.popitem(last=False)
        return self._routes[key]

    def _legs(self, a: Node, b: Node) -> list[Leg]:
        edge = self.graph.edges[a, b]
        line = edge["line"] if edge["start"] == a else edge["line"][::-1]
        return [_leg(p, q, edge["speed_ms"]) for p, q in itertools.pairwise(line)]


class Drive:
    """A vehicle on a route."""

    def __init__(self, legs: list[Leg]) -> None:
        """Stand at the start of the route."""
        self._legs = legs
        self._number = 0
        self._done_m = 0.0

    @property
    def arrived(self) -> bool:
        """Whether the end is reached."""
        return self._number >= len(self._legs)

    def move(self, seconds: float, pace: float) -> float:
        """Drive on at ``pace`` times the street's speed and return the metres driven."""
        driven = 0.0
        while seconds > 0 and not self.arrived:
            leg = self._legs[self._number]
            reach = leg.speed_ms * pace * seconds
            left = leg.length_m - self._done_m
            if reach < left:
                self._done_m += reach
                return driven + reach
            seconds -= left / (leg.speed_ms * pace)
            driven += left
            self._number, self._done_m = self._number + 1, 0.0
        return driven

    def place(self) -> tuple[Point, float, float]:
        """Return (lat, lon), heading in degrees and the street's speed in m/s."""
        if self.arrived:
            return self._legs[-1].end, self._legs[-1].heading_deg, 0.0
        leg = self._legs[self._number]
        share = self._done_m / leg.length_m
        lat = leg.start[0] + share * (leg.end[0] - leg.start[0])
        return (lat, leg.start[1] + share * (leg.end[1] - leg.start[1])), leg.heading_deg, leg.speed_ms


def _leg(start: Point, end: Point, speed_ms: float) -> Leg:
    length_m = max(distance_m(*start, *end), 0.01)
    return Leg(start, end, length_m, speed_ms, round(bearing_deg(*start, *end), 1) % 360)
