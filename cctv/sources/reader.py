"""Reads the footage of one opening: the right video, its time made to run on, what is damaged skipped.

Runs in the decoder process. A film is read to its end whatever is damaged in it; a camera that sends nothing
but damage is given up, to be opened again.
"""

import logging
import struct
import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import av
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from cctv.sources.base import Opening
from cctv.sources.film_end import FilmEnd, stamps_may_jump
from cctv.sources.footage import Footage
from cctv.sources.stream_choice import LARGEST_SIDE, footage_of
from cctv.sources.timeline import JUMP_S, NO_PAUSE_S, Timeline

UNKNOWN = float("nan")
WALL_CLOCK = struct.Struct("<q")  # of FFmpeg's producer reference time: µs since 1970, from RTCP reports
DAMAGED = 50  # packets of a camera in a row that cannot be decoded: a lossy network loses fewer
UNREADABLE = 100_000  # reads of a film in a row that fail; each is of a packet that its index names
PAUSE_S = 2.0  # of a film that is played like a camera: nobody waits longer for its next picture
WIDEST_PIXEL = 4  # anamorphic footage has at most 2
PLACES, APART_S = 20, 1.0  # of damage that are kept


class Picture(NamedTuple):
    """A decoded picture.

    ``t_s``: seconds after the first; ``pixel``: width of a pixel over its height; ``clock_off_s``: how far
    the source's clock is ahead of ours.
    """

    frame: av.VideoFrame
    t_s: float
    pixel: float
    clock_off_s: float


class Reader:
    """One reading of one opening."""

    def __init__(self, opening: Opening, choice: int = 0, alive: Callable[[], object] = lambda: None) -> None:
        """Open nothing yet; ``length_s`` is how long the film seems to be, once it is open.

        Args:
            opening: what to open.
            choice: 0 for the right video of it, 1 for the next best, and so on.
            alive: called for every packet of a film.
        """
        self._opening = opening
        self._choice = choice
        self._alive = alive
        self._is_film = opening.loops
        self._is_watched = opening.live and not opening.loops
        self._timeline = Timeline(None)
        self._damaged_at_s = list[float]()
        self._clock_off_s = UNKNOWN
        self._t_s = 0.0
        self._lost = 0  # packets in a row, up to now, that could not be decoded
        self._missing = 0  # such packets since the last picture
        self._is_last_damaged = False
        self.pictures = self.damaged = 0
        self.length_s: float | None = None
        self.videos = 1
        self.footage = Footage()

    @property
    def step_s(self) -> float:
        """From one picture to the next, as the film says."""
        return self._timeline.step_s

    def read(self) -> Iterator[Picture]:
        """Yield the pictures in order; ``footage`` says at the end what came of it.

        Raises:
            av.FFmpegError: when it cannot be opened, or a camera is lost.
            ValueError: when there is no video in it that is accepted.
        """
        opening = self._opening
        wait_s = opening.timeout_s / 2
        if self._is_film:
            _count_errors()
        errors = self._errors()
        with av.open(
            opening.address,
            format=opening.format,
            options=opening.options,
            metadata_errors="replace",  # a title in another encoding is no reason to refuse a film
            timeout=(wait_s, wait_s),
        ) as container:
            if self._errors() > errors:
                self.damaged += 1  # somewhere in what was read ahead
            videos = footage_of(container, device=opening.format is not None)
            self.videos = len(videos)
            video = videos[self._choice]
            end = FilmEnd(video)
            self._timeline = self._new_timeline(video, end.length_s)
            self.length_s = end.likely_s
            for frame in self._frames(container, video, end):
                self.pictures += 1
                end.picture(frame, self.step_s)
                self._t_s = self._place(frame)
                yield Picture(frame, self._t_s, pixel_of(video, frame), self._clock_off_s)
            self.footage = self._told(end, len(container.streams.video), video.index)

    def _new_timeline(self, video: VideoStream, length_s: float | None) -> Timeline:
        rate = float(video.average_rate) if video.average_rate else None
        if self._is_watched:
            return Timeline(rate)
        if self._is_film and self._opening.live:
            return Timeline(rate, PAUSE_S)
        if stamps_may_jump(video) or not self._is_film:
            return Timeline(rate, JUMP_S)
        # A pause is believed, but none that is longer than the whole film.
        return Timeline(rate, min(NO_PAUSE_S, max(JUMP_S, length_s or NO_PAUSE_S)))

    def _place(self, frame: av.VideoFrame) -> float:
        # A camera's own stamps may jump at any time: its pictures are as old as they arrive.
        stamp_s = time.monotonic() if self._is_watched else frame.time
        missing, self._missing = self._missing, 0
        return self._timeline.place(stamp_s, missing)

    def _packets(self, container: InputContainer, video: VideoStream) -> "Iterator[Packet[VideoStream]]":
        """Yield the packets; a film is read on after what cannot be read, a camera is lost then."""
        failures = 0
        while True:
            errors = self._errors()
            try:
                for packet in container.demux(video):
                    failures = 0
                    if self._errors() > errors:
                        self._note_damage()  # something before this packet was passed over
                    yield packet
                    errors = self._errors()
            except av.FFmpegError:
                failures += 1
                if not self._is_film:
                    raise
                self._is_last_damaged = True
                if failures == 1:
                    self._note_damage()
                if failures < UNREADABLE:
                    continue
            # What is said after the last packet is of what should have come after it.
            self._is_last_damaged |= self._errors() > errors
            return

    def _frames(self, container: InputContainer, video: VideoStream, end: FilmEnd) -> Iterator[av.VideoFrame]:
        """Yield what can be decoded."""
        for packet in self._packets(container, video):
            if self._is_film:
                self._alive()
                end.packet(packet)
            if self._is_watched and packet.has_sidedata("prft"):
                wall_us = WALL_CLOCK.unpack_from(bytes(packet.get_sidedata("prft")))[0]
                self._clock_off_s = wall_us / 1e6 - time.time()
            yield from self._decoded(packet)

    def _decoded(self, packet: "Packet[VideoStream]") -> list[av.VideoFrame]:
        """Return the pictures of a packet, those that are damaged in part too; count what is damaged."""
        errors = self._errors()
        frames = list[av.VideoFrame]()
        failed = packet.is_corrupt
        try:
            frames = [frame for frame in packet.decode() if isinstance(frame, av.VideoFrame)]
        except av.error.InvalidDataError:
            failed = True
            self._lost += 1
            self._missing += 1
            if not self._is_film and self._lost > DAMAGED:
                raise
        else:
            if packet.size:  # else it asks for what is left in the decoder
                self._lost = 0
        failed |= any(frame.is_corrupt for frame in frames) or self._errors() > errors
        if packet.size:
            self._is_last_damaged = failed
        if failed:
            self._note_damage()
        return frames

    def _note_damage(self) -> None:
        self.damaged += 1
        places = self._damaged_at_s
        if len(places) < PLACES and (not places or self._t_s - places[-1] >= APART_S):
            places.append(round(self._t_s, 1))

    def _told(self, end: FilmEnd, videos: int, number: int) -> Footage:
        seen_s = self._t_s + self.step_s if self.pictures else 0.0
        whole = not self._is_film or end.reached(
            seen_s, self.step_s, self._lost, damaged=self._is_last_damaged
        )
        length_s = end.length_s if self._is_film else None
        return Footage(
            seen_s=round(seen_s, 3),
            length_s=None if length_s is None else round(max(seen_s, length_s), 3),
            pictures=self.pictures,
            damaged=self.damaged,
            damaged_at_s=tuple(self._damaged_at_s),
            breaks=self._timeline.breaks,
            whole=whole,
            videos=videos,
            video=number,
        )

    def _errors(self) -> int:
        """Return how many errors FFmpeg told; it hides damage in a picture behind its surroundings."""
        return int(av.logging.get_last_error()[0]) if self._is_film else 0


def pixel_of(video: VideoStream, frame: av.VideoFrame) -> float:
    """Return the width of a pixel over its height; 1 where nothing, or nothing possible, is said."""
    pixel = video.sample_aspect_ratio or video.codec_context.sample_aspect_ratio
    if not pixel or not 1 / WIDEST_PIXEL <= pixel <= WIDEST_PIXEL:
        return 1.0
    ratio = float(pixel)
    largest = max(frame.width * max(1.0, ratio), frame.height * max(1.0, 1 / ratio))
    return ratio if largest <= LARGEST_SIDE else 1.0


def _count_errors() -> None:
    """Have FFmpeg's errors counted, and written nowhere: a hostile film has millions of them."""
    log = logging.getLogger("libav")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    av.logging.set_level(av.logging.ERROR)
