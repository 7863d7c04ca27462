"""Commands: what devices are asked to do, and what they answered; the fold of a command's events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from park.assets import Asset
from park.events import Event
from park.response_facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.rings import milliseconds

CONFIRM_S = 30.0
TARGETS: dict[str, frozenset[str]] = {
    "light.dim": frozenset({"light"}),
    "camera.point": frozenset({"camera"}),
    "gate.hold": frozenset({"gate"}),
    "vehicle.reroute": frozenset({"vehicle"}),
    "sign.show": frozenset({"factory", "gate", "site"}),
}


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


def target_refusal(assets: Mapping[str, Asset], kind: str, targets: Sequence[str]) -> str | None:
    """Return why devices cannot be asked for this (Korean msgid), None when they can."""
    kinds = TARGETS.get(kind)
    if kinds is None:
        return "그런 명령 종류가 없습니다"
    if not targets:
        return "명령 대상을 골라 주세요"
    known = all(target in assets and assets[target].kind in kinds for target in targets)
    return None if known else "명령 대상이 올바르지 않습니다"
