"""Who stands in a zone since when: what the rules of zones have in common."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from msgspec import Struct

from cctv.rules.base import Place
from cctv.tracks import Track

GAP_S = 1.5


class Visit(Struct):
    """One stay of one track in a zone; ``told`` once a rule has spoken about it."""

    since_s: float
    seen_s: float
    told: bool = False


class Zone:
    """The visits to one polygon, by the bottom centre of each box.

    A short absence (``GAP_S``: a step outside, a lost box) does not end a visit.
    """

    def __init__(self, place: Place) -> None:
        """Take a polygon in pixels; without points the zone is the whole picture."""
        self._polygon = np.array(place.points, np.float32).reshape(-1, 1, 2)
        self._visits: dict[int, Visit] = {}

    def holds(self, track: Track) -> bool:
        """Tell whether the track stands in the zone, its edge included."""
        return (
            not len(self._polygon) or cv2.pointPolygonTest(self._polygon, track.foot, measureDist=False) >= 0
        )

    def stays(self, tracks: Sequence[Track], t_s: float) -> Iterator[tuple[Track, Visit]]:
        """Yield the tracks now inside with their visits, and forget visits that are over.

        Absent is who is not there in a picture: while no picture is judged (the light changes) nobody leaves.
        """
        inside = [track for track in tracks if self.holds(track)]
        for track in inside:
            self._visits.setdefault(track.number, Visit(t_s, t_s)).seen_s = t_s
        self._visits = {n: visit for n, visit in self._visits.items() if t_s - visit.seen_s <= GAP_S}
        yield from ((track, self._visits[track.number]) for track in inside)
