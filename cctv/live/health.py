"""Whether a camera can be trusted: blind, frozen, covered, out of focus, turned, slow, lost, back again."""

import contextlib
from collections import deque
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from cctv.config.camera import Camera
from cctv.privacy.masking import masked
from cctv.sources.base import Frame, Image
from cctv.vision.frozen import GRID, Frozen
from cctv.vision.learned_view import Grey, Sight, View, small
from park.cameras.facts import CameraHealth, CameraState

HEALTH_S = 60.0
RATE_S = 5.0
LOOK_S = 0.19  # five pictures a second are enough to judge by
WANTED_FPS = 5.0  # what the analysis looks at when a camera's file asks for no less
SLOW_SHARE = 0.5
SLOW_WINDOW_S = 6.0
BACK_S = 2.0
RELEARN_S = 1800.0  # a view that stayed elsewhere so long is the camera's new view
KEEP_EVERY_S, KEEP = 2.0, 3
KEEP_VIEW_S = 60.0
CLOCK_OFF_S = 5.0  # evidence needs the right second; networks and buffers take one or two
BLANK = 2.5  # grey levels between the parts of a picture: less is no scene, even in a tenth of its light
PLAIN, PARTLY_PLAIN = 0.6, 0.34  # of the picture: cloth, hand, board over two thirds; another view has depth
# seconds that something must last before it is told: a hand, a flash, a lorry passing by is none of them
HOLD_S: dict[CameraState, float] = {
    "black": 3.0,
    "white": 3.0,
    "covered": 3.0,
    "frozen": 0.0,  # its window is long enough
    "turned": 5.0,
    "defocused": 4.0,
    "slow": 1.0,
}
SAYS: dict[CameraState, str] = {
    "ok": "",
    "black": "화면이 검음 · nothing but black",
    "white": "화면이 하얗게 포화됨 · blinded by light",
    "frozen": "화면이 멈춤 · picture stands still",
    "covered": "화면이 가려짐 · the view is covered",
    "turned": "시야가 바뀜 · another view than learnt",
    "defocused": "초점이 흐림 · out of focus",
    "slow": "화면이 느림 · too few pictures",
}
Keep = Callable[[Image], str | None]
Off = Callable[[], tuple[str, ...]]


class Health:
    """What is to be told about a camera's health: changes at once, else once a minute."""

    def __init__(
        self,
        camera: Camera,
        model: str,
        off: Off = tuple,
        keep: Keep | None = None,
        views: Path | None = None,
    ) -> None:
        """Know nothing yet but the view learnt in an earlier run, where one is in the folder ``views``.

        ``off`` returns the rules that cannot be given now; ``keep`` writes a still, returns its id.
        """
        self._about = [camera.sample] if camera.sample else []
        self._about.append(f"model {model}")
        self._off, self._keep = off, keep
        self._wanted_fps = min(WANTED_FPS, camera.analysis_fps)
        self._seen = _seen(camera)
        self._view, self._frozen = View(), Frozen(self._seen)
        self._kept = views / f"{camera.id}.npz" if views else None
        self._mark = sha256(msgspec.json.encode((camera.source, camera.substream, camera.masks))).hexdigest()
        self._kept_s: float | None = None
        if self._kept:
            self._view.recall(self._kept, self._mark)
        self._since_s: dict[CameraState, float] = {}
        self._arrived: deque[float] = deque()
        self._began_s = self._looked_s = self._unwell_s = float("-inf")
        self._good: deque[tuple[float, Image]] = deque(maxlen=KEEP)
        self._state: CameraState | None = None
        self._reason, self._changed_s = "", 0.0
        self._told_s = float("-inf")
        self._count = 0
        self._fresh = False
        self._told_off: tuple[str, ...] = ()
        self._clock_off_s: float | None = None
        self._damaged = self._damaged_told = 0  # packets of this opening; those already told

    def see(self, frame: Frame, now_s: float, clock_off_s: float | None = None) -> CameraHealth | None:
        """Take a picture, masks burnt in; ``clock_off_s``: how far the camera's clock is ahead of ours."""
        self._count += 1
        self._clock_off_s = clock_off_s
        self._damaged = frame.damaged
        self._arrive(now_s)
        if now_s - self._looked_s < LOOK_S:
            return self.tell(now_s)
        passed_s, self._looked_s = now_s - self._looked_s, now_s
        grey = small(frame.image)
        sight = self._view.look(grey, now_s)
        wrong = judge(sight) | self._stands(grey, now_s)
        for state in HOLD_S:
            if state not in wrong:
                self._since_s.pop(state, None)
            else:
                self._since_s.setdefault(state, now_s)
        if not wrong - {"slow", "frozen"}:
            self._view.learn(min(passed_s, 1.0), sure=sight.same > 0.8 and sight.sharp > 0.7)
        if not wrong:
            self._remember(frame.image, now_s)
            self._keep_view(now_s)
        return self._judge(frame.image, now_s)

    def lose(self, reason: str, now_s: float) -> CameraHealth | None:
        """The source is gone."""
        self._arrived.clear()
        self._clock_off_s = None
        self._damaged = self._damaged_told = 0
        self._since_s.clear()
        self._frozen = Frozen(self._seen)
        self._began_s = float("-inf")
        return self._set("lost", reason, now_s)

    def tell(self, now_s: float) -> CameraHealth | None:
        """Return what is due; nothing before anything is known."""
        return None if self._state is None else self._set(self._state, self._reason, now_s)

    def _arrive(self, now_s: float) -> None:
        if not self._arrived:
            self._began_s = now_s
        self._arrived.append(now_s)
        while now_s - self._arrived[0] > SLOW_WINDOW_S:
            self._arrived.popleft()

    def _stands(self, grey: Grey, now_s: float) -> set[CameraState]:
        wrong = set[CameraState]()
        if self._frozen.look(grey, now_s):
            wrong.add("frozen")
        whole = now_s - self._began_s >= SLOW_WINDOW_S
        if whole and len(self._arrived) < SLOW_SHARE * self._wanted_fps * SLOW_WINDOW_S:
            wrong.add("slow")
        return wrong

    def _remember(self, image: Image, now_s: float) -> None:
        if not self._good or now_s - self._good[-1][0] >= KEEP_EVERY_S:
            self._good.append((now_s, image))

    def _keep_view(self, now_s: float) -> None:
        """Write the view now and then: a camera that is turned while the room is down is told afterwards."""
        self._kept_s = now_s if self._kept_s is None else self._kept_s
        if self._kept and now_s - self._kept_s >= KEEP_VIEW_S:
            self._kept_s = now_s
            with contextlib.suppress(OSError):  # then it is learnt anew
                self._view.keep(self._kept, self._mark)

    def _judge(self, image: Image, now_s: float) -> CameraHealth | None:
        held = [s for s, since_s in self._since_s.items() if now_s - since_s >= HOLD_S[s]]
        if self._state in held and self._state == "turned" and now_s - self._changed_s >= RELEARN_S:
            self._view.forget()
            return self._change("ok", "새 시야를 기준으로 삼음 · the new view is learnt", image, now_s)
        for state in HOLD_S:  # the gravest first
            if state in held:
                return self._change(state, self._why(state), image, now_s)
        if self._state in (None, "lost"):
            return self._change("ok", self._returned(), image, now_s)
        if self._since_s:
            self._unwell_s = now_s
            return self.tell(now_s)
        return self._recover(image, now_s)

    def _recover(self, image: Image, now_s: float) -> CameraHealth | None:
        if self._state != "ok" and now_s - self._unwell_s < BACK_S:
            return self.tell(now_s)
        reason = self._reason if self._state == "ok" and now_s - self._changed_s < HEALTH_S else ""
        return self._change("ok", self._returned() if self._state != "ok" else reason, image, now_s)

    def _returned(self) -> str:
        return f"{self._state}에서 돌아옴 · back from {self._state}" if self._state else ""

    def _why(self, state: CameraState) -> str:
        if state != "slow":
            return SAYS[state]
        return f"{SAYS[state]} (< {SLOW_SHARE * self._wanted_fps:g}/s)"

    def _change(self, state: CameraState, reason: str, image: Image, now_s: float) -> CameraHealth | None:
        if state == self._state:
            return self._set(state, reason, now_s)
        before = after = None
        if self._keep and state != "ok":
            before = self._keep(self._good[0][1]) if self._good else None
            after = self._keep(image)
        return self._set(state, reason, now_s, before, after)

    def _set(
        self,
        state: CameraState,
        reason: str,
        now_s: float,
        before: str | None = None,
        after: str | None = None,
    ) -> CameraHealth | None:
        due_s = RATE_S if self._fresh and state != "lost" else HEALTH_S  # soon again, to tell the rate
        off = self._off()
        if state == self._state and off == self._told_off and now_s - self._told_s < due_s:
            return None
        if state == "lost" and state != self._state and self._keep and self._good:
            before = self._keep(self._good[-1][1])
        self._fresh = state != self._state
        fps = 0.0 if state == "lost" or self._fresh else self._count / (now_s - self._told_s)
        if self._fresh:
            self._changed_s = now_s
        self._state = state
        self._reason = reason
        self._told_s = now_s
        self._count = 0
        self._told_off = off
        return CameraHealth(
            state=state,
            fps=round(fps, 1),
            detail=" · ".join([*([reason] if reason else []), *self._clock(), *self._damage(), *self._about]),
            before=before,
            after=after,
            clock_off_s=self._clock_off_s,
            rules_off=off,
        )

    def _clock(self) -> list[str]:
        if self._clock_off_s is None or abs(self._clock_off_s) <= CLOCK_OFF_S:
            return []
        return [f"카메라 시각이 {self._clock_off_s:+.0f}초 어긋남 · camera clock off"]

    def _damage(self) -> list[str]:
        """Tell how many packets were damaged since the last time; a network that loses some goes on."""
        count, self._damaged_told = self._damaged - self._damaged_told, self._damaged
        return [f"손상된 패킷 {count}개 · {count} damaged packets"] if count > 0 else []


def _seen(camera: Camera) -> NDArray[np.bool_]:
    """Return which blocks of a picture (``GRID``, rows first) no mask touches."""
    white = np.full((camera.frame[1], camera.frame[0], 3), 255, np.uint8)
    shown = cv2.resize(masked(camera, white), GRID, interpolation=cv2.INTER_AREA)
    return np.asarray(shown.min(axis=2) == 255, np.bool_)


def judge(sight: Sight) -> set[CameraState]:
    """Return what is wrong with a picture by itself and against the learnt view, told or not yet.

    Light alone (lamps, infrared, headlights, night) keeps edges and their directions; a person close by
    leaves some cells as they were; compression and shaking keep fine detail or the coarse picture.
    """
    if sight.bright < 0.003 and (sight.light < 8 or (sight.known and sight.light < 20 and sight.kept < 0.2)):
        return {"black"}
    if sight.light > 225 and sight.dark < 0.03:
        return {"white"}
    if sight.spread < BLANK:
        return {"covered"}
    if not sight.known:
        return set()
    if sight.sharp < 0.5 and sight.coarse >= 0.7 and sight.contrast >= 0.5:
        return {"defocused"}
    if sight.kept < 0.3 and sight.same < 0.6 and (sight.coarse < 0.8 or sight.sharp < 0.5):
        return {"covered"}
    elsewhere = (sight.same < 0.65 and sight.coarse < 0.9) or sight.same < 0.4
    if not elsewhere or sight.cells >= 0.34:
        return set()
    partly = sight.cells > 0 and sight.plain > PARTLY_PLAIN  # the rest is where it was
    return {"covered"} if partly or sight.plain > PLAIN else {"turned"}
