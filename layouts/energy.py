"""Demand against the contract, own generation and self-sufficiency."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def energy(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/energy/energy.mjs`` fills."""
    return panel("energy", t("에너지"))
