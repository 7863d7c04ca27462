"""Air index, worst gas and odour, street lights."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def environment(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/environment/environment.mjs`` fills."""
    return panel("environment", t("환경 · 가로등"))
