"""Dated tables of the electricity tariff and of emission factors, and the bands of a day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

BandName = Literal["light", "mid", "peak"]
_BANDS: tuple[BandName, ...] = ("light", "mid", "peak")


class Prices(Struct, frozen=True, forbid_unknown_fields=True):
    """won/kWh of each band."""

    light: float
    mid: float
    peak: float


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """Local hours of each band as ``[from, to)`` with 0 <= from < to <= 24."""

    light: tuple[tuple[int, int], ...]
    mid: tuple[tuple[int, int], ...] = ()
    peak: tuple[tuple[int, int], ...] = ()


class Season(Struct, frozen=True, forbid_unknown_fields=True):
    """A season of a tariff; ``certainty`` says how sure its hours and prices are."""

    name: str
    months: tuple[int, ...]
    hours: Hours
    won_kwh: Prices
    source: str
    certainty: str

    def __post_init__(self) -> None:
        """Refuse hours that do not cover the day once."""
        covered = sorted(h for name in _BANDS for a, b in getattr(self.hours, name) for h in range(a, b))
        if covered != list(range(24)):
            raise ValueError(f"season {self.name}: hours must cover each hour of the day once, got {covered}")


class Discount(Struct, frozen=True, forbid_unknown_fields=True):
    """Prices times ``factor`` on weekends and holidays of some months, between two hours."""

    months: tuple[int, ...]
    hours: tuple[int, int]
    factor: float
    until: date
    source: str
    certainty: str


class Tariff(Struct, frozen=True, forbid_unknown_fields=True):
    """A tariff in force from ``since`` to ``until``, both days included."""

    name: str
    since: date
    until: date
    basic_won_kw: float
    saturday_peak_as: BandName
    sunday_as: BandName
    days_source: str
    days_certainty: str
    seasons: tuple[Season, ...]
    discounts: tuple[Discount, ...] = ()

    def season(self, day: date) -> Season:
        """Return the season of a day; ValueError if the table has none for its month."""
        for season in self.seasons:
            if day.month in season.months:
                return season
        raise ValueError(f"tariff {self.name}: no season for month {day.month}")


class Factor(Struct, frozen=True, forbid_unknown_fields=True):
    """An emission factor of grid electricity at the consumer, tCO2eq/MWh, of ``year``."""

    year: int
    t_mwh: float
    published: date
    source: str
    certainty: str


class Stretch(Struct, frozen=True):
    """A stretch of a day with one band and one price."""

    start: datetime
    end: datetime
    band: BandName
    won_kwh: float


def tariff_of(tariffs: tuple[Tariff, ...], day: date) -> Tariff:
    """Return the tariff in force on a day; ValueError if none is."""
    for tariff in tariffs:
        if tariff.since <= day <= tariff.until:
            return tariff
    raise ValueError(f"no tariff in force on {day}")


def factor_of(factors: tuple[Factor, ...], day: date) -> Factor:
    """Return the newest factor published by a day, else the oldest there is."""
    published = [factor for factor in factors if factor.published <= day]
    return max(published, key=lambda f: f.published) if published else min(factors, key=lambda f: f.published)


def bands(tariff: Tariff, day: date, zone: ZoneInfo, holidays: frozenset[date]) -> tuple[Stretch, ...]:
    """Return the stretches of a local day, in order, from its midnight to the next."""
    edges = [_moment(day, hour, zone) for hour in range(25)]
    merged: list[Stretch] = []
    for hour, (band, won) in enumerate(_hours(tariff, day, holiday=day in holidays)):
        if merged and (merged[-1].band, merged[-1].won_kwh) == (band, won):
            merged[-1] = Stretch(merged[-1].start, edges[hour + 1], band, won)
        else:
            merged.append(Stretch(edges[hour], edges[hour + 1], band, won))
    return tuple(merged)


def _hours(tariff: Tariff, day: date, *, holiday: bool) -> Iterator[tuple[BandName, float]]:
    season = tariff.season(day)
    for hour in range(24):
        band = next(n for n in _BANDS if any(a <= hour < b for a, b in getattr(season.hours, n)))
        if holiday or day.weekday() == 6:
            band = tariff.sunday_as
        elif day.weekday() == 5 and band == "peak":
            band = tariff.saturday_peak_as
        won: float = getattr(season.won_kwh, band)
        if holiday or day.weekday() >= 5:
            for discount in tariff.discounts:
                in_time = discount.hours[0] <= hour < discount.hours[1] and day <= discount.until
                if in_time and day.month in discount.months:
                    won = round(won * discount.factor, 4)
        yield band, won


def _moment(day: date, hour: int, zone: ZoneInfo) -> datetime:
    day, hour = (day + timedelta(days=1), 0) if hour == 24 else (day, hour)
    return datetime.combine(day, time(hour), zone)
