"""``make run`` without the make: the real room from its start to its end, on a free port and its own data."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from data.settings import Settings
from workers.room import plans

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "correct horse battery"
OPEN_S = 180.0
STOP_S = 30.0


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder with a short path: a socket's path has a limit."""
    folder = Path(tempfile.mkdtemp(prefix="gw-"))
    yield folder
    for pid in processes(folder):
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environ(var: Path, port: int) -> dict[str, str]:
    ours = {"GWANJE_VAR": str(var), "GWANJE_PORT": str(port), "GWANJE_ADMIN_PASSWORD": PASSWORD}
    return {name: value for name, value in os.environ.items() if not name.startswith("GWANJE_")} | ours


@contextlib.contextmanager
def room(var: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-m", "workers.room"]
    with (var / "console.txt").open("a") as console:
        process = subprocess.Popen(
            argv,
            cwd=ROOT,
            env=environ(var, port),
            stdout=console,
            stderr=console,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(STOP_S + 5)


def said(var: Path) -> str:
    return (var / "console.txt").read_text("utf-8")


def processes(var: Path) -> list[int]:
    """Return the processes that were given this data folder; Redis tells it in its title instead."""
    given, titled = f"GWANJE_VAR={var}\0".encode(), f"{var}/".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if given in (entry / "environ").read_bytes() or titled in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
    return found


def wait(condition: Callable[[], bool], seconds: float, var: Path) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, said(var)
        time.sleep(0.05)


def status(port: int, path: str = "/healthz") -> int:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError:
            return 0


def opened(var: Path, times: int = 1) -> Callable[[], bool]:
    return lambda: said(var).count("the room is open") >= times


def test_the_cameras_have_time_to_write_their_clips() -> None:
    (patience_s,) = [plan.patience_s for plan in plans(Settings()) if plan.name == "cameras"]
    assert patience_s >= 20


def test_opens_stops_on_ctrl_c_and_opens_again_on_its_data(var: Path, port: int) -> None:
    with room(var, port) as first:
        wait(opened(var), OPEN_S, var)
        assert status(port) == 200
        wait(lambda: status(port, "/readyz") == 200, OPEN_S, var)
        first.send_signal(signal.SIGINT)
        assert first.wait(STOP_S) == 0
    assert "all stopped" in said(var)
    assert PASSWORD not in said(var)
    assert processes(var) == []

    with room(var, port) as second:
        wait(opened(var, times=2), OPEN_S, var)
        assert status(port) == 200
        second.send_signal(signal.SIGTERM)
        assert second.wait(STOP_S) == 0
    assert processes(var) == []
    names = {path.stem for path in (var / "log").glob("*.log")}
    assert names <= {"web", "recorder", "simulator", "watch", "messenger", "cameras"}


def test_leaves_no_orphan_when_it_is_killed_and_can_start_again(var: Path, port: int) -> None:
    with room(var, port) as first:
        wait(opened(var), OPEN_S, var)
        first.kill()
        first.wait()
        wait(lambda: processes(var) == [], STOP_S, var)
    with room(var, port):
        wait(opened(var, times=2), OPEN_S, var)


def test_a_killed_worker_and_a_killed_redis_come_back(var: Path, port: int) -> None:
    with room(var, port):
        wait(opened(var), OPEN_S, var)
        for word in (b"workers.recorder", b"redis-server"):
            (pid,) = [pid for pid in processes(var) if word in Path(f"/proc/{pid}/cmdline").read_bytes()]
            os.kill(pid, signal.SIGKILL)
        wait(lambda: "[recorder]" in said(var) and "[redis]" in said(var), OPEN_S, var)
        wait(lambda: status(port, "/readyz") == 200, OPEN_S, var)


def test_a_worker_that_keeps_dying_ends_nothing_else_and_is_an_alarm(var: Path, port: int) -> None:
    with room(var, port) as running:
        wait(opened(var), OPEN_S, var)
        origin = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=origin, headers={"origin": origin}, timeout=30) as person:
            assert person.post("/sign-in", data={"user": "admin", "password": PASSWORD}).status_code == 303

            def alarmed() -> bool:
                for pid in processes(var):
                    with contextlib.suppress(OSError):
                        if b"workers.cameras" in Path(f"/proc/{pid}/cmdline").read_bytes():
                            os.kill(pid, signal.SIGKILL)
                return any(
                    (alarm["condition"], alarm["asset"]) == ("worker_absent", "changwon/feed/cameras")
                    for alarm in person.get("/api/v1/alarms").json()
                )

            wait(alarmed, OPEN_S, var)
            wait(lambda: alarmed() and "6번 잇달아" in said(var), OPEN_S, var)
            assert running.poll() is None
            assert status(port, "/readyz") == 200


def test_a_second_room_on_the_same_data_is_refused(var: Path, port: int) -> None:
    argv = [sys.executable, "-m", "workers.room"]
    with room(var, port):
        wait(lambda: (var / "room.lock").exists() and (var / "room.lock").stat().st_size > 0, OPEN_S, var)
        second = subprocess.run(
            argv, cwd=ROOT, env=environ(var, port), capture_output=True, text=True, timeout=120, check=False
        )
    assert second.returncode == 1
    assert "a room already runs" in second.stdout
    assert second.stderr == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ["cannot listen", "GWANJE_PORT"]),
        ({"GWANJE_PORT": "99999"}, ["GWANJE_PORT: not a port"]),
        ({"GWANJE_HOST": "192.0.2.1"}, ["cannot listen on 192.0.2.1"]),
        ({"GWANJE_PORT": "", "REDIS_URL": "redis://127.0.0.1:1/0"}, ["Redis"]),
        ({"GWANJE_VAR": "/proc/gwanje"}, ["data folder"]),
    ],
)
def test_what_is_wrong_is_said_plainly(
    var: Path, port: int, changes: dict[str, str], words: list[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        if changes.get("GWANJE_PORT") == "":
            taken.close()
            changes = changes | {"GWANJE_PORT": str(port)}
        run = subprocess.run(
            [sys.executable, "-m", "workers.room"],
            cwd=ROOT,
            env=environ(var, port) | changes,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert run.returncode == 1
    assert all(word in run.stdout for word in words), run.stdout
    assert "Traceback" not in run.stdout + run.stderr
    assert processes(var) == []
