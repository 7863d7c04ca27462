"""The card of one asset, over the map's right side; a script fills it and keeps it true."""

from dash import html

from layouts.attrs import attrs
from layouts.texts import Translate


def card(t: Translate) -> html.Aside:
    """Return the closed, empty card."""
    return html.Aside(
        [
            html.Header(
                [
                    html.Div([html.Span(id="card-kind", className="card-kind"), html.H3(id="card-name")]),
                    html.Button(
                        "×",
                        id="card-close",
                        type="button",
                        title=t("닫기 (Esc)"),
                        **attrs(aria_label=t("닫기 (Esc)")),
                    ),
                ],
                className="card-head",
            ),
            html.Div(id="card-id", className="card-id"),
            html.Div(id="card-state", className="card-state", role="status"),
            html.Dl(id="card-values", className="card-values"),
            html.Div(id="card-commands", className="card-commands", hidden=True),
            html.Div(
                [
                    html.Div([html.H4(t("최근 24시간")), html.Span(id="card-range")], className="card-row"),
                    html.Canvas(id="card-trend", className="card-trend"),
                ],
                id="card-history",
                hidden=True,
            ),
            html.Div([html.H4(t("경보")), html.Ul(id="card-alarms")], id="card-alarm-part", hidden=True),
            html.Div([html.H4(t("가까운 카메라")), html.Ul(id="card-cameras")], id="card-camera-part"),
        ],
        id="card",
        className="card",
        hidden=True,
        **attrs(aria_label=t("설비 상세")),
    )
