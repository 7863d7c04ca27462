"""Trivial incidents end by themselves: all is over and nobody took them up."""

from park.correlation.open_incident import Case
from park.correlation.open_incidents import Casework
from park.events.envelope import Event
from park.state.state import State


def close_over(work: Casework, state: State, now_ms: int) -> list[Event]:
    """Return the ends of incidents whose kind closes by itself, some time after all alarms were over."""
    told: list[Event] = []
    for case in list(work.cases.values()):
        kind = work.rules.kinds.get(case.kind)
        if not case.stands or case.answered or kind is None or kind.closes_s is None:
            continue
        over_ms = _over_ms(case, state)
        if over_ms is not None and now_ms >= (due_ms := over_ms + int(kind.closes_s * 1000)):
            told += work.close(case, due_ms)
    return told


def _over_ms(case: Case, state: State) -> int | None:
    """Return since when all alarms of an incident are over, None while one is not."""
    newest = case.opened_ms
    for member in case.members.values():
        alarm = state.alarms.get(member.alarm or "")
        if alarm is not None and alarm.active:
            return None
        if alarm is not None:
            newest = max(newest, alarm.cleared_ms or 0)
    return newest
