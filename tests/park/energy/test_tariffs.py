"""Bands of the day from the dated tables, at every edge that matters."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from park.energy.tariffs import Season, bands, factor_of, tariff_of
from tests.park.small_park import at, park

PARK = park()
SEOUL = ZoneInfo("Asia/Seoul")


def band_at(text: str) -> tuple[str, float]:
    moment = at(text)
    day = moment.astimezone(SEOUL).date()
    for stretch in bands(tariff_of(PARK.tariffs, day), day, SEOUL, PARK.holidays):
        if stretch.start <= moment < stretch.end:
            return stretch.band, stretch.won_kwh
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("moment", "band", "won"),
    [
        ("2026-04-15 12:59", "mid", 133.4),  # Wednesday, last day of the old table
        ("2026-04-15 13:00", "peak", 150.9),
        ("2026-04-15 18:00", "mid", 133.4),
        ("2026-04-16 13:00", "mid", 133.4),  # the new hours
        ("2026-04-16 14:59", "mid", 133.4),
        ("2026-04-16 15:00", "peak", 137.7),
        ("2026-04-16 20:59", "peak", 137.7),
        ("2026-04-16 21:00", "mid", 133.4),
        ("2026-04-16 22:00", "light", 121.1),
        ("2026-07-01 07:59", "light", 121.1),
        ("2026-07-01 15:00", "peak", 212.1),
        ("2026-11-23 09:00", "peak", 187.7),  # winter keeps its hours
        ("2026-11-23 12:00", "mid", 164.0),
        ("2026-11-23 16:00", "peak", 187.7),
        ("2026-11-23 19:00", "mid", 164.0),
        ("2026-11-21 10:00", "mid", 164.0),  # Saturday: peak counts as mid
        ("2026-11-22 10:00", "light", 128.1),  # Sunday: all light
        ("2026-10-09 16:00", "light", 121.1),  # holiday on a Friday
        ("2026-10-09 11:00", "light", 60.55),  # and halved from 11 to 14 h
        ("2026-10-09 14:00", "light", 121.1),
        ("2026-10-10 13:59", "mid", 66.7),  # Saturday in autumn
        ("2026-10-12 12:00", "mid", 133.4),  # Monday: no discount
    ],
)
def test_band(moment: str, band: str, won: float) -> None:
    assert band_at(moment) == (band, won)


def test_stretches_cover_the_day_without_gap() -> None:
    stretches = bands(PARK.tariffs[1], date(2026, 11, 23), SEOUL, frozenset())
    assert stretches[0].start == at("2026-11-23 00:00")
    assert stretches[-1].end == at("2026-11-24 00:00")
    assert all(a.end == b.start and a.band != b.band for a, b in pairwise(stretches))
    assert [s.band for s in stretches] == ["light", "mid", "peak", "mid", "peak", "mid", "light"]


def test_a_day_of_changed_clocks_has_its_real_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for day, hours in ((date(2026, 3, 29), 23), (date(2026, 10, 25), 25)):
        stretches = bands(tariff_of(PARK.tariffs, day), day, berlin, frozenset())
        length = stretches[-1].end.astimezone(UTC) - stretches[0].start.astimezone(UTC)
        assert length == timedelta(hours=hours)


def test_every_day_of_the_table_has_a_price() -> None:
    day = date(2024, 10, 24)
    while day < date(2027, 1, 1):
        assert bands(tariff_of(PARK.tariffs, day), day, SEOUL, PARK.holidays)
        day += timedelta(days=9)


def test_a_day_before_all_tables_is_refused() -> None:
    with pytest.raises(ValueError, match="no tariff in force on 2024-10-23"):
        tariff_of(PARK.tariffs, date(2024, 10, 23))


def test_hours_that_do_not_cover_the_day_are_refused() -> None:
    season = msgspec.to_builtins(PARK.tariffs[0].seasons[0])
    season["hours"]["light"] = [[22, 24], [0, 7]]
    with pytest.raises(msgspec.ValidationError, match="cover each hour"):
        msgspec.convert(season, Season)


def test_factor_is_the_newest_published() -> None:
    assert factor_of(PARK.factors, date(2025, 12, 16)).t_mwh == 0.4541
    assert factor_of(PARK.factors, date(2025, 12, 17)).t_mwh == 0.4173
    assert factor_of(PARK.factors, date(2020, 1, 1)).t_mwh == 0.4541
    assert factor_of(PARK.factors, datetime(2026, 11, 22, tzinfo=UTC).date()).year == 2023
