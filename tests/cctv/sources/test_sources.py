"""How sources are opened, and opened again."""

import threading
from pathlib import Path

import pytest

from cctv.sources import Source, Transport, open_source
from cctv.sources.again import FIRST_S, JITTER, LONGEST_S, Again
from cctv.sources.file import FileSource
from cctv.sources.stream_choice import LARGEST_SIDE, SMALLEST_SIDE, check_size
from cctv.sources.usb import UsbSource


class Clock:
    """A clock and a stop that only pretend to wait."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


class Pretended(threading.Event):
    """Waits on the clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.now_s += timeout or 0.0
        return self.is_set()


def rests_s(again: Again, clock: Clock, had_s: list[float]) -> list[float]:
    found = []
    for had in had_s:
        began_s = clock.now_s
        again.rest(had, Pretended(clock), lambda: None)
        found.append(clock.now_s - began_s)
    return found


def test_patience_grows_to_a_minute_and_starts_anew_after_pictures() -> None:
    clock = Clock()
    found_s = rests_s(Again("clip.mp4", clock), clock, [0.0] * 8 + [60.0, 0.0])
    expected_s = [min(LONGEST_S, FIRST_S * 2**n) for n in range(8)] + [FIRST_S, 2 * FIRST_S]
    for found, expected in zip(found_s, expected_s, strict=True):
        assert found == pytest.approx(expected, rel=JITTER + 0.01)
    assert len({round(found, 6) for found in found_s[6:8]}) == 2, "no two cameras wait alike"


def test_a_stop_ends_the_rest() -> None:
    clock, ticks = Clock(), list[float]()
    stop = Pretended(clock)

    def tick() -> None:
        ticks.append(clock())
        stop.set()

    Again("clip.mp4", clock).rest(0.0, stop, tick)
    assert clock() <= FIRST_S
    assert len(ticks) <= 1


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_video_alone_over_what_the_camera_speaks(transport: Transport) -> None:
    opening = open_source("rtsp://127.0.0.1/x", transport=transport).opening()
    assert opening.options["rtsp_transport"] == transport
    assert opening.options["allowed_media_types"] == "video"
    allowed = set(opening.options["protocol_whitelist"].split(","))
    assert ("udp" in allowed) == (transport == "udp")
    assert not allowed & {"file", "http", "https", "concat", "pipe"}


def test_every_camera_that_stops_is_told_in_time(tmp_path: Path) -> None:
    device = tmp_path / "video0"
    device.touch()
    cameras = [
        open_source("rtsp://127.0.0.1/x"),
        open_source("rtsps://127.0.0.1/x", transport="udp"),
        UsbSource(str(device)),
    ]
    assert {type(one) for one in cameras} | {FileSource} == set(Source.__subclasses__()), "a new kind"
    assert [one.opening().stall_s for one in cameras] == [3.0] * 3


@pytest.mark.parametrize("size", [(SMALLEST_SIDE - 1, 480), (640, LARGEST_SIDE + 1), (0, 0)])
def test_odd_sizes_are_refused(size: tuple[int, int]) -> None:
    check_size(640, 480)
    with pytest.raises(ValueError, match="picture of"):
        check_size(*size)
