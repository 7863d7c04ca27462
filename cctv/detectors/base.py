"""What every detector shares."""

from abc import ABC, abstractmethod

from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting


class ModelError(RuntimeError):
    """A model that cannot be used; the message says which and why."""


class BusyError(RuntimeError):
    """The detector has no time for this picture: motion and tracks go on without it."""


class Detector(ABC):
    """Finds objects; safe to share between threads."""

    name: str  # told with every event: file and the beginning of its checksum

    @abstractmethod
    def find(self, image: Image) -> list[Sighting]:
        """Return the objects in a BGR picture, boxes in its pixels, unsure ones included.

        Raises:
            BusyError: when it is shared and has no time for this one.
        """
