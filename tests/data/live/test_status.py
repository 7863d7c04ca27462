"""The status line's figures."""

from datetime import UTC, datetime, time

import pytest

from data.live.status import median, shift_at, silent
from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Shift

DAY, NIGHT = Label("주간", "Day"), Label("야간", "Night")
SHIFTS = (Shift(DAY, time(7), time(19)), Shift(NIGHT, time(19), time(7)))


@pytest.mark.parametrize(
    ("hour", "minute", "shift"),
    [(6, 59, NIGHT), (7, 0, DAY), (18, 59, DAY), (19, 0, NIGHT), (0, 0, NIGHT)],
)
def test_the_shift_on_duty_may_run_over_midnight(hour: int, minute: int, shift: Label) -> None:
    assert shift_at(SHIFTS, datetime(2026, 4, 16, hour, minute, tzinfo=UTC)) == shift
    assert shift_at((), datetime(2026, 4, 16, hour, minute, tzinfo=UTC)) is None


def test_silent_is_who_missed_two_periods() -> None:
    one = Label("하나", "one")
    kinds: tuple[tuple[str, str, float | None], ...] = (
        ("a", "gas", 10.0),
        ("b", "gas", 10.0),
        ("c", "light", 60.0),
        ("d", "dock", None),
    )
    assets = {name: Asset(name, kind, one, 35, 128, period_s=period) for name, kind, period in kinds}
    heard = {"a": 80_000, "b": 79_999}
    assert [(s.kind, s.count, s.age_ms) for s in silent(assets, heard, 0, 100_000)] == [("gas", 1, 20_001)]
    never = silent(assets, heard, 0, 130_000)
    assert [(s.kind, s.count) for s in never] == [("gas", 2), ("light", 1)]


def test_the_delay_is_the_middle_of_what_screens_say() -> None:
    assert median([None, 10, 30, 20]) == 20
    assert median([None]) is None
