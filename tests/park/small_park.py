"""A small park for tests: every kind of asset, the real data files of Changwon."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import msgspec

from data.park_files.park import _Factors, _Tariffs, _toml, read_definitions
from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Centre, Config, EnergyConfig, LogisticsConfig, Park, Shift
from park.environment.limits import Limits
from park.events.base import FactBase
from park.events.envelope import Event
from park.state.state import State
from park.systems import new_state

FILES = Path(__file__).resolve().parents[2] / "parks" / "changwon"
_ids: Iterator[int] = count()


def asset(id_: str, period_s: float | None = 60.0, zone: str = "A", **traits: str | float | bool) -> Asset:
    kind = id_.split("/")[1]
    fields = {"id": id_, "kind": kind, "name": {"ko": id_, "en": id_}, "lat": 35.2, "lon": 128.6}
    return msgspec.convert(fields | {"zone": zone, "period_s": period_s, "traits": traits}, Asset)


ASSETS = [
    asset("changwon/substation/SS-1", 10.0),
    asset("changwon/pv/PV-1"),
    asset("changwon/fuelcell/FC-1"),
    asset("changwon/ess/ESS-1", capacity_kwh=3000.0),
    asset("changwon/ess/ESS-2", capacity_kwh=1000.0),
    asset("changwon/meter/M-1"),
    asset("changwon/meter/M-2"),
    asset("changwon/gas/GAS-1", 10.0, substance="H2S"),
    asset("changwon/gas/GAS-2", 10.0, substance="NH3"),
    asset("changwon/odour/OD-1"),
    asset("changwon/air/AIR-1"),
    asset("changwon/air/AIR-2"),
    asset("changwon/water/W-1"),
    asset("changwon/weather/WX-1"),
    asset("changwon/weather/WX-2"),
    asset("changwon/gate/G-1"),
    asset("changwon/dock/D-1"),
    asset("changwon/dock/D-2"),
    asset("changwon/camera/CAM-1", None),
    asset("changwon/camera/CAM-2", None, line_alarm=True),
    asset("changwon/cabinet/CAB-1", None),
    *(asset(f"changwon/light/L-{n}", 600.0, "A" if n < 4 else "B", cabinet="CAB-1") for n in range(1, 6)),
]


def park(**changed: object) -> Park:
    name = Label("창원", "Changwon")
    made = Park(
        id="changwon",
        config=Config(
            name, "Asia/Seoul", Centre(35.2, 128.6), EnergyConfig(1000.0), LogisticsConfig(45.0), shifts()
        ),
        assets={a.id: a for a in ASSETS},
        alarms=read_definitions(FILES / "alarms.toml"),
        tariffs=_toml(FILES / "tariffs.toml", _Tariffs).tariff,
        factors=_toml(FILES / "factors.toml", _Factors).factor,
        limits=_toml(FILES / "limits.toml", Limits),
        zones={"A": Label("가", "A"), "B": Label("나", "B")},
        holidays=frozenset({date(2026, 5, 5), date(2026, 10, 9)}),
    )
    return msgspec.structs.replace(made, **changed)


def shifts() -> tuple[Shift, ...]:
    return msgspec.convert(
        [{"name": {"ko": "주간", "en": "day"}, "start": "08:00:00", "end": "20:00:00"}], tuple[Shift, ...]
    )


def at(text: str) -> datetime:
    """A local moment of the park, e.g. ``2026-11-23 10:05``."""
    return datetime.fromisoformat(text + "+09:00").astimezone(UTC)


def event(fact: FactBase, subject: str, time: datetime, id_: str = "", source: str = "test") -> Event:
    return Event(id_ or f"e{next(_ids)}", source, fact.TYPE, subject, time, "changwon", fact)


def state_of(*events: Event) -> State:
    state = new_state({a.id: a for a in ASSETS})
    for told in events:
        state.apply(told)
    return state


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)
