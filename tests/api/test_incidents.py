"""The doors to incidents: who may look, the list in its order, one with all that is known of it."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from data.record.store import Accepted, Store
from data.stream.redis_stream import Stream
from park.cameras.facts import CameraEvent
from park.commands.facts import CommandAnswered, CommandRequested
from park.events.base import FactBase
from park.events.envelope import Event, encode
from park.incidents.facts import (
    Grade,
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentJoined,
    IncidentNoted,
    IncidentOpened,
    IncidentVerified,
)
from park.messages.facts import MessageRequested, MessageStatus
from tests.api.conftest import GAS, Site, until

CAMERA = "changwon/camera/CAM-030"


def then(fact: FactBase, subject: str, at: datetime) -> Event:
    return Event(str(uuid.uuid4()), "tests/watch", fact.TYPE, subject, at, "changwon", fact)


def opening(name: str, at: datetime, grade: Grade = "serious") -> Event:
    fact = IncidentOpened(name, "2026-1", "gas_leak", GAS, grade, 35.203, 128.665)
    return then(fact, f"changwon/incident/{name}", at)


def tell(site: Site, *events: Event) -> None:
    """Put events into the stream as the watch does."""
    Stream(site.redis, "changwon").append(list(events))


def story(name: str, at: datetime) -> list[Event]:
    """An incident with a word from every system."""

    def word(fact: FactBase, seconds: float, kind: str = "incident") -> Event:
        return then(fact, f"changwon/{kind}/{name}", at + timedelta(seconds=seconds))

    sighted = at + timedelta(seconds=9)
    return [
        opening(name, at),
        word(
            IncidentJoined(name, "m1", GAS, "gas", "gas_stel", at, "cause", value=41, limit=35, unit="ppm"), 1
        ),
        word(IncidentJoined(name, "m2", CAMERA, "camera", "fall", sighted, "same_place", distance_m=85), 10),
        word(IncidentAcknowledged(name, "kim"), 20),
        word(IncidentVerified(name, "true", "lee"), 40),
        word(IncidentNoted(name, "kim", "<i>순찰</i>"), 50),
        word(CommandRequested(f"c-{name}", "light.dim", ("a", "b"), 100.0, incident=name), 51, "command"),
        word(CommandAnswered(f"c-{name}", "a", ok=True), 52, "command"),
        word(
            MessageRequested(f"m-{name}", "fire_119", "email", "누출", "leak", "본문", "body", incident=name),
            53,
            "message",
        ),
        word(MessageStatus(f"m-{name}", "failed", 2, "refused", incident=name), 54, "message"),
    ]


def asked(site: Site, path: str, role: str = "viewer") -> httpx.Response:
    with site.as_role(role) as client:
        return client.get(path)


def detail(site: Site, name: str, query: str = "") -> dict[str, Any]:
    answer = asked(site, f"/api/v1/incidents/{name}{query}")
    answer.raise_for_status()
    told: dict[str, Any] = answer.json()
    return told


def held(site: Site, name: str, words: int = 1) -> None:
    """Wait until the hub knows so many words of an incident."""
    incidents = site.services.hub.state.incidents
    until(lambda: name in incidents and len(incidents[name].told) + len(incidents[name].members) >= words)


@pytest.mark.parametrize("path", ["/api/v1/incidents", "/api/v1/incidents/x", "/incident/x"])
def test_nobody_looks_without_signing_in(site: Site, path: str) -> None:
    with site.anybody() as client:
        assert client.get(path).status_code == 401


def test_one_that_is_not_there_is_not_found(site: Site) -> None:
    assert asked(site, "/api/v1/incidents/nowhere").status_code == 404


def test_the_page_is_served_and_nothing_below_it(site: Site) -> None:
    page = asked(site, "/incident/any-id")
    assert page.status_code == 200
    assert "text/html" in page.headers["content-type"]
    assert asked(site, "/incident/any/id").status_code == 404


def test_an_incident_is_told_with_all_that_is_known(site: Site) -> None:
    at = datetime.now(UTC) - timedelta(minutes=3)
    tell(site, *story("whole", at))
    held(site, "whole", 6)
    until(lambda: detail(site, "whole")["messages"] and detail(site, "whole")["messages"][0]["statuses"])
    told = detail(site, "whole")
    assert told["card"]["title"]["ko"] == "가스 누출 (NH₃) · B-12 도료공장"
    assert (told["card"]["state"], told["card"]["owner"], told["members_total"]) == ("verified", "kim", 2)
    assert [member["rule"] for member in told["members"]] == ["cause", "same_place"]
    assert told["members"][1]["name"]["ko"] == "쓰러짐"
    assert [line["system"] for line in told["timeline"]].count("room") >= 4
    assert told["commands"][0]["answered"] == 1
    assert told["commands"][0]["targets"] == 2
    assert told["messages"][0]["state"] == "failed"
    assert told["messages"][0]["statuses"][-1]["detail"] == "refused"
    assert [(one["user"], one["owner"]) for one in told["people"]] == [("kim", True), ("lee", False)]
    assert told["notes"][0]["text"] == "<i>순찰</i>"
    distances = [camera["distance_m"] for camera in told["cameras"]]
    assert len(distances) == 4
    assert distances == sorted(distances)
    assert told["sector"]["radius_m"] > 0
    assert {step["id"] for step in told["steps"]} >= {"acknowledge"}
    assert told["card"]["report_due_ms"] == int(at.timestamp() * 1000) + 15 * 60 * 1000


def test_members_come_in_pages(site: Site) -> None:
    at = datetime.now(UTC) - timedelta(minutes=3)
    many = [
        IncidentJoined("many", f"n{n:03}", GAS, "gas", "gas_high", at + timedelta(seconds=n), "cause")
        for n in range(130)
    ]
    tell(site, opening("many", at), *(then(fact, "changwon/incident/many", at) for fact in many))
    held(site, "many", 131)
    first, second = detail(site, "many"), detail(site, "many", "?offset=100")
    assert first["members_total"] == 130
    assert [m["id"] for m in first["members"] + second["members"]] == [f"n{n:03}" for n in range(130)]
    assert [line["count"] for line in first["timeline"] if line.get("count")] == [130]


def test_what_a_camera_saw_then_is_among_the_moments(site: Site) -> None:
    at = datetime.now(UTC) - timedelta(minutes=3)
    box, frame = ((1.0, 2.0, 3.0, 4.0),), (768, 432)
    seen = CameraEvent("fall", "CAM-030", "yolox_nano", "fall", 0.93, box, frame, clip="clip-1")
    event = then(seen, CAMERA, at + timedelta(seconds=9))
    before = then(seen, CAMERA, at - timedelta(hours=1))
    accepted = [Accepted(f"{n}-0", encode(one).decode(), one) for n, one in enumerate((event, before), 1)]
    Store(site.services.engine).record(accepted)
    tell(site, *story("moment", at))
    held(site, "moment", 6)
    [moment] = detail(site, "moment")["moments"]
    assert (moment["clip"], moment["camera"], moment["member"]) == ("clip-1", CAMERA, True)
    assert (moment["frame"], moment["boxes"]) == (list(frame), [list(box[0])])


def test_the_list_holds_what_stands_the_gravest_first(site: Site) -> None:
    now = datetime.now(UTC)
    tell(
        site,
        opening("calm", now, "attention"),
        opening("grave", now - timedelta(minutes=1)),
        opening("over", now - timedelta(minutes=2)),
        then(IncidentAcknowledged("over", "kim"), "changwon/incident/over", now - timedelta(seconds=9)),
        then(IncidentAdvanced("over", "closed", "kim"), "changwon/incident/over", now),
    )
    held(site, "over", 3)
    names = [card["incident"] for card in asked(site, "/api/v1/incidents").json()]
    assert names.index("grave") < names.index("calm")
    assert "over" not in names


def test_the_list_of_a_time_comes_from_the_record(site: Site) -> None:
    day = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    events = [
        opening("old", day),
        then(IncidentAcknowledged("old", "kim"), "changwon/incident/old", day + timedelta(minutes=1)),
        then(IncidentAdvanced("old", "closed", "kim"), "changwon/incident/old", day + timedelta(days=2)),
        opening("later", day + timedelta(days=3)),
    ]
    accepted = [Accepted(f"{n}-9", encode(one).decode(), one) for n, one in enumerate(events, 1)]
    Store(site.services.engine).record(accepted)
    query = "?from=2026-03-01T00:00:00Z&to=2026-03-02T00:00:00Z"
    [told] = asked(site, f"/api/v1/incidents{query}").json()
    assert (told["incident"], told["state"]) == ("old", "closed")
    assert asked(site, "/api/v1/incidents?from=yesterday").status_code == 422
