"""What a person sees of an RTSP camera that stalls, dies and comes back: its tile on both pages, in time."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from cctv.camera import Camera
from cctv.live import Eye, Fact
from data.stream import connect
from park.assets import Label
from tests.browser.room import Room, free_port, until
from tests.faults.test_rtsp import WITHIN_S, Served
from workers.camera_wire import Wire

NAME = "CAM-041"
ID = f"changwon/camera/{NAME}"
DRAIN_S = 0.25  # as the camera process does
BACK_S = 20.0  # the rests between two tries, and a decoder that starts
WHY = """place => { const tile = document.querySelector(`${place} [data-key="$id"]`);
  return tile && tile.querySelector("canvas").width > 16 ? tile.querySelector(".why").textContent : null; }"""


class Outlet:
    """The wire of the camera process; ``shown`` is set with every picture."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.shown = threading.Event()

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        self._wire.tell(name, fact, sample=sample)

    def show(self, name: str, picture: bytes) -> None:
        self._wire.show(name, picture)
        self.shown.set()


@contextmanager
def watched(room: Room, address: str) -> Iterator[Outlet]:
    """Watch a camera as the camera process does, without a model."""
    stop, wire = threading.Event(), Wire(room.settings, connect(room.settings))
    camera, outlet = Camera(NAME, Label(NAME, NAME), (640, 360), address), Outlet(wire)
    eye = Eye(camera, ID, None, room.settings.var, outlet, stop)

    def drain() -> None:
        while not stop.wait(DRAIN_S):
            wire.drain()
        wire.drain()

    threads = [threading.Thread(target=work) for work in (eye.run, drain)]
    for thread in threads:
        thread.start()
    try:
        yield outlet
    finally:
        stop.set()
        for thread in threads:
            thread.join(60)


def seen(pages: dict[str, Page], *, lost: bool, within_s: float) -> float:
    """Wait until the tile says so on every page; return in how many seconds."""
    since_s, why = time.monotonic(), WHY.replace("$id", ID)
    sign = "startsWith('신호 끊김')" if lost else "length === 0"
    for place, page in pages.items():
        left_s = within_s - (time.monotonic() - since_s)
        until(
            page,
            f"place => {{ const why = ({why})(place); return why !== null && why.{sign}; }}",
            left_s,
            place,
        )
    return time.monotonic() - since_s


def test_a_camera_that_stalls_or_dies_is_seen_within_six_seconds_and_back_again(
    room: Room, page: Page
) -> None:
    desk = page.context.new_page()
    pages = {"#camera-wall": page, "#cameras": desk}
    page.goto(f"{room.url}/cameras")
    desk.goto(room.url)
    served = Served(free_port())
    try:
        with watched(room, f"rtsp://127.0.0.1:{served.port}/live") as camera:
            print(f"live after {seen(pages, lost=False, within_s=60):.1f} s")
            for trouble, cure in ((stall, go_on), (die, rise)):
                trouble(served)
                print(f"{trouble.__name__}: seen after {seen(pages, lost=True, within_s=WITHIN_S):.1f} s")
                camera.shown.clear()
                cure(served)
                assert camera.shown.wait(BACK_S), "no picture again"
                print(f"{cure.__name__}: seen after {seen(pages, lost=False, within_s=WITHIN_S):.1f} s")
    finally:
        served.signal(signal.SIGCONT)
        served.end()


def stall(served: Served) -> None:
    served.signal(signal.SIGSTOP)


def go_on(served: Served) -> None:
    served.signal(signal.SIGCONT)


def die(served: Served) -> None:
    served.signal(signal.SIGKILL)
    served.process.wait()


def rise(served: Served) -> None:
    served.start()
