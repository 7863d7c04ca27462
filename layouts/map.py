"""The map's place on the page: an empty Leaflet map without tiles, and the hosts of its tools.

Scripts own the inside: they draw the base, the assets and the incident (``assets/map/``).
"""

import dash_leaflet as dl
from dash import html

from layouts.attrs import attrs
from layouts.card import card
from layouts.texts import Translate

KOREA = (36.2, 127.9)
KOREA_ZOOM = 7


def park_map(t: Translate, view: str) -> html.Section:
    """Return the map panel; the wall has no tools, the page of an incident no search."""
    canvas = dl.MapContainer(
        id="map-view",
        center=list(KOREA),
        zoom=KOREA_ZOOM,
        minZoom=6,
        maxZoom=19,
        zoomSnap=0.1,
        zoomControl=False,
        attributionControl=False,
        preferCanvas=True,
        trackViewport=False,  # else Dash sets the zoom back in the middle of a flight
        className="map-view",
        children=[],
    )
    tools = {"wall": [], "incident": [_zoom(t)]}.get(view, [_search(t), _zoom(t)])
    return html.Section(
        [
            html.Div(
                [canvas, html.Div(id="map-hover", className="map-hover", hidden=True)], className="map-stage"
            ),
            html.Div("N", className="map-north", title=t("북쪽"), **attrs(aria_hidden="true")),
            *tools,
            html.Div(
                [
                    html.Div(id="map-legend", className="map-legend"),
                    html.Div(id="map-credit", className="map-credit"),
                ],
                className="map-foot",
            ),
            card(t),
        ],
        id="map",
        className="panel map-panel",
        **attrs(aria_label=t("단지 지도"), data_view=view),
    )


def _search(t: Translate) -> html.Div:
    field = html.Div(id="map-search", className="map-search", **attrs(data_hint=t("이름·번호 찾기 ( / )")))
    return html.Div(
        [field, html.Ul(id="map-found", className="map-found", hidden=True)], className="map-find"
    )


def _zoom(t: Translate) -> html.Div:
    buttons = {"in": ("+", t("확대")), "out": ("−", t("축소")), "fit": ("⤢", t("단지 전체"))}
    return html.Div(
        [
            html.Button(sign, type="button", title=word, **attrs(data_zoom=name, aria_label=word))
            for name, (sign, word) in buttons.items()
        ],
        id="map-zoom",
        className="map-zoom",
    )
