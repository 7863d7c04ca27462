"""The camera process: every camera file of the park, watched. ``python -m workers.cameras``.

A thread a camera, a decoder process each. One bad file or source never stops the others; it is told as the
health of its camera.
"""

import contextlib
import logging
import threading
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import redis

from cctv.camera import Camera, CameraFileError, load_camera
from cctv.detectors import Detector, ModelError
from cctv.detectors.budget import Budget
from cctv.detectors.yolox import Yolox
from cctv.live import Eye
from data import camera_files
from data.settings import Settings
from data.stream import connect
from park.facts import CameraHealth
from workers.camera_wire import Wire
from workers.process import log_to_stderr, stop_on_signal

DRAIN_S = 0.25
LOOK_S = 1.0
TELL_AGAIN_S = 60.0
log = logging.getLogger("cameras")


class Held(NamedTuple):
    """A camera file as it was when it was read: its mark changes with it."""

    mark: tuple[str, int, int, int]
    camera: Camera | None
    wrong: str = ""


def load(path: Path) -> tuple[Camera | None, str]:
    """Return the camera of a file, or what is wrong with it: file, line, key, reason."""
    try:
        return _named(path, load_camera(path)), ""
    except CameraFileError as error:
        log.error("%s", error)  # noqa: TRY400 (the trace says no more)
        return None, f"{path.name}: {f'{error.line}행 · line {error.line}: ' if error.line else ''}" + (
            f"{error.key}: {error.reason}"
        )


def _named(path: Path, camera: Camera) -> Camera:
    if camera.id != path.stem:
        raise CameraFileError(path, "id", f"{camera.id!r} is not the file's name")
    return camera


def mark_of(path: Path) -> tuple[str, int, int, int]:
    """Return what is another one once a file was written again; raises OSError when it is gone."""
    told = path.stat()
    return str(path), told.st_ino, told.st_mtime_ns, told.st_size


def find_detector(settings: Settings) -> Detector | None:
    """Return the model the settings name, else the one brought by ``fetch-model``, else none, and say so."""
    path = Path(settings.detector) if settings.detector else None
    path = path or next(iter(sorted((settings.var / "models").glob("*.onnx"))), None)
    if path is None:
        log.warning("no detector model: the cameras see motion only (python -m cctv fetch-model)")
        return None
    try:
        return Yolox(path, engine=settings.engine)
    except ModelError as error:
        log.error("%s: the cameras see motion only", error)  # noqa: TRY400 (the trace says no more)
        return None


class Watch:
    """One camera in a thread of its own, until it is asked to stop."""

    def __init__(self, eye: Eye, stop: threading.Event, wire: Wire) -> None:
        """Begin to watch; ``stop`` is the one that ``eye`` heeds."""
        self._eye, self._stop, self._wire = eye, stop, wire
        self._thread = threading.Thread(target=self._run, name=eye.camera.id)
        self._thread.start()

    def end(self) -> None:
        """Ask it to stop."""
        self._stop.set()

    def over(self) -> bool:
        """Tell whether it has stopped."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        """Run the camera; what nobody thought of ends this camera only, and is told."""
        while not self._stop.is_set():
            try:
                self._eye.run()
            except Exception as error:
                name = self._eye.camera.id
                log.exception("%s", name)
                reason = f"내부 오류 · internal error: {type(error).__name__}"
                self._wire.tell(name, CameraHealth(state="lost", fps=0.0, detail=reason))
                self._stop.wait(TELL_AGAIN_S)


class Cameras:
    """All cameras of one park; a file that is new, changed or gone is taken up by its own camera alone."""

    def __init__(self, settings: Settings, client: redis.Redis, stop: threading.Event) -> None:
        """Load the model; no camera is opened yet."""
        self._settings, self._stop, self._wire = settings, stop, Wire(settings, client)
        detector = find_detector(settings)
        self._budget = Budget(detector) if detector else None
        self._held: dict[str, Held] = {}
        self._watches: dict[str, Watch] = {}

    def run(self) -> None:
        """Watch until asked to stop."""
        told_s = looked_s = float("-inf")
        while not self._stop.wait(DRAIN_S):
            now_s = time.monotonic()
            if now_s - looked_s >= LOOK_S:
                looked_s = now_s
                self._take_up()
            if now_s - told_s >= TELL_AGAIN_S:
                told_s = now_s
                self._tell_wrong()
            self._wire.drain()
        for watch in self._watches.values():
            watch.end()
        while not all(watch.over() for watch in self._watches.values()):
            self._wire.drain()
            time.sleep(DRAIN_S)
        self._wire.drain()

    def _take_up(self) -> None:
        """Compare the files with what is held, and start over the cameras whose files are others."""
        files = camera_files.files(self._settings)
        for name in [name for name in self._held if name not in files]:
            log.info("%s: its file is gone", name)
            self._end(name, "카메라 설정 파일이 없어짐 · its file is gone")
            del self._held[name]
        for name, path in files.items():
            with contextlib.suppress(OSError):  # gone since: next time it is not in the list
                mark = mark_of(path)
                if name not in self._held or self._held[name].mark != mark:
                    self._held[name] = Held(mark, *load(path))
                    self._end(name, self._held[name].wrong)
                held, watch = self._held[name].camera, self._watches.get(name)
                if held and (watch is None or watch.over()):
                    self._begin(held)

    def _begin(self, camera: Camera) -> None:
        stop, subject = threading.Event(), self._wire.subject(camera.id)
        detector = self._budget.share(camera.id) if self._budget else None
        eye = Eye(camera, subject, detector, self._settings.var, self._wire, stop)
        self._watches[camera.id] = Watch(eye, stop, self._wire)

    def _end(self, name: str, reason: str) -> None:
        """Stop a camera, and say why where it is not to come back."""
        if name in self._watches:
            self._watches[name].end()
        if reason:
            self._wire.tell(name, CameraHealth(state="lost", fps=0.0, detail=reason))

    def _tell_wrong(self) -> None:
        for name, held in self._held.items():
            if held.wrong:
                self._wire.tell(name, CameraHealth(state="lost", fps=0.0, detail=held.wrong))


def main() -> None:
    """Watch the cameras of the park that the environment names."""
    log_to_stderr()
    cv2.setNumThreads(1)
    settings, stop = Settings.read(), stop_on_signal()
    client = connect(settings)
    Cameras(settings, client, stop).run()
    client.close()


if __name__ == "__main__":
    main()
