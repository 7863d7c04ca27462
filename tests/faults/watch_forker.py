"""A place where the watch is born quickly: imports it once, then forks a real process for every line read.

``python -m tests.faults.watch_forker``; answers each line with the pid of a new ``workers.watch``.
"""

import os
import signal
import sys

from data.park_files.park import load_park
from data.settings import Settings
from workers import watch


def live() -> None:
    """Be a watch, from its start to its end."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.close(0)
    os._exit(watch.main())


def main() -> None:
    """Give birth until the input ends; the park's files are read once."""
    park = load_park(Settings.read())
    vars(watch)["load_park"] = lambda _: park
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            live()
        print(pid, flush=True)


if __name__ == "__main__":
    main()
