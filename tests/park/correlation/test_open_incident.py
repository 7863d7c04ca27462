"""What is told of an incident has an id of its own; told twice, it is one event."""

from msgspec.structs import replace

from park.correlation.open_incident import Case, Teller
from park.correlation.relations import Happening
from tests.park.watched_park import PARK

FIRST = Happening("alarm-1", "changwon/camera/CAM-030", "intrusion", 1_000, 1_000, "camera")
AGAIN = replace(FIRST, ms=239_000, told_ms=239_000)  # its alarm was raised again


def test_a_member_that_joins_again_is_another_event_and_told_twice_the_same() -> None:
    """A merged incident brings a member that the other one knows from before: no identity is reused."""
    case, teller = Case("i1", "intrusion", FIRST, "caution", 1_000, 1_000), Teller(PARK)
    first = teller.joined(case, FIRST, "cause", 0.0)
    brought = teller.joined(case, AGAIN, "merged", None)
    assert first.id != brought.id
    assert teller.joined(case, replace(FIRST, told_ms=1_000), "cause", 0.0) == first
    assert teller.joined(case, AGAIN, "merged", None) == brought
    assert teller.joined(case, FIRST, "merged", None).id not in {first.id, brought.id}, "by another rule"
