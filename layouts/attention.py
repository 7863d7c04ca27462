"""What needs someone: incidents and alarms, the gravest first."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def attention(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/alarms/attention.mjs`` fills."""
    made = panel("attention", t("사건 · 경보"))
    made.children.append(html.Div(id="load", className="load"))
    return made
