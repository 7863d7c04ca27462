"""What people do to incidents by hand, as the correlation goes on with it."""

from park.correlation.open_incident import Case, happening_of
from park.correlation.open_incidents import Casework
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentAssigned,
    IncidentCorrected,
    IncidentFact,
    IncidentGraded,
    IncidentJoined,
    IncidentLeft,
    IncidentMerged,
    IncidentVerified,
)


def heard(work: Casework, event: Event) -> list[Event]:
    """Go on with a word on an incident; return what follows (the members of what was merged by hand)."""
    fact: IncidentFact = event.data
    case = work.cases.get(fact.incident)
    if case is None:
        if (incident := work.state.incidents.get(fact.incident)) is not None:
            work.adopt(incident)
        return []
    if isinstance(fact, IncidentMerged):
        into = work.cases.get(fact.into)
        return work.move(into, case) if case.stands and into is not None else []
    if isinstance(fact, IncidentJoined | IncidentLeft):
        _members(work, case, fact)
    else:
        _life(work, case, fact)
    return []


def _members(work: Casework, case: Case, fact: IncidentJoined | IncidentLeft) -> None:
    if isinstance(fact, IncidentLeft):
        work.release(case, fact.member)
    elif fact.user:
        member = work.state.incidents[case.id].members.get(fact.member)
        if member is not None:
            work.take_in(case, happening_of(member, work.where))


def _life(work: Casework, case: Case, fact: IncidentFact) -> None:
    match fact:
        case IncidentAdvanced(state="closed"):
            work.end(case)
        case IncidentAcknowledged() | IncidentAssigned() | IncidentAdvanced():
            case.answered = True
        case IncidentVerified() if fact.user:
            case.verified = True
        case IncidentGraded() if fact.user:
            case.grade = fact.grade
        case IncidentCorrected() if fact.user:
            case.by_hand, case.kind = True, fact.kind
