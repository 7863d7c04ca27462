"""What is to be told about the health of a camera."""

import cv2
import numpy as np

from cctv.camera import Camera
from cctv.sources.base import Frame
from park.facts import CameraHealth, CameraState

HEALTH_S = 60.0
RATE_S = 5.0
FROZEN_S = 10.0


class Health:
    """What is to be told about a camera's health: changes at once, else once a minute."""

    def __init__(self, camera: Camera, model: str) -> None:
        """Know nothing yet."""
        self._about = [camera.sample] if camera.sample else []
        self._about.append(f"model {model}")
        self._state: CameraState | None = None
        self._reason = ""
        self._told_s, self._count, self._fresh = float("-inf"), 0, False
        self._changed_s, self._tiny = float("-inf"), np.zeros(0, np.uint8)

    def see(self, frame: Frame, now_s: float) -> CameraHealth | None:
        """Take a picture; one that never changes at all is frozen."""
        self._count += 1
        tiny = np.asarray(cv2.resize(frame.image, (64, 48), interpolation=cv2.INTER_NEAREST), np.uint8)
        if not np.array_equal(tiny, self._tiny):
            self._changed_s, self._tiny = frame.t_s, tiny
        frozen = frame.t_s - self._changed_s >= FROZEN_S
        return self._set(
            "frozen" if frozen else "ok", "화면이 멈춤 · picture stands still" if frozen else "", now_s
        )

    def lose(self, reason: str, now_s: float) -> CameraHealth | None:
        """The source is gone."""
        return self._set("lost", reason, now_s)

    def tell(self, now_s: float) -> CameraHealth | None:
        """Return what is due; nothing before anything is known."""
        return None if self._state is None else self._set(self._state, self._reason, now_s)

    def _set(self, state: CameraState, reason: str, now_s: float) -> CameraHealth | None:
        due_s = RATE_S if self._fresh and state != "lost" else HEALTH_S  # soon again, to tell the rate
        if state == self._state and now_s - self._told_s < due_s:
            return None
        self._fresh = state != self._state
        fps = 0.0 if state == "lost" or self._fresh else self._count / (now_s - self._told_s)
        self._state, self._reason, self._told_s, self._count = state, reason, now_s, 0
        detail = " · ".join([*([reason] if reason else []), *self._about])
        return CameraHealth(state=state, fps=round(fps, 1), detail=detail)
