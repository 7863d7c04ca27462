"""A command: what devices are asked to do and what they answered; the fold of its events.

A lasting command holds until its ``until``, or until one of the same kind undoes it
(``CommandKind.release``).
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from park.commands.facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.events.envelope import Event
from park.events.rings import milliseconds

Outcome = Literal["done", "partial", "failed", "timed_out", "cancelled"]
CONFIRM_S = 30.0
FAILED = "command_failed"


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

    @property
    def carried_out(self) -> bool:
        """Whether devices were really asked: it needed no second step, or got it, and was not cancelled."""
        asked = self.requested is not None and (not self.requested.confirm or self.confirmed_ms is not None)
        return asked and (self.finished is None or self.finished.state != "cancelled")

    @property
    def asked_ms(self) -> int | None:
        """When devices were asked (ms), None while it waits for its second step."""
        if self.requested is None or self.requested_ms is None:
            return None
        if not self.requested.confirm:
            return self.requested_ms
        return None if self.confirmed_ms is None else max(self.confirmed_ms, self.requested_ms)

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


def ready(command: Command, now: datetime) -> bool:
    """Whether a command still waits for its second step."""
    asked = command.requested
    return (
        asked is not None
        and asked.confirm
        and command.confirmed_ms is None
        and command.finished is None
        and now.timestamp() * 1000 - (command.requested_ms or 0) <= CONFIRM_S * 1000
    )


def refusal(command: Command | None, now: datetime) -> str | None:
    """Return why a command cannot be confirmed (Korean msgid), None when it can."""
    if command is None or command.requested is None:
        return "그런 명령이 없습니다"
    if command.finished is not None:
        return "이미 끝난 명령입니다"
    return None if ready(command, now) else "확인 시간이 지났습니다. 다시 요청하세요"
