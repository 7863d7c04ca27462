"""The pages of the systems: which span an address asks for, what the table says, where its links lead."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from callbacks.systems import LONGEST_DAYS, MOST_LINES, SystemView, address_of, span_of
from data.park_files.park import load_park
from data.record.store import Accepted, Store
from data.settings import Settings
from layouts.systems import Span, with_query
from layouts.texts import translator
from park.config.park import Park
from park.energy.facts import MeterReading
from park.environment.facts import GasObservation
from park.events.base import FactBase
from park.events.envelope import Event, encode
from park.lighting.facts import LightStatus
from park.state.state import State
from park.systems import PAGES, SYSTEM_BY_NAME, new_state

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # noon in the park
TODAY = date(2026, 11, 23)
PARK: Park = load_park(Settings())
SUBSTATION = next(asset.id for asset in PARK.assets.values() if asset.kind == "substation")


def event(fact: FactBase, subject: str, time: datetime, number: int = 0) -> Event:
    return Event(f"{subject}-{number}", "test/pages", fact.TYPE, subject, time, PARK.id, fact)


def view(state: State, name: str, **query: str) -> SystemView:
    lang = query.get("lang", "ko")
    return SystemView(SYSTEM_BY_NAME[name], PARK, state, translator(lang), lang, query)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, TODAY, TODAY),
        ({"first": "2026-11-16", "last": "2026-11-17"}, date(2026, 11, 16), date(2026, 11, 17)),
        ({"first": "2026-11-17", "last": "2026-11-16"}, date(2026, 11, 17), date(2026, 11, 17)),
        ({"first": "2026-11-20", "last": "2030-01-01"}, date(2026, 11, 20), TODAY),
        ({"first": "yesterday", "last": "2026-11-17"}, TODAY, TODAY),
        ({"first": "2026-02-30", "last": "2026-03-01"}, TODAY, TODAY),
        ({"first": "0001-01-01", "last": "2026-11-23"}, TODAY - timedelta(days=LONGEST_DAYS - 1), TODAY),
    ],
)
def test_span_is_of_whole_days_until_today(query: dict[str, str], first: date, last: date) -> None:
    assert span_of(query, TODAY) == Span(first, last)


def test_address_keeps_what_it_has() -> None:
    query = address_of("?lang=en&asset=changwon%2Fgas%2FGAS-001")
    assert query == {"lang": "en", "asset": "changwon/gas/GAS-001"}
    changed = with_query("/energy", query, first="2026-11-22", asset="")
    assert changed == "/energy?lang=en&first=2026-11-22"


@pytest.mark.parametrize("name", PAGES)
def test_table_has_every_asset_of_the_system(name: str) -> None:
    shown = view(new_state(PARK.assets), name)
    kinds = {kind.name for kind in SYSTEM_BY_NAME[name].kinds}
    assert {asset.id for asset in PARK.assets.values() if asset.kind in kinds} <= {a.id for a in shown.assets}
    row = shown.table_row(shown.assets[0], NOW)
    assert (row["state"], row["age_s"], row["alarms"]) == ("응답 없음", None, 0)


def test_row_says_state_value_and_age() -> None:
    state = new_state(PARK.assets)
    state.apply(event(MeterReading(1234.5, 10.0), SUBSTATION, NOW - timedelta(seconds=3)))
    shown = view(state, "energy")
    row = shown.table_row(PARK.assets[SUBSTATION], NOW)
    assert (row["kind"], row["state"], row["age_s"]) == ("변전소", "정상", 3)
    assert row["value"] == "전력 1,234.5 kW · 전력량 10 kWh"


def test_a_silent_asset_is_not_normal() -> None:
    state = new_state(PARK.assets)
    state.apply(event(MeterReading(1.0, 1.0), SUBSTATION, NOW - timedelta(hours=3)))
    row = view(state, "energy", lang="en").table_row(PARK.assets[SUBSTATION], NOW)
    assert row["state"] == "No answer"


def test_the_gravest_and_the_chosen_asset_come_first() -> None:
    lights = [asset for asset in PARK.assets.values() if asset.kind == "light"]
    state = new_state(PARK.assets)
    state.apply(event(LightStatus("failed", 0.0, 0.0), lights[50].id, NOW))
    assert view(state, "lighting").assets[0] is lights[50]
    chosen = view(state, "lighting", asset=lights[9].id)
    assert chosen.assets[:2] == [lights[9], lights[50]]


def test_links_lead_to_map_camera_and_history_and_hold_no_text_of_events() -> None:
    gas = next(asset for asset in PARK.assets.values() if asset.kind == "gas")
    state = new_state(PARK.assets)
    state.apply(event(GasObservation("[x](javascript:1)", 1.0), gas.id, NOW))
    row = view(state, "environment", lang="en").table_row(gas, NOW)
    encoded = gas.id.replace("/", "%2F")
    assert f"[Map](/?lang=en&asset={encoded})" in row["links"]
    assert f"[Records](/environment?lang=en&asset={encoded})" in row["links"]
    assert "](/camera/CAM-" in row["links"]
    assert "javascript" not in row["links"]


@pytest.fixture
def record(engine: sa.Engine) -> sa.Engine:
    """Two hours of the substation's power yesterday, in the record."""
    began = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    readings = [MeterReading(900.0 + number, number) for number in range(120)]
    told = [event(fact, SUBSTATION, began + timedelta(minutes=n), n) for n, fact in enumerate(readings)]
    Store(engine).record([Accepted(f"{n}-0", encode(one).decode(), one) for n, one in enumerate(told)])
    return engine


def chart_lines(figure: Any) -> Any:  # noqa: ANN401
    return figure.children[1].figure.data


def test_chart_draws_the_day_from_the_record_with_its_limit(record: sa.Engine) -> None:
    yesterday = Span(date(2026, 11, 22), date(2026, 11, 22))
    charts = list(view(new_state(PARK.assets), "energy").charts(record, yesterday))
    assert len(charts) == 1  # of the others nothing is on record
    (line,) = chart_lines(charts[0])
    assert (min(line.y), max(line.y)) == (900.0, 1019.0)
    assert f"{line.x[0]:%Y-%m-%d %H:%M}" == "2026-11-22 10:00"  # in the park's zone
    assert charts[0].children[1].figure.layout.shapes[0].y0 == PARK.config.energy.contract_power_kw
    assert list(view(new_state(PARK.assets), "energy").charts(record, Span(TODAY, TODAY))) == []


def test_a_chosen_asset_is_drawn_alone(record: sa.Engine) -> None:
    yesterday = Span(date(2026, 11, 22), date(2026, 11, 22))
    charts = list(view(new_state(PARK.assets), "energy", asset=SUBSTATION).charts(record, yesterday))
    assert [len(chart_lines(chart)) for chart in charts] == [1]
    other = next(asset.id for asset in PARK.assets.values() if asset.kind == "pv")
    assert list(view(new_state(PARK.assets), "energy", asset=other).charts(record, yesterday)) == []


def test_a_chart_never_has_more_lines_than_can_be_told_apart() -> None:
    shown = view(new_state(PARK.assets), "lighting")
    assets, count = shown._assets_of(SYSTEM_BY_NAME["lighting"].charts[0])
    assert (len(assets), count) == (MOST_LINES, 4449)
