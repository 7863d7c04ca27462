"""What cameras report: one frozen struct per event type."""

from typing import Annotated, Literal

from msgspec import Meta

from park.events.base import (
    LARGEST_COUNT,
    Box,
    FactBase,
    MeasuredPositive,
    Share,
    Text,
)
from park.incidents.facts import Verdict

CameraEventKind = Literal[
    "intrusion", "loitering", "abandonment", "removal", "fall", "fight", "fire", "smoke", "crowd",
    "line_crossing", "wrong_way", "stopped_vehicle", "dumping", "person_on_carriageway",
]  # fmt: skip
Track = Annotated[int, Meta(ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
Side = Annotated[int, Meta(ge=0, le=100_000)]  # of a picture, pixels
CameraState = Literal[
    "ok", "lost", "frozen", "black", "white", "covered", "defocused", "turned", "slow",
]  # fmt: skip


class CameraDetection(FactBase, frozen=True):
    """Objects a camera sees now; boxes are x, y, w, h in pixels of ``frame`` (w, h)."""

    TYPE = "park.camera.detection"
    frame: tuple[Side, Side]
    boxes: tuple[Box, ...]
    labels: tuple[str, ...]
    tracks: tuple[Track, ...]
    scores: tuple[Share, ...]
    model: str


class CameraEvent(FactBase, frozen=True):
    """A rule of a camera fired; boxes are x, y, w, h in pixels of ``frame`` (w, h).

    ``label``: what the track is, where one thing did it (``object`` when motion alone tells).
    """

    TYPE = "park.camera.event"
    kind: CameraEventKind
    camera: Text
    model: str
    rule: str
    score: Share
    boxes: tuple[Box, ...] = ()
    frame: tuple[Side, Side] | None = None
    track: Track | None = None
    label: str | None = None
    zone: str | None = None
    line: str | None = None
    direction: str | None = None
    t_s: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    still: str | None = None
    clip: str | None = None


class CameraHealth(FactBase, frozen=True):
    """Whether a camera can be trusted.

    ``before`` and ``after``: stills of the last good and the first bad picture.
    ``rules_off``: rules that this camera or model cannot give now, each with its reason.
    ``clock_off_s``: how far the camera's own time is ahead of ours, where it tells one.
    """

    TYPE = "park.camera.health"
    SHOWN = True
    state: CameraState
    fps: MeasuredPositive
    detail: str = ""
    before: str | None = None
    after: str | None = None
    clock_off_s: float | None = None
    rules_off: tuple[str, ...] = ()

    def gravity(self) -> int:
        """Return 1 (low) for a slow camera, 2 (medium) for one that cannot be trusted."""
        return {"ok": 0, "slow": 1}.get(self.state, 2)


class CameraScene(FactBase, frozen=True):
    """The whole picture changed at once: no motion and no alarm; ``share`` is how much of it."""

    TYPE = "park.camera.scene"
    change: Literal["light", "shake", "cut"]
    share: Share


class CameraVerdict(FactBase, frozen=True):
    """A person judged an event of a camera; ``event`` is its id, the subject is the camera."""

    TYPE = "park.camera.verdict"
    event: Text
    verdict: Verdict
    user: Text
    reason: str = ""
