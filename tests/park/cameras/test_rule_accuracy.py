"""The figures of the operators' verification, worked by hand, and in any order."""

import random
from datetime import UTC, datetime, timedelta

from park.alarms.facts import AlarmRaised
from park.cameras.facts import CameraEvent, CameraEventKind, CameraVerdict
from park.cameras.rule_accuracy import record
from park.correlation.rules import Correlations, Kind
from park.events.envelope import Event
from park.events.facts import Fact
from park.incidents.facts import (
    IncidentCorrected,
    IncidentJoined,
    IncidentKind,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
    IncidentVerified,
    Verdict,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=1)
ONE, TWO = "changwon/camera/CAM-1", "changwon/camera/CAM-2"
GAS = "changwon/gas/GAS-1"
KINDS = {"fence_intrusion": "intrusion"}
RULES = Correlations(
    kinds={
        "intrusion": Kind(opens={"fence_intrusion": 50}),
        "gas_leak": Kind(opens={"gas_high": 90}),
        "injury": Kind(opens={"fall": 45}),
    }
)


def told(id_: str, subject: str, hours: float, fact: Fact) -> Event:
    return Event(id_, "tests", fact.TYPE, subject, NOW - timedelta(hours=hours), "changwon", fact)


def seen(id_: str, camera: str, hours: float, kind: CameraEventKind = "intrusion") -> Event:
    return told(id_, camera, hours, CameraEvent(kind, camera.rpartition("/")[2], "m", kind, 0.9))


def judged(event: str, verdict: Verdict, hours: float = 1.0, id_: str = "v") -> Event:
    return told(f"{id_}-{event}", ONE, hours, CameraVerdict(event, verdict, "kim"))


def joined(incident: str, camera: str, hours: float, what: str = "fence_intrusion") -> Event:
    happened = NOW - timedelta(hours=hours) + timedelta(seconds=3)
    fact = IncidentJoined(incident, f"m-{incident}-{what}", camera, "camera", what, happened, "cause")
    return told(f"j-{incident}-{what}", f"changwon/incident/{incident}", hours, fact)


def opened(name: str, cause: str = ONE, kind: IncidentKind = "intrusion", hours: float = 9) -> Event:
    fact = IncidentOpened(name, "1", kind, cause, "caution")
    return told(f"o-{name}", f"changwon/incident/{name}", hours, fact)


def incident(name: str, verdict: Verdict, hours: float = 0.5) -> Event:
    return told(f"iv-{name}", f"changwon/incident/{name}", hours, IncidentVerified(name, verdict, "kim"))


EVENTS = [
    seen("a", ONE, 20), seen("b", ONE, 10), seen("c", ONE, 8), seen("d", ONE, 6), seen("e", ONE, 5),
    seen("f", ONE, 4, "fall"), seen("g", TWO, 3), seen("old", ONE, 30),
    judged("a", "true"),
    judged("b", "true", 2.0), judged("b", "false", 1.0, "again"),  # the last word counts
    opened("i-1"), joined("i-1", ONE, 8), incident("i-1", "false"),
    told("sensor", "x", 0.1, IncidentVerified("i-1", "true")),  # a second sensor is no person
    opened("i-3", TWO), opened("i-2"), joined("i-2", ONE, 6),
    told("m", "x", 1, IncidentMerged("i-2", "i-3", "one")), incident("i-3", "true"),
    opened("i-4"), joined("i-4", ONE, 5),
    told("l", "x", 1, IncidentLeft("i-4", "m-i-4-fence_intrusion", "split")), incident("i-4", "false"),
    judged("f", "unclear"),
    told("r", ONE, 20, AlarmRaised("r", "fence_intrusion", "high")),
    told("other", ONE, 4, AlarmRaised("s", "fence_intrusion", "high")),  # not of the fall then
]  # fmt: skip
FIRST = {ONE: NOW - timedelta(days=9), TWO: NOW - timedelta(hours=12)}


def test_the_figures_are_those_worked_by_hand() -> None:
    table = record(EVENTS, KINDS, RULES).table(SINCE, NOW, FIRST)
    rows = {(row.camera, row.rule): row for row in table.rows}
    assert set(rows) == {(ONE, "intrusion"), (ONE, "fall"), (TWO, "intrusion")}
    row = rows[ONE, "intrusion"]
    assert (row.events, row.alarms) == (5, 1)
    assert (row.true, row.false, row.unclear, row.unverified) == (2, 2, 0, 1)
    assert row.precision == 0.5
    assert row.false_per_day == 2.0
    assert (rows[ONE, "fall"].unclear, rows[ONE, "fall"].alarms, rows[ONE, "fall"].precision) == (1, 0, None)
    assert (rows[TWO, "intrusion"].unverified, rows[TWO, "intrusion"].false_per_day) == (1, None)
    assert table.camera_days == 1.5
    assert (table.days, table.total.events) == (1, 7)
    assert table.total.false_per_day == 2 / 1.5


def test_a_camera_that_was_just_set_up_is_judged_by_its_own_time() -> None:
    made, week = record([seen("a", TWO, 3), judged("a", "false")], KINDS, RULES), NOW - timedelta(days=7)
    first = {TWO: NOW - timedelta(days=2)}
    assert made.table(week, NOW, first).rows[0].false_per_day == 0.5  # one in two days
    assert made.table(week, NOW, {}).rows[0].false_per_day is None


def test_hardly_watched_or_never_judged_is_no_rate_of_false_alarms() -> None:
    quiet, unjudged = record([], KINDS, RULES), record([seen("a", TWO, 3)], KINDS, RULES)
    day, hour = ({TWO: NOW - timedelta(hours=hours)} for hours in (24, 1))
    assert quiet.table(SINCE, NOW, day).total.false_per_day == 0.0
    assert quiet.table(SINCE, NOW, hour).total.false_per_day is None
    assert unjudged.table(SINCE, NOW, day).total.false_per_day is None
    false = record([seen("a", TWO, 0.5), judged("a", "false")], KINDS, RULES)
    assert false.table(SINCE, NOW, hour).total.false_per_day is None


def leak(*more: Event) -> dict[str, Verdict | None]:
    """Return what is said of a fall, a crowd and an intrusion that joined a gas leak, found true."""
    kinds: tuple[CameraEventKind, ...] = ("fall", "crowd", "intrusion")
    events = [seen(kind, ONE, 4, kind) for kind in kinds]
    members = [joined("i-gas", ONE, 4, what) for what in ("fall", "crowd", "fence_intrusion")]
    members.append(joined("i-gas", GAS, 4, "gas_high"))
    made = record(
        [*events, *members, opened("i-gas", GAS, "gas_leak"), incident("i-gas", "true"), *more], KINDS, RULES
    )
    return {event.id: made.verdict(event) for event in events}


def corrected(kind: IncidentKind, cause: str) -> Event:
    return told("c", "changwon/incident/i-gas", 2, IncidentCorrected("i-gas", kind, cause, "seen"))


def test_a_true_gas_leak_says_nothing_of_what_cameras_told_nearby() -> None:
    assert leak() == {"fall": None, "crowd": None, "intrusion": None}


def test_an_incident_speaks_for_what_is_of_its_own_kind() -> None:
    assert leak(corrected("injury", GAS)) == {"fall": "true", "crowd": None, "intrusion": None}


def test_an_incident_speaks_for_its_cause_whatever_its_kind() -> None:
    assert leak(corrected("gas_leak", ONE)) == {"fall": None, "crowd": None, "intrusion": "true"}


def test_an_incident_of_which_only_members_are_known_speaks_for_none() -> None:
    made = record([seen("a", ONE, 8), joined("i", ONE, 8), incident("i", "true")], KINDS, RULES)
    assert made.table(SINCE, NOW, FIRST).total.unverified == 1


def test_any_order_and_any_repetition_give_the_same_figures() -> None:
    expected = record(EVENTS, KINDS, RULES).table(SINCE, NOW, FIRST)
    for seed in range(20):
        shuffled = EVENTS * 2
        random.Random(seed).shuffle(shuffled)
        assert record(shuffled, KINDS, RULES).table(SINCE, NOW, FIRST) == expected


def test_nothing_on_record_divides_nothing() -> None:
    table = record([], KINDS, RULES).table(SINCE, NOW, {})
    assert table.rows == []
    assert (table.total.precision, table.total.false_per_day, table.camera_days) == (None, None, 0.0)
