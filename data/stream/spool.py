"""A producer's spool: events wait on disk while Redis is away, and go in first when it is back."""

import os
from collections.abc import Iterable
from pathlib import Path

from redis.exceptions import RedisError

from data.stream.redis_stream import Stream, stamp
from park.events.envelope import Event

LIMIT = 64 * 1024 * 1024
_AWAY = (RedisError, OSError)


class SpoolFullError(RuntimeError):
    """Redis is away and the spool holds as much as it may; these events were not taken."""


class Spool:
    """Append for a producer that must not lose events; one producer, one folder.

    At least once: what was on its way when Redis or this process died goes in again, and the record
    holds each event once. The order of a source is kept.
    """

    def __init__(self, stream: Stream, folder: Path, limit: int = LIMIT) -> None:
        """Spool at most ``limit`` bytes in ``folder``; what an earlier process left there waits still."""
        folder.mkdir(parents=True, exist_ok=True)
        self.stream = stream
        self.limit = limit
        self._path = folder / "spool.jsonl"
        self._mend()

    @property
    def waiting_bytes(self) -> int:
        """How much waits on disk."""
        return self._path.stat().st_size if self._path.exists() else 0

    def append(self, events: Iterable[Event]) -> list[str]:
        """Put the events in the stream, after whatever waits; none is returned for those that now wait.

        Raises:
            SpoolFullError: Redis is away and the spool is full; none of these events was taken.
        """
        raws = stamp(events, self.stream.clock())
        try:
            self.drain()
            return self.stream.append_raw(raws)
        except _AWAY as error:
            self._keep(raws, error)
            return []

    def drain(self) -> int:
        """Put in what waits, oldest first, and return how many events that was.

        Raises:
            redis.exceptions.RedisError: Redis is still away; what did not go in waits on.
        """
        if not self.waiting_bytes:
            return 0
        lines = self._path.read_bytes().splitlines()
        done = 0
        try:
            for start in range(0, len(lines), 1000):
                done += len(self.stream.append_raw(lines[start : start + 1000]))
        finally:
            self._rewrite(lines[done:])
        return done

    def _keep(self, raws: list[bytes], error: Exception) -> None:
        block = b"".join(raw + b"\n" for raw in raws)
        if self.waiting_bytes + len(block) > self.limit:
            raise SpoolFullError(
                f"{self._path}: full ({self.limit} bytes), {len(raws)} events refused; Redis: {error}"
            ) from error
        with self._path.open("ab") as file:
            file.write(block)
            file.flush()
            os.fsync(file.fileno())

    def _rewrite(self, lines: list[bytes]) -> None:
        if not lines:
            self._path.unlink()
            return
        rest = self._path.with_suffix(".rest")
        rest.write_bytes(b"".join(line + b"\n" for line in lines))
        rest.replace(self._path)

    def _mend(self) -> None:
        """Cut off a line that a crash left half written."""
        if self.waiting_bytes:
            whole = self._path.read_bytes()
            with self._path.open("r+b") as file:
                file.truncate(whole.rfind(b"\n") + 1)
