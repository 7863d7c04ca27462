from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from data.record import history
from data.record.store import Accepted, Store
from park.cameras.facts import CameraHealth
from park.environment.facts import WeatherObservation
from park.events.envelope import Event, decode, encode
from tests.sample_events import START, gas

OTHER = "changwon/gas/GAS-002"
CAMERA = "changwon/camera/CAM-001"


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def record(engine: sa.Engine, batch: list[Event]) -> None:
    Store(engine).record([Accepted(f"1-{n}", encode(event).decode(), event) for n, event in enumerate(batch)])


@pytest.fixture
def full(engine: sa.Engine) -> sa.Engine:
    """Twenty seconds of two gas sensors, out of order, and a camera."""
    batch = [gas(n, ppm=float(n)) for n in reversed(range(20))]
    batch += [gas(n, ppm=100.0 + n, subject=OTHER, source="test/other") for n in range(20)]
    health = CameraHealth("lost", 0.0)
    batch.append(replace(gas(30), subject=CAMERA, type=health.TYPE, data=health))
    record(engine, batch)
    return engine


def walk(engine: sa.Engine, limit: int, *, newest_first: bool) -> list[Event]:
    found: list[Event] = []
    cursor = None
    while True:
        page = history.events(engine, limit=limit, newest_first=newest_first, cursor=cursor)
        found += [decode(item.ce.encode()) for item in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 7, 41, 1000])
@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_cover_everything_once_in_order(full: sa.Engine, limit: int, newest_first: bool) -> None:
    found = walk(full, limit, newest_first=newest_first)
    assert len({event.key for event in found}) == len(found) == 41
    times = [event.time for event in found]
    assert times == sorted(times, reverse=newest_first)


def test_filters(full: sa.Engine) -> None:
    def ids(**filters: object) -> list[str]:
        page = history.events(full, newest_first=False, **filters)  # type: ignore[arg-type]
        return [decode(item.ce.encode()).id for item in page.items]

    assert ids(subject=OTHER, since=after(3), until=after(6)) == ["e-3", "e-4", "e-5"]
    assert ids(types=["park.camera.health"]) == ["e-30"]
    assert ids(types=["park.gas.observation"], subject=CAMERA) == []
    assert len(ids(since=after(18))) == 5


@pytest.mark.parametrize("bad", [{"cursor": "1; DROP"}, {"limit": 0}, {"limit": 10_000}])
def test_nonsense_is_refused(full: sa.Engine, bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"cursor|limit"):
        history.events(full, **bad)  # type: ignore[arg-type]


def test_replay_gives_the_events_as_they_happened(full: sa.Engine) -> None:
    told = list(history.replay(full, after(5), after(8), types=["park.gas.observation"]))
    assert [event.time for event in told] == [after(n) for n in (5, 5, 6, 6, 7, 7)]
    assert [event.id for event in history.replay(full, after(0), after(99), subject=CAMERA)] == ["e-30"]


def test_trend_of_a_field(full: sa.Engine) -> None:
    found = history.trend(full, OTHER, "ppm", after(2), after(5))
    assert found == [(after(n), 100.0 + n) for n in (2, 3, 4)]
    assert history.trend(full, OTHER, "substance", after(0), after(99)) == []
    assert history.trend(full, CAMERA, "fps", after(0), after(99)) == [(after(30), 0.0)]
    with pytest.raises(ValueError, match="field"):
        history.trend(full, OTHER, "ppm') --", after(0), after(9))


def test_trend_leaves_out_what_is_no_value(engine: sa.Engine) -> None:
    said = [3.0, 9999.0, 4.0, 3.4028234663852886e38, 5.0]
    record(engine, [gas(n, ppm) for n, ppm in enumerate(said)])
    found = history.trend(engine, gas(0).subject, "ppm", START, after(99))
    assert [point.value for point in found] == [3.0, 4.0, 5.0]


def test_a_nul_in_an_old_row_hides_that_row_alone(engine: sa.Engine) -> None:
    poison = encode(gas(1, 8.0)).decode()[:-1] + ',"note":"a\\u0000b"}'
    rows = [Accepted("1-0", poison, gas(1, 8.0)), Accepted("2-0", encode(gas(2, 9.0)).decode(), gas(2, 9.0))]
    Store(engine).record(rows)
    found = history.trend(engine, gas(0).subject, "ppm", START, after(99))
    assert found[-1].value == 9.0


def test_trend_loses_no_peak(engine: sa.Engine) -> None:
    fact = WeatherObservation(20.0, 50.0, 1.0, 0.0, 0.0, 0.0)
    day = [
        replace(gas(n), type=fact.TYPE, data=replace(fact, temperature_c=99.0 if n == 1234 else n % 7))
        for n in range(3000)
    ]
    record(engine, day)
    found = history.trend(engine, day[0].subject, "temperature_c", START, after(3000), points=100)
    assert len(found) <= 100
    assert (after(1234), 99.0) in found
    assert min(point.value for point in found) == 0
    assert [point.time for point in found] == sorted(point.time for point in found)


@given(st.lists(st.tuples(st.integers(0, 999), st.floats(-100, 100))), st.integers(2, 50))
def test_decimating_keeps_the_extremes_and_the_bound(samples: list[tuple[int, float]], points: int) -> None:
    samples.sort()
    found = history.decimate(samples, 0, 1000, points)
    assert len(found) <= points
    assert set(found) <= set(samples)
    if samples:
        assert min(v for _, v in found) == min(v for _, v in samples)
        assert max(v for _, v in found) == max(v for _, v in samples)


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_time_that_no_calendar_holds_breaks_no_list(full: sa.Engine, newest_first: bool) -> None:
    null = datetime.fromisoformat("0001-01-01T00:00:00+09:00")
    record(full, [replace(gas(50 + n), time=null, source="test/null") for n in range(3)])
    seen: list[str] = []
    cursor = None
    while True:
        page = history.events(full, limit=1, newest_first=newest_first, cursor=cursor)
        seen += [item.id for item in page.items]
        cursor = page.cursor
        if cursor is None:
            break
    assert len(set(seen)) == len(seen) == 44


@pytest.mark.parametrize("cursor", [f"{10**30}.{'0' * 32}", f"-{2**63}.{'f' * 32}"])
def test_a_cursor_beyond_all_time_is_refused(full: sa.Engine, cursor: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        history.events(full, cursor=cursor)
