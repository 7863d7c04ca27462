"""A folder of tiny clips with truth files, as they are kept: one with an event, one where nothing happens."""

import json
from pathlib import Path

from tests.cctv.footage import SIZE, walk

ZONE = [[110, 100], [210, 100], [210, 220], [110, 220]]
WALK_S = 7.3


def folder_of(path: Path) -> Path:
    """Write ``passing`` (somebody walks through; nothing labelled) and ``falling`` (labelled a fall)."""
    path.mkdir(exist_ok=True)
    for name, events in (("passing", []), ("falling", [{"type": "fall", "t": 3.0}])):
        write(path, name, events=events)
    return path


def write(path: Path, name: str, **changes: object) -> Path:
    """Write one clip of somebody walking through the middle, and its truth file with ``changes``."""
    video = walk(path / f"{name}.mp4")
    truth = {"file": video.name, "size": SIZE, "duration_s": WALK_S, "zones": {"middle": ZONE}} | changes
    (path / f"{name}.json").write_text(json.dumps(truth), "utf-8")
    return path
