"""The page of one incident: head, timeline, place, moment, cameras, procedure and records."""

from dash import html

from layouts.attrs import attrs
from layouts.map import park_map
from layouts.panel import panel
from layouts.texts import Translate


def incident(t: Translate) -> html.Main:
    """Return the empty page that the scripts in ``assets/incidents/`` fill."""
    return html.Main(
        [
            _head(),
            panel("incident-time", t("시간선")),
            _records(t),
            park_map(t, "incident"),
            panel("incident-moment", t("순간 영상")),
            panel("incident-cameras", t("가까운 카메라")),
            _steps(t),
            _tabs("incident-views", "view", _views(t)),
        ],
        id="incident",
        className="incident-page",
    )


def _head() -> html.Header:
    return html.Header(
        [
            html.Span(id="incident-grade", className="incident-grade"),
            html.Div(
                [
                    html.H2(id="incident-title"),
                    html.P(id="incident-source", className="incident-reason incident-source", hidden=True),
                    html.P(id="incident-reason", className="incident-reason"),
                    html.P(id="incident-linked", className="incident-linked", hidden=True),
                ],
                className="incident-words",
            ),
            html.Div(
                [html.Span(id="incident-due-what"), html.B(id="incident-due-time")],
                id="incident-due",
                className="incident-due",
                hidden=True,
            ),
        ],
        id="incident-head",
        className="incident-head",
        role="status",
    )


def _records(t: Translate) -> html.Section:
    names = {
        "messages": t("전파"),
        "members": t("구성"),
        "people": t("대응자"),
        "notes": t("메모"),
        "report": t("보고서"),
    }
    parts = [html.Div(id=f"incident-{name}", className=f"record-part of-{name}") for name in names]
    return html.Section(
        [_tabs("incident-tabs", "record", names), html.Div(parts, className="panel-body")],
        className="panel incident-records-panel",
        **attrs(aria_label=t("기록")),
    )


def _steps(t: Translate) -> html.Section:
    made = panel("incident-steps", t("대응 절차"))
    draft = html.Div([html.H3(), html.P()], id="incident-draft", className="incident-draft", hidden=True)
    made.children += [draft, html.Div(id="incident-buttons", className="incident-buttons", hidden=True)]
    return made


def _views(t: Translate) -> dict[str, str]:
    return {"map": t("지도"), "video": t("현장 영상"), "time": t("시간선"), "records": t("기록")}


def _tabs(name: str, of: str, names: dict[str, str]) -> html.Nav:
    buttons = [
        html.Button([label, html.Span(className="n")], type="button", **attrs(data_tab=tab))
        for tab, label in names.items()
    ]
    return html.Nav(buttons, id=name, className=name, **attrs(data_of=of))
