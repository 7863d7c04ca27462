"""What every detector shares."""

from abc import ABC, abstractmethod

from cctv.sources.base import Image
from cctv.tracks import Sighting


class ModelError(RuntimeError):
    """A model that cannot be used; the message says which and why."""


class Detector(ABC):
    """Finds objects; safe to share between threads."""

    name: str  # told with every event: file and the beginning of its checksum

    @abstractmethod
    def find(self, image: Image) -> list[Sighting]:
        """Return the objects in a BGR picture, boxes in its pixels, unsure ones included."""
