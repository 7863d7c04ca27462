"""Where pictures come from: a file, a network camera, a device; one file each."""

from cctv.sources.base import Source, SourceError
from cctv.sources.file import FileSource
from cctv.sources.rtsp import SCHEMES, NetworkSource, Transport
from cctv.sources.usb import UsbSource


def open_source(address: str, start_s: float = 0.0, transport: Transport = "tcp") -> Source:
    """Return the source for an address: ``/dev/videoN``, a URL of an allowed scheme, or a file.

    ``start_s``: where a file begins; ``transport``: how a network camera sends.

    Raises:
        SourceError: for any other scheme, or a file that is not there.
    """
    scheme, separator, _ = address.partition("://")
    if separator:
        if scheme.lower() not in SCHEMES:
            raise SourceError(f"허용되지 않은 주소 · scheme not allowed: {scheme}")
        return NetworkSource(address, transport)
    if address.startswith("/dev/video"):
        return UsbSource(address)
    return FileSource(address, start_s)


__all__ = ["Source", "SourceError", "Transport", "open_source"]
