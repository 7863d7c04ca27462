"""Every answer of the event door."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from api.routes.events import LARGEST
from park.environment.facts import GasObservation
from park.events.envelope import encode
from tests.api.conftest import GAS, Site, alarm, gas, until
from tests.extreme_events import Extremes

SINGLE = {"content-type": "application/cloudevents+json"}


def entries(site: Site) -> list[bytes]:
    found: Any = site.redis.xrange("events:changwon")
    return [fields[b"ce"] for _id, fields in found]


def send(site: Site, body: bytes, headers: dict[str, str]) -> httpx.Response:
    with site.as_feed() as feed:
        return feed.post("/api/v1/events", content=body, headers=headers)


def test_single_mode_is_accepted_once_the_stream_has_it(site: Site) -> None:
    answer = send(site, encode(gas("single")), SINGLE)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1, "ids": ["single"]})
    kept = msgspec.json.decode(entries(site)[-1])
    assert kept["id"] == "single"
    assert kept["data"] == {"substance": "NH3", "ppm": 3.0}
    assert kept["ingested"]


def test_batch_mode_keeps_the_order(site: Site) -> None:
    answer = site.post(gas("batch-1"), gas("batch-2"))
    assert answer.json() == {"accepted": 2, "ids": ["batch-1", "batch-2"]}
    assert [msgspec.json.decode(raw)["id"] for raw in entries(site)[-2:]] == ["batch-1", "batch-2"]


def test_plain_json_may_be_one_event_or_a_list(site: Site) -> None:
    plain = {"content-type": "application/json; charset=utf-8"}
    assert send(site, encode(gas("plain")), plain).status_code == 202
    assert send(site, b"[" + encode(gas("list")) + b"]", plain).json()["ids"] == ["list"]


def test_binary_mode_takes_the_attributes_from_headers(site: Site) -> None:
    event = msgspec.json.decode(encode(gas("binary")))
    headers = {f"ce-{name}": value for name, value in event.items() if isinstance(value, str)}
    headers = {name: value for name, value in headers.items() if name != "ce-datacontenttype"}
    answer = send(site, msgspec.json.encode(event["data"]), headers | {"content-type": "application/json"})
    assert (answer.status_code, answer.json()["ids"]) == (202, ["binary"])
    assert msgspec.json.decode(entries(site)[-1])["subject"] == GAS


def test_400_names_every_bad_field_with_its_index(site: Site) -> None:
    before = len(entries(site))
    bad = msgspec.json.decode(encode(gas("bad"))) | {
        "time": "yesterday",
        "data": {"ppm": -1, "colour": "red"},
    }
    del bad["source"]
    body = b"[" + encode(gas("good")) + b"," + msgspec.json.encode(bad) + b"]"
    answer = send(site, body, {"content-type": "application/cloudevents-batch+json"})
    assert answer.status_code == 400
    assert {(wrong["index"], wrong["path"]) for wrong in answer.json()["errors"]} == {
        (1, "$.source"), (1, "$.time"), (1, "$.data.ppm"), (1, "$.data.substance"), (1, "$.data.colour"),
    }  # fmt: skip
    assert all(wrong["reason"] for wrong in answer.json()["errors"])
    assert len(entries(site)) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("park", "ulsan"),
        ("subject", "ulsan/gas/GAS-001"),
        ("time", "2999-01-01T00:00:00+09:00"),
        ("type", "park.alarm.acknowledged"),
        ("type", "park.message.status"),
        ("type", "park.unheard.of"),
        ("source", "gwanje/room"),
        ("id", ""),
    ],
)
def test_400_for_what_this_room_does_not_take(site: Site, field: str, value: str) -> None:
    given = msgspec.json.decode(encode(gas("no"))) | {field: value}
    if value == "park.alarm.acknowledged":
        given["data"] = {"alarm": "a", "condition": "c", "user": "admin"}
    if value == "park.message.status":  # a feed that says a message went out
        given["data"] = {"message": "m", "state": "sent", "attempt": 1}
    answer = send(site, msgspec.json.encode(given), SINGLE)
    assert answer.status_code == 400
    assert f"$.{field}" in [wrong["path"] for wrong in answer.json()["errors"]]


def test_a_name_is_settled_at_the_door_and_what_was_written_is_kept(site: Site) -> None:
    written = replace(gas("spelled"), subject="changwon/GAS/gas-001", data=GasObservation("Ammonia", 3.0))
    assert site.post(written).status_code == 202
    kept = msgspec.json.decode(entries(site)[-1])
    assert (kept["subject"], kept["data"]["substance"]) == (GAS, "NH3")
    assert msgspec.json.decode(kept["spelled"]) == {
        "subject": "changwon/GAS/gas-001",
        "data.substance": "Ammonia",
    }


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": "a\0b"}, "$.id"),
        ({"subject": "changwon/gas/GAS\x1b[2J"}, "$.subject"),
        ({"source": "plc\n7"}, "$.source"),
        ({"dataschema": "x\x85y"}, "$.dataschema"),
        ({"data": {"substance": "NH3\0", "ppm": 3.0}}, "$.data.substance"),
        ({"data": {"substance": "\u202e3HN", "ppm": 3.0}}, "$.data.substance"),
        ({"data": {"substance": "NH3", "ppm": 3.0, "a\0b": 1}}, "$.data.a?b"),
        ({"anextension": {"deep": ["ok", "\x7f"]}}, "$.anextension.deep[1]"),
    ],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_400_names_the_text_that_holds_a_control_character(
    site: Site, change: dict[str, object], path: str, escaped: bool
) -> None:
    given = msgspec.json.decode(encode(gas("control"))) | change
    answer = send(site, json.dumps(given, ensure_ascii=escaped).encode(), SINGLE)
    assert answer.status_code == 400
    assert path in [wrong["path"] for wrong in answer.json()["errors"]]


def test_a_code_for_no_value_is_taken_and_the_record_keeps_what_was_said(site: Site) -> None:
    given = msgspec.json.decode(encode(gas("nines"))) | {"data": {"substance": "NH3", "ppm": -999}}
    assert send(site, msgspec.json.encode(given), SINGLE).status_code == 202
    kept = msgspec.json.decode(entries(site)[-1])
    assert kept["data"] == {"substance": "NH3", "ppm": None}
    assert msgspec.json.decode(kept["novalue"]) == {"ppm": -999}


def test_a_dangerous_value_of_a_clock_behind_is_shown_now(site: Site) -> None:
    now = datetime.now(UTC)
    clear = [gas(f"clear-{n}", 1.0, now - timedelta(seconds=30 - 10 * n)) for n in range(3)]
    assert site.post(*clear).status_code == 202
    assert site.post(gas("behind", 80.0, now - timedelta(hours=9))).status_code == 202

    def shown() -> bool:
        held = site.services.hub.state.latest.get(GAS, {}).get(GasObservation.TYPE)
        return held is not None and held.id == "behind" and held.stamped is not None and held.time > now

    until(shown)
    until(lambda: site.services.hub.picture.heard_ms[GAS] > int(now.timestamp() * 1000))


@pytest.mark.parametrize(
    "time", ["0001-01-01T00:00:00+09:00", "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z"]
)
def test_400_for_a_null_date(site: Site, time: str) -> None:
    given = msgspec.json.decode(encode(gas("null"))) | {"time": time}
    answer = send(site, msgspec.json.encode(given), SINGLE)
    assert answer.status_code == 400
    assert [wrong["path"] for wrong in answer.json()["errors"]] == ["$.time"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]x", b"null", b"[" * 100_000])
def test_400_for_what_is_no_json_object(site: Site, body: bytes) -> None:
    assert send(site, body, SINGLE).status_code == 400


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer nonsense", "Basic dGVzdHM6dGVzdHM="])
def test_401_without_the_key_of_a_feed(site: Site, sent: str) -> None:
    with site.anybody() as nobody:
        headers = SINGLE | ({"authorization": sent} if sent else {})
        answer = nobody.post("/api/v1/events", content=encode(gas("stranger")), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_session_is_no_key(site: Site) -> None:
    with site.as_role("admin") as admin:
        assert admin.post("/api/v1/events", content=encode(gas("no")), headers=SINGLE).status_code == 401


def test_413_for_too_much_told_or_untold(site: Site) -> None:
    assert send(site, b" " * (LARGEST + 1), SINGLE).status_code == 413

    def drip() -> list[bytes]:
        return [b" " * 65536] * (LARGEST // 65536 + 1)

    with site.as_feed() as feed:
        assert feed.post("/api/v1/events", content=iter(drip()), headers=SINGLE).status_code == 413


def test_415_for_another_content_type(site: Site) -> None:
    answer = send(site, b"<event/>", {"content-type": "application/xml"})
    assert answer.status_code == 415


def test_an_event_is_on_the_state_page_and_its_text_is_data(site: Site) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'&"
    assert site.post(alarm(nasty, cause=nasty)).status_code == 202

    def told() -> list[dict[str, object]]:
        with site.as_role("viewer") as viewer:
            held = viewer.get("/api/v1/alarms")
        assert held.headers["content-type"].startswith("application/json")
        return [one for one in held.json() if one["alarm"] == nasty]

    assert until(told)[0]["cause"] == nasty


def test_extremes_of_every_type_are_taken_or_refused_and_break_nothing(site: Site) -> None:
    assets = sorted(site.services.park.assets)
    answers = [send(site, raw, SINGLE) for raw in Extremes(7, assets).take(150, datetime.now(UTC))]
    assert {answer.status_code for answer in answers} == {202, 400}
    assert all(answer.json()["errors"] for answer in answers if answer.status_code == 400)
    last = f"extremes-{datetime.now(UTC).isoformat()}"
    assert site.post(gas(last)).status_code == 202
    hub = site.services.hub
    until(lambda: any(one.id == last for one in hub.state.latest.get(GAS, {}).values()))
    until(lambda: hub.picture.panels.keys() >= {"energy", "logistics", "environment", "lighting", "status"})
    assert hub.troubles.failures == {}
