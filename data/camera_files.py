"""Camera files as data: the park's own, and over them those saved in the room, in the data folder.

A file ``<id>.toml`` in ``var/cameras`` wins over the park's of the same name, so that a checkout stays clean
and a read-only park can be set up. No camera code is imported here: what a file may say is checked by
``python -m cctv check`` in a process of its own.
"""

import contextlib
import json
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from data.settings import Settings

Table = dict[str, Any]
HIDDEN = "•••"
FOOTAGE = (".avi", ".mp4", ".mkv", ".mov", ".webm", ".ts", ".mpg", ".mpeg", ".m4v")
SAMPLES = ("sample:vtest.avi",)
SCHEMES = ("rtsp", "rtsps")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_DEVICE = re.compile(r"/dev/video\d{1,3}")
_PARTS = ("zones", "lines", "rules", "masks")
_ADDRESSES = ("source", "substream")


class CameraSourceError(ValueError):
    """A source that cannot be had from the page; the message is the text to show."""


def folders(settings: Settings) -> tuple[Path, Path]:
    """Return where camera files are, what wins last: the park's own, the room's."""
    return settings.park_dir / "cameras", settings.var / "cameras"


def files(settings: Settings) -> dict[str, Path]:
    """Return the file of every camera that has one, by the camera's name."""
    return {path.stem: path for folder in folders(settings) for path in sorted(folder.glob("*.toml"))}


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
    """Return what a file says, as it stands there; ValueError when it is no TOML, OSError."""
    return tomllib.loads(path.read_text("utf-8"))


def hidden(table: Table) -> Table:
    """Return a camera as a page may see it: no password in its addresses."""
    return table | {key: _hide(table[key]) for key in _ADDRESSES if isinstance(table.get(key), str)}


def revealed(table: Table, kept: Table) -> Table:
    """Return a camera from a page with the passwords that the page was not told.

    A kept password goes only to the host it was for.

    Raises:
        CameraSourceError: a hidden password that nothing is known of.
    """
    known = [kept[key] for key in _ADDRESSES if isinstance(kept.get(key), str)]
    found = {key: _reveal(table[key], known) for key in _ADDRESSES if isinstance(table.get(key), str)}
    return table | found


def allow(table: Table, kept: Table, settings: Settings) -> None:
    """Let pass a source that is known already or that a page may name.

    Raises:
        CameraSourceError: any other scheme or device, or a file outside the folder of footage.
    """
    for key in _ADDRESSES:
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


def save(name: str, table: Table, settings: Settings) -> Path:
    """Write a camera's file into the data folder, whole or not at all; return it.

    The remarks at the head of the file that it stands for are kept.

    Raises:
        ValueError: the name is none, or a value has no TOML.
        OSError: the data folder cannot be written.
    """
    if not _ID.fullmatch(name):
        raise ValueError(f"no name of a camera: {name!r}"[:120])
    path = settings.var / "cameras" / f"{name}.toml"
    old = files(settings).get(name)
    text = "".join(_remarks(old)) + toml(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, text)
    return path


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


def toml(table: Table) -> str:
    """Return a camera as TOML as people write it: plain keys, then a table a zone, line, rule and mask.

    Raises:
        ValueError: a value that TOML has no word for.
    """
    plain = "".join(f"{_key(key)} = {_value(value)}\n" for key, value in table.items() if key not in _PARTS)
    parts = (
        f"\n[[{part}]]\n" + "".join(f"{_key(key)} = {_value(value)}\n" for key, value in one.items())
        for part in _PARTS
        for one in table.get(part, ())
    )
    return plain + "".join(parts)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            text = repr(value)
            if text in ("inf", "-inf", "nan"):
                raise ValueError(f"no number: {text}")
            return text
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list() | tuple():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return "{ " + ", ".join(f"{_key(key)} = {_value(held)}" for key, held in value.items()) + " }"
    raise ValueError(f"no TOML for {type(value).__name__}")


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _value(key)


def _remarks(path: Path | None) -> list[str]:
    if path is None:
        return []
    with contextlib.suppress(OSError, UnicodeDecodeError):
        lines = path.read_text("utf-8").splitlines(keepends=True)
        end = next((at for at, line in enumerate(lines) if not line.startswith("#")), len(lines))
        return lines[:end]
    return []


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _hide(address: str) -> str:
    parts = _split(address)
    if parts is None or "@" not in parts.netloc:
        return address
    who, _, host = parts.netloc.rpartition("@")
    user, colon, _ = who.partition(":")
    return parts._replace(netloc=f"{user}{colon}{HIDDEN if colon else ''}@{host}").geturl()


def _reveal(address: str, known: list[str]) -> str:
    if HIDDEN not in address:
        return address
    parts = _split(address)
    for one in known:
        held = _split(one)
        same = parts and held and (parts.scheme, parts.netloc) == (held.scheme, urlsplit(_hide(one)).netloc)
        if same and parts and held:
            return parts._replace(netloc=held.netloc).geturl()
    raise CameraSourceError("주소가 바뀌어 암호를 다시 넣어야 합니다")
