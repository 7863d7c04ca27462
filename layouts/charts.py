"""Charts in the room's calm look: dark, no mode bar, times in the park's zone, dates as the page says."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import plotly.graph_objects as go
from babel.dates import get_day_names, get_month_names
from dash import dcc
from msgspec import Struct

# As in assets/shell/room.css
_TEXT = "#e8edf2"
_SOFT = "#a7b2bd"
_RULE = "#262d34"
_LIMIT = "#e3b341"
_LINES = ("#7aa5c9", "#8fbf9a", "#c7a3d6", "#cfc08a", "#79c2c2", "#d69a8f", "#9fb3c4", "#b5c46b")
_HEIGHT_PX = 260


class Line(Struct, frozen=True):
    """One line of a chart: its name, and times (in the park's zone) with values."""

    name: str
    times: Sequence[datetime]
    values: Sequence[float]


def line_chart(
    id_: str,
    lines: Sequence[Line],
    unit: str,
    span: tuple[datetime, datetime],
    lang: str,
    limit: tuple[str, float] | None = None,
) -> dcc.Graph:
    """Return a chart of lines over a span; ``limit`` is a name and a value drawn across it."""
    figure = go.Figure()
    for number, line in enumerate(lines):
        figure.add_scatter(
            x=[time.replace(tzinfo=None) for time in line.times],  # plotly draws the digits it gets
            y=list(line.values),
            name=line.name,
            mode="lines",
            line={"width": 1.5, "color": _LINES[number % len(_LINES)]},
            hovertemplate=f"%{{x|%m-%d %H:%M}}  %{{y:,}} {unit}",
        )
    if limit is not None:
        name, value = limit
        figure.add_hline(
            y=value,
            line={"color": _LIMIT, "width": 1.5, "dash": "dash"},
            annotation={"text": f"{name} {value:,.0f} {unit}", "font": {"color": _LIMIT, "size": 12}},
        )
    figure.update_layout(**_layout(unit, span))
    config: Any = {
        "displayModeBar": False,
        "locale": lang,
        "locales": {lang: _locale(lang)},
        "responsive": True,
    }
    return dcc.Graph(
        id=id_, figure=figure, config=config, className="chart", style={"height": f"{_HEIGHT_PX}px"}
    )


def _locale(lang: str) -> dict[str, Any]:
    """Return the names of days and months as plotly.js wants them; weeks begin on Sunday there."""

    def days(width: Literal["wide", "abbreviated"]) -> list[str]:
        names = get_day_names(width, locale=lang)
        return [names[(number - 1) % 7] for number in range(7)]

    def months(width: Literal["wide", "abbreviated"]) -> list[str]:
        names = get_month_names(width, locale=lang)
        return [names[number] for number in range(1, 13)]

    named = {
        "days": days("wide"),
        "shortDays": days("abbreviated"),
        "months": months("wide"),
        "shortMonths": months("abbreviated"),
        "date": "%Y-%m-%d",
    }
    return {"moduleType": "locale", "name": lang, "dictionary": {}, "format": named}


def _layout(unit: str, span: tuple[datetime, datetime]) -> dict[str, Any]:
    since, until = (time.replace(tzinfo=None) for time in span)
    axis = {"gridcolor": _RULE, "zerolinecolor": _RULE, "tickfont": {"color": _SOFT, "size": 12}}
    return {
        "template": "none",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": _TEXT, "family": "inherit"},
        "margin": {"l": 56, "r": 16, "t": 8, "b": 32},
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "#1b2026", "bordercolor": _RULE, "font": {"color": _TEXT}},
        "legend": {"orientation": "h", "y": -0.2, "font": {"size": 12}},
        "showlegend": True,
        "xaxis": axis | {"range": [since, until], "tickformat": "%m-%d %H:%M", "nticks": 8},
        "yaxis": axis | {"title": {"text": unit, "font": {"size": 12, "color": _SOFT}}},
    }
