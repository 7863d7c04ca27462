"""A network camera: RTSP over TCP, or UDP where a camera speaks nothing else."""

from typing import Literal

from cctv.sources.base import STALL_S, Opening, Source

SCHEMES = frozenset({"rtsp", "rtsps"})
_RTSP = {
    "allowed_media_types": "video",  # sound is not even asked for
    "fflags": "nobuffer",
    "flags": "low_delay",
    "analyzeduration": "1000000",  # µs: a second of pictures tells what they are
    "protocol_whitelist": "rtsp,rtsps,rtp,tcp,tls,crypto",
}
OPEN_S = 8.0
Transport = Literal["tcp", "udp"]


class NetworkSource(Source):
    """A URL of an allowed scheme."""

    def __init__(self, address: str, transport: Transport = "tcp") -> None:
        """Take the URL, whose secrets are told to nobody but the decoder."""
        self._address, self._transport = address, transport

    def opening(self) -> Opening:
        """Return how the decoder opens it."""
        options = _RTSP | {"rtsp_transport": self._transport}
        if self._transport == "udp":
            options["protocol_whitelist"] += ",udp"
        return Opening(self._address, options, timeout_s=OPEN_S, stall_s=STALL_S)
