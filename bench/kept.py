"""Clips with a truth file, and the camera that each is judged by, made from the truth alone."""

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import msgspec
from msgspec import Struct

from cctv.config.camera import Camera
from cctv.offline.score import KINDS, Truth, read_truth
from cctv.rules import LineRule, PictureRule, ZoneRule

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
SPLIT = Path(__file__).with_name("cctv_split.toml")
# What is an alarm wherever it happens: these watch the whole picture of every clip, for false alarms.
ANYWHERE = (
    "fall", "fight", "fire", "smoke", "abandonment", "removal", "dumping", "crowd", "stopped_vehicle",
)  # fmt: skip
# Labels of states that a rule tells the beginning of, where the clip has none of the rule's own
_TELLS = {"person_in_zone": "intrusion", "person_down": "fall"}
_OF_PEOPLE = {"person_in_zone": ("person",)}
_DWELL = re.compile(r"dwell>=(\d+(?:\.\d+)?)s")


class Label(Struct, frozen=True):
    """One labelled event as the file has it; ``rule`` says the dwell that loitering was labelled by."""

    type: str
    zone: str | None = None
    line: str | None = None
    rule: str | None = None


class Kept(Struct, frozen=True):
    """What a truth file says of its clip besides the truth: file, pixels, places."""

    file: str
    size: tuple[int, int]
    zones: dict[str, tuple[tuple[float, float], ...]] = {}
    lines: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {}
    events: tuple[Label, ...] = ()


class Clip(Struct, frozen=True):
    """A clip to judge: ``kinds`` are the rules that are on, ``off`` what no rule here can be told by."""

    name: str
    video: Path
    camera: Camera
    truth: Truth
    kinds: tuple[str, ...]
    off: tuple[str, ...]
    tuning: bool


def kinds_of(union: object) -> frozenset[str]:
    """Return the kinds of rule that a place of a camera takes: the tags of a union of rules."""
    members: Iterable[Any] = get_args(union) if get_origin(union) in {Union, UnionType} else (union,)
    return frozenset(str(member.__struct_config__.tag) for member in members)


def clips(folder: Path) -> list[Clip]:
    """Return the clips of a folder that have a truth file, by name."""
    tuning = set(tomllib.loads(SPLIT.read_text("utf-8"))["tuning"])
    found = [_clip(path, tuning) for path in sorted(folder.glob("*.json"))]
    return [clip for clip in found if clip]


def _clip(path: Path, tuning: set[str]) -> Clip | None:
    raw = path.read_bytes()
    try:
        kept = msgspec.json.decode(raw, type=Kept)
    except msgspec.ValidationError:
        return None  # boxes of another labelling, no truth file
    video = path.with_name(kept.file)
    if not video.is_file():
        return None
    truth = begun(read_truth(raw))
    camera, off = camera_of(path.stem, kept, truth)
    return Clip(path.stem, video, camera, truth, kinds_on(camera), off, path.stem in tuning)


def kinds_on(camera: Camera) -> tuple[str, ...]:
    """Return the kinds of rule that a camera has on."""
    here: list[Any] = [*camera.rules]
    here += [rule for zone in camera.zones for rule in zone.rules]
    here += [rule for line in camera.lines for rule in line.rules]
    return tuple(sorted({str(rule.__struct_config__.tag) for rule in here}))


def begun(truth: Truth) -> Truth:
    """Return the truth with states told as the events that begin them, where the clip labels none."""
    own = {event.type for event in truth.events}
    events = [
        msgspec.structs.replace(event, type=_TELLS[event.type])
        if event.type in _TELLS and _TELLS[event.type] not in own
        else event
        for event in truth.events
    ]
    return msgspec.structs.replace(truth, events=tuple(event for event in events if event.type in KINDS))


def camera_of(name: str, kept: Kept, truth: Truth) -> tuple[Camera, tuple[str, ...]]:
    """Return the camera that watches for all that is labelled or must not fire, and what no rule can."""
    forbidden = set(truth.must_not_fire) & KINDS
    table = {
        "id": re.sub(r"[^A-Za-z0-9_-]", "-", name)[:64],
        "name": {"ko": name, "en": name},
        "frame": kept.size,
        "zones": [
            {"name": zone, "polygon": points, "rules": _rules(kept, truth, forbidden, zone=zone)}
            for zone, points in kept.zones.items()
        ],
        "lines": [
            {"name": line, "points": points, "rules": _rules(kept, truth, forbidden, line=line)}
            for line, points in kept.lines.items()
        ],
        "rules": [{"kind": kind} for kind in sorted(_anywhere(truth, forbidden) & kinds_of(PictureRule))],
    }
    able = kinds_of(PictureRule) | kinds_of(ZoneRule) | kinds_of(LineRule)
    wanted = {event.type for event in truth.events} | forbidden | set(ANYWHERE)
    return msgspec.convert(table, Camera), tuple(sorted(wanted - able))


def _anywhere(truth: Truth, forbidden: set[str]) -> set[str]:
    here = {event.type for event in truth.events if event.zone is None and event.line is None}
    return here | (forbidden & set(ANYWHERE)) | set(ANYWHERE)


def _rules(
    kept: Kept, truth: Truth, forbidden: set[str], zone: str | None = None, line: str | None = None
) -> list[dict[str, object]]:
    here = {e.type for e in truth.events if (e.zone, e.line) == (zone, line)}
    able = kinds_of(LineRule) if line else kinds_of(ZoneRule)
    kinds = (here | (forbidden - set(ANYWHERE))) & able
    return [{"kind": kind} | _parameters(kind, kept, zone) for kind in sorted(kinds)]


def _parameters(kind: str, kept: Kept, zone: str | None) -> dict[str, object]:
    """Return what the labels say of a rule: the dwell, and people where people are labelled."""
    here = [
        label for label in kept.events if label.zone == zone and _TELLS.get(label.type, label.type) == kind
    ]
    dwell = next((found[1] for label in here if (found := _DWELL.search(label.rule or ""))), None)
    if kind == "loitering" and dwell:
        return {"dwell_s": float(dwell)}
    classes = {name for label in here for name in _OF_PEOPLE.get(label.type, ())}
    return {"classes": sorted(classes)} if classes else {}
