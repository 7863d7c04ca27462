"""What the events of an answer say in words: of incidents, commands and messages, in both languages."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from park.commands.command import Command
from park.config.label import Label
from park.events.base import FactBase
from park.events.envelope import Event
from park.incidents import labels as words
from park.incidents.facts import (
    IncidentAdvanced,
    IncidentCorrected,
    IncidentEscalated,
    IncidentGraded,
    IncidentLinked,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
)
from park.messages.message import Message
from park.systems import COMMAND_KINDS
from park.texts.failures import in_both

_ENDS = {
    "partial": Label("일부 실패", "partly failed"),
    "failed": Label("실패", "failed"),
    "timed_out": Label("응답 시간 초과", "timed out"),
    "cancelled": Label("취소", "cancelled"),
}
SENT = {
    "queued": Label("대기", "queued"),
    "sending": Label("보내는 중", "sending"),
    "sent": Label("전달됨", "delivered"),
    "failed": Label("실패", "failed"),
    "held": Label("훈련: 보내지 않음", "exercise: held"),
    "unclear": Label("전달 불분명", "unclear"),
}
CHANNELS = {
    "email": Label("전자우편", "e-mail"),
    "webhook": Label("웹훅", "webhook"),
    "cap": Label("CAP", "CAP"),
    "room": Label("관제실", "room"),
}
_STEPS = {
    "done": Label("완료", "done"),
    "started": Label("시작", "started"),
    "skipped": Label("생략", "skipped"),
    "failed": Label("실패", "failed"),
}
Names = Mapping[str, Label]


class Said(NamedTuple):
    """Words, and how much they matter: 0 plain … 4 critical."""

    text: Label
    level: int = 1


def said(event: Event, steps: Names, grade: str | None) -> Said | None:
    """Return the words for one event of an incident's own; ``grade`` is what it was before."""
    say = _SAYINGS.get(event.type)
    return say(event.data, steps, grade) if say else None


def because(text: Label, reason: str) -> Label:
    """Return words with the reason after them, if there is one."""
    return Label(f"{text.ko}: {reason}", f"{text.en}: {reason}") if reason else text


def command(told: Command) -> Said:
    """Return the words for a command: what, how many answered, how it ended."""
    asked = told.requested
    if asked is None:
        return Said(Label("", ""))
    n = len(asked.targets)
    named = COMMAND_KINDS[asked.kind].text
    value = asked.value or 0.0
    ok = sum(fact.ok for _, fact in told.answers.values())
    ko, en = named.ko.format(n=n, value=value), named.en.format(n=n, value=value)
    if not asked.user:
        ko, en = f"{ko} (자동)", f"{en} (automatic)"
    if asked.confirm and told.confirmed_ms is None and told.finished is None:
        return Said(Label(f"{ko} · 확인 대기", f"{en} · waits for confirmation"))
    ko, en = f"{ko} · 응답 {ok}/{n}", f"{en} · {ok}/{n} answered"
    end = _ENDS.get(told.finished.state) if told.finished else None
    return Said(Label(f"{ko} · {end.ko}", f"{en} · {end.en}"), 3) if end else Said(Label(ko, en))


def message(told: Message, recipients: Names) -> Said:
    """Return the words for a message: to whom, by what, how far it has come."""
    asked, state = told.requested, SENT[told.state]
    if asked is None:
        return Said(Label("", ""))
    to = recipients.get(asked.recipient, Label(asked.recipient, asked.recipient))
    bad = told.state in {"failed", "unclear"}
    by = CHANNELS[asked.channel]
    text = Label(f"{to.ko} 통보 ({by.ko}) · {state.ko}", f"{to.en} told ({by.en}) · {state.en}")
    why = in_both(told.statuses[-1][2].detail) if bad else Label("", "")
    return Said(Label(because(text, why.ko).ko, because(text, why.en).en), 3 if bad else 1)


def _opened(fact: IncidentOpened, _steps: Names, _grade: str | None) -> Said:
    named = words.GRADES[fact.grade]
    return Said(Label(f"사건 {fact.number} 시작 · {named.ko}", f"Incident {fact.number} · {named.en}"), 0)


def _corrected(fact: IncidentCorrected, _steps: Names, _grade: str | None) -> Said:
    name, source = words.KINDS[fact.kind], words.short(fact.cause)
    return Said(Label(f"정정: {name.ko}, 원인 {source}", f"Corrected: {name.en}, cause {source}"))


def _linked(fact: IncidentLinked, _steps: Names, _grade: str | None) -> Said:
    why = words.RULES.get(fact.rule, Label(fact.rule, fact.rule))
    return Said(Label(f"관련 있을 수 있는 사건: {why.ko}", f"May have to do with another incident: {why.en}"))


def _verified(fact: IncidentVerified, _steps: Names, _grade: str | None) -> Said:
    word, by = words.VERDICTS[fact.verdict], fact.user
    text = Label(
        f"{by} 확인 → {word.ko}" if by else f"2차 감지로 확인 → {word.ko}",
        f"{by} verified: {word.en}" if by else f"second sensor: {word.en}",
    )
    return Said(because(text, fact.reason if by else ""))


def _graded(fact: IncidentGraded, _steps: Names, grade: str | None) -> Said:
    old, new = words.GRADES.get(grade or ""), words.GRADES[fact.grade]
    ko, en = (f"{old.ko} → ", f"{old.en} → ") if old and old != new else ("", "")
    text = Label(f"등급 {ko}{new.ko}", f"Grade {en}{new.en}")
    return Said(because(text, fact.reason if fact.user else ""))


def _advanced(fact: IncidentAdvanced, _steps: Names, _grade: str | None) -> Said:
    word = words.STATES[fact.state]
    return Said(because(Label(f"상태: {word.ko}", f"State: {word.en}"), fact.reason))


def _step(fact: IncidentStep, steps: Names, _grade: str | None) -> Said:
    name, how = steps.get(fact.step, Label(fact.step, fact.step)), _STEPS[fact.state]
    text = Label(f"{name.ko} · {how.ko}", f"{name.en} · {how.en}")
    return Said(because(text, fact.reason), 3 if fact.state in {"skipped", "failed"} else 1)


def _escalated(fact: IncidentEscalated, _steps: Names, _grade: str | None) -> Said:
    role = words.ROLES.get(fact.to, Label(fact.to, fact.to))
    return Said(Label(f"{role.ko}에게 알림 ({fact.level}단계)", f"Escalated to {role.en} ({fact.level})"), 3)


def _plain(ko: str, en: str) -> Callable[[Any, Names, str | None], Said]:
    def say(fact: FactBase, _steps: Names, _grade: str | None) -> Said:
        who, note = getattr(fact, "user", None), getattr(fact, "text", "")
        return Said(Label(ko.format(who=who, text=note), en.format(who=who, text=note)))

    return say


_SAYINGS: dict[str, Callable[[Any, Names, str | None], Said]] = {
    "park.incident.opened": _opened,
    "park.incident.corrected": _corrected,
    "park.incident.merged": _plain("다른 사건에 합쳐짐", "Merged into another incident"),
    "park.incident.linked": _linked,
    "park.incident.acknowledged": _plain("{who} 인지 · 담당", "{who} acknowledged and owns it"),
    "park.incident.assigned": _plain("담당: {who}", "Owner: {who}"),
    "park.incident.verified": _verified,
    "park.incident.graded": _graded,
    "park.incident.advanced": _advanced,
    "park.incident.step": _step,
    "park.incident.noted": _plain("메모: {text}", "Note: {text}"),
    "park.incident.escalated": _escalated,
}
