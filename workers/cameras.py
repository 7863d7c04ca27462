"""The camera process: every camera file of the park, watched. ``python -m workers.cameras``.

A thread a camera, a decoder process each. One bad file or source never stops the others; it is told with the
health of its camera, which goes on by the last right file where there was one.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable

import cv2
import redis

from cctv.config.camera import Camera
from cctv.detectors import Detector, ModelError
from cctv.detectors.budget import Budget
from cctv.detectors.chosen import model_path
from cctv.detectors.yolox import Yolox
from cctv.live.runner import Eye
from data.cameras import files as camera_files
from data.settings import Settings
from data.stream.redis_stream import connect
from park.cameras.facts import CameraHealth
from workers.camera_held import Held, hold, mark_of
from workers.camera_voice import Voice
from workers.camera_wire import Wire
from workers.process import Timer, log_to_stderr, stop_on_signal

DRAIN_S = 0.25
LOOK_S = 1.0
TELL_AGAIN_S = 60.0
BEAT_S = 10.0
log = logging.getLogger("cameras")


def find_detector(settings: Settings) -> Detector | None:
    """Return the model the settings name, else the one brought by ``fetch-model``, else none, and say so."""
    path = model_path(settings)
    if path is None:
        log.warning("no detector model: the cameras see motion only (python -m cctv fetch-model)")
        return None
    try:
        return Yolox(path, engine=settings.engine)
    except ModelError as error:
        log.warning("%s: the cameras see motion only", error)
        return None


class Watch:
    """One camera in a thread of its own, until it is asked to stop."""

    def __init__(
        self, camera: Camera, open_eye: Callable[[], Eye], stop: threading.Event, voice: Voice
    ) -> None:
        """Begin to watch; ``stop`` is the one that the eyes heed, each of which is run once."""
        self.camera = camera
        self._open_eye = open_eye
        self._stop = stop
        self._voice = voice
        self._thread = threading.Thread(target=self._run, name=camera.id)
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
                self._open_eye().run()
            except Exception as error:
                log.exception("%s", self.camera.id)
                reason = f"내부 오류 · internal error: {type(error).__name__}"
                self._voice.tell(self.camera.id, CameraHealth(state="lost", fps=0.0, detail=reason))
                self._stop.wait(TELL_AGAIN_S)


class Cameras:
    """All cameras of one park; a file that is new, changed or gone is taken up by its own camera alone."""

    def __init__(self, settings: Settings, client: redis.Redis, stop: threading.Event) -> None:
        """Load the model; no camera is opened yet."""
        self._settings = settings
        self._stop = stop
        self._wire = Wire(settings, client)
        detector = find_detector(settings)
        self._budget = Budget(detector) if detector else None
        self._held: dict[str, Held] = {}
        self._watches: dict[str, Watch] = {}
        self._voices: dict[str, Voice] = {}
        self._misnamed: set[str] = set()

    def run(self) -> None:
        """Watch until asked to stop."""
        try:
            self._attend()
        finally:  # whatever it was: a camera that goes on would keep this process from being started over
            for watch in self._watches.values():
                watch.end()
        while not all(watch.over() for watch in self._watches.values()):
            self._wire.drain()
            time.sleep(DRAIN_S)
        self._wire.drain()

    def _attend(self) -> None:
        told_s = looked_s = float("-inf")
        beat = Timer(BEAT_S, time.monotonic() + BEAT_S)  # who ends at once, again and again, was never there
        while not self._stop.wait(DRAIN_S):
            now_s = time.monotonic()
            if now_s - looked_s >= LOOK_S:
                looked_s = now_s
                self._take_up()
            if now_s - told_s >= TELL_AGAIN_S:
                told_s = now_s
                self._tell_wrong()
            if beat.due(now_s):
                self._wire.beat(BEAT_S)
            self._wire.drain()

    def _take_up(self) -> None:
        """Compare the files with what is held, and start over the cameras whose files are others."""
        self._clear()
        files = camera_files.files(self._settings)
        self._say_misnamed(camera_files.misnamed(self._settings))
        for name in [name for name in self._held if name not in files]:
            log.info("%s: its file is gone", name)
            self._end(name)
            self._lost(name, "카메라 설정 파일이 없어짐 · its file is gone")
            camera_files.forget(name, self._settings)
            del self._held[name]
        for name, path in files.items():
            with contextlib.suppress(OSError):  # gone since: next time it is not in the list
                before = self._held.get(name)
                if before is None or before.mark != mark_of(path):
                    self._held[name] = hold(path, before, self._settings)
                    self._changed(name, before.camera if before else None)
                held = self._held[name].camera
                if held and name not in self._watches:
                    self._begin(held)

    def _clear(self) -> None:
        """Forget cameras that have stopped: their last pictures may show what is masked by now."""
        for name, watch in list(self._watches.items()):
            if not watch.over():
                continue
            del self._watches[name]
            self._wire.forget(name)
            held = self._held.get(name)
            if not (held and held.camera and held.camera.masks == watch.camera.masks):
                with contextlib.suppress(OSError):
                    (self._settings.var / "views" / f"{name}.npz").unlink(missing_ok=True)

    def _say_misnamed(self, misnamed: set[str]) -> None:
        for name in sorted(misnamed - self._misnamed):
            log.warning("%s: 파일 이름이 카메라 ID가 아님 · the file's name is no camera id", name)
        self._misnamed = misnamed

    def _changed(self, name: str, before: Camera | None) -> None:
        """Stop a camera that is to run otherwise, and say what is wrong with its file."""
        held = self._held[name]
        if held.camera != before:
            self._end(name)
        self._voice(name).note(held.note)
        if not held.camera:
            self._lost(name, held.wrong)

    def _begin(self, camera: Camera) -> None:
        stop, subject = threading.Event(), self._wire.subject(camera.id)
        detector, voice = self._budget.share(camera.id) if self._budget else None, self._voice(camera.id)

        def open_eye() -> Eye:
            return Eye(camera, subject, detector, self._settings.var, voice, stop)

        self._watches[camera.id] = Watch(camera, open_eye, stop, voice)

    def _voice(self, name: str) -> Voice:
        return self._voices.setdefault(name, Voice(self._wire))

    def _end(self, name: str) -> None:
        """Stop a camera; its last picture goes at once, and once more when it has stopped."""
        if name in self._watches:
            self._watches[name].end()
        self._wire.forget(name)

    def _lost(self, name: str, reason: str) -> None:
        self._wire.tell(name, CameraHealth(state="lost", fps=0.0, detail=reason))

    def _tell_wrong(self) -> None:
        for name, held in self._held.items():
            if not held.camera:
                self._lost(name, held.wrong)


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
