"""What moves and has no name yet: its way is given to whoever the detector finds there.

Small or odd things are found in one picture of six; where they came from, motion has seen all along.
"""

from collections.abc import Sequence

from msgspec import Struct

from cctv.tracking.track import Box, Past, centre, covers, overlap

GONE_S = 0.6
MOST = 12  # so many at once are rain, leaves or noise
SAME = 0.3  # overlap from one picture to the next
ITS = 0.5  # of the smaller box
LARGER = 4.0  # times the area: a body and the part of it that moves
WAY = 60  # the places that are kept


class Stranger(Struct):
    """One thing that moves: where it was, oldest first."""

    way: list[Past]

    @property
    def box(self) -> Box:
        """Where it was last."""
        return self.way[-1].box


class Strangers:
    """Those of one camera."""

    def __init__(self) -> None:
        """Know none."""
        self._there: list[Stranger] = []

    def follow(self, blobs: Sequence[Box], t_s: float) -> None:
        """Go on to ``t_s`` with what moves there and is nobody's: boxes in pixels of the frame."""
        self._there = [one for one in self._there if t_s - one.way[-1].t_s <= GONE_S]
        if len(blobs) > MOST:
            return
        left = list(self._there)
        for box in blobs:
            one = max(left, key=lambda stranger: overlap(stranger.box, box), default=None)
            if one and overlap(one.box, box) >= SAME:
                left.remove(one)
                one.way = [*one.way[1 - WAY :], Past(t_s, box)]
            else:
                self._there.append(Stranger([Past(t_s, box)]))

    def claim(self, box: Box, t_s: float) -> list[Past]:
        """Take the way of what the detector has found in ``box``, in boxes of its size; empty for none."""
        fits = [one for one in self._there if t_s - one.way[-1].t_s <= GONE_S and _is(one.box, box)]
        one = max(fits, key=lambda stranger: overlap(stranger.box, box), default=None)
        if one is None:
            return []
        self._there.remove(one)
        end = centre(one.box)
        return [Past(past.t_s, _moved(box, centre(past.box), end)) for past in one.way]


def _moved(box: Box, start: tuple[float, float], end: tuple[float, float]) -> Box:
    return box[0] + start[0] - end[0], box[1] + start[1] - end[1], box[2], box[3]


def _is(blob: Box, box: Box) -> bool:
    ratio = blob[2] * blob[3] / max(1e-9, box[2] * box[3])
    return covers(blob, box, ITS) and 1 / LARGER <= ratio <= LARGER
