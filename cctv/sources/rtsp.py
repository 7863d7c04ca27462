"""A network camera: RTSP over TCP."""

from cctv.sources.base import Opening, Source

SCHEMES = frozenset({"rtsp", "rtsps"})
_RTSP = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",  # sound is not even asked for
    "fflags": "nobuffer",
    "flags": "low_delay",
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto",
}


class NetworkSource(Source):
    """A URL of an allowed scheme."""

    def __init__(self, address: str) -> None:
        """Take the URL, whose secrets are told to nobody but the decoder."""
        self._address = address

    def opening(self) -> Opening:
        """Return how the decoder opens it."""
        return Opening(self._address, _RTSP)
