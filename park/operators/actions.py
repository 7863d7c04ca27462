"""What an act of a person on the answer comes to: facts to tell, or a refusal with its reason.

Pure: ``ACTS[name](scene, object, **fields) -> Told``. Who may do it is in ``park/operators/permissions.py``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from park.cameras.facts import CameraVerdict
from park.commands.command import ready, refusal
from park.commands.facts import CommandConfirmed, CommandFinished, CommandRequested
from park.commands.refusals import target_refusal, value_refusal
from park.config.label import Label
from park.config.park import Park
from park.events.facts import Fact
from park.incidents.facts import (
    Grade,
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentAssigned,
    IncidentEscalated,
    IncidentGraded,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentNoted,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
    Verdict,
)
from park.incidents.incident import LIFE, Incident, Member, incident_id, told_id
from park.messages.facts import MessageRequested
from park.operators.facts import ExerciseStatus
from park.operators.refusal import RefusedError
from park.procedures.engine import SUPERVISOR
from park.procedures.plan import PlanStep, plan
from park.state.state import State


@dataclass(frozen=True)
class Scene:
    """In what an act is done: the park, its state, the moment, the person's name and the reason told."""

    park: Park
    state: State
    now: datetime
    user: str
    reason: str = ""

    @property
    def why(self) -> str:
        """The reason of an act that needs one; RefusedError without."""
        if not self.reason.strip():
            raise RefusedError("사유를 적어 주세요")
        return self.reason.strip()


@dataclass
class Told:
    """What an act comes to: the id of what it is about or made, and the facts with their subjects."""

    object: str
    facts: list[tuple[str, Fact]] = field(default_factory=list)


def _standing(scene: Scene, incident: str) -> Incident:
    held = scene.state.incidents.get(incident)
    if held is None or held.life.opened_ms is None:
        raise RefusedError("그런 사건이 없습니다")
    if not held.life.stands:
        raise RefusedError("이미 종료되었거나 합쳐진 사건입니다")
    return held


def _subject(scene: Scene, incident: str) -> str:
    return f"{scene.park.id}/incident/{incident}"


def _tell(scene: Scene, incident: str, *facts: Fact) -> Told:
    return Told(incident, [(_subject(scene, incident), fact) for fact in facts])


def _is_newest(held: Incident, fact: Fact) -> bool:
    """Tell whether the newest word of its kind (of its step) says just this: told once is enough."""
    kind = fact.TYPE.rpartition(".")[2]
    step = getattr(fact, "step", None)
    said = [e.data for e in held.history(kind) if step is None or e.data.step == step]
    return bool(said) and said[-1] == fact


def _owning(scene: Scene, held: Incident, fact: Fact, *more: Fact) -> Told:
    """Tell a fact once; who acts takes the incident over."""
    if _is_newest(held, fact):
        return Told(held.id)
    return _tell(scene, held.id, *_taken(scene, held), fact, *more)


def _taken(scene: Scene, held: Incident) -> tuple[Fact, ...]:
    """Return the facts by which one who acts takes an incident over, and takes notice of it by that."""
    if held.life.acked_ms is None:
        return (IncidentAcknowledged(held.id, scene.user),)
    if held.life.owner != scene.user:
        return (IncidentAssigned(held.id, scene.user, scene.user),)
    return ()


def acknowledge(scene: Scene, incident: str) -> Told:
    """Take notice of an incident and own it; a second time says nothing."""
    held = _standing(scene, incident)
    if held.life.acked_ms is not None:
        return Told(incident)
    return _tell(scene, incident, IncidentAcknowledged(incident, scene.user))


def verify(scene: Scene, incident: str, verdict: Verdict) -> Told:
    """Say whether it is true, false or unclear."""
    held = _standing(scene, incident)
    return _owning(scene, held, IncidentVerified(incident, verdict, scene.user, scene.reason))


def grade(scene: Scene, incident: str, grade: Grade) -> Told:
    """Say how grave it is; the reason is mandatory."""
    held = _standing(scene, incident)
    return _owning(scene, held, IncidentGraded(incident, grade, scene.why, scene.user))


def advance(scene: Scene, incident: str, state: Literal["responding", "controlled", "closed"]) -> Told:
    """Let the answer go on; closing waits for the mandatory steps."""
    held = _standing(scene, incident)
    if held.life.state == state:
        return Told(incident)
    before = "acknowledged" if held.life.state == "new" else held.life.state
    if (before, state) not in LIFE:
        raise RefusedError("지금 상태에서는 할 수 없습니다")
    if state == "closed" and (left := _mandatory(scene, held)):
        raise RefusedError("필수 단계가 남아 있습니다: {steps}", steps=left)
    return _owning(scene, held, IncidentAdvanced(incident, state, scene.user, scene.reason))


def _mandatory(scene: Scene, held: Incident) -> tuple[Label, ...]:
    steps = plan(scene.park, scene.state, held, scene.now).steps
    return tuple(step.name for step in steps if step.mandatory and not step.settled)


def assign(scene: Scene, incident: str, user: str) -> Told:
    """Give an incident to somebody."""
    held = _standing(scene, incident)
    if held.life.owner == user:
        return Told(incident)
    return _tell(scene, incident, IncidentAssigned(incident, user, scene.user))


def step(
    scene: Scene, incident: str, step: str, state: Literal["started", "done", "failed"] = "done"
) -> Told:
    """Say how far a step of the procedure has come; one that waits for an act is done by that act.

    One that could tell nobody is done by who says how they were told.
    """
    held = _standing(scene, incident)
    planned = _planned(scene, held, step)
    if state not in {"started", "done", "failed"}:
        raise RefusedError("그런 단계 상태가 없습니다")
    match planned.act:
        case "verify" | "grade":
            raise RefusedError("판정이나 등급을 골라 주세요")
        case "acknowledge":
            return acknowledge(scene, incident)
        case "responding" | "controlled":
            return advance(scene, incident, planned.act)
    reason = scene.why if planned.unsent else scene.reason
    return _owning(scene, held, IncidentStep(incident, step, state, scene.user, reason))


def _planned(scene: Scene, held: Incident, step: str) -> PlanStep:
    steps = plan(scene.park, scene.state, held, scene.now).steps
    found = next((planned for planned in steps if planned.id == step), None)
    if found is None:
        raise RefusedError("그런 단계가 없습니다")
    return found


def skip(scene: Scene, incident: str, step: str) -> Told:
    """Leave a step out: needs a reason, and the supervisor is told."""
    held = _standing(scene, incident)
    why, planned = scene.why, _planned(scene, held, step)
    if planned.settled:
        raise RefusedError("이미 끝난 단계입니다")
    told = IncidentEscalated(incident, 1, SUPERVISOR, f"단계 생략: {planned.name.ko} ({why})"[:500])
    return _owning(scene, held, IncidentStep(incident, step, "skipped", scene.user, why), told)


def note(scene: Scene, incident: str, text: str) -> Told:
    """Write something down; closed incidents take notes too."""
    held = scene.state.incidents.get(incident)
    if held is None or held.life.opened_ms is None:
        raise RefusedError("그런 사건이 없습니다")
    fact = IncidentNoted(incident, scene.user, text.strip())
    return Told(incident) if _is_newest(held, fact) else _tell(scene, incident, fact)


def merge(scene: Scene, incident: str, into: str) -> Told:
    """Put an incident into another one, with its members."""
    held, other = _standing(scene, incident), _standing(scene, into)
    if incident == into:
        raise RefusedError("같은 사건끼리는 합칠 수 없습니다")
    if held.life.exercise != other.life.exercise:
        raise RefusedError("훈련과 실제 사건은 합칠 수 없습니다")
    facts: list[tuple[str, Fact]] = [
        (_subject(scene, incident), IncidentMerged(incident, into, scene.why, scene.user))
    ]
    known = {member.id for member in other.present()}
    facts += [
        (_subject(scene, into), _joined(member, into, "merged", scene.user))
        for member in held.present()
        if member.id not in known
    ]
    return Told(into, facts)


def split(scene: Scene, incident: str, members: Sequence[str]) -> Told:
    """Take members out into an incident of their own."""
    held, wanted = _standing(scene, incident), set(members)
    gone = [member for member in held.present() if member.id in wanted]
    if len(gone) < len(wanted) or not wanted or len(gone) == len(held.present()):
        raise RefusedError("나눌 구성 항목을 일부만 골라 주세요")
    newest_ms = max(member.joined_ms for member in gone)  # what was merged back and is split again is new
    new, life = incident_id(f"split|{incident}|{newest_ms}|{'|'.join(sorted(wanted))}"), held.life
    place = scene.state.assets.get(gone[0].asset)
    lat, lon = (place.lat, place.lon) if place else (life.lat, life.lon)
    number = f"{life.number}-{new[:4]}"
    opened = IncidentOpened(new, number, life.kind, gone[0].asset, life.grade, lat, lon, life.exercise)
    facts: list[tuple[str, Fact]] = [(_subject(scene, new), opened)]
    facts += [(_subject(scene, new), IncidentAcknowledged(new, scene.user))]
    for member in gone:
        facts.append((_subject(scene, incident), IncidentLeft(incident, member.id, "split", scene.user)))
        facts.append((_subject(scene, new), _joined(member, new, "split", scene.user)))
    return Told(new, facts)


def _joined(member: Member, incident: str, rule: str, user: str) -> IncidentJoined:
    names = set(IncidentJoined.__struct_fields__) & set(Member.__struct_fields__)
    told = {name: getattr(member, name) for name in names}
    happened = datetime.fromtimestamp(member.happened_ms / 1000, UTC)
    told |= {"rule": rule, "user": user, "distance_m": None, "after_s": None}
    return IncidentJoined(incident=incident, member=member.id, happened=happened, **told)


def request(
    scene: Scene,
    incident: str,
    kind: str,
    targets: Sequence[str],
    value: float | None = None,
    text: str = "",
    until: datetime | None = None,
    timeout_s: float = 5.0,
) -> Told:
    """Ask devices for something; it waits for its second step."""
    taken = _tell(scene, incident, *_taken(scene, _standing(scene, incident))).facts if incident else []
    if msgid := target_refusal(scene.state.assets, kind, targets) or value_refusal(kind, value, text):
        raise RefusedError(msgid)
    asked: dict[str, Any] = {
        "kind": kind, "targets": tuple(targets), "value": value, "text": text, "until": until,
        "timeout_s": timeout_s, "confirm": True, "incident": incident or None, "user": scene.user,
        "reason": scene.reason,
    }  # fmt: skip
    waiting = (c for c in scene.state.commands.values() if ready(c, scene.now))
    for command in waiting:
        if command.requested == CommandRequested(command=command.id, **asked):
            return Told(command.id)
    new = told_id("command", *asked.values(), int(scene.now.timestamp()))
    return Told(new, [*taken, (_command(scene, new), CommandRequested(command=new, **asked))])


def confirm(scene: Scene, command: str) -> Told:
    """Say yes to a command, the second step."""
    held = scene.state.commands.get(command)
    if held is not None and held.confirmed_ms is not None:
        return Told(command)
    if msgid := refusal(held, scene.now):
        raise RefusedError(msgid)
    return Told(command, [(_command(scene, command), CommandConfirmed(command, scene.user))])


def cancel(scene: Scene, command: str) -> Told:
    """Call a command off that is not finished yet."""
    held = scene.state.commands.get(command)
    if held is None or held.requested is None:
        raise RefusedError("그런 명령이 없습니다")
    if held.finished is not None:
        if held.finished.state == "cancelled":
            return Told(command)
        raise RefusedError("이미 끝난 명령입니다")
    fact = CommandFinished(command, "cancelled", len(held.answers), len(held.requested.targets))
    return Told(command, [(_command(scene, command), fact)])


def _command(scene: Scene, command: str) -> str:
    return f"{scene.park.id}/command/{command}"


def message(scene: Scene, incident: str, **fields: str) -> Told:
    """Ask for a message to somebody about an incident; fields as in :class:`MessageRequested`."""
    held = _standing(scene, incident)
    texts = {"title_ko", "title_en", "body_ko", "body_en", "recipient", "channel", "step"}
    if fields.keys() - texts:
        raise RefusedError("입력이 올바르지 않습니다")
    contact = scene.park.contacts.of(fields.get("recipient", "")) if scene.park.contacts else None
    if contact is None or fields.get("channel") not in contact.channels:
        raise RefusedError("그런 연락처가 없습니다")
    new = told_id("message", incident, scene.user, *sorted(fields.items()))
    if new in scene.state.messages:
        return Told(new)
    told: dict[str, Any] = dict(fields)
    told |= {"exercise": held.life.exercise, "incident": incident, "user": scene.user}
    taken = _tell(scene, incident, *_taken(scene, held)).facts
    return Told(new, [*taken, (f"{scene.park.id}/message/{new}", MessageRequested(message=new, **told))])


def judge(scene: Scene, camera: str, event: str, verdict: Verdict) -> Told:
    """Say whether an event of a camera was true; the last word counts."""
    known = scene.state.assets.get(camera)
    if known is None or known.kind != "camera":
        raise RefusedError("그런 카메라가 없습니다")
    return Told(camera, [(camera, CameraVerdict(event, verdict, scene.user, scene.reason))])


def exercise(scene: Scene, _object: str, *, active: bool) -> Told:
    """Begin or end an exercise: nothing leaves the room while it is on."""
    subject = f"{scene.park.id}/room/exercise"
    if scene.state.exercise == active:
        return Told(subject)
    return Told(subject, [(subject, ExerciseStatus(active, scene.user, scene.why))])


ACTS: dict[str, Callable[..., Told]] = {
    "incident.acknowledge": acknowledge,
    "incident.verify": verify,
    "incident.grade": grade,
    "incident.advance": advance,
    "incident.assign": assign,
    "incident.step": step,
    "incident.skip": skip,
    "incident.note": note,
    "incident.merge": merge,
    "incident.split": split,
    "command.request": request,
    "command.confirm": confirm,
    "command.cancel": cancel,
    "message.request": message,
    "camera.verify": judge,
    "exercise.set": exercise,
}
