"""What one picture showed, as every rule gets it."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from cctv.motion import Moved
from cctv.sources.base import Image
from cctv.things import Thing
from cctv.tracks import Box, Track, scaled

Need = Literal["motion", "boxes", "people", "vehicles", "things"]


class Scene(NamedTuple):
    """One picture, its masks burnt in, and what was made of it.

    ``scale``: pixels of the camera's ``frame`` per pixel of ``image`` (x, y); tracks are in the frame's.
    ``sees``: what can be told at all; without a detector it is motion alone. ``changed_s``: when the whole
    picture last changed at once (what is remembered of the pixels before it no longer holds). Rules are not
    asked during such a change and the moment of settling after it.
    ``things``: what was left or taken, where a rule asks for it.
    """

    t_s: float
    image: Image
    moved: Moved
    tracks: Sequence[Track]
    scale: tuple[float, float] = (1.0, 1.0)
    sees: frozenset[Need] = frozenset({"motion"})
    changed_s: float = float("-inf")
    things: Sequence[Thing] = ()

    def in_picture(self, box: Box) -> Box:
        """Return a box of the frame in pixels of the picture."""
        return scaled(box, (1 / self.scale[0], 1 / self.scale[1]))

    def in_frame(self, box: Box) -> Box:
        """Return a box of the picture in pixels of the frame."""
        return scaled(box, self.scale)
