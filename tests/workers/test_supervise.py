"""The supervisor on real processes: restarts, gives up, stops in order, leaves nothing behind."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.pauses import Pauses
from workers.supervise import Child, Console, GaveUpError, Leash, Plan, Supervisor
from workers.watchdog import living

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
PARENT = (
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "print('grandchild', child.pid, flush=True); time.sleep(600)"
)


@pytest.fixture
def leash() -> Iterator[Leash]:
    leash = Leash()
    yield leash
    leash.close()


def wait(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "timed out"
        time.sleep(0.02)


def child(folder: Path, leash: Leash, code: str, name: str = "one", stage: int = 0) -> Child:
    plan = Plan(name=name, argv=(sys.executable, "-c", code), stage=stage, patience_s=0.5)
    return Child(plan, folder, Console(io.StringIO()), leash)


def said(child: Child, text: str) -> Callable[[], bool]:
    return lambda: any(text in line for line in child.tail())


def test_a_dead_child_is_started_again_after_a_pause(tmp_path: Path, leash: Leash) -> None:
    one = child(tmp_path, leash, SLEEPER)
    supervisor = Supervisor([one], Console(io.StringIO()))
    supervisor.start()
    first = one.pid
    os.kill(first, signal.SIGKILL)
    wait(lambda: one.exit_code() is not None)
    with Pauses(tmp_path) as pauses:
        began = time.monotonic()
        while one.pid == first:
            supervisor.tick()
            time.sleep(0.02)
        took_s = time.monotonic() - began
        assert 0.4 < took_s < 2.0 + pauses.longest_s()
    supervisor.stop()
    assert one.exit_code() is not None


def test_one_that_will_not_stay_up_is_given_up_loudly(tmp_path: Path, leash: Leash) -> None:
    one = child(tmp_path, leash, "raise SystemExit('no camera here')")
    ticks = iter(range(0, 1000, 5))
    supervisor = Supervisor([one], Console(io.StringIO()), clock=lambda: float(next(ticks)))
    supervisor.start()

    def fail() -> None:
        while True:
            wait(lambda: one.exit_code() is not None)
            supervisor.tick()

    with pytest.raises(GaveUpError, match=r"(?s)one: .*6 times.*no camera here"):
        fail()


def test_rare_deaths_are_forgiven(tmp_path: Path, leash: Leash) -> None:
    one = child(tmp_path, leash, "pass")
    ticks = iter(range(0, 10_000, 31))
    supervisor = Supervisor([one], Console(io.StringIO()), clock=lambda: float(next(ticks)))
    supervisor.start()
    for _ in range(16):
        wait(lambda: one.exit_code() is not None)
        supervisor.tick()


def test_stages_stop_in_order_and_the_stubborn_are_killed(tmp_path: Path, leash: Leash) -> None:
    farewell = (
        "import signal, sys, time;"
        "signal.signal(15, lambda *_: (print('bye', time.monotonic(), flush=True), sys.exit(0)));"
        "print('up', flush=True); time.sleep(600)"
    )
    children = [
        child(tmp_path, leash, farewell, "late", stage=1),
        child(tmp_path, leash, farewell, "early", stage=0),
        child(tmp_path, leash, STUBBORN, "stubborn", stage=0),
    ]
    supervisor = Supervisor(children, Console(io.StringIO()))
    supervisor.start()
    for one in children:
        wait(said(one, "up"))
    supervisor.stop()
    late, early, stubborn = children
    assert float(early.tail()[-1].split()[1]) < float(late.tail()[-1].split()[1])
    assert stubborn.exit_code() == -signal.SIGKILL


def test_a_childs_own_children_go_with_it(tmp_path: Path, leash: Leash) -> None:
    one = child(tmp_path, leash, PARENT)
    supervisor = Supervisor([one], Console(io.StringIO()))
    supervisor.start()
    wait(said(one, "grandchild"))
    supervisor.stop()
    wait(lambda: not living([one.pid]))


def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    code = f"""
import io, time
from pathlib import Path
from workers.supervise import Child, Console, Leash, Plan, Supervisor
import sys
plan = Plan(name="one", argv=(sys.executable, "-c", {PARENT!r}))
one = Child(plan, Path({str(tmp_path)!r}), Console(io.StringIO()), Leash())
Supervisor([one], Console(io.StringIO())).start()
print(one.pid, flush=True)
time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as room:
        assert room.stdout is not None
        group = int(room.stdout.readline())
        wait(
            lambda: (
                "grandchild" in (tmp_path / "one.log").read_text()
                if (tmp_path / "one.log").exists()
                else False
            )
        )
        assert living([group]) == {group}
        room.kill()
        wait(lambda: not living([group]))


def test_errors_reach_the_console_but_do_not_flood_it(tmp_path: Path, leash: Leash) -> None:
    code = "for n in range(50): print('ERROR number', n)\nprint('fine'); import time; time.sleep(600)"
    stream = io.StringIO()
    one = Child(Plan(name="one", argv=(sys.executable, "-c", code)), tmp_path, Console(stream), leash)
    one.start()
    wait(said(one, "fine"))
    assert stream.getvalue() == "  [one] ERROR number 0\n"
    one.signal(signal.SIGTERM)
    wait(lambda: one.exit_code() is not None)
    one.bury()


def test_a_console_that_went_away_is_no_reason_to_fall() -> None:
    stream = io.StringIO()
    stream.close()
    Console(stream).say("anyone?")
