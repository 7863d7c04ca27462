"""Messages: who is to be told, and how far it has come; the fold of a message's events."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from park.events.envelope import Event
from park.events.rings import milliseconds
from park.messages.facts import MessageRequested, MessageStatus


@dataclass
class Message:
    """One message to one recipient; ``statuses`` are all its states in order of time."""

    id: str
    requested: MessageRequested | None = None
    requested_ms: int | None = None
    statuses: list[tuple[int, str, MessageStatus]] = field(default_factory=list)

    @property
    def incident(self) -> str | None:
        """The incident it is about."""
        if self.requested is not None:
            return self.requested.incident
        return self.statuses[-1][2].incident if self.statuses else None

    @property
    def state(self) -> str:
        """How far it has come; ``queued`` until a channel took it."""
        return self.statuses[-1][2].state if self.statuses else "queued"

    def apply(self, event: Event) -> None:
        """Take in one of its events; the same twice is once."""
        fact, at_ms = event.data, milliseconds(event)
        if isinstance(fact, MessageRequested):
            if self.requested_ms is None or at_ms < self.requested_ms:
                self.requested, self.requested_ms = fact, at_ms
        elif (at_ms, event.id, fact) not in self.statuses:
            self.statuses.append((at_ms, event.id, fact))
            self.statuses.sort(key=lambda told: told[:2])


def unreached(messages: Iterable[Message]) -> set[str]:
    """Return the recipients whom every one of their messages has failed to reach (by now)."""
    told = [(m.requested.recipient, m.state != "failed") for m in messages if m.requested is not None]
    return {to for to, _ in told} - {to for to, arrives in told if arrives}
