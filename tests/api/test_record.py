"""What the doors tell out of the record; acknowledging; dead letters."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from data.audit import review as trail
from data.operators.accounts import current
from data.record.store import Accepted, Refused, Store
from park.events.envelope import decode, encode
from tests.api.conftest import GAS, Site, alarm, gas, until


@pytest.fixture(scope="module")
def recorded(site: Site) -> datetime:
    """Three readings in the record, a minute apart; the time of the first."""
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
    events = [gas(f"r{n}", n + 1.0, began + timedelta(minutes=n)) for n in range(3)]
    site.post(*events)
    record(site)
    return began


def record(site: Site) -> None:
    """Put the whole stream into the record, as the recorder does."""
    accepted = []
    found: Any = site.redis.xrange("events:changwon")
    for id_, fields in found:
        raw = fields[b"ce"]
        accepted.append(Accepted(id_.decode(), raw.decode(), decode(raw)))
    Store(site.services.engine).record(accepted)


def test_events_come_in_pages(site: Site, recorded: datetime) -> None:
    with site.as_role("viewer") as viewer:
        first = viewer.get("/api/v1/events", params={"subject": GAS, "limit": 2}).json()
        query = {"subject": GAS, "limit": 2, "cursor": first["cursor"]}
        second = viewer.get("/api/v1/events", params=query).json()
        since = viewer.get(
            "/api/v1/events", params={"from": (recorded + timedelta(minutes=2)).isoformat()}
        ).json()
        assert viewer.get("/api/v1/events", params={"cursor": "nonsense"}).status_code == 422
        assert viewer.get("/api/v1/events", params={"from": "yesterday"}).status_code == 422
    assert [event["id"] for event in first["events"] + second["events"]] == ["r2", "r1", "r0"]
    assert second["cursor"] is None
    assert [event["id"] for event in since["events"]] == ["r2"]


def test_posted_twice_is_one(site: Site, recorded: datetime) -> None:
    again = gas("r0", 1.0, recorded)
    assert site.post(again).status_code == site.post(again).status_code == 202
    record(site)
    with site.as_role("viewer") as viewer:
        told = viewer.get("/api/v1/events", params={"subject": GAS}).json()["events"]
    assert [event["id"] for event in told].count("r0") == 1


def test_a_trend_is_the_values_by_time(site: Site, recorded: datetime) -> None:
    with site.as_role("viewer") as viewer:
        points = viewer.get("/api/v1/trend", params={"subject": GAS, "field": "ppm", "hours": 1}).json()
        assert viewer.get("/api/v1/trend", params={"subject": GAS, "field": "'; --"}).status_code == 422
    start_ms = int(recorded.timestamp() * 1000)
    assert points == [[start_ms + 60_000 * n, n + 1.0] for n in range(3)]


def test_the_state_of_then_and_of_now(site: Site, recorded: datetime) -> None:
    until(lambda: GAS in site.services.hub.picture.rows["assets"])
    with site.as_role("viewer") as viewer:
        now = viewer.get("/api/v1/state", params={"park": "changwon"}).json()
        at = (recorded + timedelta(minutes=1, seconds=30)).isoformat()
        then = viewer.get("/api/v1/state", params={"at": at}).json()
        assert viewer.get("/api/v1/state", params={"park": "ulsan"}).status_code == 404
        assert viewer.get("/api/v1/state", params={"at": "2999-01-01T00:00:00Z"}).status_code == 422
    assert now["assets"][GAS][2]["ppm"] == 3.0
    assert then["assets"][GAS][2]["ppm"] == 2.0
    assert {"energy", "logistics", "environment", "lighting"} <= then.keys()


async def test_acknowledging_is_told_once_with_name_and_audit(site: Site) -> None:
    services = site.services
    site.post(alarm("to-ack"))
    until(lambda: "to-ack" in services.hub.state.alarms)
    before = site.redis.xlen("events:changwon")
    with pytest.raises(PermissionError):
        await services.acknowledge("to-ack")
    viewer, operator = (services.accounts.session(site.cookies[role]) for role in ("viewer", "operator"))
    for session in (viewer, operator):
        token = current.set(session)
        try:
            if session is viewer:
                with pytest.raises(PermissionError):
                    await acknowledge(site, "to-ack")
            else:
                assert await acknowledge(site, "to-ack")
                assert not await acknowledge(site, "unheard-of")
        finally:
            current.reset(token)
    assert site.redis.xlen("events:changwon") == before + 2
    until(lambda: services.hub.state.alarms["to-ack"].state == "ack")
    assert services.hub.state.alarms["to-ack"].user == "operator"
    record(site)
    row = next(row for row in trail.rows(services.engine) if row.object == "to-ack")
    assert (row.user, row.action, row.origin, row.role) == (
        "operator",
        "alarm.acknowledge",
        "tests",
        "operator",
    )
    assert len(row.session) == 16


async def acknowledge(site: Site, name: str) -> bool:
    """Acknowledge on the server's own loop, where its Redis client lives."""
    session = current.get()
    assert session is not None
    operation = site.services.operations.acknowledge(name, session)
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(operation, site.loop()))


def test_dead_letters_are_told_and_put_back(site: Site) -> None:
    store = Store(site.services.engine)
    refused = [
        Refused("1-0", b"garbage <script>", "$", "no JSON", 1),
        Refused("2-0", encode(gas("from-the-dead")), "$.type", "unknown then", 1),
    ]
    store.record([], refused, stream="events:changwon", now=datetime.now(UTC))
    with site.as_role("operator") as operator:
        told = operator.get("/api/v1/dead-letters").json()
        assert operator.post(f"/api/v1/dead-letters/{told[0]['id']}/replay").status_code == 403
    assert {letter["reason"] for letter in told} == {"no JSON", "unknown then"}
    by_reason = {letter["reason"]: letter["id"] for letter in told}
    assert "garbage <script>" in [letter["raw"] for letter in told]
    with site.as_role("manager") as manager:
        path = "/api/v1/dead-letters/{}/replay"
        assert manager.post(path.format(by_reason["no JSON"])).status_code == 422
        again = manager.post(path.format(by_reason["unknown then"]))
        assert again.status_code == 202
        assert manager.post(path.format(by_reason["unknown then"])).status_code == 409
        assert manager.post(path.format(99999)).status_code == 404
    kept = store.dead_letter(by_reason["unknown then"])
    assert kept is not None
    place = again.json()["stream_id"]
    found: Any = site.redis.xrange("events:changwon", place, place)
    assert kept.replayed_as == place
    assert decode(found[0][1][b"ce"]).id == "from-the-dead"
    assert store.waiting() == 1


async def test_an_alarm_whose_clock_is_ahead_can_be_acknowledged(site: Site) -> None:
    services, told = site.services, alarm("ahead")
    site.post(msgspec.structs.replace(told, time=datetime.now(UTC) + timedelta(minutes=4)))
    until(lambda: "ahead" in services.hub.state.alarms)
    token = current.set(services.accounts.session(site.cookies["operator"]))
    try:
        assert await acknowledge(site, "ahead")
    finally:
        current.reset(token)
    until(lambda: services.hub.state.alarms["ahead"].state == "ack")
