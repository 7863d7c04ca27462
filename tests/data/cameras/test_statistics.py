"""Figures from the record: what an incident that began before the time asked for says counts, too."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from data.cameras.statistics import figures
from data.park_files.park import load_park
from data.record.store import Accepted, Store
from data.settings import Settings
from park.cameras.facts import CameraEvent
from park.events.envelope import Event, encode
from park.events.facts import Fact
from park.incidents.facts import IncidentJoined, IncidentOpened, IncidentVerified

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAMERA, INCIDENT = "changwon/camera/CAM-1", "changwon/incident/i-1"


def told(id_: str, subject: str, hours: float, fact: Fact) -> Event:
    return Event(id_, "tests", fact.TYPE, subject, NOW - timedelta(hours=hours), "changwon", fact)


def test_an_incident_of_yesterday_is_known(engine: sa.Engine, settings: Settings) -> None:
    park = load_park(settings)
    condition = next(name for name, one in park.alarms.items() if one.kind == "intrusion")
    at = NOW - timedelta(hours=10)
    events = [
        told("opened", INCIDENT, 30, IncidentOpened("i-1", "1", "intrusion", CAMERA, "caution")),
        told("seen", CAMERA, 10, CameraEvent("intrusion", "CAM-1", "m", "intrusion", 0.9)),
        told(
            "joined",
            INCIDENT,
            10,
            IncidentJoined("i-1", "m-1", CAMERA, "camera", condition, at, "same_place"),
        ),
        told("said", INCIDENT, 1, IncidentVerified("i-1", "false", "kim")),
    ]
    Store(engine).record([Accepted(f"1-{n}", encode(one).decode(), one) for n, one in enumerate(events)])
    (row,) = figures(engine, park, NOW, 1).rows
    assert (row.events, row.false, row.unverified) == (1, 1, 0)
