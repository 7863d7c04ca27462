"""A camera as its file says: source, pixels, places, rules and masks; live and off line alike."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
import shapely
from msgspec import Meta, Struct

from cctv.config import error_lines as camera_lines
from cctv.rules import LineRule, PictureRule, ZoneRule
from cctv.rules.base import Place, Point, RuleConfig
from cctv.rules.fit import misfit
from cctv.sources.rtsp import Transport
from data.cameras.clips import MOST_DAYS
from data.cameras.files import parsed
from data.cameras.secrets import in_words
from park.config.label import Label

Polygon = Annotated[tuple[Point, ...], Meta(min_length=3, max_length=100)]
Segment = tuple[Point, Point]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Fps = Annotated[float, Meta(ge=1, le=60)]
Side = Annotated[int, Meta(ge=64, le=8192)]


class CameraFileError(ValueError):
    """A camera file that cannot be used: which file, which line (0: none) and key, what is wrong."""

    def __init__(self, path: Path, key: str, reason: str, line: int = 0) -> None:
        """Say it in one line, without the secrets of an address."""
        reason = in_words(reason)
        super().__init__(f"{path}: {f'line {line}: ' if line else ''}{key}: {reason}")
        self.path = path
        self.key = key
        self.reason = reason
        self.line = line


class ZoneConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A polygon of the picture and what is watched for there."""

    name: Name
    polygon: Polygon
    rules: tuple[ZoneRule, ...] = ()


class LineConfig(Struct, frozen=True, forbid_unknown_fields=True):
    """A line of the picture and what is watched for there."""

    name: Name
    points: Segment
    rules: tuple[LineRule, ...] = ()


class Mask(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of the picture that is nobody's business: painted over before anything else."""

    polygon: Polygon


class Camera(Struct, frozen=True, forbid_unknown_fields=True):
    """One camera; points are pixels of ``frame`` (width, height), to which its pictures are scaled.

    ``analysis_fps`` is the most pictures a second that are looked at, ``start_s`` where a file begins to
    play. ``sample`` says in words that the
    footage is a demonstration and no scene of the park. ``substream``: a smaller stream of the same view,
    looked at and shown instead of ``source``, which then is for clips alone; ``transport``: how a network
    camera sends. ``retention_days``: how long its clips are kept.
    """

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    name: Label
    frame: tuple[Side, Side]
    source: str = ""
    place: tuple[float, float] | None = None
    height_m: Annotated[float, Meta(ge=0)] | None = None
    heading_deg: Annotated[float, Meta(ge=0, lt=360)] | None = None
    fov_deg: Annotated[float, Meta(gt=0, le=360)] | None = None
    zones: tuple[ZoneConfig, ...] = ()
    lines: tuple[LineConfig, ...] = ()
    rules: tuple[PictureRule, ...] = ()
    masks: tuple[Mask, ...] = ()
    analysis_fps: Fps = 15.0
    start_s: Annotated[float, Meta(ge=0)] = 0.0
    sample: str | None = None
    substream: str = ""
    transport: Transport = "tcp"
    retention_days: Annotated[float, Meta(gt=0, le=MOST_DAYS)] = 30.0

    def asked(self) -> list[tuple[RuleConfig, Place]]:
        """Return every rule with the place of the picture it holds for."""
        zones = [(rule, Place(zone.name, zone.polygon)) for zone in self.zones for rule in zone.rules]
        lines = [
            (rule, Place(line.name, line.points, is_line=True)) for line in self.lines for rule in line.rules
        ]
        return [*zones, *lines, *((rule, Place()) for rule in self.rules)]


PARTS: dict[str, Any] = {"zones": ZoneConfig, "lines": LineConfig, "rules": PictureRule, "masks": Mask}


def load_camera(path: Path, *, strict: bool = False) -> Camera:
    """Read a camera file.

    Raises:
        CameraFileError: naming the file, the key and the reason.
    """
    text, table = "", dict[str, Any]()
    try:
        text = path.read_text("utf-8")
        table = parsed(text)
        camera = msgspec.convert(table, Camera)
    except OSError as error:
        raise CameraFileError(path, "file", error.strerror or "cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CameraFileError(path, "file", f"not TOML: {error}", camera_lines.of_syntax(error)) from error
    except msgspec.ValidationError as error:
        key, reason = camera_lines.named_in(error)
        first = key.partition(".")[0]
        number = camera_lines.number_of(table, first, PARTS[first]) if first in PARTS else 0
        raise CameraFileError(path, key, reason, camera_lines.of_key(text, key, number)) from error
    _check(path, camera, text)
    if strict:
        _check_use(path, camera, text)
    return camera


def _check(path: Path, camera: Camera, text: str) -> None:
    for key, places in (("zones", camera.zones), ("lines", camera.lines)):
        names = [place.name for place in places]
        if len(set(names)) < len(names):
            raise CameraFileError(path, key, f"a name is used twice: {names}", camera_lines.of_key(text, key))
    drawn: dict[str, list[tuple[Point, ...]]] = {
        "zones": [zone.polygon for zone in camera.zones],
        "lines": [line.points for line in camera.lines],
        "masks": [mask.polygon for mask in camera.masks],
    }
    for key, shapes in drawn.items():
        for number, shape in enumerate(shapes):
            if reason := _misdrawn(shape, camera.frame, closed=key != "lines"):
                line = camera_lines.of_key(text, f"{key}.{'points' if key == 'lines' else 'polygon'}", number)
                raise CameraFileError(path, key, reason, line)


def _check_use(path: Path, camera: Camera, text: str) -> None:
    for number, drawn in enumerate(camera.lines):
        if drawn.points[0] == drawn.points[1]:
            line = camera_lines.of_key(text, "lines.points", number)
            raise CameraFileError(path, "lines", "the line begins where it ends", line)
    numbers = {line.name: number for number, line in enumerate(camera.lines)}
    for rule, place in camera.asked():
        if found := misfit(rule, place, camera.analysis_fps):
            number = numbers.get(place.name or "", 0) if place.is_line else 0
            line = camera_lines.of_key(text, found.key, number)
            raise CameraFileError(path, found.key, found.reason, line)


def _misdrawn(shape: tuple[Point, ...], frame: tuple[int, int], *, closed: bool) -> str:
    """Return what is wrong with a drawn shape: points outside, or edges that cross, which leaves holes."""
    for x, y in shape:
        if not (0 <= x <= frame[0] and 0 <= y <= frame[1]):
            return f"point ({x:g}, {y:g}) lies outside {frame}"
    if closed and not shapely.Polygon(shape).is_valid:
        return "the edges of the polygon cross each other, or it has no area"
    return ""
