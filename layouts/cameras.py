"""Pictures that follow the newest event, else a tour; the page of all cameras, and of one."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def cameras(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/cameras/tiles.mjs`` fills."""
    return panel("cameras", t("현장 영상"))


def camera_wall(t: Translate) -> html.Main:
    """Return the empty page that ``all.mjs`` and ``figures.mjs`` of ``assets/cameras/`` fill."""
    return html.Main(
        [panel("camera-wall", t("모든 카메라")), panel("camera-figures", t("규칙의 신뢰도"))],
        className="camera-page",
    )


def camera_one(t: Translate) -> html.Main:
    """Return the empty page that ``assets/cameras/one.mjs`` fills."""
    side = [
        panel("camera-about", t("카메라 상태")),
        panel("camera-events", t("최근 24시간")),
        panel("camera-clips", t("영상 기록")),
        panel("camera-near", t("가까운 카메라")),
    ]
    return html.Main(
        [panel("camera-stage", t("카메라")), html.Div(side, className="camera-side")],
        className="camera-one-page",
    )
