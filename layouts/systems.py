"""The page of a system: any span in charts, and a table of its assets with ways to map and cameras."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from dash import dcc, html

from layouts.attrs import attrs
from layouts.grids import grid
from layouts.panel import panel
from layouts.texts import Translate
from park.systems import PAGES, SYSTEM_BY_NAME

SPANS = (1, 7, 30)  # days that one press shows


class Span(NamedTuple):
    """Whole days of the park's zone, both included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it holds."""
        return (self.last - self.first).days + 1


def system_name(path: str) -> str | None:
    """Return the system whose page is at an address, None where there is none."""
    name = path.removeprefix("/")
    return name if name in PAGES else None


def system_page(t: Translate, name: str, lang: str) -> html.Main:
    """Return the empty page of a system; ``callbacks/systems.py`` fills it once it is there."""
    system = SYSTEM_BY_NAME[name]
    return html.Main(
        [
            html.Div(id="system-span", className="system-span"),
            html.Div(
                [
                    panel("system-charts", getattr(system.label, lang)),
                    panel("system-assets", t("설비")),
                ],
                className="system-body",
            ),
        ],
        id="system-page",
        className="system-page",
        **attrs(data_system=name),
    )


def span_bar(t: Translate, address: Mapping[str, str], path: str, span: Span, today: date) -> list[Any]:
    """Return the choice of a span: the last days by one press, or two dates; ``address`` is the query."""
    links = []
    for days in SPANS:
        first = date.fromordinal(today.toordinal() - days + 1)
        is_shown = span == Span(first, today)
        label = t("오늘") if days == 1 else t("{n}일", n=days)
        links.append(
            html.A(
                label,
                href=with_query(path, address, first=first.isoformat(), last=today.isoformat()),
                className="span shown" if is_shown else "span",
                **(attrs(aria_current="true") if is_shown else {}),
            )
        )
    dates = [
        html.Label([t("처음"), _date_input("system-first", span.first, today)]),
        html.Label([t("마지막"), _date_input("system-last", span.last, today)]),
        html.Button(t("보기"), id="system-show", type="button"),
        html.Button(t("CSV로 저장"), id="system-csv", type="button"),
    ]
    return [html.Nav(links, **attrs(aria_label=t("기간"))), html.Div(dates, className="dates")]


def _date_input(id_: str, value: date, today: date) -> dcc.Input:
    return dcc.Input(
        id=id_, type="text", value=value.isoformat(), maxLength=10, placeholder=today.isoformat()
    )


def with_query(path: str, address: Mapping[str, str], **changes: str) -> str:
    """Return an address with some of its query changed; empty values are left out."""
    query = {name: value for name, value in {**address, **changes}.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def asset_table(t: Translate, rows: Sequence[Mapping[str, Any]], csv_name: str) -> Any:  # noqa: ANN401
    """Return the table of assets; each row has name, kind, zone, state, value, age, alarms and its links."""
    columns: list[dict[str, Any]] = [
        {"field": "name", "headerName": t("설비"), "pinned": "left", "minWidth": 180},
        {"field": "kind", "headerName": t("종류"), "minWidth": 120},
        {"field": "zone", "headerName": t("구역")},
        {"field": "state", "headerName": t("상태"), "minWidth": 120},
        {"field": "value", "headerName": t("현재 값"), "minWidth": 240},
        _number_column("age_s", t("경과 (초)")),
        _number_column("alarms", t("경보")),
        {
            "field": "links",
            "headerName": t("열기"),
            "cellRenderer": "markdown",
            "sortable": False,
            "filter": False,
            "minWidth": 210,
        },
    ]
    return grid(t, "system-grid", columns, rows, csv_name)


def _number_column(field: str, name: str) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": name,
        "filter": "agNumberColumnFilter",
        "type": "rightAligned",
        "minWidth": 110,
    }
