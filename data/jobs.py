"""Work for people that is done in processes of its own: how far it is, what came of it, and its end.

A process tells on standard output how far it is, 0 to 1, a line each; on standard error why it failed.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from uuid_utils import uuid4

from data.settings import Settings

KEPT = 20
LONGEST_S = 1800.0
END_S = 2.0
AT_ONCE = 2
MOST_BYTES = 4 << 20  # of what a process may say: camera lists and checks are kilobytes
WORDS = 500  # characters of a reason
_TOO_LONG = "출력이 너무 김"
logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parent.parent


class Done(NamedTuple):
    """What a short process came to."""

    code: int
    out: bytes
    err: str


class JobError(RuntimeError):
    """A process that did not do its work in time, or said more than anybody can read."""


@dataclass
class Job:
    """One process for one person in a folder of its own; ``error`` says why nothing will come of it."""

    id: str
    user: str
    folder: Path
    progress: float = 0.0
    done: bool = False
    error: str = ""
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def over(self) -> bool:
        """Whether it goes no further."""
        return self.done or bool(self.error)


class Jobs:
    """The work of this web process below ``var/jobs``; one long job runs at a time, the last are kept."""

    def __init__(self, settings: Settings) -> None:
        """Start nothing."""
        self._root = settings.var / "jobs"
        told = {"GWANJE_VAR": str(settings.var), "GWANJE_DETECTOR": settings.detector}
        self._environ = os.environ | told | {"GWANJE_ENGINE": settings.engine}
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Lock()
        self._short = asyncio.Semaphore(AT_ONCE)

    def folder(self) -> Path:
        """Return a new folder that only its owner may read; blocks."""
        path = self._root / uuid4().hex
        path.mkdir(parents=True, mode=0o700)
        return path

    def clear(self) -> None:
        """Take away what an earlier process left: copies, pictures, addresses with passwords; blocks."""
        shutil.rmtree(self._root, ignore_errors=True)

    def start(self, argv: Sequence[str], user: str, folder: Path) -> Job:
        """Begin a Python module with arguments; ``folder`` is the job's and goes with it."""
        job = Job(uuid4().hex, user, folder)
        self._jobs[job.id] = job
        self._forget()
        job.task = asyncio.create_task(self._make(job, argv))
        return job

    def get(self, id_: str, user: str) -> Job | None:
        """Return a job of ``user``; nobody sees those of others."""
        job = self._jobs.get(id_)
        return job if job is not None and job.user == user else None

    async def cancel(self, job: Job) -> None:
        """End a job; one that is over stays as it is."""
        if job.task is None:
            return
        if not job.over:
            job.error = "취소됨"
            job.task.cancel()
        await asyncio.wait([job.task])

    async def stop(self) -> None:
        """End all jobs and take their folders away."""
        for job in self._jobs.values():
            await self.cancel(job)
            await asyncio.to_thread(shutil.rmtree, job.folder, ignore_errors=True)

    async def run(self, argv: Sequence[str], longest_s: float) -> Done:
        """Run a module to its end and return what it said.

        Raises:
            JobError: it took longer than ``longest_s`` or said too much, and was ended.
        """
        async with self._short:
            process = await self._begin(argv)
            heard = asyncio.create_task(_last(process.stderr))
            try:
                async with asyncio.timeout(longest_s):
                    out, err = await _whole(process.stdout), await heard
                    await process.wait()
            except TimeoutError as error:
                raise JobError("시간 안에 끝나지 않음") from error
            finally:
                await end(process, heard)
        return Done(process.returncode or 0, out, err)

    async def _make(self, job: Job, argv: Sequence[str]) -> None:
        try:
            async with self._turn, asyncio.timeout(LONGEST_S):
                await self._follow(job, argv)
        except JobError as error:
            job.error = str(error)
        except TimeoutError:
            job.error = "시간 안에 끝나지 않음"
        except Exception as error:
            logger.exception("job %s of %s", job.id, job.user)
            job.error = type(error).__name__

    async def _follow(self, job: Job, argv: Sequence[str]) -> None:
        process = await self._begin(argv)
        heard = asyncio.create_task(_last(process.stderr))
        try:
            async for line in _lines(process.stdout):
                with contextlib.suppress(ValueError):
                    job.progress = float(line)
            code, words = await process.wait(), await heard
            if code:
                job.error = words.splitlines()[-1][-WORDS:] if words else f"exit {code}"
            else:
                job.progress, job.done = 1.0, True
        finally:
            await end(process, heard)

    async def _begin(self, argv: Sequence[str]) -> asyncio.subprocess.Process:
        pipe, none = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        line = (sys.executable, "-m", *argv)
        return await asyncio.create_subprocess_exec(
            *line, cwd=_ROOT, env=self._environ, stdin=none, stdout=pipe, stderr=pipe
        )

    def _forget(self) -> None:
        over = [job for job in self._jobs.values() if job.over]
        for job in over[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[job.id]
            shutil.rmtree(job.folder, ignore_errors=True)


async def _lines(stream: asyncio.StreamReader | None) -> AsyncIterator[bytes]:
    try:
        while stream and (line := await stream.readline()):
            yield line
    except ValueError as error:  # longer than the reader's own limit
        raise JobError(_TOO_LONG) from error


async def _whole(stream: asyncio.StreamReader | None) -> bytes:
    held = bytearray()
    while stream and (part := await stream.read(MOST_BYTES)):
        held += part
        if len(held) > MOST_BYTES:
            raise JobError(_TOO_LONG)
    return bytes(held)


async def _last(stream: asyncio.StreamReader | None) -> str:
    """Return the last of what a process said; the rest is read and dropped."""
    held = b""
    while stream and (part := await stream.read(MOST_BYTES)):
        held = (held + part)[-MOST_BYTES:]
    return held.decode(errors="replace").strip()


async def _drop(stream: asyncio.StreamReader | None) -> None:
    while stream and await stream.read(MOST_BYTES):
        pass


async def end(process: asyncio.subprocess.Process, *heard: asyncio.Task[str]) -> None:
    """End a process by asking, so that it ends what it began itself; then without asking.

    ``heard`` are those who listen to it; they are cancelled.
    """
    for task in heard:
        task.cancel()
        await asyncio.wait([task])
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
    with contextlib.suppress(TimeoutError):  # pipes close when read to the end; a child of its may hold them
        async with asyncio.timeout(END_S):
            await asyncio.gather(_drop(process.stdout), _drop(process.stderr))
