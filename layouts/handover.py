"""The page of the handover: what stands and what was done, the signature, the handovers already signed."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def handover(t: Translate) -> html.Div:
    """Return the empty panels that ``assets/record/handover.mjs`` fills."""
    side = html.Div(
        [panel("handover-sign", t("인수 서명")), panel("handover-signed", t("서명된 인수인계"))],
        className="handover-side",
    )
    return html.Div([panel("handover", t("근무 인수인계")), side], className="handover-page")
