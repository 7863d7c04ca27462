"""What a camera has learnt of its view, and how far the picture is from it; under a millisecond a picture.

Not pixels are compared but the directions of edges (the double angle of the gradient, so that light and
dark may change places, as under infrared lamps): these stay when light comes and goes, and average to
nothing where people pass. The picture itself is a mean of about a second: noise, rain and passers-by fade.
"""

import math
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from cctv.sources.base import Image

WIDTH_PX = 320
MEAN_S = 1.0
LEARN_S = 3.0
YOUNG = 50  # pictures; what was learnt from more changes so slowly that it is measured now and then
MEMORY_S = 600.0  # light wanders within tens of minutes, nobody turns a camera that slowly
FAINT = 400.0  # squared Sobel response of sensor noise, grey levels: below it no edge has a direction
PLAIN = 0.02  # mean squared direction below which a block has nothing to compare
CELLS = (4, 3)
BLOCKS = (16, 12)
COARSE = (32, 24)
CLOSER = 0.5  # of the learnt distance between light and dark: cloth before the lens has less, a scene seldom
FLAT = 2.0  # grey levels: contrast below it is no picture
BANDS = 0.12  # top and bottom, where names and clocks are burnt in
Plane = NDArray[np.float32]
Grey = NDArray[np.uint8]


def small(image: Image) -> Grey:
    """Return a picture (height, width, BGR) in grey levels and at most ``WIDTH_PX`` wide."""
    height, width = image.shape[:2]
    if width > WIDTH_PX:
        size = (WIDTH_PX, max(1, round(height * WIDTH_PX / width)))
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


class Sight(NamedTuple):
    """How one picture compares with what was learnt; as if nothing had changed while ``known`` is False.

    ``light`` and ``bright``, ``dark``: mean grey level, shares of pixels above 48 and below 200; ``spread``:
    of the coarse picture, in grey levels; all without the bands of burnt-in text. ``same``: agreement of
    edges, about 0 for another view … 1; ``cells``: share of the picture's cells where they agree. ``kept``:
    share of the textured blocks that still have edges; ``plain``: of the cells in which light and dark are
    much closer than learnt. ``coarse``: correlation of the coarse picture; ``contrast`` and ``sharp``: of it,
    and of fine detail per contrast, as shares of what was learnt.
    """

    light: float
    bright: float
    dark: float
    spread: float
    known: bool = False
    same: float = 1.0
    cells: float = 1.0
    kept: float = 1.0
    plain: float = 0.0
    coarse: float = 1.0
    contrast: float = 1.0
    sharp: float = 1.0


class _Look(NamedTuple):
    edges: Plane  # rows × columns × 2: cos and sin of the double angle, fading where there is no edge
    coarse: Plane
    picture: Plane  # the mean of all that was learnt has no noise, rain and shaking in it: only the view
    fine: float


class View:
    """The learnt view of one camera."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.forget()
        self._mean: Plane = np.zeros((0, 0), np.float32)
        self._edges = _Edges((1, 1))
        self._last_s = 0.0

    def forget(self) -> None:
        """Begin to learn anew."""
        self._ref: _Look | None = None
        self._now: _Look | None = None
        self._learnt_s, self._count = 0.0, 0

    def keep(self, path: Path, mark: str) -> None:
        """Write what is learnt, by source and masks as ``mark`` names them; raises OSError."""
        if self._ref is None or self._learnt_s < LEARN_S:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez_compressed(
            part,
            mark=np.array(mark),
            count=np.array(self._count),
            edges=self._ref.edges.astype(np.float16),
            coarse=self._ref.coarse.astype(np.float16),
            picture=np.clip(self._ref.picture + 0.5, 0, 255).astype(np.uint8),
        )
        part.replace(path)

    def recall(self, path: Path, mark: str) -> bool:
        """Know what was kept with the same ``mark``; False where there is none, or none that can be read."""
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["mark"]) != mark:
                    return False
                edges, coarse, picture = (
                    np.asarray(kept[name], np.float32) for name in ("edges", "coarse", "picture")
                )
                count = int(kept["count"])
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return False
        if coarse.shape != COARSE[::-1] or edges.shape != (picture.shape[0] // 4, picture.shape[1] // 4, 2):
            return False
        self._ref, self._learnt_s = _Look(edges, coarse, picture, _fine(picture)), LEARN_S
        self._count = max(YOUNG, count)
        return True

    def look(self, grey: Grey, t_s: float) -> Sight:
        """Compare a picture, as :func:`small` gives it, with what was learnt; seconds never go back."""
        rows = round(grey.shape[0] * BANDS)
        middle = grey[rows : grey.shape[0] - rows]
        size = float(middle.size)
        light = float(cv2.mean(middle)[0])
        bright = float(np.count_nonzero(middle > 48)) / size
        dark = float(np.count_nonzero(middle < 200)) / size
        self._now = self._measure(grey, t_s)
        spread = float(self._now.coarse[3:-3].std())
        if self._ref is None or self._learnt_s < LEARN_S or self._ref.edges.shape != self._now.edges.shape:
            return Sight(light, bright, dark, spread)
        return _compare(self._ref, self._now)._replace(light=light, bright=bright, dark=dark, spread=spread)

    def learn(self, passed_s: float, *, sure: bool = True) -> None:
        """Take the last picture into what is known; ``passed_s`` since the one before.

        Unless ``sure`` that it shows the same view it counts slowly, however little is known yet.
        """
        if self._now is None:
            return
        if self._ref is None or self._ref.edges.shape != self._now.edges.shape:
            self._ref = self._now
            self._learnt_s = 0.0
            self._count = 1
            return
        self._learnt_s += passed_s
        part = 1 - math.exp(-passed_s / MEMORY_S)
        if sure:
            self._count += 1
            part = max(part, 1 / self._count)
        mean = _blend(self._ref.picture, self._now.picture, part)
        self._ref = _Look(
            _blend(self._ref.edges, self._now.edges, part),
            _blend(self._ref.coarse, self._now.coarse, part),
            mean,
            _fine(mean) if self._count < YOUNG or self._count % YOUNG == 0 else self._ref.fine,
        )

    def _measure(self, grey: Grey, t_s: float) -> _Look:
        picture = grey.astype(np.float32)
        part = 1 - math.exp(-max(0.0, t_s - self._last_s) / MEAN_S)
        self._last_s = t_s
        same = self._mean.shape == picture.shape
        self._mean = _blend(self._mean, picture, part) if same else picture
        if self._edges.shape != picture.shape:
            self._edges = _Edges(picture.shape)
        return _Look(self._edges.of(self._mean), _shrink(self._mean, COARSE), picture, _fine(picture))


class _Edges:
    """Directions of edges; its planes are used again: new ones cost more time than what is done in them."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.shape = shape
        self._planes = [np.zeros(shape, np.float32) for _ in range(4)]

    def of(self, picture: Plane) -> Plane:
        """Return rows × columns × 2 at a quarter of the picture's size."""
        across, down, cross, along = self._planes
        cv2.Sobel(picture, cv2.CV_32F, 1, 0, dst=across, ksize=3)
        cv2.Sobel(picture, cv2.CV_32F, 0, 1, dst=down, ksize=3)
        cv2.multiply(across, down, dst=cross, scale=2)
        cv2.multiply(across, across, dst=across)
        cv2.multiply(down, down, dst=down)
        cv2.subtract(across, down, dst=along)
        strength = cv2.add(across, down, dst=across)
        np.add(strength, FAINT, out=strength)
        size = (picture.shape[1] // 4, picture.shape[0] // 4)
        parts = (cv2.divide(part, strength, dst=part) for part in (along, cross))
        return np.dstack([_shrink(np.asarray(part, np.float32), size) for part in parts])


def _compare(ref: _Look, now: _Look) -> Sight:
    dot, had, has = (np.einsum("ijk,ijk->ij", *pair) for pair in _pairs(ref.edges, now.edges))
    blocks_had, blocks_have = _shrink(had, BLOCKS), _shrink(has, BLOCKS)
    textured = blocks_had > PLAIN
    lost = blocks_have[textured] < blocks_had[textured] / 4
    there = _shrink(had, CELLS) > PLAIN
    alike = _share(_shrink(dot, CELLS), _shrink(had, CELLS), _shrink(has, CELLS))[there]
    before, after = float(ref.coarse.std()), float(now.coarse.std())
    contrast = (after + FLAT / 4) / (before + FLAT / 4)
    joint = float(((ref.coarse - ref.coarse.mean()) * (now.coarse - now.coarse.mean())).mean())
    return Sight(
        0.0,
        0.0,
        0.0,
        0.0,
        known=bool(textured.mean() > 0.1),  # an empty wall tells nothing
        same=float(dot.sum() / math.sqrt(float(had.sum()) * float(has.sum()) + 1e-6)),
        cells=float((alike > 0.6).mean()) if alike.size else 1.0,
        kept=1.0 - float(lost.mean()) if lost.size else 1.0,
        plain=float((_depth(now.coarse) < CLOSER * np.maximum(_depth(ref.coarse), FLAT)).mean()),
        coarse=joint / (max(before, FLAT) * max(after, FLAT)),
        contrast=contrast,
        sharp=now.fine / (ref.fine + 1e-6) / max(contrast, 0.05),
    )


def _depth(coarse: Plane) -> Plane:
    """Return how far light and dark are apart in each of the cells: the standard deviation in grey levels."""
    columns, rows = CELLS
    parts = coarse.reshape(rows, COARSE[1] // rows, columns, COARSE[0] // columns)
    return np.asarray(parts.std(axis=(1, 3)), np.float32)


def _pairs(ref: Plane, now: Plane) -> tuple[tuple[Plane, Plane], ...]:
    return (ref, now), (ref, ref), (now, now)


def _share(dot: Plane, had: Plane, has: Plane) -> Plane:
    return np.asarray(dot / np.sqrt(had * has + np.float32(1e-6)), np.float32)


def _fine(picture: Plane) -> float:
    """Return the mean of what a small blur takes away, in grey levels."""
    return float(cv2.norm(picture, cv2.GaussianBlur(picture, (0, 0), 1.5), cv2.NORM_L1)) / picture.size


def _blend(old: Plane, new: Plane, part: float) -> Plane:
    return np.asarray(cv2.addWeighted(old, 1 - part, new, part, 0), np.float32)


def _shrink(plane: Plane, size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
