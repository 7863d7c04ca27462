"""Pictures that follow the newest event, else a tour."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def cameras(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/cameras.js`` fills."""
    return panel("cameras", t("현장 영상"))
