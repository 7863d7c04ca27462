"""Real parts for every test: a Redis server, SQLite and PostgreSQL, a data folder."""

import gc
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from redis import Redis

from data import broker
from data.settings import Settings
from data.store import create_engine, migrate
from tests.postgres import Cluster


@pytest.fixture(scope="module", autouse=True)
def _light() -> None:
    """Take what tests before have left out of the collector's way: it stops a second that is measured."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """URL of a real Redis for the whole session, with its append-only file."""
    folder = tempfile.mkdtemp(prefix="gwanje-")
    running = broker.start(Settings(var_dir=folder))
    yield running.url
    running.stop()
    shutil.rmtree(folder)


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    """An empty Redis."""
    client = Redis.from_url(redis_url)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    """Settings of a room on a fresh data folder and the session's Redis."""
    return Settings(var_dir=str(tmp_path / "var"), redis_url=redis_url)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """A real PostgreSQL for the whole session, started when first needed."""
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="gwanje-")))
    yield cluster
    cluster.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database: the test runs once on each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.database()


@pytest.fixture
def engine(settings: Settings, database_url: str) -> Iterator[sa.Engine]:
    """A migrated database of each kind."""
    engine = create_engine(replace(settings, database_url=database_url))
    migrate(engine)
    yield engine
    engine.dispose()
