"""The room's answer to what happens: engines in a row, each fed with events and with what others told.

Every engine tells its events under ids made of what they follow from: telling twice is once, so a
restart in the middle loses and doubles nothing.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from park.engine.part_failures import Troubles
from park.events.envelope import Event
from park.state.state import State

MOST_REMEMBERED = 20_000
Q = TypeVar("Q")


class Engine(Protocol):
    """Something that draws conclusions; it reads the state that :class:`Response` folds."""

    def take(self, event: Event) -> list[Event]:
        """Look at an event just folded; return what follows from it."""

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass to ``now``; return what comes due."""


class Response:
    """Folds events into a state and returns all that follows from them, itself folded already."""

    def __init__(self, state: State, engines: Sequence[Engine], park: str = "") -> None:
        """Answer with ``engines``, in the order in which they hear of an event; ``park`` is its id."""
        self.state = state
        self.engines = engines
        self.troubles = Troubles(park, "system", f"watch/{park}")
        self.troubles.recall(state)
        self._told: dict[tuple[str, str], None] = {}

    def take(self, event: Event) -> list[Event]:
        """Fold an event; return what follows. Its own events that come back were heard already."""
        return [] if event.key in self._told else self._follow([event], [])

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass; return what comes due and what follows from that."""
        due = [told for engine in self.engines for told in self._ask(engine, engine.tick, now)]
        due += self.troubles.tick(now)
        return self._follow(due, due)

    def _follow(self, heard: list[Event], told: list[Event]) -> list[Event]:
        waiting, told = deque(heard), list(told)
        self._remember(told)
        while waiting:
            event = waiting.popleft()
            believed = self._fold(event)
            if believed is None:
                continue
            for engine in self.engines:
                answer = self._ask(engine, engine.take, believed)
                follows = [new for new in answer if new.key not in self._told]
                self._remember(follows)
                told += follows
                waiting += follows
        return told

    def _ask(self, engine: Engine, question: Callable[[Q], list[Event]], about: Q) -> list[Event]:
        """Ask an engine; one that fails is told and silences none of the others."""
        with self.troubles.guard(type(engine).__name__.lower()):
            return question(about)
        return []

    def _fold(self, event: Event) -> Event | None:
        """Fold an event; None when it cannot be."""
        with self.troubles.guard("state"):
            return self.state.apply(event)
        return None

    def _remember(self, told: list[Event]) -> None:
        self._told |= dict.fromkeys(event.key for event in told)
        while len(self._told) > MOST_REMEMBERED:
            del self._told[next(iter(self._told))]
