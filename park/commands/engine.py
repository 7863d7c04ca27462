"""The engine that ends commands: answered, timed out or never confirmed."""

from datetime import UTC, datetime

from park.alarms.facts import AlarmCleared, AlarmRaised
from park.alarms.lifecycle import alarm_id, event_id
from park.commands.command import CONFIRM_S, FAILED, Command, Outcome
from park.commands.facts import CommandFinished
from park.config.park import Park
from park.events.envelope import Event
from park.events.rings import milliseconds
from park.incidents.incident import told_id
from park.state.state import State


class Commands:
    """Ends commands: when every device answered, when the time is over, when nobody confirmed.

    One that failed is an alarm (:data:`FAILED` of ``alarms.toml``: in which ``states``, and how long).
    """

    def __init__(self, park: Park, state: State) -> None:
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
        definition = self.park.alarms.get(FAILED)
        finished = command.finished
        asked = command.requested
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
