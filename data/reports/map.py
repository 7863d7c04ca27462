"""The map of a report: streets and buildings around a place, its members, its radius, the wind's way."""

import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from fpdf import FPDF

from park.config.geometry import offset_m
from park.incidents.report import Place

LEAST_M = 300.0
BUILDING = "#e4e7ea"
STREET = "#b9c0c7"
REACH = "#c2410c"
MEMBER = "#1d4ed8"
CAUSE = "#b91c1c"
INK = "#1f2933"
Point = tuple[float, float]


class Sheet:
    """A rectangle of a page (mm) that shows the ground around a place, north up."""

    def __init__(self, pdf: FPDF, place: Place, box: tuple[float, float, float, float]) -> None:
        """Lay the place in the middle of ``box`` (x, y, width, height) so that all its reach is seen."""
        self.pdf = pdf
        self.place = place
        self.x, self.y, self.width, self.height = box
        reach_m = max(LEAST_M, *(1.15 * (metres or 0) for metres in (place.radius_m, place.length_m)))
        self.mm_per_m = min(self.width, self.height) / 2 / reach_m

    def at(self, lat: float, lon: float) -> Point:
        """Return where a position lies on the page, mm."""
        east_m, north_m = offset_m(self.place.lat, self.place.lon, lat, lon)
        middle_x, middle_y = self.x + self.width / 2, self.y + self.height / 2
        return middle_x + east_m * self.mm_per_m, middle_y - north_m * self.mm_per_m

    def near(self, points: Iterable[Point]) -> bool:
        """Tell whether any of the points is on the sheet."""
        return any(
            self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height for x, y in points
        )

    def draw(self, folder: Path) -> None:
        """Draw the ground from the park's ``folder`` and what the report tells of the place."""
        pdf = self.pdf
        with pdf.rect_clip(self.x, self.y, self.width, self.height):
            self._layer(folder / "buildings.geojson", self._building)
            self._layer(folder / "streets.geojson", self._street)
            self._reach()
            self._points()
        pdf.set_draw_color(INK)
        pdf.set_line_width(0.2)
        pdf.rect(self.x, self.y, self.width, self.height)
        self._scale()

    def _layer(self, path: Path, paint: Callable[[Sequence[Point]], None]) -> None:
        for feature in msgspec.json.decode(path.read_bytes())["features"]:
            for ring in _lines(feature["geometry"]):
                points = [self.at(lat, lon) for lon, lat, *_ in ring]
                if self.near(points):
                    paint(points)

    def _building(self, points: Sequence[Point]) -> None:
        self.pdf.set_fill_color(BUILDING)
        self.pdf.polygon(points, style="F")

    def _street(self, points: Sequence[Point]) -> None:
        self.pdf.set_draw_color(STREET)
        self.pdf.set_line_width(0.6)
        self.pdf.polyline(points)

    def _reach(self) -> None:
        pdf, place = self.pdf, self.place
        x, y = self.at(place.lat, place.lon)
        pdf.set_draw_color(REACH)
        pdf.set_line_width(0.5)
        if place.radius_m:
            pdf.circle(x, y, place.radius_m * self.mm_per_m)
        if place.length_m and place.wind_to_deg is not None and place.half_angle_deg < 180:
            pdf.set_dash_pattern(dash=2, gap=1)
            pdf.polygon([(x, y), *self._arc(x, y, place.length_m * self.mm_per_m, place.wind_to_deg)])
            pdf.set_dash_pattern()

    def _arc(self, x: float, y: float, length: float, to_deg: float) -> list[Point]:
        half = self.place.half_angle_deg
        turns = [math.radians(to_deg - half + 2 * half * step / 12) for step in range(13)]
        return [(x + length * math.sin(turn), y - length * math.cos(turn)) for turn in turns]

    def _points(self) -> None:
        pdf = self.pdf
        pdf.set_fill_color(MEMBER)
        for lat, lon in self.place.members:
            x, y = self.at(lat, lon)
            pdf.circle(x, y, 0.9, style="F")
        x, y = self.at(self.place.lat, self.place.lon)
        pdf.set_draw_color(CAUSE)
        pdf.set_line_width(0.8)
        for dx, dy in ((2.2, 2.2), (2.2, -2.2)):
            pdf.line(x - dx, y - dy, x + dx, y + dy)

    def _scale(self) -> None:
        pdf = self.pdf
        metres = next(step for step in (1000, 500, 200, 100, 50) if step * self.mm_per_m < self.width / 4)
        x, y = self.x + 4, self.y + self.height - 4
        pdf.set_draw_color(INK)
        pdf.set_line_width(0.5)
        pdf.line(x, y, x + metres * self.mm_per_m, y)
        pdf.text(x, y - 1.2, f"{metres} m")
        pdf.text(self.x + self.width - 6, self.y + 5, "N ↑")


def _lines(geometry: dict[str, Any]) -> list[list[list[float]]]:
    told: list[Any] = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            return [told]
        case "Polygon" | "MultiLineString":
            return told[:1] if geometry["type"] == "Polygon" else told
        case "MultiPolygon":
            return [polygon[0] for polygon in told]
    return []
