"""When a lost source is opened again: soon at first, ever more patiently, at once when it answers again."""

import contextlib
import random
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from cctv.sources.rtsp import SCHEMES

FIRST_S, LONGEST_S = 1.0, 60.0
JITTER = 0.2  # of the wait: cameras of one switch do not come back all at once
PROVEN_S = 10.0  # a source that gave pictures so long is tried soon again
KNOCK_EVERY_S, ANSWER_S = 2.0, 1.0
TICK_S = 0.5
PORTS = {"rtsp": 554, "rtsps": 322}
ASK = b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n"


class Again:
    """The patience with one source; knocks at a network camera while it waits."""

    def __init__(self, address: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        """Begin impatiently; ``clock_s`` is a steady clock in seconds."""
        self._address, self._clock_s = address, clock_s
        self._wait_s = FIRST_S

    def rest(self, had_s: float, stop: threading.Event, tick: Callable[[], object]) -> None:
        """Wait before the next try, calling ``tick`` meanwhile; ``had_s``: how long it gave pictures."""
        if had_s >= PROVEN_S:
            self._wait_s = FIRST_S
        wait_s = self._wait_s * random.SystemRandom().uniform(1 - JITTER, 1 + JITTER)
        self._wait_s = min(LONGEST_S, self._wait_s * 2)
        until_s = self._clock_s() + wait_s
        silent, knocked_s = False, self._clock_s()
        while (left_s := until_s - self._clock_s()) > 0 and not stop.wait(min(TICK_S, left_s)):
            tick()
            if left_s < KNOCK_EVERY_S or self._clock_s() - knocked_s < KNOCK_EVERY_S:
                continue
            knocked_s = self._clock_s()
            here = answers(self._address)
            if here and silent:
                self._wait_s = FIRST_S
                return
            silent = not here


def answers(address: str) -> bool:
    """Tell whether a network camera speaks RTSP now; for other sources, True. Sends no name or password."""
    parts = urlsplit(address)
    if parts.scheme not in SCHEMES or not parts.hostname:
        return True
    with contextlib.suppress(OSError, ValueError):
        where = (parts.hostname, parts.port or PORTS[parts.scheme])
        with socket.create_connection(where, timeout=ANSWER_S) as camera:
            if parts.scheme == "rtsps":
                return True  # a handshake is left to the decoder
            camera.sendall(ASK)
            return camera.recv(16).startswith(b"RTSP/")
    return False
