"""Real parts for every test: a Redis server, SQLite and PostgreSQL, a data folder; no test may be skipped."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from redis import Redis

from data.record.store import create_engine, migrate
from data.settings import Settings
from data.stream import server as broker
from tests.postgres import Cluster

SCHEDULING = os.sched_getscheduler(0)
# How long an example takes is the machine's matter: no test is judged by a time of the clock.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer a browser as slow as a slow machine's."""
    parser.addoption(
        "--slow-browser", type=float, default=1.0, metavar="TIMES", help="slow the pages' processor down"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests of material that this machine does not keep beside the repository."""
    left_out = [item for item in items if not all(path.is_file() for path in _material(item))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _material(item: pytest.Item) -> list[Path]:
    """Return the files that a test marked `kept` needs: those of the mark and those of its parameters."""
    marks = list(item.iter_markers("kept"))
    if not marks:
        return []
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    named = [path for mark in marks for path in mark.args]
    return [*named, *(value for value in given if isinstance(value, Path))]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one, and write out what cannot be sent between processes."""
    report = yield
    report.sections = [(name, _in_utf8(text)) for name, text in report.sections]
    if report.failed and not _is_utf8(str(report.longrepr)):
        report.longrepr = _in_utf8(str(report.longrepr))
    if report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"a test may not be skipped: {report.longrepr}"
    return report


def _in_utf8(text: str) -> str:
    """Return a text with half surrogates written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def _is_utf8(text: str) -> bool:
    return _in_utf8(text) == text


@pytest.fixture(scope="module", autouse=True)
def _light() -> None:
    """Take what tests before have left out of the collector's way: it stops a second that is measured."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _ordinary_scheduling() -> Iterator[None]:
    """Fail a test that leaves another priority behind: what is started later would starve the machine."""
    yield
    assert os.sched_getscheduler(0) == SCHEDULING


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
