"""Reports in the making: each in a process of its own, and how far it is."""

import asyncio
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from uuid_utils import uuid4

from data.jobs import end
from data.settings import Settings
from park.incidents.report import Report

KEPT = 50
LONGEST_S = 180.0
logger = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Job:
    """One report for one person; ``error`` says why there will be none."""

    id: str
    incident: str
    user: str
    reason: str
    path: Path
    name: str
    progress: float = 0.0
    error: str = ""
    task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def done(self) -> bool:
        """Whether the file is there."""
        return self.progress >= 1 and not self.error


class Reports:
    """The reports of this web process, the last ``KEPT`` of them; one is made at a time."""

    def __init__(self, settings: Settings) -> None:
        """Write below the data folder."""
        self.settings = settings
        self.folder = settings.var / "reports"
        self._jobs: dict[str, Job] = {}
        self._turn = asyncio.Lock()

    def start(self, incident: str, report: Report, user: str, reason: str) -> Job:
        """Begin to make a report and return its job."""
        id_ = uuid4().hex
        number = "".join(sign for sign in report.facts[0][1] if sign.isalnum() or sign in "-_")
        name = f"{self.settings.park}-{number or incident}-{report.lang}.pdf"
        job = Job(id_, incident, user, reason, self.folder / f"{id_}.pdf", name)
        self._jobs[id_] = job
        self._forget()
        job.task = asyncio.create_task(self._make(job, report))
        return job

    def get(self, id_: str, user: str) -> Job | None:
        """Return a job of ``user``; nobody sees those of others."""
        job = self._jobs.get(id_)
        return job if job is not None and job.user == user else None

    async def stop(self) -> None:
        """End the one that is being made; nobody waits for those behind it."""
        tasks = [job.task for job in self._jobs.values() if job.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _make(self, job: Job, report: Report) -> None:
        try:
            async with self._turn, asyncio.timeout(LONGEST_S):
                await self._run(job, report)
        except Exception as error:
            logger.exception("report %s of %s", job.path.name, job.user)
            job.error = str(error) or type(error).__name__
        if not job.done and not job.error:
            job.error = "the process ended before its work"

    async def _run(self, job: Job, report: Report) -> None:
        source = job.path.with_suffix(".json")
        await asyncio.to_thread(self._write, source, msgspec.json.encode(report))
        places = (source, self.settings.park_dir, self.settings.var / "stills", job.path)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "data.reports.pdf", *map(str, places),
            cwd=_ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        told = process.stdout
        try:
            while told is not None and (line := await told.readline()):
                word, _, rest = line.decode().strip().partition(" ")
                if word == "error":
                    job.error = rest
                else:
                    job.progress = float(word)
            await process.wait()
        finally:
            await end(process)

    def _write(self, path: Path, told: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(told)

    def _forget(self) -> None:
        over = [job for job in self._jobs.values() if job.done or job.error]
        for job in over[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[job.id]
            job.path.unlink(missing_ok=True)
