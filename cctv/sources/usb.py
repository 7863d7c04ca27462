"""A camera on this machine, by Video4Linux."""

from pathlib import Path

from cctv.sources.base import STALL_S, Opening, Source, SourceError


class UsbSource(Source):
    """``/dev/videoN``."""

    def __init__(self, address: str) -> None:
        """Take the device."""
        self._path = Path(address)

    def opening(self) -> Opening:
        """Return how the decoder opens it; SourceError when there is no such device."""
        if not self._path.exists():
            raise SourceError(f"장치 없음 · no such device: {self._path}")
        return Opening(str(self._path), {}, format="v4l2", stall_s=STALL_S)
