"""The dead letters: events that were refused, why and from where, to be replayed."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def letters(t: Translate) -> html.Section:
    """Return the empty panel that ``assets/record/letters.mjs`` fills."""
    return panel("letters", t("배달 못 한 이벤트"))
