"""Whether the end of a film was reached: what it says it holds, beside what came out of it."""

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cctv.sources.stream_choice import length_s

STAMPS_MAY_JUMP = 0x200  # FFmpeg's AVFMT_TS_DISCONT
# Containers without an index, which do not say how long they are.
WITHOUT_INDEX = frozenset({"mpegts", "mpeg", "mpegvideo", "h264", "hevc", "m4v", "mjpeg", "gif", "obu"})
# Containers whose video goes on to their end: what is left over there was not seen.
TO_THE_END = WITHOUT_INDEX | {"matroska,webm", "flv"}
LEFT_BYTES, LEFT_SHARE = 1 << 14, 0.02  # an index at the end, a little padding
SHORT_S, SHORT_PICTURES = 0.5, 3  # what a film may count otherwise than it holds
SOUND_S = 2.0  # what its sound, of which nothing is read, may go on longer


class FilmEnd:
    """Follows a film from packet to packet and judges its end.

    ``length_s``: how long it says it is, where it does; ``likely_s``: for want of that, how long it seems.
    """

    def __init__(self, video: VideoStream) -> None:
        """Take what the film says of itself."""
        film = video.container
        if not isinstance(film, InputContainer):
            raise TypeError("a film that is being written")
        name = film.format.name
        says = name not in WITHOUT_INDEX and not stamps_may_jump(video)
        self.likely_s = film.duration / av.time_base if film.duration else length_s(video)
        of_video_s = length_s(video)
        self.length_s = (self.likely_s if of_video_s is None else of_video_s) if says else None
        self._spare_s = SOUND_S if of_video_s is None and len(film.streams) > 1 else SHORT_S
        alone = len(film.streams.video) == 1
        self._bytes = film.size if name in TO_THE_END and alone else 0
        self._position = 0
        self._seen_s = 0.0
        self._began_s = 0.0  # a film may begin before its own zero

    def packet(self, packet: "Packet[VideoStream]") -> None:
        """Take a packet of the video."""
        if packet.pos is not None:
            self._position = max(self._position, packet.pos + packet.size)
        if packet.pts is not None:
            self._began_s = min(self._began_s, float(packet.pts * packet.time_base))

    def picture(self, frame: av.VideoFrame, step_s: float) -> None:
        """Take a picture that was decoded."""
        if frame.time is not None:
            lasts_s = float(frame.duration * (frame.time_base or 0)) or step_s
            self._seen_s = max(self._seen_s, frame.time + lasts_s)

    def reached(self, seen_s: float, step_s: float, lost: int, *, damaged: bool) -> bool:
        """Tell whether the film was seen to its end.

        Args:
            seen_s: of the pictures, by a time without breaks.
            step_s: from one picture to the next.
            lost: packets at the end that could not be decoded.
            damaged: whether the last packet, or what came after it, was damaged.
        """
        spare_s = max(self._spare_s, SHORT_PICTURES * step_s)
        if lost * step_s > SHORT_S or self._is_left():
            return False
        if self.length_s is None:
            return not damaged
        return max(self._seen_s - self._began_s, seen_s) >= self.length_s - spare_s

    def _is_left(self) -> bool:
        left = self._bytes - self._position
        return self._position > 0 and left > max(LEFT_BYTES, LEFT_SHARE * self._bytes)


def stamps_may_jump(video: VideoStream) -> bool:
    """Tell whether time stamps may jump in a container of this kind; then it does not say how long it is."""
    return bool(video.container.format.flags & STAMPS_MAY_JUMP)
