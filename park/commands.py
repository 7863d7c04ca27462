"""Commands: what devices are asked to do and what they answered; the fold, and the engine that ends them.

A lasting command holds until its ``until``, or until one of the same kind undoes it (:data:`RELEASES`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from park.alarm_facts import AlarmCleared, AlarmRaised
from park.alarms import alarm_id, event_id
from park.assets import Asset
from park.events import Event
from park.incidents import told_id
from park.response_facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.rings import milliseconds

if TYPE_CHECKING:
    from park.config import Park
    from park.state import State

Outcome = Literal["done", "partial", "failed", "timed_out", "cancelled"]
CONFIRM_S = 30.0
FAILED = "command_failed"
TARGETS: dict[str, frozenset[str]] = {
    "light.dim": frozenset({"light"}),
    "camera.point": frozenset({"camera"}),
    "gate.hold": frozenset({"gate"}),
    "vehicle.reroute": frozenset({"vehicle"}),
    "sign.show": frozenset({"factory", "gate", "site"}),
}


class Release(Struct, frozen=True):
    """How a lasting command is undone: with this value (None: back to the device's own way)."""

    value: float | None

    def undone(self, asked: CommandRequested) -> bool:
        """Tell whether a command is itself an undoing."""
        return asked.value == self.value


RELEASES: dict[str, Release] = {
    "light.dim": Release(None),
    "gate.hold": Release(0.0),
    "vehicle.reroute": Release(0.0),
    "sign.show": Release(0.0),
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


def value_refusal(kind: str, value: float | None, text: str) -> str | None:
    """Return why devices cannot be asked for such a value (Korean msgid), None when they can."""
    if kind == "light.dim" and value is not None and not 0 <= value <= 100:
        return "밝기는 0–100 %입니다"
    if kind == "sign.show" and value != RELEASES[kind].value and not text.strip():
        return "표시할 문구를 적어 주세요"
    return None


def target_refusal(assets: Mapping[str, Asset], kind: str, targets: Sequence[str]) -> str | None:
    """Return why devices cannot be asked for this (Korean msgid), None when they can."""
    kinds = TARGETS.get(kind)
    if kinds is None:
        return "그런 명령 종류가 없습니다"
    if not targets:
        return "명령 대상을 골라 주세요"
    known = all(target in assets and assets[target].kind in kinds for target in targets)
    return None if known else "명령 대상이 올바르지 않습니다"


class Commands:
    """Ends commands: when every device answered, when the time is over, when nobody confirmed.

    One that failed is an alarm (:data:`FAILED` of ``alarms.toml``: in which ``states``, and how long).
    """

    def __init__(self, park: "Park", state: "State") -> None:
        """Go on with the commands of ``state`` that are not finished."""
        self.park = park
        self.state = state
        self._open = {name for name, command in state.commands.items() if command.finished is None}
        self._raised = {a.id for a in state.alarms.values() if a.condition == FAILED and a.active}

    def take(self, event: Event) -> list[Event]:
        """Look at a word on a command; when the last device answered, say what it came to."""
        if not event.type.startswith("park.command."):
            return []
        command = self.state.commands[event.data.command]
        self._open.add(command.id)
        if command.finished is not None:
            self._open.discard(command.id)
            return self._alarm(command, event) if event.type == CommandFinished.TYPE else []
        asked = command.requested
        if asked is None or command.asked_ms is None or not set(asked.targets) <= command.answers.keys():
            return []
        last_ms = max((at_ms for at_ms, _answer in command.answers.values()), default=command.asked_ms)
        return [self._end(command, _outcome(command), max(last_ms, command.asked_ms))]

    def tick(self, now: datetime) -> list[Event]:
        """End the commands whose time is over at ``now``, and their alarms."""
        now_ms = int(now.timestamp() * 1000)
        told = self._clear(now_ms)
        for name in sorted(self._open):
            command = self.state.commands[name]
            asked = command.requested
            if asked is None or command.finished is not None:
                continue
            outcome: Outcome
            if command.asked_ms is None:
                due_ms = (command.requested_ms or 0) + int(CONFIRM_S * 1000)
                outcome = "cancelled"
            else:
                due_ms = command.asked_ms + int(asked.timeout_s * 1000)
                outcome = "partial" if _obeyed(command) else "timed_out"
            if now_ms > due_ms:
                told.append(self._end(command, outcome, due_ms))
        return told

    def _alarm(self, command: Command, event: Event) -> list[Event]:
        """Raise :data:`FAILED` at the first device that did not do it, once while it stands there."""
        definition, finished, asked = self.park.alarms.get(FAILED), command.finished, command.requested
        if definition is None or finished is None or asked is None or finished.state not in definition.states:
            return []
        obeyed = {target for target, (_at, answer) in command.answers.items() if answer.ok}
        asset = min(set(asked.targets) - obeyed, default=f"{self.park.id}/command/{command.id}")
        held, at_ms = self.state.open_alarm(asset, FAILED), milliseconds(event)
        if held is not None and held.active:
            return []
        name = held.id if held else alarm_id(asset, FAILED, at_ms)
        self._raised.add(name)
        fact = AlarmRaised(
            name,
            FAILED,
            definition.priority,
            float(finished.answered),
            float(finished.targets),
            cause=asked.kind,
        )
        return [self._told(event_id(name, "raise", at_ms), asset, fact, at_ms)]

    def _clear(self, now_ms: int) -> list[Event]:
        """Return the alarms whose time is over: nobody takes back that a device did not obey."""
        definition, told = self.park.alarms.get(FAILED), []
        for name in sorted(self._raised):
            alarm = self.state.alarms.get(name)
            due_ms = (
                (alarm.raised_ms or 0) + int(definition.off_delay_s * 1000) if alarm and definition else 0
            )
            if now_ms >= due_ms:
                self._raised.discard(name)
                if alarm is not None and alarm.active:
                    fact = AlarmCleared(name, FAILED)
                    told.append(self._told(event_id(name, "clear", due_ms), alarm.asset, fact, due_ms))
        return told

    def _end(self, command: Command, outcome: Outcome, at_ms: int) -> Event:
        targets = command.requested.targets if command.requested else ()
        fact = CommandFinished(command.id, outcome, _obeyed(command), len(targets))
        subject = f"{self.park.id}/command/{command.id}"
        return self._told(told_id(command.id, "finished"), subject, fact, at_ms + 1)

    def _told(
        self, id_: str, subject: str, fact: CommandFinished | AlarmRaised | AlarmCleared, at_ms: int
    ) -> Event:
        at = datetime.fromtimestamp(at_ms / 1000, UTC)
        return Event(id_, f"watch/{self.park.id}", fact.TYPE, subject, at, self.park.id, fact)


def _obeyed(command: Command) -> int:
    """Count the targets that did what was asked."""
    wanted = set(command.requested.targets) if command.requested else set()
    return sum(answer.ok for target, (_at, answer) in command.answers.items() if target in wanted)


def _outcome(command: Command) -> Outcome:
    obeyed, asked = _obeyed(command), command.requested
    if asked is not None and obeyed == len(set(asked.targets)):
        return "done"
    return "partial" if obeyed else "failed"
