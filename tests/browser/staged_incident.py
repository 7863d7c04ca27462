"""An incident as the watch would tell it, for tests in the browser."""

import uuid
from datetime import UTC, datetime, timedelta

from redis import Redis

from data.stream.redis_stream import Stream
from park.alarms.facts import AlarmAcknowledged, AlarmCleared, AlarmRaised
from park.cameras.facts import CameraEvent
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents.facts import (
    Grade,
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentJoined,
    IncidentKind,
    IncidentNoted,
    IncidentOpened,
)
from tests.browser.room_server import Room
from tests.park.sample_incidents import PARK
from tests.sample_clip import film

GAS, CAMERA = "changwon/gas/GAS-001", "changwon/camera/CAM-030"
FALL_S = 9.0  # after the incident opened
MEMBERS: tuple[tuple[str, str, str, str, float], ...] = (
    ("m1", GAS, "gas", "gas_stel", 1),
    ("m2", CAMERA, "camera", "fall", FALL_S),
)
OPENED_S = 60.0  # ago


class Scene:
    """Tells what the watch would tell, and closes at the end what it opened."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.redis = Redis.from_url(room.redis.url)
        self.stream = Stream(self.redis, room.settings.park)
        self.opened: list[str] = []
        self.raised: list[tuple[AlarmRaised, str]] = []

    def tell(self, fact: FactBase, subject: str, at: datetime | None = None) -> None:
        moment = at or datetime.now(UTC)
        if isinstance(fact, AlarmRaised):
            self.raised.append((fact, subject))
        park = self.room.settings.park
        self.stream.append([Event(str(uuid.uuid4()), "tests/watch", fact.TYPE, subject, moment, park, fact)])

    def open(self, grade: Grade = "serious", seconds_ago: float = OPENED_S, note: str = "") -> str:
        """Open a gas leak with two members; return its id."""
        name, at = f"i-{uuid.uuid4().hex[:12]}", datetime.now(UTC) - timedelta(seconds=seconds_ago)
        subject = f"changwon/incident/{name}"
        self.tell(
            IncidentOpened(name, "2026-1123-01", "gas_leak", GAS, grade, 35.203043, 128.665391), subject, at
        )
        for member, asset, system, what, after in MEMBERS:
            moment = at + timedelta(seconds=after)
            fact = IncidentJoined(name, member, asset, system, what, moment, "cause", value=41.0)
            self.tell(fact, subject, moment)
        if note:
            self.tell(IncidentNoted(name, "kim", note), subject)
        self.opened.append(name)
        return name

    def begin(self, kind: IncidentKind, cause: str) -> str:
        """Open an incident of any kind where an asset noticed it, without members; return its id."""
        name, asset = f"i-{uuid.uuid4().hex[:12]}", PARK.assets[cause]
        fact = IncidentOpened(name, "2026-1123-02", kind, cause, "alert", asset.lat, asset.lon)
        self.tell(fact, f"changwon/incident/{name}")
        self.opened.append(name)
        return name

    def film(self) -> None:
        """Let the camera beside the leak have seen the fall that is a member, on a clip."""
        card = film(self.room.settings.var)
        seen = CameraEvent(
            "fall", "CAM-030", "m", "fall", 0.9, clip=card.id, track=7, frame=card.frame,
            boxes=((120.0, 100.0, 40.0, 60.0),),
        )  # fmt: skip
        self.tell(seen, CAMERA, datetime.now(UTC) - timedelta(seconds=OPENED_S - FALL_S))

    def end(self) -> None:
        for fact, asset in self.raised:
            self.tell(AlarmCleared(fact.alarm, fact.condition), asset)
            self.tell(AlarmAcknowledged(fact.alarm, fact.condition, "tests"), asset)
        for name in self.opened:
            subject = f"changwon/incident/{name}"
            self.tell(IncidentAcknowledged(name, "tests"), subject)
            for state in ("controlled", "closed"):
                self.tell(IncidentAdvanced(name, state, "tests"), subject)
        self.redis.close()
