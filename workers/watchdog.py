"""Leaves no orphans: ends the room's process groups when the room itself is killed.

Reads ``+<group>`` and ``-<group>`` lines on standard input. The end of the input means that the
room is gone; whatever groups are still listed are asked to stop, then made to.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE_S = 5.0


def living(groups: Iterable[int]) -> set[int]:
    """Return the groups that still have a process."""
    return {group for group in groups if strike(group, 0)}


def strike(group: int, number: int) -> bool:
    """Send a signal to a group; false when nobody is left in it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(groups: set[int], grace_s: float = GRACE_S) -> None:
    """Ask the groups to stop and, after the grace, make them."""
    for group in groups:
        strike(group, signal.SIGTERM)
    until = time.monotonic() + grace_s
    while (groups := living(groups)) and time.monotonic() < until:
        time.sleep(0.05)
    for group in groups:
        strike(group, signal.SIGKILL)


def listen(lines: Iterable[str]) -> set[int]:
    """Follow the list of groups to its end; return those that were never taken off."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        (groups.add if line[0] == "+" else groups.discard)(group)
    return groups


if __name__ == "__main__":
    for quiet in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(quiet, signal.SIG_IGN)
    end(listen(sys.stdin))
