"""What the pipeline saw, as facts of the catalogue."""

from cctv.pipeline import Seen
from cctv.rules.base import Finding
from park.cameras.facts import CameraDetection, CameraEvent

Rounded = tuple[float, float, float, float]


def detection(seen: Seen, model: str) -> CameraDetection:
    """Return everything alive in the picture."""
    return CameraDetection(
        frame=seen.frame,
        boxes=tuple(_round(track.box) for track in seen.tracks),
        labels=tuple(track.label for track in seen.tracks),
        tracks=tuple(track.number for track in seen.tracks),
        scores=tuple(round(min(1.0, float(track.score)), 3) for track in seen.tracks),
        model=model,
    )


def event(
    finding: Finding,
    seen: Seen,
    camera: str,
    model: str,
    *,
    t_s: float | None = None,
    picture: str | None = None,
) -> CameraEvent:
    """Return what a rule found.

    Args:
        finding: what was found.
        seen: the picture it was found in.
        camera: asset id, or off line the id in the camera's file.
        model: what detected.
        t_s: seconds from the start of a clip, off line only.
        picture: id of still and clip.
    """
    place = finding.place
    return CameraEvent(
        kind=finding.kind,
        camera=camera,
        model=model,
        rule=f"{finding.kind}:{place.name}" if place.name else finding.kind,
        score=round(min(1.0, float(finding.score)), 3),
        boxes=tuple(_round(box) for box in finding.boxes),
        frame=seen.frame,
        track=finding.track,
        label=next((track.label for track in seen.tracks if track.number == finding.track), None),
        zone=None if place.is_line else place.name,
        line=place.name if place.is_line else None,
        direction=finding.direction,
        t_s=None if t_s is None else round(t_s, 3),
        still=picture,
        clip=picture,
    )


def _round(box: tuple[float, float, float, float]) -> Rounded:
    x, y, w, h = (round(float(side), 1) for side in box)
    return x, y, w, h
