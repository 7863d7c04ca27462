"""Steps whose messages do not go out: they say so, and hold the clock, until somebody tells by phone."""

from typing import Literal

from park.incidents.facts import IncidentAcknowledged, IncidentEscalated, IncidentStep
from park.messages.facts import MessageRequested, MessageStatus
from tests.park.procedures.test_engine import Room, after, facts, room


def fare(
    made: Room, asked: list[MessageRequested], state: Literal["sent", "failed", "held"], seconds: float
) -> None:
    """Say of messages how far they came."""
    for fact in asked:
        status = MessageStatus(fact.message, state, 1, "no SMTP server set", "i1")
        made.say(status, seconds, f"changwon/message/{fact.message}")


def test_a_report_that_reached_nobody_is_none_until_it_is_made_by_phone() -> None:
    made = room()
    asked = facts(made.say(IncidentStep("i1", "report", "done", "kim"), 60), MessageRequested)
    everybody = len({fact.recipient for fact in asked})

    def report() -> tuple[str, int]:
        step = next(step for step in made.plan(70).steps if step.id == "report")
        return step.state, step.unsent

    assert report() == ("done", 0), "on their way"
    fare(made, asked[:1], "failed", 61)
    first = [fact for fact in asked if fact.recipient == asked[0].recipient]
    assert report() == ("done", len(first) == 1), "by the other way it may still arrive"
    fare(made, asked, "failed", 62)
    now = made.plan(70)
    assert report() == ("failed", everybody)
    assert (now.reported_ms, now.next and now.next.id) == (None, "acknowledge")
    assert now.report_due_ms == int(after(900).timestamp() * 1000)
    assert now.mandatory_open == room().plan().mandatory_open
    made.say(IncidentStep("i1", "report", "done", "lee"), 80)
    assert report() == ("failed", everybody), "said again is not done again"
    phoned = IncidentStep("i1", "report", "done", "lee", "119·합동방재센터 전화")
    assert facts(made.say(phoned, 90), MessageRequested) == []
    fare(made, asked, "failed", 95)
    assert report() == ("done", 0)
    assert made.plan(90).reported_ms == int(after(90).timestamp() * 1000)


def test_the_clock_runs_until_everybody_is_told_and_those_who_are_not_are_counted() -> None:
    made = room()
    asked = facts(made.say(IncidentStep("i1", "report", "done", "kim"), 60), MessageRequested)
    fare(made, asked[1:], "failed", 62)
    fare(made, asked[:1], "sent", 62)
    step = next(step for step in made.plan(70).steps if step.id == "report")
    others = {fact.recipient for fact in asked[1:]} - {asked[0].recipient}
    assert (step.state, step.unsent) == ("failed", len(others))
    assert made.plan(70).reported_ms is None
    made.say(IncidentStep("i1", "report", "done", "kim", "나머지는 전화로"), 80)
    assert made.plan(90).reported_ms == int(after(80).timestamp() * 1000)
    held = room()
    asked = facts(held.say(IncidentStep("i1", "report", "done", "kim"), 60), MessageRequested)
    fare(held, asked, "held", 62)
    assert held.plan(70).reported_ms is not None, "an exercise sends nothing, and that is right"


def test_a_report_that_fails_after_it_was_due_goes_up_too() -> None:
    made = room(grade="attention")
    made.say(IncidentAcknowledged("i1", "kim"), 5)
    asked = facts(made.say(IncidentStep("i1", "report", "done", "kim"), 890), MessageRequested)
    assert facts(made.tick(901), IncidentEscalated) == []
    fare(made, asked, "failed", 905)
    assert [f.reason for f in facts(made.tick(906), IncidentEscalated)] == ["신고 기한 15분 초과"]
    fare(made, asked, "failed", 910)
    assert facts(made.tick(911), IncidentEscalated) == []
