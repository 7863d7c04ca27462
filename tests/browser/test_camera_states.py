"""What a person sees of an RTSP camera that stalls, dies and comes back: its tile on both pages, in time."""

import contextlib
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from cctv.config.camera import Camera
from cctv.live.runner import Eye
from data.settings import Settings
from data.stream.redis_stream import connect
from park.config.label import Label
from tests.browser.room_server import ROOT, Room, free_port, until
from tests.faults.machine_pauses import Pauses
from tests.faults.test_rtsp import WITHIN_S, Served
from workers.camera_wire import Wire
from workers.process import stop_on_signal

NAME = "CAM-041"
ID = f"changwon/camera/{NAME}"
DRAIN_S = 0.25  # as the camera process does
BACK_S = 20.0  # the rests between two tries, and a decoder that starts
WHY = """place => { const tile = document.querySelector(`${place} [data-key="$id"]`);
  return tile && tile.querySelector("canvas").width > 16 ? tile.querySelector(".why").textContent : null; }"""
TIME = "id => gwanje.video.picture(id).time"


@contextlib.contextmanager
def watched(room: Room, address: str) -> Iterator[None]:
    """Watch a camera in a process of its own, as the room does: what other tests left costs no second."""
    command = [sys.executable, "-m", "tests.browser.test_camera_states", address]
    process = subprocess.Popen(command, cwd=ROOT, env=room.environ)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(60) == 0


def watch(address: str) -> None:
    """Watch a camera without a model until told to end."""
    settings, stop = Settings.read(), stop_on_signal()
    wire = Wire(settings, connect(settings))
    eye = Eye(Camera(NAME, Label(NAME, NAME), (640, 360), address), ID, None, settings.var, wire, stop)
    looking = threading.Thread(target=eye.run)
    looking.start()
    while looking.is_alive():
        wire.drain()
        looking.join(DRAIN_S)
    wire.drain()


def seen(pages: dict[str, Page], pauses: Pauses, *, lost: bool, within_s: float = WITHIN_S) -> float:
    """Wait until the tile says so on every page; return in how many seconds.

    It may be later by the longest pause of the machine itself.
    """
    since_s, why = time.monotonic(), WHY.replace("$id", ID)
    sign = "startsWith('신호 끊김')" if lost else "length === 0"
    says = f"place => {{ const why = ({why})(place); return why !== null && why.{sign}; }}"
    for place, page in pages.items():
        try:
            until(page, says, within_s - (time.monotonic() - since_s), place)
        except AssertionError:
            until(page, says, within_s + pauses.longest_s() - (time.monotonic() - since_s), place)
    return time.monotonic() - since_s


def test_a_camera_that_stalls_or_dies_is_seen_within_six_seconds_and_back_again(
    room: Room, page: Page, tmp_path: Path
) -> None:
    desk = page.context.new_page()
    pages = {"#camera-wall": page, "#cameras": desk}
    page.goto(f"{room.url}/cameras")
    desk.goto(room.url)
    # else the desk goes on tour, where other tests have left pictures of more cameras than it has tiles
    room.tell("park.alarm.raised", ID, alarm="cam-41", condition="intrusion", priority="high")
    served = Served(free_port())
    try:
        with watched(room, f"rtsp://127.0.0.1:{served.port}/live"), Pauses(tmp_path) as pauses:
            print(f"live after {seen(pages, pauses, lost=False, within_s=60):.1f} s")
            for trouble, cure in ((stall, go_on), (die, rise)):
                trouble(served)
                print(f"{trouble.__name__}: seen after {seen(pages, pauses, lost=True):.1f} s")
                before = page.evaluate(TIME, ID)
                cure(served)
                until(page, f"([id, before]) => ({TIME})(id) > before", BACK_S, [ID, before])
                print(f"{cure.__name__}: seen after {seen(pages, pauses, lost=False):.1f} s")
    finally:
        served.signal(signal.SIGCONT)
        served.end()
        room.tell("park.camera.health", ID, state="ok", fps=5.0)


def stall(served: Served) -> None:
    served.signal(signal.SIGSTOP)


def go_on(served: Served) -> None:
    served.signal(signal.SIGCONT)


def die(served: Served) -> None:
    served.signal(signal.SIGKILL)
    served.process.wait()


def rise(served: Served) -> None:
    served.start()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    watch(sys.argv[1])
