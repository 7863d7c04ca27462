"""The supervisor on real processes: starts again for ever, stops in order, leaves nothing behind."""

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.machine_pauses import Pauses
from workers.pauses import LONGEST_S, SPREAD, STEADY_S
from workers.pauses import Pauses as Waits
from workers.supervise import LOUD_AFTER, Child, Console, Leash, Plan, Supervisor
from workers.watchdog import living

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
ENDS = "raise SystemExit('no camera here')"
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


def child(
    folder: Path, leash: Leash, code: str, name: str = "one", stage: int = 0, patience_s: float = 0.5
) -> Child:
    plan = Plan(name=name, argv=(sys.executable, "-c", code), stage=stage, patience_s=patience_s)
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


def test_one_that_keeps_ending_is_started_again_for_ever_and_the_others_go_on(
    tmp_path: Path, leash: Leash
) -> None:
    ends, stays = (child(tmp_path, leash, code, name) for code, name in ((ENDS, "ends"), (SLEEPER, "stays")))
    now, said = [0.0], io.StringIO()
    supervisor = Supervisor([ends, stays], Console(said), clock=lambda: now[0])
    supervisor.start()
    before = stays.pid
    for _ in range(3 * LOUD_AFTER):
        wait(lambda: ends.exit_code() is not None)
        last = ends.pid
        supervisor.tick()
        now[0] += LONGEST_S * (1 + SPREAD)
        supervisor.tick()
        assert ends.pid != last
    assert (stays.pid, stays.exit_code()) == (before, None)
    assert said.getvalue().count("    no camera here") == LOUD_AFTER  # all it has said, once
    assert f"{3 * LOUD_AFTER}번 잇달아" in said.getvalue()
    supervisor.stop()


def test_one_that_cannot_even_be_started_is_tried_again(tmp_path: Path, leash: Leash) -> None:
    program = tmp_path / "program"
    plan = Plan(name="one", argv=(str(program),))
    one, now, said = Child(plan, tmp_path, Console(io.StringIO()), leash), [0.0], io.StringIO()
    supervisor = Supervisor([one], Console(said), clock=lambda: now[0])
    supervisor.start()
    supervisor.tick()
    assert (one.pid, "No such file" in said.getvalue()) == (0, True)
    program.write_text(f"#!{sys.executable}\n{SLEEPER.replace('; ', chr(10))}\n")
    program.chmod(0o700)
    now[0] += LONGEST_S
    supervisor.tick()
    assert one.pid
    supervisor.stop()


def test_pauses_grow_to_a_minute_spread_and_begin_short_again_once_it_stayed_up() -> None:
    def pauses(chance: float) -> list[float]:
        waits = Waits(lambda: chance)
        return [waits.next_s(0) for _ in range(10)]

    middle = [0.5, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert pauses(0.5) == middle
    assert pauses(0.0) == pytest.approx([(1 - SPREAD) * wait_s for wait_s in middle])
    assert pauses(1.0) == pytest.approx([(1 + SPREAD) * wait_s for wait_s in middle])
    waits = Waits(lambda: 0.5)
    for _ in range(10_000):
        waits.began(0)
        assert waits.next_s(STEADY_S - 1) <= LONGEST_S
    waits.began(0)
    assert waits.next_s(STEADY_S) == 0.5


def test_a_watchdog_that_ended_is_started_again_and_told_whom_to_hold(tmp_path: Path) -> None:
    now = [0.0]
    leash = Leash(clock=lambda: now[0])
    one = child(tmp_path, leash, SLEEPER)
    one.start()
    os.kill(leash.pid, signal.SIGKILL)
    first = leash.pid
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    leash.hold(one.pid)  # while there is none
    leash.tend()
    now[0] += LONGEST_S
    leash.tend()
    assert leash.pid != first
    leash.close()  # as the room's end does: the group is ended
    wait(lambda: not living([one.pid]) or one.exit_code() is not None)


def test_stages_stop_in_order(tmp_path: Path, leash: Leash) -> None:
    farewell = (
        "import signal, sys, time;"
        "signal.signal(15, lambda *_: (print('bye', time.monotonic(), flush=True), sys.exit(0)));"
        "print('up', flush=True); time.sleep(600)"
    )
    children = [
        child(tmp_path, leash, farewell, "late", stage=1, patience_s=60.0),
        child(tmp_path, leash, farewell, "early", stage=0, patience_s=60.0),
    ]
    supervisor = Supervisor(children, Console(io.StringIO()))
    supervisor.start()
    for one in children:
        wait(said(one, "up"))
    supervisor.stop()
    for one in children:
        wait(said(one, "bye"))
    late, early = children
    assert float(early.tail()[-1].split()[1]) < float(late.tail()[-1].split()[1])


def test_the_stubborn_are_killed(tmp_path: Path, leash: Leash) -> None:
    stubborn = child(tmp_path, leash, STUBBORN)
    supervisor = Supervisor([stubborn], Console(io.StringIO()))
    supervisor.start()
    wait(said(stubborn, "up"))
    supervisor.stop()
    wait(lambda: stubborn.exit_code() == -signal.SIGKILL)


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
