"""The audit trail as a chain: whatever is done to a row behind the room's back is found."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from msgspec.structs import replace

from data.audit import chain as trail
from data.audit.chain import NOTHING, SEALED, Head, digest
from data.record.store import _MIGRATIONS, Accepted, Store, create_engine, migrate
from data.settings import Settings
from data.tables import audit, audit_head, events, to_us
from park.alarms.facts import AlarmAcknowledged
from park.events.envelope import Event, encode
from park.operators.facts import OperatorAction
from tests.sample_events import gas

ROWS = 6


def act(number: int, action: str = "alarm.acknowledge") -> Event:
    fact = OperatorAction("김", action, "10.0.0.7", f"alarm-{number}", f"사유 {number}", "operator", "ab12")
    return replace(gas(number), type=fact.TYPE, data=fact)


def record(engine: sa.Engine, *told: Event) -> None:
    Store(engine).record([Accepted(f"1-{n}", encode(event).decode(), event) for n, event in enumerate(told)])


def tamper(engine: sa.Engine, *statements: sa.Executable) -> None:
    """Do to the table what somebody with the owner's password could do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            for trigger in ("audit_no_update", "audit_no_delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER audit_append_only")
        connection.exec_driver_sql("DROP INDEX IF EXISTS ix_audit_chain")
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def full(engine: sa.Engine) -> sa.Engine:
    for number in range(ROWS):
        record(engine, act(number))
    return engine


def test_an_untouched_trail_is_sound(engine: sa.Engine) -> None:
    assert trail.verify(engine) == trail.Verdict(ok=True, rows=0, hash=NOTHING)
    record(engine, act(1), gas(7), act(2))
    record(engine, act(2), act(3), act(3))
    verdict = trail.verify(engine, [trail.head(engine)])
    assert (verdict.ok, verdict.rows, verdict.row) == (True, 3, None)
    assert trail.head(engine) == Head(3, verdict.hash)


def test_an_acknowledgement_is_one_row(engine: sa.Engine) -> None:
    notice = AlarmAcknowledged("alarm-1", "gas_high", "김")
    record(engine, replace(gas(9), type=notice.TYPE, data=notice), act(1))
    assert trail.head(engine).rows == 1


OTHERS: dict[str, object] = dict.fromkeys((*SEALED, "hash"), "x") | {
    "id": 1000, "chain": 1000, "time": datetime(2026, 1, 1, tzinfo=UTC), "result": "failed", "role": "admin",
}  # fmt: skip


@pytest.mark.parametrize("column", [*SEALED, "hash"])
@pytest.mark.parametrize("row", range(1, ROWS + 1))
def test_any_column_of_any_row_that_is_changed_is_found(full: sa.Engine, column: str, row: int) -> None:
    tamper(full, sa.update(audit).where(audit.c.chain == row).values({column: OTHERS[column]}))
    verdict = trail.verify(full)
    assert not verdict.ok
    assert verdict.row == row
    if column != "chain":
        assert verdict.why == "changed"


@pytest.mark.parametrize("row", range(1, ROWS))
def test_a_removed_row_is_found(full: sa.Engine, row: int) -> None:
    tamper(full, sa.delete(audit).where(audit.c.chain == row))
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, row, "removed")
    tamper(full, sa.update(audit).where(audit.c.chain > row).values(chain=audit.c.chain - 1))
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, row, "removed")


def shifted(row: int) -> sa.Executable:
    return sa.update(audit).where(audit.c.chain >= row).values(chain=audit.c.chain + 1)


@pytest.mark.parametrize("row", [1, 3, ROWS + 1])
def test_an_inserted_row_is_found(full: sa.Engine, row: int) -> None:
    made = dict.fromkeys(SEALED, "x") | {"id": 99, "chain": row, "time": datetime(2026, 1, 1, tzinfo=UTC)}
    tamper(full, shifted(row), sa.insert(audit).values(**made))
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, row, "inserted")


@pytest.mark.parametrize("row", [1, 3])
def test_an_inserted_row_that_is_well_sealed_is_found(full: sa.Engine, row: int) -> None:
    tamper(full, shifted(row))
    with full.begin() as connection:
        before = connection.execute(sa.select(audit.c.hash).where(audit.c.chain == row - 1)).scalar()
        made = dict.fromkeys(SEALED, "x") | {"id": 99, "chain": row, "prev_hash": before or NOTHING}
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        sealed = digest(made | {"time": to_us(moment)})
        connection.execute(sa.insert(audit), made | {"time": moment, "hash": sealed})
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, row, "inserted")


@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 5), (1, ROWS)])
def test_rows_in_another_order_are_found(full: sa.Engine, one: int, other: int) -> None:
    both = sa.update(audit).where(audit.c.chain.in_((one, other)))
    tamper(full, both.values(chain=one + other - audit.c.chain))
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, one, "reordered")


@pytest.mark.parametrize("left", range(ROWS))
def test_a_tail_that_was_cut_is_found(full: sa.Engine, left: int) -> None:
    tamper(full, sa.delete(audit).where(audit.c.chain > left))
    found = trail.verify(full)
    assert (found.ok, found.row, found.why) == (False, left + 1, "cut")


def rewrite(engine: sa.Engine, changed: Callable[[dict[str, object]], dict[str, object]]) -> None:
    """Change rows and seal the whole trail and its head anew, as somebody who read this code could."""
    tamper(engine)
    with engine.begin() as connection:
        rows = [dict(row) for row in connection.execute(sa.select(audit).order_by(audit.c.chain)).mappings()]
        last = NOTHING
        for row in rows:
            made = changed(row) | {"prev_hash": last}
            assert isinstance(made["time"], datetime)
            last = digest(made | {"time": to_us(made["time"])})
            connection.execute(sa.update(audit).where(audit.c.id == row["id"]), made | {"hash": last})
        connection.execute(sa.update(audit_head), {"rows": len(rows), "hash": last})


def test_a_trail_written_anew_is_found_by_those_who_saw_its_end(full: sa.Engine) -> None:
    seen = trail.head(full)
    record(full, act(20))
    rewrite(full, lambda row: row | {"reason": "다른 사유"} if row["chain"] == 2 else row)
    assert trail.verify(full).ok
    found = trail.verify(full, [seen])
    assert (found.ok, found.row, found.why) == (False, ROWS, "rewritten")


def test_a_tail_cut_together_with_its_head_is_found_by_those_who_saw_it(full: sa.Engine) -> None:
    seen = trail.head(full)
    tamper(full, sa.delete(audit).where(audit.c.chain == ROWS))
    rewrite(full, lambda row: row)
    assert trail.verify(full).ok
    found = trail.verify(full, [seen])
    assert (found.row, found.why) == (ROWS, "cut")


def test_a_head_that_was_changed_is_found(full: sa.Engine) -> None:
    tamper(full, sa.update(audit_head).values(rows=ROWS - 1))
    assert not trail.verify(full).ok


def test_the_head_cannot_be_deleted(full: sa.Engine) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="append only"), full.begin() as connection:
        connection.execute(sa.delete(audit_head))


def test_many_writers_make_one_chain(engine: sa.Engine) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            trail.keep(engine, [act(number), replace(act(number), source=f"writer/{writer}")])

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = trail.verify(engine)
    assert (verdict.ok, verdict.rows) == (True, 10 + 4 * 10)


def test_the_check_is_of_one_moment_while_others_write(full: sa.Engine) -> None:
    done = threading.Event()

    def write() -> None:
        for number in range(100, 400):
            trail.keep(full, [act(number)])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    verdicts = []
    while not done.is_set():
        verdicts.append(trail.verify(full))
    writer.join()
    assert len(verdicts) > 3
    assert [verdict for verdict in verdicts if not verdict.ok] == []
    assert verdicts[-1].rows > ROWS


def test_rows_of_an_older_room_are_chained_in_their_order(settings: Settings, database_url: str) -> None:
    engine = create_engine(replace_url(settings, database_url))
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = ("time", "user", "origin", "action", "object", "reason", "source", "ce_id")
        table = sa.table("audit", *map(sa.column, old))
        rows = [dict.fromkeys(old, "사유") | {"time": n, "ce_id": str(n)} for n in range(1500)]
        connection.execute(sa.insert(table), rows)
    migrate(engine)
    record(engine, act(1))
    verdict = trail.verify(engine)
    assert (verdict.ok, verdict.rows) == (True, 1501)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar() == 1
    tamper(engine, sa.update(audit).where(audit.c.ce_id == "700").values(reason="x"))
    assert trail.verify(engine).row == 701
    engine.dispose()


def replace_url(settings: Settings, url: str) -> Settings:
    return Settings(var_dir=settings.var_dir, redis_url=settings.redis_url, database_url=url)
