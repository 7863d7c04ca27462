import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from data.record.store import migrate
from data.tables import metadata


def test_migrations_end_at_the_tables(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    before = sa.inspect(engine).get_table_names()
    migrate(engine)
    assert sa.inspect(engine).get_table_names() == before


@pytest.mark.parametrize("statement", ["UPDATE audit SET reason = 'x'", "DELETE FROM audit"])
def test_audit_is_append_only(engine: sa.Engine, statement: str) -> None:
    row = dict.fromkeys(("user", "origin", "action", "object", "reason", "source", "ce_id"), "x")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"INSERT INTO audit (time, {', '.join(f'{chr(34)}{name}{chr(34)}' for name in row)})"  # noqa: S608
            f" VALUES (1, {', '.join(repr(value) for value in row.values())})"
        )
    with pytest.raises(sa.exc.DBAPIError, match="append only"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
