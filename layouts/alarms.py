"""The alarm system on one page: a month of load against what an operator can take, and every definition."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from layouts.attrs import attrs
from layouts.panel import panel
from layouts.texts import Translate
from park.alarms.definition import Definition
from park.alarms.lifecycle import LEVELS
from park.alarms.load import Actor, Day
from park.alarms.monthly_report import Report
from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Park
from park.environment.limits import AlarmTargets
from park.events.base import Priority

Cells = Sequence[Any]


def alarms(t: Translate) -> html.Div:
    """Return the empty page; ``callbacks/alarms.py`` fills both bodies once it is there."""
    return html.Div(
        [
            panel("alarm-load", t("경보 부하 · 30일")),
            panel("shelf", t("숨긴 경보")),
            panel("alarm-definitions", t("경보 정의")),
        ],
        className="alarm-page",
    )


def load_page(t: Translate, lang: str, told: Report, park: Park) -> list[html.Div]:
    """Return the figures of a month; one over its target is marked with a word."""
    targets = park.limits.alarms
    names = _Names(lang, park)
    actors = [t("설비"), t("경보"), t("횟수"), "%"]
    shares = [t("우선순위"), t("실제 %"), t("목표 %")]
    return [
        html.Div(_figures(t, told, targets), className="load-figures"),
        _bars(t, told.days, targets),
        html.Div(
            [
                _table(t, t("잦은 경보"), actors, names.actors(told.bad_actors)),
                _table(t, t("채터링"), actors, names.actors(told.chattering)),
                _table(t, t("24시간 넘게 계속"), [t("설비"), t("경보"), t("발생")], names.stale(told)),
                _table(t, t("우선순위 분포"), shares, _split(t, told, targets)),
                _table(t, "OPC UA Part 9", [t("지표"), t("값")], _metrics(told)),
            ],
            className="load-tables",
        ),
    ]


def definitions_page(t: Translate, lang: str, definitions: dict[str, Definition]) -> html.Table:
    """Return the master alarm database as a table, worst priority first."""
    heads = [t("경보"), t("우선순위"), t("한계"), t("지연 시간"), t("원인"), t("결과"), t("대응"), t("근거")]
    order = sorted(definitions.items(), key=lambda item: (-LEVELS[item[1].priority], item[0]))
    rows = [_definition(t, lang, name, definition) for name, definition in order]
    return _grid(heads, rows)


def _definition(t: Translate, lang: str, name: str, defined: Definition) -> Cells:
    limit = defined.limit_from.upper() if defined.limit_from else _number(defined.limit)
    delays = f"{_number(defined.on_delay_s)} / {_number(defined.off_delay_s)} s"
    band = f" ± {_number(defined.dead_band)}" if defined.dead_band else ""
    labels = (defined.cause, defined.consequence, defined.response, defined.reason)
    return (
        html.Span([html.B(getattr(defined.name, lang)), html.Small(name)]),
        _priority(t, defined.priority),
        f"{limit}{band} {defined.unit}".strip(),
        delays,
        *(getattr(label, lang) for label in labels),
    )


def _figures(t: Translate, told: Report, targets: AlarmTargets) -> list[html.Div]:
    rows = [
        (t("하루 평균"), told.per_day, "", targets.acceptable_day),
        (t("시간당 {n}건 넘은 시간", n=targets.busy_hour), 100 * told.busy_hours, " %", 1),
        (t("10분당 {n}건 넘은 때", n=targets.flood_start), 100 * told.busy_10min, " %", 1),
        (t("경보 폭주 시간"), 100 * told.in_flood, " %", 1),
        (t("채터링"), len(told.chattering), "", 0),
        (t("24시간 넘게 계속"), len(told.stale), "", 5),
    ]
    return [_figure(t, *row) for row in rows]


def _figure(t: Translate, what: str, value: float, unit: str, target: float) -> html.Div:
    over = value > target
    note = t("목표 {n} 이하", n=_number(target) + unit) + (" · " + t("넘음") if over else "")
    return html.Div(
        [html.B(_number(value) + unit), html.Span(what), html.Small(note)],
        className="load-figure over" if over else "load-figure",
    )


def _bars(t: Translate, days: Sequence[Day], targets: AlarmTargets) -> html.Div:
    most = max([day.alarms for day in days] + [targets.acceptable_day])
    return html.Div(
        [_bar(t, day, most, targets) for day in days],
        className="load-days",
        role="img",
        **attrs(aria_label=t("날마다 경보 수")),
    )


def _bar(t: Translate, day: Day, most: int, targets: AlarmTargets) -> html.Div:
    title = t("{day}: {n}건, 10분 최다 {most}", day=day.day, n=day.alarms, most=day.most_10min)
    over = day.alarms > targets.acceptable_day or day.in_flood > 0
    bar = html.I(style={"height": f"{100 * day.alarms / most:.1f}%"}, className="over" if over else "")
    return html.Div([html.Span(str(day.alarms)), bar, html.Small(day.day[8:])], title=title)


def _split(t: Translate, told: Report, targets: AlarmTargets) -> list[Cells]:
    return [
        (_priority(t, name), _number(100 * told.priorities[name]), _number(100 * targets.share[name]))
        for name in LEVELS
    ]


def _metrics(told: Report) -> list[Cells]:
    metrics = told.metrics
    return [
        ("AlarmCount", _number(metrics.alarm_count)),
        ("CurrentAlarmRate (/10 min)", _number(metrics.current_alarm_rate)),
        ("AverageAlarmRate (/10 min)", _number(metrics.average_alarm_rate)),
        ("MaximumAlarmRate (/10 min)", _number(metrics.maximum_alarm_rate)),
        ("MaximumActiveState (s)", _number(metrics.maximum_active_state_s)),
        ("MaximumUnAck (s)", _number(metrics.maximum_un_ack_s)),
        ("MaximumReAlarmCount", _number(metrics.maximum_re_alarm_count)),
    ]


class _Names:
    """Names of assets and conditions in one language, times in the park's zone."""

    def __init__(self, lang: str, park: Park) -> None:
        self.lang, self.park = lang, park

    def actors(self, actors: Iterable[Actor]) -> list[Cells]:
        return [
            (self._asset(a.asset), self._condition(a.condition), _number(a.count), _number(100 * a.share))
            for a in actors
        ]

    def stale(self, told: Report) -> list[Cells]:
        return [
            (self._asset(a.asset), self._condition(a.condition), _local(a.raised_ms or 0, self.park.zone))
            for a in told.stale
        ]

    def _asset(self, id_: str) -> str:
        held: Asset | None = self.park.assets.get(id_)
        return self._label(held.name) if held else id_.rpartition("/")[2]

    def _condition(self, name: str) -> str:
        held = self.park.alarms.get(name)
        return self._label(held.name) if held else name

    def _label(self, label: Label) -> str:
        return label.en if self.lang == "en" else label.ko


def _local(at_ms: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_ms / 1000, zone).strftime("%m-%d %H:%M")


def _table(t: Translate, title: str, heads: Sequence[str], rows: Sequence[Cells]) -> html.Div:
    body = _grid(heads, rows) if rows else html.P(t("없음"), className="calm")
    return html.Div([html.H3(title), body], className="load-table")


def _grid(heads: Sequence[str], rows: Iterable[Cells]) -> html.Table:
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in heads]))
    return html.Table([head, html.Tbody([html.Tr([html.Td(cell) for cell in row]) for row in rows])])


def _priority(t: Translate, priority: Priority) -> str:
    return {"critical": t("심각"), "high": t("높음"), "medium": t("보통"), "low": t("낮음")}[priority]


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:,.1f}"
