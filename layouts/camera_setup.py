"""The page where cameras are set up: which there are, source, zones and rules on the picture, a trial."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def cameras_list(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/cameras/setup/setup.mjs`` fills with the cameras of the park."""
    return panel("setup-list", t("카메라 설정"))


def camera_setup(t: Translate) -> html.Div:
    """Return the empty panels that the scripts in ``assets/cameras/setup/`` fill for one camera."""
    left = [panel("setup-picture", t("화면에 그리기")), panel("setup-trial", t("시험"))]
    right = [panel("setup-source", t("영상 입력")), panel("setup-rules", t("구역 · 선 · 규칙"))]
    return html.Div(
        [html.Div(left, className="setup-left"), html.Div(right, className="setup-right")],
        className="setup-page",
    )
