"""The status line: whose room, whether it is live, what the air and the machines are doing, the time."""

from urllib.parse import urlencode

from dash import html

from layouts.attrs import attrs
from layouts.texts import Translate

ROOMS = ("desk", "wall", "tablet")


def status(t: Translate, park: str, view: str, lang: str) -> html.Header:
    """Return the header; ``assets/shell/status.mjs`` fills ``status-figures`` and the clock."""
    return html.Header(
        [
            html.H1(park),
            _product(t, view, lang),
            html.Div(id="live", className="live", role="status"),
            html.Div(id="status", className="figures"),
            *([] if view == "wall" else [_people(t, lang)]),
            html.Time(id="clock", className="clock"),
        ],
        id="status-panel",
        className="status",
    )


def _product(t: Translate, view: str, lang: str) -> html.A | html.Span:
    if view not in ROOMS:
        return html.A(t("통합관제"), href="/?" + urlencode({"lang": lang}), className="product")
    return html.Span(t("통합관제"), className="product")


def _people(t: Translate, lang: str) -> html.Nav:
    other = "en" if lang == "ko" else "ko"
    return html.Nav(
        [
            html.A(t("카메라"), href="/cameras?" + urlencode({"lang": lang})),
            html.A(t("경보 관리"), href="/alarms?" + urlencode({"lang": lang})),
            html.A(t("인수인계"), href="/handover?" + urlencode({"lang": lang})),
            html.A(t("감사"), href="/audit?" + urlencode({"lang": lang}), id="audit-link", hidden=True),
            html.A(id="dead-letters-link", href="/dead-letters?" + urlencode({"lang": lang}), hidden=True),
            html.Button(t("훈련 시작"), id="exercise", type="button", hidden=True),
            html.Span(id="user", className="user"),
            html.A(t("English"), href="?" + urlencode({"lang": other}), id="language", lang=other),
            html.Form(
                html.Button(t("로그아웃"), type="submit", id="sign-out"), action="/sign-out", method="post"
            ),
        ],
        className="people",
        **attrs(aria_label=t("사용자")),
    )
