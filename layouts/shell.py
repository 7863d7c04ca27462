"""The page and its views: desk, wall and tablet are one room in three arrangements."""

import json
from typing import Any

from dash import dcc, html

from layouts.alarms import alarms
from layouts.attention import attention
from layouts.attrs import attrs
from layouts.audit import audit
from layouts.camera_setup import camera_setup, cameras_list
from layouts.cameras import camera_one, camera_wall, cameras
from layouts.handover import handover
from layouts.incident import incident
from layouts.letters import letters
from layouts.map import park_map
from layouts.panels import system_panels
from layouts.status import status
from layouts.systems import system_name, system_page
from layouts.texts import Translate, catalogue

VIEWS = {
    "/": "desk",
    "/wall": "wall",
    "/tablet": "tablet",
    "/dead-letters": "letters",
    "/alarms": "alarm-system",
    "/audit": "audit",
    "/handover": "handover",
    "/cameras/setup": "camera-list",
    "/cameras": "camera-wall",
}
ONE = {"/incident/": "incident", "/camera/": "camera-one", "/cameras/setup/": "camera-setup"}
PAGES = {
    "letters": letters,
    "alarm-system": alarms,
    "audit": audit,
    "handover": handover,
    "incident": incident,
    "camera-list": cameras_list,
    "camera-setup": camera_setup,
    "camera-wall": camera_wall,
    "camera-one": camera_one,
}


def view_of(path: str) -> str | None:
    """Return the view at an address, None where there is none."""
    for before, view in ONE.items():
        one = path.removeprefix(before)
        if one != path and one and "/" not in one:
            return view
    return VIEWS.get(path) or system_name(path)


def document() -> html.Div:
    """Return the static page: the address, the empty root and the stores that scripts write."""
    return html.Div(
        [
            dcc.Location(id="location", refresh=False),
            html.Div(id="root"),
            dcc.Store(id="acknowledge"),
            html.Div(id="acknowledged", className="said", role="status"),
            dcc.Store(id="act"),
            html.Div(id="acted", className="said", role="status"),
            html.Div(id="acted-on", hidden=True),
        ]
    )


def room(t: Translate, park: str, view: str, lang: str) -> html.Div:
    """Return one of ``VIEWS`` in one language; ``park`` is the park's name in it."""
    return html.Div(
        [_texts(lang), status(t, park, view, lang), *_views(t, view, lang)],
        className=f"room {view}",
        lang=lang,
        **attrs(data_view=view),
    )


def _views(t: Translate, view: str, lang: str) -> list[Any]:
    if view in PAGES:
        return [PAGES[view](t)]
    if system_name(f"/{view}"):
        return [system_page(t, view, lang)]
    strip = [html.Div(id="strip", className="strip", role="alert")] if view == "wall" else []
    tabs = [_tabs(t)] if view == "tablet" else []
    pulse = html.Div(system_panels(t, view, lang), className="pulse")
    return [*strip, attention(t), park_map(t, view), cameras(t), pulse, *tabs]


def _tabs(t: Translate) -> html.Nav:
    names = {
        "map": t("지도"),
        "cameras": t("현장 영상"),
        "logistics": t("물류"),
        "energy": t("에너지"),
        "environment": t("환경 · 가로등"),
    }
    return html.Nav(
        [html.Button(label, type="button", **attrs(data_tab=name)) for name, label in names.items()],
        id="tabs",
        className="tabs",
        **attrs(aria_label=t("화면")),
    )


def _texts(lang: str) -> html.Div:
    texts = json.dumps(catalogue(lang), ensure_ascii=False)
    return html.Div(id="texts", hidden=True, **attrs(data_lang=lang, data_texts=texts))
