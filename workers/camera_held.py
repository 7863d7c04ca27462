"""The files of the cameras as the worker holds them: what each says now, else what it last said rightly."""

import logging
from pathlib import Path
from typing import NamedTuple

from cctv.config.camera import Camera, CameraFileError, load_camera
from data.cameras import files as camera_files
from data.settings import Settings

Mark = tuple[str, int, int, int]
LAST_GOOD = "마지막으로 바른 설정으로 보고 있음 · watching by the last right file"
log = logging.getLogger("cameras")


class Held(NamedTuple):
    """What a camera runs by, None where nothing right is known; ``wrong`` is why its file cannot be used."""

    mark: Mark
    camera: Camera | None
    wrong: str = ""

    @property
    def note(self) -> str:
        """What is to be told with the health of a camera that runs although its file is wrong."""
        return f"{self.wrong} ({LAST_GOOD})" if self.wrong and self.camera else self.wrong


def hold(path: Path, before: Held | None, settings: Settings) -> Held:
    """Return what a file comes to; one that is wrong leaves the camera as it ran before, a restart or not.

    Raises:
        OSError: the file is gone.
    """
    mark = mark_of(path)
    camera, wrong = load(path)
    if camera:
        camera_files.remember(path, settings)
    else:
        camera = before.camera if before and before.camera else _last_good(path.stem, settings)
    return Held(mark, camera, wrong)


def load(path: Path) -> tuple[Camera | None, str]:
    """Return the camera of a file, or what is wrong with it: file, line, key, reason."""
    try:
        return _named(path, load_camera(path)), ""
    except CameraFileError as error:
        log.warning("%s", error)
        return None, f"{path.name}: {f'{error.line}행 · line {error.line}: ' if error.line else ''}" + (
            f"{error.key}: {error.reason}"
        )


def mark_of(path: Path) -> Mark:
    """Return what is another one once a file was written again; raises OSError when it is gone."""
    told = path.stat()
    return str(path), told.st_ino, told.st_mtime_ns, told.st_size


def _named(path: Path, camera: Camera) -> Camera:
    if camera.id != path.stem:
        raise CameraFileError(path, "id", f"{camera.id!r} is not the file's name")
    return camera


def _last_good(name: str, settings: Settings) -> Camera | None:
    path = camera_files.last_good(name, settings)
    return load(path)[0] if path.is_file() else None
