"""Child processes: started in their own groups, logged, started again for ever, stopped in order."""

import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from workers import watchdog
from workers.pauses import Pauses

LOG_BYTES = 5_000_000
LOG_FILES = 3
LOUD_AFTER = 6  # ends in a row after which the last words of a process are shown too
QUIET_S = 10.0
TROUBLE = re.compile(r"\b(?:ERROR|CRITICAL|FATAL)\b|^\w*(?:\.\w+)*(?:Error|Exception)\b")
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run; processes of a lower ``stage`` are stopped first, ``patience_s`` before a kill."""

    name: str
    argv: Sequence[str]
    stage: int = 0
    patience_s: float = 3.0
    environ: Mapping[str, str] = field(default_factory=dict)


class Leash:
    """The line to the watchdog process, which outlives the room and ends what the room left.

    A watchdog that ended is started again by :meth:`tend` and told whom to hold.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the watchdog in a session of its own; ``clock`` is in seconds."""
        self._clock = clock
        self._pauses = Pauses()
        self._due_s: float | None = None
        self._groups: set[int] = set()
        self._process = self._start()

    def _start(self) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-I", "-S", watchdog.__file__]
        process = subprocess.Popen(argv, stdin=subprocess.PIPE, text=True, start_new_session=True)
        self._pauses.began(self._clock())
        return process

    @property
    def pid(self) -> int:
        """Process id of the watchdog."""
        return self._process.pid

    def tend(self) -> None:
        """Start a watchdog that ended again, after a pause."""
        if self._process.poll() is None:
            return
        now_s = self._clock()
        if self._due_s is None:
            self._due_s = now_s + self._pauses.next_s(now_s)
        elif now_s >= self._due_s:
            self._due_s = None
            with contextlib.suppress(OSError):  # no process to be had: it is tried again
                self._process = self._start()
            for group in sorted(self._groups):
                self._write(f"+{group}\n")

    def hold(self, group: int) -> None:
        """Have the group ended should the room die."""
        self._groups.add(group)
        self._write(f"+{group}\n")

    def release(self, group: int) -> None:
        """Forget a group that is gone."""
        self._groups.discard(group)
        self._write(f"-{group}\n")

    def _write(self, line: str) -> None:
        if self._process.stdin and self._process.poll() is None:
            with contextlib.suppress(OSError):  # it ended this moment: the next one is told
                self._process.stdin.write(line)
                self._process.stdin.flush()

    def close(self) -> None:
        """Let the watchdog end what is still listed, and wait for it."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()


class Console:
    """What the person at the terminal reads: one line at a time, errors of a process not more than asked."""

    def __init__(self, stream: IO[str] = sys.stdout) -> None:
        """Write to a stream; a terminal that went away is no reason to fall."""
        self._stream = stream
        self._lock = threading.Lock()
        self._spoken: dict[str, float] = {}
        self._kept_back: dict[str, int] = {}

    def say(self, text: str) -> None:
        """Write a line at once."""
        with self._lock:
            try:
                print(text, file=self._stream, flush=True)
            except (OSError, ValueError):
                return

    def complain(self, name: str, line: str) -> None:
        """Write an error of a process; at most one every ten seconds, the others counted."""
        now = time.monotonic()
        if now - self._spoken.get(name, -QUIET_S) < QUIET_S:
            self._kept_back[name] = self._kept_back.get(name, 0) + 1
            return
        self._spoken[name] = now
        more = self._kept_back.pop(name, 0)
        self.say(f"  [{name}] {line[:300]}" + (f"  (+{more})" if more else ""))


class Child:
    """One planned process."""

    def __init__(self, plan: Plan, folder: Path, console: Console, leash: Leash) -> None:
        """Prepare the log file ``folder/<name>.log``; nothing is started yet."""
        self.plan = plan
        self.log = folder / f"{plan.name}.log"
        self._console = console
        self._leash = leash
        self._file = RotatingFileHandler(self.log, maxBytes=LOG_BYTES, backupCount=LOG_FILES, delay=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None

    def start(self) -> None:
        """Start the process in a group of its own."""
        self._process = subprocess.Popen(
            self.plan.argv,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.plan.environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._leash.hold(self._process.pid)
        self._reader = threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True)
        self._reader.start()

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for raw in pipe:
                line = raw.decode("utf-8", "replace").rstrip()
                self._file.emit(logging.makeLogRecord({"msg": line}))
                if TROUBLE.search(line):
                    self._console.complain(self.plan.name, line)

    @property
    def pid(self) -> int:
        """Process id, which is also its group's; 0 before the start."""
        return self._process.pid if self._process else 0

    def exit_code(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._process.poll() if self._process else None

    def signal(self, number: int) -> None:
        """Send a signal to the whole group."""
        if self._process:
            watchdog.strike(self._process.pid, number)

    def bury(self) -> None:
        """After its end: kill what is left of its group, take it off the leash, finish its log."""
        self.signal(signal.SIGKILL)
        self._leash.release(self.pid)
        if self._reader:
            self._reader.join(1.0)

    def tail(self, lines: int = 12) -> list[str]:
        """Return the last lines of the log."""
        if not self.log.exists():
            return []
        return self.log.read_text("utf-8", "replace").splitlines()[-lines:]


class Supervisor:
    """Keeps the children alive: what ends is started again, after growing pauses, while the room runs.

    One that keeps ending takes nothing of the others; that it is absent is the watch's alarm.
    """

    def __init__(
        self, children: Sequence[Child], console: Console, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Watch over children; ``clock`` is in seconds."""
        self._children = children
        self._console = console
        self._clock = clock
        self._pauses = {child.plan.name: Pauses() for child in children}
        self._due: dict[str, float] = {}

    def start(self) -> None:
        """Start all, in the order given."""
        for child in self._children:
            self._start(child)

    def tick(self) -> None:
        """Start again what has ended and waited long enough."""
        for child in self._children:
            name = child.plan.name
            if name in self._due:
                if self._clock() >= self._due[name]:
                    del self._due[name]
                    self._start(child)
            elif (code := child.exit_code()) is not None:
                child.bury()
                self._wait(child, f"exit {code}")

    def _start(self, child: Child) -> None:
        try:
            child.start()
        except OSError as error:  # no process, memory or file to be had now
            self._wait(child, str(error))
            return
        self._pauses[child.plan.name].began(self._clock())

    def _wait(self, child: Child, why: str) -> None:
        name, now_s = child.plan.name, self._clock()
        pauses = self._pauses[name]
        wait_s = pauses.next_s(now_s)
        self._due[name] = now_s + wait_s
        said = f"  [{name}] 끝남, 다시 시작합니다 · ended ({why}), restart in {wait_s:.1f} s"
        if pauses.ended >= LOUD_AFTER:
            said += f"; {pauses.ended}번 잇달아 · times in a row, see {child.log}"
        self._console.say(said)
        if pauses.ended == LOUD_AFTER:
            self._console.say("\n".join(f"    {line}" for line in child.tail()))

    def stop(self) -> None:
        """Stop all, stage by stage, each with its patience; nothing is left behind."""
        for stage in sorted({child.plan.stage for child in self._children}):
            members = [child for child in self._children if child.plan.stage == stage]
            for child in members:
                child.signal(signal.SIGTERM)
            until = self._clock() + max(child.plan.patience_s for child in members)
            while any(child.pid and child.exit_code() is None for child in members) and self._clock() < until:
                time.sleep(0.02)
            for child in members:
                if child.pid and child.exit_code() is None:
                    self._console.say(f"  [{child.plan.name}] 강제 종료 · did not stop, killed")
                if child.pid:
                    child.bury()
