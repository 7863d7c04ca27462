"""Commands: what devices are asked to do, and what they answered; the fold of a command's events."""

from dataclasses import dataclass, field

from park.events import Event
from park.response_facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.rings import milliseconds


@dataclass
class Command:
    """One command; ``answers`` hold the newest word of each target."""

    id: str
    requested: CommandRequested | None = None
    requested_ms: int | None = None
    confirmed_by: str | None = None
    confirmed_ms: int | None = None
    answers: dict[str, tuple[int, CommandAnswered]] = field(default_factory=dict)
    finished: CommandFinished | None = None
    finished_ms: int | None = None

    def apply(self, event: Event) -> None:
        """Take in one of its events; the earliest of each kind counts, twice is once."""
        fact, at_ms = event.data, milliseconds(event)
        match fact:
            case CommandRequested() if self.requested_ms is None or at_ms < self.requested_ms:
                self.requested, self.requested_ms = fact, at_ms
            case CommandConfirmed() if self.confirmed_ms is None or at_ms < self.confirmed_ms:
                self.confirmed_by, self.confirmed_ms = fact.user, at_ms
            case CommandAnswered():
                held = self.answers.get(fact.target)
                if held is None or held[0] < at_ms:
                    self.answers[fact.target] = (at_ms, fact)
            case CommandFinished() if self.finished_ms is None or at_ms < self.finished_ms:
                self.finished, self.finished_ms = fact, at_ms
