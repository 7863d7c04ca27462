"""What every source shares: what to open and how; decoding itself happens in a child process."""

from abc import ABC, abstractmethod
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

STALL_S = 3.0  # of a camera: one that stops is told within 6 s of its last picture
NOTHING = "화면이 하나도 없음 · not one picture in it"
Image = NDArray[np.uint8]  # height × width × 3, BGR


class SourceError(RuntimeError):
    """No picture can be had; the message says why, without the secrets of an address."""


class PartError(SourceError):
    """Only a part of a film could be read; what was found in that part stands."""


class Frame(NamedTuple):
    """One picture, ``t_s`` seconds after the first of its source.

    ``clock_off_s``: how far the source's own clock is ahead of ours, where it tells one. ``damaged``: how
    many packets and pictures of it were damaged so far.
    """

    t_s: float
    image: Image
    clock_off_s: float | None = None
    damaged: int = 0


class Opening(Struct, frozen=True):
    """What the decoder process is to open.

    ``live``: keep real time (a file is played at its own pace, over and over, from ``start_s``);
    ``fps`` and ``width`` are the most that is handed on. ``timeout_s``: for the first picture;
    ``stall_s``: for each further one.
    """

    address: str
    options: dict[str, str]
    format: str | None = None
    loops: bool = False
    start_s: float = 0.0
    live: bool = False
    fps: float = 60.0
    width: int = 16384
    timeout_s: float = 10.0
    stall_s: float = 10.0


class Source(ABC):
    """One kind of address."""

    @abstractmethod
    def opening(self) -> Opening:
        """Return how the decoder opens it.

        Raises:
            SourceError: when it is clear beforehand that it cannot.
        """
