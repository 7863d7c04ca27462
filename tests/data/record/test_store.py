from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from data.audit import review as trail
from data.record.store import REFUSED, Accepted, Refused, Store
from data.tables import audit, events
from park.events.envelope import Event, decode, encode
from park.events.examples import examples
from park.operators.facts import OperatorAction
from tests.sample_events import START, gas

NOW = datetime(2026, 4, 16, 10, 0, tzinfo=UTC)


def accepted(event: Event, number: int = 0) -> Accepted:
    return Accepted(f"1-{number}", encode(event).decode(), event)


@pytest.fixture
def store(engine: sa.Engine) -> Store:
    return Store(engine)


def count(store: Store, table: sa.Table) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_every_type_is_kept_byte_for_byte(store: Store) -> None:
    batch = [accepted(event, n) for n, event in enumerate(examples().values())]
    assert store.record(batch) == (len(batch), 0)
    with store.engine.connect() as connection:
        rows = connection.execute(sa.select(events).order_by(events.c.id)).all()
    assert [row.ce for row in rows] == [item.text for item in batch]
    assert [decode(row.ce.encode()) for row in rows] == list(examples().values())
    assert [row.time for row in rows] == [event.time for event in examples().values()]


def test_the_same_event_is_one_within_a_batch_and_between_batches(store: Store) -> None:
    assert store.record([accepted(gas(1)), accepted(gas(2)), accepted(gas(1))]) == (2, 1)
    assert store.record([accepted(gas(1)), accepted(gas(3))]) == (1, 1)
    assert store.record([accepted(replace(gas(1), source="other"))]) == (1, 0)
    assert count(store, events) == 4


def test_text_that_means_something_to_a_database_stays_text(store: Store) -> None:
    odd = "tab\there \\N \\. line\nbreak\r'; DROP TABLE events; -- 가스 🏭"
    event = replace(gas(1), subject=odd, id=odd)
    assert store.record([accepted(event)]) == (1, 0)
    with store.engine.connect() as connection:
        row = connection.execute(sa.select(events)).one()
    assert (row.subject, row.ce_id, row.ingested) == (odd, odd, None)
    assert decode(row.ce.encode()) == event


def test_what_people_did_is_in_the_audit_trail_once(store: Store) -> None:
    act = OperatorAction("kim", "light.off", "10.0.0.7", "changwon/light/L-1", "정비", "operator", "ab12")
    other = OperatorAction("lee", "dead_letter.replay", object="1")
    batch = [
        accepted(replace(gas(1), type=act.TYPE, data=act)),
        accepted(replace(gas(2), type=other.TYPE, data=other)),
        accepted(gas(3)),
    ]
    store.record(batch)
    store.record(batch)
    newest, oldest = trail.rows(store.engine)
    assert (oldest.user, oldest.action, oldest.origin, oldest.object, oldest.reason) == (
        *("kim", "light.off", "10.0.0.7", "changwon/light/L-1", "정비"),
    )
    assert (oldest.chain, oldest.role, oldest.session, oldest.result) == (1, "operator", "ab12", "done")
    assert oldest.time == START + timedelta(seconds=1)
    assert (newest.user, newest.action, newest.object) == ("lee", "dead_letter.replay", "1")


def test_event_and_audit_row_stand_or_fall_together(store: Store) -> None:
    act = OperatorAction("kim", "light.off")
    with store.engine.begin() as connection:
        audit.drop(connection)
    with pytest.raises(REFUSED):
        store.record([accepted(replace(gas(1), type=act.TYPE, data=act))])
    assert count(store, events) == 0


def test_a_dead_letter_is_kept_once_with_its_bytes_and_reason(store: Store) -> None:
    letter = Refused("5-0", b"\x00\xff{", "$", "no JSON", 1)
    for _ in range(2):
        store.record([accepted(gas(1))], [letter], stream="events:changwon", now=NOW)
    (kept,) = store.dead_letters()
    assert (kept.raw, kept.path, kept.reason, kept.stream_id) == (b"\x00\xff{", "$", "no JSON", "5-0")
    assert kept.first_seen == NOW
    assert store.waiting() == 1
    assert store.dead_letters(before=kept.id) == []


def test_an_error_of_the_database_tells_no_values(engine: sa.Engine) -> None:
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError) as refused:
        connection.execute(sa.text("SELECT * FROM nowhere WHERE secret = :secret"), {"secret": "hunter2"})
    assert "hunter2" not in str(refused.value)
