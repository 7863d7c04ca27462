"""The totals of a camera's lines at their door: counted lines with their zeros, and what is on record."""

import uuid
from datetime import UTC, datetime, timedelta

from data.record.store import Accepted, Store
from park.cameras.facts import CameraEvent
from park.events.envelope import Event, encode
from tests.api.conftest import Site

HERE = "/api/v1/cameras/crossings"
FILE = """
id = "{name}"
name = {{ ko = "문", en = "Gate" }}
frame = [320, 240]
[[lines]]
name = "gate"
points = [[0, 100], [320, 120]]
rules = [{{ kind = "line_crossing" }}, {{ kind = "wrong_way" }}]
[[lines]]
name = "door"
points = [[100, 0], [100, 200]]
rules = [{{ kind = "line_crossing", direction = "left" }}]
"""


def passed(camera: str, ago: timedelta, line: str, way: str) -> Event:
    fact = CameraEvent("line_crossing", camera, "m", "line_crossing", 0.9, line=line, direction=way)
    subject, at = f"changwon/camera/{camera}", datetime.now(UTC) - ago
    return Event(str(uuid.uuid4()), "tests/crossings", fact.TYPE, subject, at, "changwon", fact)


def test_lines_are_told_with_what_went_over_them(site: Site) -> None:
    folder = site.settings.var / "cameras"
    folder.mkdir(exist_ok=True)
    (folder / "CAM-077.toml").write_text(FILE.format(name="CAM-077"), "utf-8")
    soon = timedelta(seconds=1)
    told = [passed("CAM-077", soon, "gate", "down") for _ in range(3)]
    told += [passed("CAM-077", timedelta(days=2), "gate", "up"), passed("CAM-078", soon, "gate", "up")]
    rows = [Accepted(f"1-{n}", encode(event).decode(), event) for n, event in enumerate(told)]
    Store(site.services.engine).record(rows)
    with site.as_role("viewer") as viewer:
        found = viewer.get(f"{HERE}/CAM-077").raise_for_status().json()
        assert [(one["line"], one["direction"], one["hour"]) for one in found] == [
            ("gate", "up", 0),
            ("gate", "down", 3),
            ("door", "left", 0),
        ]
        assert found[1]["today"] in {3, 0}, "0 in the first second after midnight"
        assert viewer.get(f"{HERE}/CAM-079").json() == []
        (folder / "CAM-077.toml").write_text("id = ", "utf-8")
        bare = viewer.get(f"{HERE}/CAM-077").json()
        assert [(one["line"], one["direction"]) for one in bare] == [("gate", "down")]
    with site.anybody() as nobody:
        assert nobody.get(f"{HERE}/CAM-077").status_code == 401
