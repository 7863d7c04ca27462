"""Footage from a file; ``sample:vtest.avi`` is the demonstration footage of this machine."""

from pathlib import Path

from cctv.offline.sample import SCHEME, SampleMissingError, find_sample
from cctv.sources.base import Opening, Source, SourceError

# containers of footage only: no play lists, which could name other files and hosts
FORMATS = (
    "avi,mov,mp4,matroska,webm,mpegts,mpeg,mpegvideo,flv,asf,ogg,gif,h264,hevc,m4v,mjpeg,wav,mxf,"
    "ivf,obu"  # AV1 by itself
)


class FileSource(Source):
    """A file, played from ``start_s``."""

    def __init__(self, address: str, start_s: float = 0.0) -> None:
        """Take a path, absolute or from the current folder, or ``sample:NAME``."""
        self._address, self._start_s = address, start_s

    def opening(self) -> Opening:
        """Return how the decoder opens it; SourceError when there is no such file."""
        options = {"protocol_whitelist": "file", "format_whitelist": FORMATS}
        path = str(self._path().resolve())
        return Opening(f"file:{path}", options, loops=True, start_s=self._start_s)

    def _path(self) -> Path:
        if self._address.startswith(SCHEME):
            try:
                return find_sample(self._address.removeprefix(SCHEME))
            except SampleMissingError as error:
                raise SourceError(str(error)) from error
        path = Path(self._address)
        if not path.is_file():
            raise SourceError(f"파일 없음 · no such file: {path.name}")
        return path
