"""The camera process: every camera file of the park, watched. ``python -m workers.cameras``.

A thread a camera, a decoder process each. One bad file or source never stops the others; it is told as the
health of its camera.
"""

import logging
import threading
import time
from pathlib import Path

import cv2
import redis

from cctv.camera import Camera, CameraFileError, load_camera
from cctv.detectors import Detector, ModelError
from cctv.detectors.budget import Budget
from cctv.detectors.yolox import Yolox
from cctv.live import Eye
from data.settings import Settings
from data.stream import connect
from park.facts import CameraHealth
from workers.camera_wire import Wire
from workers.process import log_to_stderr, stop_on_signal

WAITING = 1000
STILL_S = 1.0
DRAIN_S = 0.25
PATIENCE_S = 30.0  # several times what a stuck Redis takes to be told apart
TELL_AGAIN_S = 60.0
log = logging.getLogger("cameras")


def load_all(folder: Path) -> tuple[list[Camera], dict[str, str]]:
    """Return the cameras of a folder, and by name what is wrong with the others' files."""
    cameras, wrong = list[Camera](), dict[str, str]()
    for path in sorted(folder.glob("*.toml")):
        try:
            cameras.append(_named(path, load_camera(path)))
        except CameraFileError as error:
            log.error("%s", error)  # noqa: TRY400 (the trace says no more)
            wrong[path.stem] = f"{path.name}: {error.key}: {error.reason}"
    return cameras, wrong


def _named(path: Path, camera: Camera) -> Camera:
    if camera.id != path.stem:
        raise CameraFileError(path, "id", f"{camera.id!r} is not the file's name")
    return camera


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


class Cameras:
    """All cameras of one park."""

    def __init__(self, settings: Settings, client: redis.Redis, stop: threading.Event) -> None:
        """Read the camera files; nothing is opened yet."""
        self._stop, self._wire = stop, Wire(settings, client)
        cameras, self._wrong = load_all(settings.park_dir / "cameras")
        detector = find_detector(settings)
        budget = Budget(detector) if detector else None
        subject = self._wire.subject
        self._eyes = [
            Eye(
                camera,
                subject(camera.id),
                budget.share(camera.id) if budget else None,
                settings.var,
                self._wire,
                stop,
            )
            for camera in cameras
        ]

    def run(self) -> None:
        """Watch until asked to stop."""
        threads = [threading.Thread(target=self._watch, args=[eye], name=eye.camera.id) for eye in self._eyes]
        for thread in threads:
            thread.start()
        told_s = float("-inf")
        while not self._stop.wait(DRAIN_S):
            if time.monotonic() - told_s >= TELL_AGAIN_S:
                told_s = time.monotonic()
                self._tell_wrong()
            self._wire.drain()
        for thread in threads:
            thread.join()
        self._wire.drain()

    def _watch(self, eye: Eye) -> None:
        """Run one camera; what nobody thought of ends this camera only, and is told."""
        while not self._stop.is_set():
            try:
                eye.run()
            except Exception as error:
                log.exception("%s", eye.camera.id)
                reason = f"내부 오류 · internal error: {type(error).__name__}"
                self._wire.tell(eye.camera.id, CameraHealth(state="lost", fps=0.0, detail=reason))
                self._stop.wait(TELL_AGAIN_S)

    def _tell_wrong(self) -> None:
        for name, reason in self._wrong.items():
            self._wire.tell(name, CameraHealth(state="lost", fps=0.0, detail=reason))


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
