"""`python -m bench`: the figures of the room, one after the other.

The record beside raw drain and raw insert; event → DOM with one screen, then with twenty of which one is
a real page and nineteen are sockets that read all a screen reads: a screen has its own computer, and
twenty browsers drawn in software on one machine would measure that machine. `python -m bench.live
--screens 20` runs twenty real pages. Then what an operator sees of a flood of alarms; last,
what the eyes cost.
"""

import subprocess
import sys

FIGURES = (
    ("bench.record",),
    ("bench.live", "--screens", "1"),
    ("bench.live", "--screens", "1", "--sockets", "19"),
    ("bench.flood",),
    ("bench.cctv",),
)


def main() -> int:
    """Run every figure in a process of its own; the exit code of the first that failed."""
    for module, *arguments in FIGURES:
        done = subprocess.run([sys.executable, "-m", module, *arguments], check=False)
        if done.returncode:
            return done.returncode
        sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
