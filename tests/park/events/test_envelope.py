from datetime import datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from park.environment.facts import GasObservation
from park.events.bounds import says_nothing
from park.events.envelope import CATALOGUE, Event, InvalidEventError, decode, encode
from park.events.examples import examples
from park.events.validation import problems

NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
# Offsets as RFC 3339 writes them: an hour that a zone has twice equals nothing outside its zone in Python
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
GAS = st.builds(
    GasObservation, st.text(st.characters(codec="utf-8"), min_size=1, max_size=40), st.floats(0, 1e9)
)
JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5)
EVENTS = st.builds(
    lambda id_, source, subject, time, data: Event(id_, source, data.TYPE, subject, time, "changwon", data),
    *(NAMES, NAMES, NAMES, TIMES, GAS),
)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_type_has_an_example_that_survives_the_codec(name: str) -> None:
    event = examples()[name]
    assert event.type == name
    assert decode(encode(event)) == event
    assert msgspec.json.decode(encode(event))["specversion"] == "1.0"


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_field_that_the_catalogue_does_not_know_is_refused(name: str) -> None:
    raw = msgspec.json.decode(encode(examples()[name]))
    raw["data"]["colour"] = "green"
    with pytest.raises(InvalidEventError) as refused:
        decode(msgspec.json.encode(raw))
    assert refused.value.path == "$.data.colour"


@given(EVENTS)
def test_encoding_and_decoding_give_the_same_event(event: Event) -> None:
    again = decode(encode(event))
    assert again == event
    assert encode(again) == encode(decode(encode(again)))


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_never_worse(raw: bytes) -> None:
    with pytest.raises(InvalidEventError):
        decode(raw)


@given(JSON)
def test_any_json_in_a_field_is_a_value_or_none_or_a_refusal_that_names_the_field(value: object) -> None:
    raw = msgspec.json.decode(encode(examples()["park.gas.observation"]))
    raw["data"]["ppm"] = value
    try:
        event = decode(msgspec.json.encode(raw))
    except InvalidEventError as refused:
        assert refused.path == "$.data.ppm"  # noqa: PT017
    else:
        assert event.data.ppm is None or event.data.ppm >= 0
        assert event.data.ppm == value or (event.data.ppm is None and says_nothing("ppm", value))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"id": ""}, "$.id"),
        ({"specversion": "0.3"}, "$.specversion"),
        ({"time": "2026-04-16T09:30:00"}, "$.time"),
        ({"time": "yesterday"}, "$.time"),
        ({"type": "park.gas.opinion"}, "$.type"),
        ({"data": {"substance": "NH3", "ppm": -1}}, "$.data.ppm"),
        ({"data": {"substance": "NH3"}}, "$.data.ppm"),
        ({"data": None}, "$.data"),
    ],
)
def test_a_refusal_names_the_field(change: dict[str, Any], path: str) -> None:
    raw = msgspec.json.decode(encode(examples()["park.gas.observation"])) | change
    with pytest.raises(InvalidEventError) as refused:
        decode(msgspec.json.encode(raw))
    assert refused.value.path == path


@pytest.mark.parametrize("field", ["id", "source", "type", "subject", "time", "park", "data", "specversion"])
def test_a_missing_attribute_is_named(field: str) -> None:
    raw = msgspec.json.decode(encode(examples()["park.gas.observation"]))
    del raw[field]
    with pytest.raises(InvalidEventError) as refused:
        decode(msgspec.json.encode(raw))
    assert refused.value.path == f"$.{field}"


def test_extension_attributes_of_others_are_let_be() -> None:
    event = examples()["park.gas.observation"]
    raw = msgspec.json.decode(encode(event)) | {"traceparent": "00-1"}
    assert decode(msgspec.json.encode(raw)) == event


def test_identity_is_source_and_id() -> None:
    event = examples()["park.gas.observation"]
    assert event.key == (event.source, event.id)


def test_json_too_deep_to_read_is_refused() -> None:
    deep = encode(examples()["park.gas.observation"])[:-1] + b',"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    with pytest.raises(InvalidEventError):
        decode(deep)


def test_a_plan_without_time_zone_is_refused() -> None:
    told = msgspec.json.decode(encode(examples()["park.shipment.status"]))
    told["data"]["planned_end"] = "2026-11-22T00:40:00"
    with pytest.raises(InvalidEventError) as refused:
        decode(msgspec.json.encode(told))
    assert refused.value.path == "$.data.planned_end"


NULL_DATES = [
    "0001-01-01T00:00:00+09:00", "0001-01-01T00:00:00Z", "1601-01-01T00:00:00Z", "1899-12-30T00:00:00+09:00",
    "1900-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-09:00",
]  # fmt: skip


def changed(type_: str, field: str, time: str) -> bytes:
    raw = msgspec.json.decode(encode(examples()[type_]))
    (raw["data"] if field.startswith("data.") else raw)[field.removeprefix("data.")] = time
    return msgspec.json.encode(raw)


@pytest.mark.parametrize("time", NULL_DATES)
@pytest.mark.parametrize(
    ("type_", "field"),
    [
        ("park.gas.observation", "time"), ("park.gas.observation", "ingested"),
        ("park.shipment.status", "data.planned_start"), ("park.shipment.status", "data.actual_end"),
        ("park.command.requested", "data.until"),
    ],
)  # fmt: skip
def test_a_null_date_is_refused_by_its_field(type_: str, field: str, time: str) -> None:
    raw = changed(type_, field, time)
    with pytest.raises(InvalidEventError) as refused:
        decode(raw)
    assert refused.value.path == f"$.{field}"
    assert f"$.{field}" in {problem.path for problem in problems(raw)}


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "1980-01-06T00:00:00Z", "2000-01-01T00:00:00Z"])
def test_the_zero_of_a_clock_is_no_plan_but_may_be_a_clock(time: str) -> None:
    with pytest.raises(InvalidEventError, match="planned_end"):
        decode(changed("park.shipment.status", "data.planned_end", time))
    assert decode(changed("park.gas.observation", "time", time)).time.year <= 2000
