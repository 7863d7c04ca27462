"""Work in processes of its own, with real ones: how far it is, its end, its time, and what it says."""

import asyncio
import gc
import os
import textwrap
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from data import jobs
from data.jobs import Job, JobError, Jobs
from data.settings import Settings


class Works:
    """Jobs of a room, and modules for them to run."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PYTHONPATH", str(folder))
        self._folder, self.count = folder, 0
        self.jobs = Jobs(Settings(var_dir=str(folder / "var")))

    def module(self, text: str) -> str:
        self.count += 1
        name = f"work_of_tests_{self.count}"
        head = "import os, signal, sys, time\ndef say(*words): print(*words, flush=True)\n"
        (self._folder / f"{name}.py").write_text(head + textwrap.dedent(text), "utf-8")
        return name

    def start(self, text: str, *arguments: str, user: str = "kim") -> Job:
        return self.jobs.start([self.module(text), *arguments], user, self.jobs.folder())


@pytest_asyncio.fixture
async def works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Works]:
    made = Works(tmp_path, monkeypatch)
    yield made
    await made.jobs.stop()
    assert not list((tmp_path / "var" / "jobs").glob("*")), "no folder is left"
    left = [one for one in gc.get_objects() if isinstance(one, asyncio.SubprocessTransport)]
    assert [one for one in left if not one.is_closing()] == [], "no pipe is left open"


async def until(happened: Callable[[], bool], within_s: float = 30.0) -> None:
    end_s = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < end_s, "it did not happen"
        await asyncio.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_progress_is_told_and_done_is_one(works: Works, tmp_path: Path) -> None:
    go = tmp_path / "go"
    job = works.start(
        """
        say("0.25"); say("no number"); say("0.5")
        while not os.path.exists(sys.argv[1]): time.sleep(0.02)
        """,
        str(go),
    )
    await until(lambda: job.progress == 0.5)
    assert (job.done, job.error, job.over) == (False, "", False)
    assert works.jobs.get(job.id, "kim") is job
    assert works.jobs.get(job.id, "lee") is None
    go.touch()
    await until(lambda: job.over)
    assert (job.done, job.progress, job.error) == (True, 1.0, "")
    await works.jobs.cancel(job)
    assert job.error == "", "what is over stays as it is"


async def test_a_job_that_is_cancelled_ends_with_its_process(works: Works, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    job = works.start("open(sys.argv[1], 'w').write(str(os.getpid())); say(0.1); time.sleep(60)", str(pid))
    await until(lambda: job.progress == 0.1)
    await works.jobs.cancel(job)
    assert (job.done, job.error) == (False, "취소됨")
    assert not alive(int(pid.read_text()))


async def test_one_that_will_not_listen_is_ended_all_the_same(works: Works, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    job = works.start(
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "open(sys.argv[1], 'w').write(str(os.getpid())); say(0.1); time.sleep(60)",
        str(pid),
    )
    await until(lambda: job.progress == 0.1)
    await works.jobs.cancel(job)
    assert not alive(int(pid.read_text()))


async def test_a_job_has_its_time(works: Works, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LONGEST_S", 1.0)
    job = works.start("time.sleep(60)")
    await until(lambda: job.over)
    assert job.error == "시간 안에 끝나지 않음"
    with pytest.raises(JobError):
        await works.jobs.run([works.module("time.sleep(60)")], 0.5)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("sys.exit('first\\nthe reason')", "the reason"),
        ("os._exit(3)", "exit 3"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "exit -9"),
        ("raise OSError('no room')", "OSError: no room"),
    ],
)
async def test_a_process_that_dies_says_why(works: Works, text: str, error: str) -> None:
    job = works.start(text)
    await until(lambda: job.over)
    assert (job.done, job.error) == (False, error)


async def test_too_long_a_word_ends_the_job_and_not_the_room(works: Works) -> None:
    job = works.start("sys.stdout.write('0' * 10_000_000); sys.stdout.flush(); time.sleep(60)")
    await until(lambda: job.over)
    assert job.error == "출력이 너무 김"
    with pytest.raises(JobError, match="출력이 너무 김"):
        await works.jobs.run([works.module("while True: sys.stdout.write('x' * 1_000_000)")], 30.0)


async def test_much_that_is_said_in_short_words_is_no_harm(works: Works) -> None:
    job = works.start("for n in range(200_000): print(n / 200_000)")
    await until(lambda: job.over)
    assert job.done
    loud = works.start("sys.stderr.write('x' * 20_000_000); sys.exit('why')")
    await until(lambda: loud.over)
    assert loud.error.endswith("why")
    assert len(loud.error) <= jobs.WORDS


async def test_long_jobs_go_one_after_the_other(works: Works, tmp_path: Path) -> None:
    log = tmp_path / "log"
    text = """
    def note(word): open(sys.argv[1], "a").write(word)
    note("["); time.sleep(0.3); note("]")
    """
    both = [works.start(text, str(log)) for _ in range(2)]
    await until(lambda: all(job.over for job in both))
    assert log.read_text() == "[][]"


async def test_one_that_waits_for_its_turn_can_be_cancelled(works: Works) -> None:
    first, second = (works.start("say(0.1); time.sleep(60)") for _ in range(2))
    await until(lambda: first.progress == 0.1)
    await works.jobs.cancel(second)
    assert (second.error, first.over) == ("취소됨", False)


async def test_short_ones_are_two_at_once(works: Works, tmp_path: Path) -> None:
    name = works.module("""
    here = os.path.join(sys.argv[1], str(os.getpid())); open(here, "w").close()
    most, end = 1, time.monotonic() + 10
    while most < 2 and time.monotonic() < end: most = len(os.listdir(sys.argv[1])); time.sleep(0.02)
    time.sleep(0.3); say(max(most, len(os.listdir(sys.argv[1])))); os.unlink(here)
    """)
    folder = tmp_path / "running"
    folder.mkdir()
    done = await asyncio.gather(*(works.jobs.run([name, str(folder)], 30.0) for _ in range(4)))
    assert {one.code for one in done} == {0}
    assert max(int(one.out) for one in done) == 2
    said = await works.jobs.run([works.module("say('out'); sys.exit('why')")], 30.0)
    assert (said.code, said.out.strip(), said.err) == (1, b"out", "why")


async def test_old_ones_are_forgotten_with_their_folders(works: Works) -> None:
    made = [works.start("pass")]
    await until(lambda: made[0].over)
    made += [works.start("time.sleep(60)") for _ in range(jobs.KEPT)]
    assert works.jobs.get(made[0].id, "kim") is None
    assert not made[0].folder.exists()
    assert made[1].folder.exists()


async def test_what_an_earlier_process_left_is_taken_away(works: Works) -> None:
    left = works.jobs.folder()
    (left / "CAM-1.toml").write_text('source = "rtsp://user:secret@host/"')
    works.jobs.clear()
    assert not left.exists()
    assert works.jobs.folder().exists()
    works.jobs.clear()
