"""Vehicles, docks, gates and dangerous goods."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def logistics(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/logistics/logistics.mjs`` fills."""
    return panel("logistics", t("물류"))
