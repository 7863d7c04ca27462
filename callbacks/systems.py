"""The pages of the systems: charts out of the record, and a table of what the live state knows."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from dash import Dash, Input, Output, State, html
from dash.exceptions import PreventUpdate
from sqlalchemy.exc import SQLAlchemyError

from callbacks.guard import needs
from callbacks.shell import language
from data.record.history import trend
from data.services import Services
from layouts.charts import Line, line_chart
from layouts.systems import Span, asset_table, span_bar, system_name, with_query
from layouts.texts import Translate, translator
from layouts.values import unit_text, value_text
from park.config.asset import Asset
from park.config.geometry import nearest
from park.config.park import Park
from park.state.state import State as ParkState
from park.system import Chart, System
from park.systems import SYSTEM_BY_NAME, SYSTEM_OF_KIND

MOST_LINES = 8  # of one chart: more cannot be told apart
POINTS = 400  # of one line: more than a chart has pixels for
LONGEST_DAYS = 92  # a quarter; longer spans are a matter of reports
_PERIODS_UNTIL_STALE = 2


def register(app: Dash, services: Services) -> None:
    """Fill the page of a system when it is laid out, and go to the span that somebody asks for."""

    @app.callback(
        Output("system-span", "children"),
        Output("system-charts", "children"),
        Output("system-charts-note", "children"),
        Output("system-assets", "children"),
        Output("system-assets-note", "children"),
        Input("system-page", "id"),
        State("location", "pathname"),
        State("location", "search"),
    )
    @needs("viewer")
    async def fill(_id: str, path: str | None, search: str | None) -> tuple[Any, ...]:
        name = system_name(path or "")
        if name is None:
            raise PreventUpdate
        now = datetime.now(UTC)
        query = address_of(search)
        today = now.astimezone(services.park.zone).date()
        span = span_of(query, today)
        lang = language(search)
        t = translator(lang)
        view = SystemView(SYSTEM_BY_NAME[name], services.park, services.hub.state, t, lang, query)
        rows = await asyncio.to_thread(lambda: [view.table_row(asset, now) for asset in view.assets])
        try:
            charts: list[Any] = await asyncio.to_thread(lambda: list(view.charts(services.engine, span)))
        except SQLAlchemyError:
            charts = [html.P(t("기록에 연결할 수 없음"), className="calm blind")]
        local = now.astimezone(services.park.zone)
        return (
            span_bar(t, query, f"/{name}", span, today),
            charts or [html.P(t("그릴 값이 없음"), className="calm")],
            f"{span.first} – {span.last}",
            asset_table(t, rows, f"{services.park.id}-{name}-{today}.csv"),
            t("{n}곳 · {time} 현재", n=f"{len(rows):,}", time=f"{local:%H:%M:%S}"),
        )

    @app.callback(
        Output("location", "search"),
        Input("system-show", "n_clicks"),
        State("system-first", "value"),
        State("system-last", "value"),
        State("location", "search"),
        prevent_initial_call=True,
    )
    @needs("viewer")
    async def show(clicks: int | None, first: str | None, last: str | None, search: str | None) -> str:
        if not clicks:
            raise PreventUpdate
        query = address_of(search) | {"first": first or "", "last": last or ""}
        return "?" + urlencode({name: value for name, value in query.items() if value})

    @app.callback(
        Output("system-grid", "exportDataAsCsv"), Input("system-csv", "n_clicks"), prevent_initial_call=True
    )
    @needs("viewer")
    async def save_table(clicks: int | None) -> bool:
        if not clicks:
            raise PreventUpdate
        return True


def address_of(search: str | None) -> dict[str, str]:
    """Return the query of the address as a mapping; of a name given twice the last holds."""
    return dict(parse_qsl((search or "").lstrip("?")))


def span_of(query: dict[str, str], today: date) -> Span:
    """Return the days that the address asks for: today where it asks for none or for none that are days."""
    try:
        first = date.fromisoformat(query.get("first", ""))
        last = date.fromisoformat(query.get("last", ""))
    except ValueError:
        return Span(today, today)
    last = min(max(first, last), today)
    first = min(first, last)
    return Span(max(first, last - timedelta(days=LONGEST_DAYS - 1)), last)


class SystemView:
    """What the page of one system shows, in one language; ``query`` may name an ``asset`` to look at."""

    def __init__(
        self, system: System, park: Park, state: ParkState, t: Translate, lang: str, query: dict[str, str]
    ) -> None:
        """Read the live state at once, on the loop that changes it: what follows may run in a thread."""
        self.system = system
        self.park = park
        self.t = t
        self.lang = lang
        self.query = query
        self.chosen = park.assets.get(query.get("asset", ""))
        kinds = {kind.name for kind in system.kinds} | {name for c in system.charts for name in c.kinds}
        every = [asset for name in sorted(kinds) for asset in state.by_kind.get(name, [])]
        self._live = {asset.id: state.row(asset.id) for asset in every}
        self._alarms = Counter(alarm.asset for alarm in state.open_alarms())
        # The chosen asset first, then the gravest, then by name
        self.assets = sorted(every, key=lambda a: (a is not self.chosen, -self._live[a.id][0], a.id))
        self._cameras = state.by_kind.get("camera", [])

    def charts(self, engine: sa.Engine, span: Span) -> Iterator[html.Figure]:
        """Yield the charts over a span; blocks on the record."""
        zone = self.park.zone
        since = datetime.combine(span.first, time(), zone)
        until = datetime.combine(span.last + timedelta(days=1), time(), zone)
        for number, chart in enumerate(self.system.charts):
            assets, count = self._assets_of(chart)
            lines = [
                line for asset in assets if (line := self._line(engine, chart, asset, since, until)).values
            ]
            if not lines:
                continue
            limit_value = chart.limit(self.park) if chart.limit else None
            limit_name = getattr(chart.limit_label, self.lang) if chart.limit_label else ""
            limit = None if limit_value is None else (limit_name, limit_value)
            unit = unit_text(self.lang, chart.quantity.unit)
            note = f"{len(lines)} / {count:,}" if count > len(lines) else ""
            caption = html.Figcaption([html.H3(getattr(chart.label, self.lang)), html.Small(note)])
            graph = line_chart(f"system-chart-{number}", lines, unit, (since, until), self.lang, limit)
            yield html.Figure([caption, graph], className="chart-figure")

    def _assets_of(self, chart: Chart) -> tuple[list[Asset], int]:
        """Return the assets that a chart draws, those with alarms first, and how many there are."""
        if self.chosen is not None:
            fits = self.chosen.kind in chart.kinds
            return ([self.chosen] if fits else []), int(fits)
        every = [asset for asset in self.assets if asset.kind in chart.kinds]
        return every[:MOST_LINES], len(every)

    def _line(self, engine: sa.Engine, chart: Chart, asset: Asset, since: datetime, until: datetime) -> Line:
        points = trend(engine, asset.id, chart.quantity.field, since, until, POINTS, asset)
        times = [point.time.astimezone(self.park.zone) for point in points]
        return Line(getattr(asset.name, self.lang), times, [point.value for point in points])

    def table_row(self, asset: Asset, now: datetime) -> dict[str, Any]:
        """Return one row of the table."""
        level, time_ms, fields = self._live[asset.id]
        owner = SYSTEM_BY_NAME[SYSTEM_OF_KIND[asset.kind]]
        kind = next(kind for kind in owner.kinds if kind.name == asset.kind)
        age_s = None if time_ms is None else round(now.timestamp() - time_ms / 1000)
        zone = self.park.zones.get(asset.zone)
        return {
            "name": getattr(asset.name, self.lang),
            "kind": getattr(kind.label, self.lang),
            "zone": getattr(zone, self.lang) if zone else "",
            "state": self._state_word(level, age_s, asset.period_s),
            "value": value_text(self.t, self.lang, owner.quantities, fields),
            "age_s": age_s,
            "alarms": self._alarms[asset.id],
            "links": self._links(asset),
        }

    def _state_word(self, level: int, age_s: int | None, period_s: float | None) -> str:
        if age_s is None or (period_s is not None and age_s > _PERIODS_UNTIL_STALE * period_s):
            return self.t("응답 없음")
        return [self.t("정상"), self.t("낮음"), self.t("보통"), self.t("높음"), self.t("심각")][level]

    def _links(self, asset: Asset) -> str:
        """Return Markdown links; they are made of ids of the park's files alone."""
        lang = {"lang": self.lang} if self.lang != "ko" else {}
        history = with_query(f"/{self.system.name}", self.query, asset=asset.id)
        links = [
            (self.t("지도"), with_query("/", lang, asset=asset.id)),
            (self.t("기록"), history),
        ]
        for camera in nearest(self._cameras, asset.lat, asset.lon, 1):
            links.insert(1, (self.t("카메라"), with_query(f"/camera/{camera.id.rpartition('/')[2]}", lang)))
        return " · ".join(f"[{text}]({address})" for text, address in links)
