"""Camera files as data: the park's own, and over them those saved in the room, in the data folder.

A file ``<id>.toml`` in ``var/cameras`` wins over the park's of the same name, so that a checkout stays clean
and a read-only park can be set up. No camera code is imported here: what a file may say is checked by
``python -m cctv check`` in a process of its own.
"""

import contextlib
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import msgspec
from msgspec import Struct

from data.cameras import toml as camera_toml
from data.cameras.secrets import ADDRESSES, CameraSourceError
from data.settings import Settings
from park.config.label import Label

Table = dict[str, Any]
FOOTAGE = (".avi", ".mp4", ".mkv", ".mov", ".webm", ".ts", ".mpg", ".mpeg", ".m4v")
SAMPLES = ("sample:vtest.avi",)
SCHEMES = ("rtsp", "rtsps")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEVICE = re.compile(r"/dev/video\d{1,3}")


class _Place(Struct):
    polygon: list[tuple[float, float]] = []
    points: list[tuple[float, float]] = []
    name: str = ""
    rules: list[Table] = []


class _Drawn(Struct):
    name: Label
    frame: tuple[int, int]
    source: str = ""
    substream: str = ""
    zones: list[_Place] = []
    lines: list[_Place] = []
    masks: list[_Place] = []
    rules: list[Table] = []


def folders(settings: Settings) -> tuple[Path, Path]:
    """Return where camera files are, what wins last: the park's own, the room's."""
    return settings.park_dir / "cameras", settings.var / "cameras"


def files(settings: Settings) -> dict[str, Path]:
    """Return the file of every camera that has one, by the camera's name."""
    return {path.stem: path for path in _all(settings) if _ID.fullmatch(path.stem)}


def misnamed(settings: Settings) -> set[str]:
    """Return the names of camera files that are no camera's, made printable: a ZIP may bring any bytes."""
    wrong = (path.name for path in _all(settings) if not _ID.fullmatch(path.stem))
    return {os.fsencode(name).decode("utf-8", "backslashreplace") for name in wrong}


def last_good(name: str, settings: Settings) -> Path:
    """Return where the last right file of a camera is kept, should the one in force go wrong."""
    return settings.var / "cameras" / "good" / f"{name}.toml"


def remember(path: Path, settings: Settings) -> None:
    """Keep a copy of a file that is right; without room for it the camera runs all the same."""
    kept = last_good(path.stem, settings)
    with contextlib.suppress(OSError, UnicodeDecodeError):
        text = path.read_text("utf-8")
        if not kept.is_file() or kept.read_text("utf-8") != text:
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write(kept, text)


def forget(name: str, settings: Settings) -> None:
    """Forget the last right file of a camera that is no more."""
    with contextlib.suppress(OSError):
        last_good(name, settings).unlink(missing_ok=True)


def read(path: Path) -> Table:
    """Return what a file says, as it stands there; OSError, ValueError when it is no TOML."""
    return parsed(path.read_text("utf-8"))


def parsed(text: str) -> Table:
    """Return what the text of a camera file says.

    Raises:
        tomllib.TOMLDecodeError: it is no TOML, or brackets stand in brackets without end.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        depths = [line.count("[") + line.count("{") for line in text.splitlines()]
        at = depths.index(max(depths)) + 1
        raise tomllib.TOMLDecodeError(f"nested too deeply (at line {at})") from error


def drawable(paths: Iterable[Path]) -> Table:
    """Return what the first of these files says that a page can draw; nothing where none can."""
    for path in paths:
        with contextlib.suppress(OSError, ValueError):
            table = read(path)
            msgspec.convert(table, _Drawn)
            return table
    return {}


def allow(table: Table, kept: Table, settings: Settings) -> None:
    """Let pass a source that is known already or that a page may name.

    Raises:
        CameraSourceError: any other scheme or device, or a file outside the folder of footage.
    """
    for key in ADDRESSES:
        address = table.get(key, "")
        if not isinstance(address, str):
            raise CameraSourceError("영상 주소가 글자가 아닙니다")
        if address in ("", kept.get(key), *SAMPLES, *footage(settings)) or _DEVICE.fullmatch(address):
            continue
        parts = _split(address)
        if parts is None or parts.scheme.lower() not in SCHEMES or not parts.hostname:
            raise CameraSourceError(
                "쓸 수 없는 영상 주소입니다: rtsp, rtsps, 영상 폴더의 파일, 장치만 됩니다"
            )


def footage(settings: Settings) -> list[str]:
    """Return the films of ``var/footage``, the one folder that a page may choose files from."""
    folder = settings.var / "footage"
    return sorted(str(path) for path in folder.glob("*") if path.suffix.lower() in FOOTAGE and path.is_file())


def devices() -> list[str]:
    """Return the cameras of this machine."""
    return sorted(str(path) for path in Path("/dev").glob("video*") if _DEVICE.fullmatch(str(path)))


class Saved(NamedTuple):
    """A file that was saved: where, what the room's own said before, None for none, and remarks it lost."""

    path: Path
    before: str | None
    lost: list[str]


def save(name: str, table: Table, settings: Settings) -> Saved:
    """Write a camera's file into the data folder, whole or not at all.

    The remarks of the file that it stands for are kept, but those of what is no more.

    Raises:
        ValueError: the name is none, or a value has no TOML.
        OSError: the data folder cannot be written.
    """
    if not _ID.fullmatch(name):
        raise ValueError(f"no name of a camera: {name!r}"[:120])
    path = settings.var / "cameras" / f"{name}.toml"
    own, old = _text(path), _text(files(settings).get(name)) or ""
    text = camera_toml.written(table, old)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, text)
    kept = camera_toml.remarks(text)
    return Saved(path, own, [remark for remark in camera_toml.remarks(old) if remark not in kept])


def undo(saved: Saved) -> None:
    """Put back what was there before; raises OSError."""
    if saved.before is None:
        saved.path.unlink(missing_ok=True)
    else:
        write(saved.path, saved.before)


def write(path: Path, text: str) -> None:
    """Write a file of secrets: readable by its owner, whole or not at all."""
    descriptor, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _all(settings: Settings) -> list[Path]:
    return [path for folder in folders(settings) for path in sorted(folder.glob("*.toml"))]


def _text(path: Path | None) -> str | None:
    with contextlib.suppress(OSError, UnicodeDecodeError):
        return path.read_text("utf-8") if path else None
    return None


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
