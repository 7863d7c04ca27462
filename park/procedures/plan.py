"""The procedure of one incident as it stands: which steps apply, what is done, what is next."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from park.config.label import Label
from park.config.park import Park
from park.events.rings import milliseconds
from park.incidents.incident import Incident
from park.messages.message import Message, unreached
from park.plume.sector import substances
from park.procedures.sop import Sop, StepAct, StepRule, When
from park.state.state import State

SETTLED = frozenset({"done", "skipped"})


class PlanStep(Struct, frozen=True):
    """A step as it stands; times in ms since 1970 UTC.

    ``state``: open, started, done, skipped or failed. ``act``: the act on the incident that does it
    (acknowledge, verify, grade, responding, controlled; "" when it is told by itself). ``unsent``: how many
    of those it tells every message failed to reach: the step failed until somebody says how they were told.
    """

    id: str
    name: Label
    state: str
    due_ms: int | None
    mandatory: bool
    auto: bool
    act: StepAct = ""
    notify: tuple[str, ...] = ()
    user: str | None = None
    at_ms: int | None = None
    reason: str = ""
    unsent: int = 0

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in SETTLED


class Plan(Struct, frozen=True):
    """The steps that apply, in order; ``mandatory_open`` holds the closing.

    ``report_due_ms`` is the legal clock, None where there is none; ``reported_ms`` when it was stopped.
    """

    steps: tuple[PlanStep, ...] = ()
    next: PlanStep | None = None
    steps_done: int = 0
    steps_total: int = 0
    mandatory_open: int = 0
    report_due_ms: int | None = None
    reported_ms: int | None = None
    report_source: str = ""


def plan(park: Park, state: State, incident: Incident, now: datetime) -> Plan:
    """Return the procedure of an incident as it stands at ``now``; an empty one where none is written."""
    sop, life = procedure(park, incident), incident.life
    if sop is None or life.noticed_ms is None:
        return Plan()
    now_ms, at_hand = int(now.timestamp() * 1000), set[str]()
    if any(rule.when.substance for rule in sop.step):
        at_hand = substances(park, state, incident)
    sent = _sent(state, incident)
    steps = tuple(
        _delivered(_stand(incident, rule), incident, sent.get(rule.id, []))
        for rule in sop.step
        if _fits(rule.when, incident, at_hand) or _told(incident, rule, now_ms)
    )
    reports = {rule.id for rule in sop.step if rule.report}
    reported = [s.at_ms for s in steps if s.id in reports and s.state == "done" and s.at_ms is not None]
    clock = sop.report_due_s is not None and life.verdict != "false"
    return Plan(
        steps=steps,
        next=_next(steps),
        steps_done=sum(step.settled for step in steps),
        steps_total=len(steps),
        mandatory_open=sum(step.mandatory and not step.settled for step in steps),
        report_due_ms=life.noticed_ms + int((sop.report_due_s or 0) * 1000) if clock else None,
        reported_ms=min(reported, default=None),
        report_source=sop.report_source if clock else "",
    )


def _next(steps: tuple[PlanStep, ...]) -> PlanStep | None:
    """Return the first step that waits for a person; else what the room could not do."""
    left = [step for step in steps if not step.settled]
    mine = (step for step in left if not step.auto)
    return next(mine, None) or next((step for step in left if step.state == "failed"), None)


def procedure(park: Park, incident: Incident) -> Sop | None:
    """Return the procedure for the kind of an incident; that for other kinds where it has none."""
    kind = incident.life.kind
    own = (sop for sop in park.sop if kind in sop.kinds)
    return next(own, None) or next((sop for sop in park.sop if "other" in sop.kinds), None)


def _fits(when: When, incident: Incident, at_hand: set[str]) -> bool:
    life = incident.life
    return (
        (not when.kind or life.kind in when.kind)
        and (not when.grade or life.grade in when.grade)
        and (not when.verdict or (life.verdict or "none") in when.verdict)
        and (not when.substance or not at_hand.isdisjoint(when.substance))
        and (not when.member or any(member.what in when.member for member in incident.present()))
    )


def _told(incident: Incident, rule: StepRule, now_ms: int) -> bool:
    """Tell whether something was said of a step by now: then it stays in the plan."""
    word = incident.life.steps.get(rule.id)
    return word is not None and word.at_ms <= now_ms


def _stand(incident: Incident, rule: StepRule) -> PlanStep:
    life, word = incident.life, incident.life.steps.get(rule.id)
    due_ms = None if rule.target_s is None else (life.noticed_ms or 0) + int(rule.target_s * 1000)
    shape = (due_ms, rule.mandatory, bool(rule.auto), rule.act, rule.notify)
    done = _by_life(incident, rule.act)
    if done is not None and (word is None or word.state != "skipped"):
        return PlanStep(rule.id, rule.name, "done", *shape, *done)
    if word is None:
        return PlanStep(rule.id, rule.name, "open", *shape)
    return PlanStep(rule.id, rule.name, word.state, *shape, word.user, word.at_ms, word.reason)


def _sent(state: State, incident: Incident) -> dict[str, list[Message]]:
    """Return the messages of an incident by the step that asked for them."""
    found: dict[str, list[Message]] = {}
    for message in list(state.messages.values()):
        asked = message.requested
        if asked is not None and asked.incident == incident.id and asked.step:
            found.setdefault(asked.step, []).append(message)
    return found


def _delivered(step: PlanStep, incident: Incident, sent: list[Message]) -> PlanStep:
    """Return a done step as its messages fared; who told them in another way has the last word."""
    if step.state != "done" or not step.notify or step.act:
        return step
    unsent = len(unreached(sent))
    return replace(step, state="failed", unsent=unsent) if unsent and not _by_hand(incident, step) else step


def _by_hand(incident: Incident, step: PlanStep) -> bool:
    """Tell whether somebody said how it was done, after it was done and asked for its messages."""
    words = [event.data for event in incident.history("step") if event.data.step == step.id]
    done = [word for word in words if word.state == "done"]
    return len(done) > 1 and bool(done[-1].user and done[-1].reason)


def _by_life(incident: Incident, act: StepAct) -> tuple[str | None, int | None] | None:
    """Return who did what a step waits for, and when; None while it is not done."""
    life = incident.life
    match act:
        case "acknowledge" if life.acked_ms is not None:
            return life.acked_by, life.acked_ms
        case "verify" if life.verdict is not None:
            return life.verified_by, life.verified_ms
        case "grade":
            graded = [event for event in incident.history("graded") if event.data.user]
            return (graded[-1].data.user, milliseconds(graded[-1])) if graded else None
        case "responding" | "controlled":
            reached = [e for e in incident.history("advanced") if e.data.state == act]
            return (reached[-1].data.user, milliseconds(reached[-1])) if reached else None
    return None
