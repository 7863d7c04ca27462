"""Who stands in a zone since when: what the rules of zones have in common."""

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from msgspec import Struct

from cctv.rules.base import Place
from cctv.tracking.track import Box, Track, family, overlap

GAP_S = 1.5
HIDDEN_S, SAME_PLACE = 3.0, 0.4  # whose number is gone may so long be somebody found there under a new one


class Visit(Struct):
    """One stay of one track in a zone, last seen in ``box``; ``told`` once a rule has spoken about it.

    ``stood``: when last seen it stood still.
    """

    since_s: float
    seen_s: float
    box: Box
    kind: str
    told: bool = False
    stood: bool = False


class Zone:
    """The visits to one polygon, by the bottom centre of each box.

    A short absence (``GAP_S``: a step outside, a lost box) does not end a visit, nor does a new number for
    who is found where somebody stood and was lost.
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
        here = {track.number for track in tracks}
        for track in inside:
            visit = self._visits.get(track.number) or self._lost(track, here)
            self._visits[track.number] = visit or Visit(t_s, t_s, track.box, family(track.label))
            mine = self._visits[track.number]
            mine.seen_s = t_s
            mine.box = track.box
            mine.stood = track.stands()
        self._visits = {
            number: visit
            for number, visit in self._visits.items()
            if t_s - visit.seen_s <= (GAP_S if number in here else HIDDEN_S)
        }
        yield from ((track, self._visits[track.number]) for track in inside)

    def _lost(self, track: Track, here: set[int]) -> Visit | None:
        """Return the visit of one who was lost where a newcomer first appeared: the same, taken for two."""
        first = track.first or track.box
        lost = {
            number: visit
            for number, visit in self._visits.items()
            if number not in here and visit.stood and visit.kind == family(track.label)
        }
        near = max(lost, key=lambda number: overlap(lost[number].box, first), default=None)
        if near is None or overlap(lost[near].box, first) < SAME_PLACE:
            return None
        return self._visits.pop(near)
