"""The procedure at hand: automatic steps, commands to devices, messages asked for, escalation by time.

Ids are made of the incident and the step, times of what happened or came due: telling twice is once.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec.structs import replace

from park.commands.command import Command
from park.commands.facts import CommandRequested
from park.config import geometry as nearby
from park.config.park import Park
from park.events.envelope import Event
from park.events.facts import Fact
from park.events.rings import milliseconds
from park.incidents.facts import IncidentEscalated, IncidentStep
from park.incidents.incident import Incident, told_id
from park.messages.facts import MessageRequested
from park.messages.notices import requests
from park.plume import sector as downwind
from park.procedures.plan import Plan, PlanStep, plan, procedure
from park.procedures.sop import Escalation, StepRule
from park.state.state import State
from park.systems import release_of

SUPERVISOR = "manager"
StepState = Literal["started", "done", "skipped", "failed"]
Notices = Callable[[Park, State, Incident, str, Sequence[str], datetime], list[Event]]
DEVICES_S = 5.0
_TICK = timedelta(milliseconds=1)
_QUIET = frozenset({"park.incident.left", "park.incident.noted"})

__all__ = ["Plan", "PlanStep", "Procedures", "plan", "procedure"]


class Procedures:
    """Carries the procedures of a park; ``notices`` makes the messages of a step that was done."""

    def __init__(self, park: Park, state: State, notices: Notices = requests) -> None:
        """Go on with the incidents that stand in ``state``."""
        self.park = park
        self.state = state
        self.notices = notices
        self._seen = datetime.fromtimestamp(0, UTC)
        standing = [name for name, incident in state.incidents.items() if incident.life.stands]
        self._unanswered = set(standing)
        self._unreported = set(standing)
        self._look_at = set(standing)

    def take(self, event: Event) -> list[Event]:
        """Let the procedures of the incident go on that an event is about."""
        if event.ingested is not None and not event.ahead:
            self._seen = max(self._seen, event.ingested)
        if event.type == "park.command.finished":
            return self._finished(event)
        if event.type == "park.message.status" and event.data.incident in self.state.incidents:
            self._unreported.add(event.data.incident)  # a report that failed is none: look again
        if not event.type.startswith("park.incident.") or event.type in _QUIET:
            return []
        incident = self.state.incidents[event.data.incident]
        if incident.life.opened_ms is None:  # its opening is still to come
            return []
        if event.type == "park.incident.joined":
            if event.data.system == "gas":
                self._look_at.add(incident.id)  # another substance, other steps; with the next tick
            return []
        at = max(event.time, self._seen)
        if event.type == "park.incident.escalated":
            return self._supervise(incident, event, at)
        if event.type == "park.incident.opened":
            self._unanswered.add(incident.id)
            self._unreported.add(incident.id)
        return self._messages(incident, event, at) + self._proceed(incident, at)

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass: what was changed by members, and who did not answer in time."""
        self._seen = max(self._seen, now)
        again, self._look_at = self._look_at, set()
        told = [event for name in sorted(again) for event in self._proceed(self.state.incidents[name], now)]
        for name in sorted(self._unanswered):
            incident = self.state.incidents[name]
            if not incident.life.stands or incident.life.acked_ms is not None:
                self._unanswered.discard(name)
            else:
                told += self._escalate(incident, now)
        return told + [event for name in sorted(self._unreported) for event in self._overdue(name, now)]

    def _proceed(self, incident: Incident, at: datetime) -> list[Event]:
        """Do the automatic steps that apply and wait; take back what was commanded once it is over."""
        if incident.life.opened_ms is None:
            return []
        if _over(incident):
            return self._take_back(incident, at)
        sop, told = procedure(self.park, incident), list[Event]()
        for step in plan(self.park, self.state, incident, at).steps:
            rule = sop.find(step.id) if sop else None
            if rule is not None and rule.auto and step.state == "open":
                told += self._do(incident, rule, at)
        return told

    def _do(self, incident: Incident, rule: StepRule, at: datetime) -> list[Event]:
        match rule.auto:
            case "cameras":
                return self._command(incident, rule, "camera.point", at)
            case "lights":
                return self._command(incident, rule, "light.dim", at)
            case "notify":
                return [self._step(incident, rule, "done", at)]
            case _:
                area = downwind.sector(self.park, self.state, incident, at)
                if area is None or area.length_m is None:
                    return [self._step(incident, rule, "skipped", at, "풍향 정보 없음")]
                return [self._step(incident, rule, "done", at, f"{area.wind_to_deg}° {area.length_m:.0f} m")]

    def _command(
        self, incident: Incident, rule: StepRule, kind: Literal["camera.point", "light.dim"], at: datetime
    ) -> list[Event]:
        place = downwind.place_of(self.park, incident)
        of = self.state.by_kind.get("camera" if kind == "camera.point" else "light", [])
        near = [] if place is None else nearby.within(of, *place, rule.radius_m)
        if kind == "camera.point" and place is not None:
            near = nearby.nearest(of, *place, rule.count)
        if not near or place is None:
            return [self._step(incident, rule, "skipped", at, "대상 없음")]
        name = told_id(incident.id, rule.id, "command")
        text = f"{place[0]:.6f},{place[1]:.6f}" if kind == "camera.point" else ""
        fact = CommandRequested(
            command=name, kind=kind, targets=tuple(asset.id for asset in near), text=text,
            value=rule.dim_pct if kind == "light.dim" else None, timeout_s=DEVICES_S, incident=incident.id,
        )  # fmt: skip
        asked = self._event(told_id(name, "asked"), f"{self.park.id}/command/{name}", fact, at + _TICK)
        return [self._step(incident, rule, "started", at), asked]

    def _finished(self, event: Event) -> list[Event]:
        """Say what became of the step that a command was for."""
        command = self.state.commands[event.data.command]
        incident = self.state.incidents.get((command.requested and command.requested.incident) or "")
        sop = procedure(self.park, incident) if incident else None
        if incident is None or sop is None:
            return []
        rule = next((r for r in sop.step if told_id(incident.id, r.id, "command") == command.id), None)
        word = incident.life.steps.get(rule.id) if rule else None
        if rule is None or word is None or word.state != "started":
            return []
        done: StepState = "done" if event.data.state in {"done", "partial"} else "failed"
        reason = f"{event.data.answered}/{event.data.targets}"
        at = max(event.time, _moment(word.at_ms) + _TICK)
        return [self._step(incident, rule, done, at, reason)]

    def _take_back(self, incident: Incident, at: datetime) -> list[Event]:
        """Bring lights, gates, vehicles and signs back that no other incident holds."""
        told = []
        for command in list(self.state.commands.values()):
            asked, back = command.requested, told_id(command.id, "back")
            if asked is None or asked.incident != incident.id or back in self.state.commands:
                continue
            release = release_of(asked.kind)
            if release is None or release.is_undone_by(asked) or not command.carried_out:
                continue
            held = self._held(command)
            targets = tuple(target for target in asked.targets if target not in held)
            if not targets:
                continue
            fact = CommandRequested(
                command=back, kind=asked.kind, targets=targets, value=release.value, timeout_s=DEVICES_S,
                incident=incident.id,
            )  # fmt: skip
            told.append(self._event(told_id(back, "asked"), f"{self.park.id}/command/{back}", fact, at))
        return told

    def _held(self, own: Command) -> set[str]:
        """Return the targets that commands of other incidents hold in the same way."""
        held = set[str]()
        for command in self.state.commands.values():
            asked = command.requested
            if asked is None or own.requested is None or asked.incident in {None, own.requested.incident}:
                continue
            release, incident = release_of(asked.kind), self.state.incidents.get(asked.incident or "")
            if asked.kind != own.requested.kind or release is None or release.is_undone_by(asked):
                continue
            if incident is not None and not _over(incident):
                held |= set(asked.targets)
        return held

    def _messages(self, incident: Incident, event: Event, at: datetime) -> list[Event]:
        """Ask for the messages of a step that was done."""
        if event.type != "park.incident.step" or event.data.state != "done":
            return []
        sop = procedure(self.park, incident)
        rule = sop.find(event.data.step) if sop else None
        if rule is None or not rule.notify:
            return []
        return self.notices(self.park, self.state, incident, rule.id, rule.notify, at)

    def _supervise(self, incident: Incident, event: Event, at: datetime) -> list[Event]:
        """Tell the contacts that stand for the role an incident went up to, with the reason first."""
        contacts, fact = self.park.contacts, event.data
        names = (
            [n for n, c in contacts.contacts.items() if c.channels.get("room") == fact.to] if contacts else []
        )
        asked = self.notices(self.park, self.state, incident, f"escalation-{event.id[:8]}", names, at)
        return [replace(told, data=_with_reason(told.data, fact.reason)) for told in asked]

    def _escalate(self, incident: Incident, now: datetime) -> list[Event]:
        """Tell the next role of an incident of which nobody took notice in time."""
        sop, told = procedure(self.park, incident), []
        for rule in sop.escalate if sop else ():
            id_ = told_id(incident.id, "escalated", rule.level)
            if (self._source, id_) in incident.told:
                continue
            since_ms = self._grave_since(incident, rule)
            if since_ms is None or now < (due := _moment(since_ms) + timedelta(seconds=rule.after_s)):
                continue
            reason = f"미접수 {rule.after_s:g}초"
            fact = IncidentEscalated(incident.id, rule.level, rule.to, reason)
            told.append(self._event(id_, f"{self.park.id}/incident/{incident.id}", fact, due))
        return told

    def _overdue(self, name: str, now: datetime) -> list[Event]:
        """Tell the supervisor once that the time the law gives for the report is over."""
        incident = self.state.incidents[name]
        noticed_ms, sop = incident.life.noticed_ms, procedure(self.park, incident)
        if not incident.life.stands:
            self._unreported.discard(name)
        if noticed_ms is None or not incident.life.stands or sop is None or sop.report_due_s is None:
            return []
        due = _moment(noticed_ms) + timedelta(seconds=sop.report_due_s)
        if now < due:
            return []
        self._unreported.discard(name)
        stands = plan(self.park, self.state, incident, now)
        id_ = told_id(name, "escalated", "report")
        if stands.report_due_ms is None or stands.reported_ms or (self._source, id_) in incident.told:
            return []
        fact = IncidentEscalated(name, 1, SUPERVISOR, f"신고 기한 {sop.report_due_s / 60:g}분 초과")
        return [self._event(id_, f"{self.park.id}/incident/{name}", fact, due)]

    def _grave_since(self, incident: Incident, rule: Escalation) -> int | None:
        """Return since when an incident is grave enough (ms), None when it is not."""
        life = incident.life
        if rule.critical and any(self._critical(member.alarm) for member in incident.members.values()):
            return life.noticed_ms
        if life.grade not in rule.grades:
            return None
        graded = [e for e in incident.history("opened", "graded") if e.data.grade not in rule.grades]
        later = incident.history("graded")
        after = [e for e in later if not graded or e.time > graded[-1].time]
        if not graded or not after:
            return life.noticed_ms
        return max(milliseconds(after[0]), life.noticed_ms or 0)

    def _critical(self, alarm: str | None) -> bool:
        held = self.state.alarms.get(alarm or "")
        return held is not None and held.priority == "critical"

    @property
    def _source(self) -> str:
        return f"watch/{self.park.id}"

    def _step(
        self, incident: Incident, rule: StepRule, state: StepState, at: datetime, reason: str = ""
    ) -> Event:
        fact = IncidentStep(incident.id, rule.id, state, reason=reason)
        return self._event(
            told_id(incident.id, rule.id, "auto", state), f"{self.park.id}/incident/{incident.id}", fact, at
        )

    def _event(self, id_: str, subject: str, fact: Fact, at: datetime) -> Event:
        return Event(id_, self._source, fact.TYPE, subject, at, self.park.id, fact)


def _with_reason(message: MessageRequested, reason: str) -> MessageRequested:
    return replace(
        message,
        body_ko=f"상향 보고: {reason}\n{message.body_ko}",
        body_en=f"Escalated: {reason}\n{message.body_en}",
    )


def _over(incident: Incident) -> bool:
    """Tell whether nothing is to be held any more: closed, merged, under control, or not true."""
    life = incident.life
    return not life.stands or life.state == "controlled" or life.verdict == "false"


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
