"""Keeps our own Redis running: started again for as long as the room runs, after growing pauses."""

import time
from collections.abc import Callable

from data.settings import Settings
from data.stream import server as broker
from workers.pauses import Pauses
from workers.supervise import Console, Leash


class RedisKeeper:
    """Our own Redis; one that ``REDIS_URL`` names is another's to keep."""

    def __init__(
        self,
        settings: Settings,
        console: Console,
        leash: Leash,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start nothing yet; ``clock`` is in seconds."""
        self._settings = settings
        self._console = console
        self._leash = leash
        self._clock = clock
        self._pauses = Pauses()
        self._broker: broker.Broker | None = None
        self._due_s: float | None = None

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            data.broker.BrokerError: it cannot be reached or started.
        """
        self._hold(broker.start(self._settings))

    def tick(self) -> None:
        """Start it again when it has ended and waited; nobody waits for its first answer."""
        if self._due_s is not None:
            if self._clock() >= self._due_s:
                self._due_s = None
                self._again()
        elif self._broker and self._broker.pid and self._broker.gone:
            self._leash.release(self._broker.pid)
            self._wait(broker.last_words(self._settings))

    def stop(self) -> None:
        """End it, its file written."""
        if self._broker:
            self._broker.stop()

    def _again(self) -> None:
        try:
            self._hold(broker.launch(self._settings))
        except (broker.BrokerError, OSError) as error:
            self._wait(str(error))

    def _hold(self, running: broker.Broker) -> None:
        self._broker = running
        self._pauses.began(self._clock())
        if running.pid:
            self._leash.hold(running.pid)

    def _wait(self, why: str) -> None:
        now_s = self._clock()
        wait_s = self._pauses.next_s(now_s)
        self._due_s = now_s + wait_s
        self._console.say(f"  [redis] 끝남, 다시 시작합니다 · ended, restart in {wait_s:.1f} s\n{why}")
