"""The frame of a panel: a title, a note at its right and an empty body that a script fills."""

from dash import html

from layouts.attrs import attrs


def panel(name: str, title: str | list[html.A | str], body: list[html.Div] | None = None) -> html.Section:
    """Return the panel ``name``; its body has that id, its note ``<name>-note``."""
    heading = html.Header(
        [html.H2(title, id=f"{name}-title"), html.Span(id=f"{name}-note", className="note")],
        className="panel-head",
    )
    return html.Section(
        [heading, html.Div(body, id=name, className="panel-body")],
        id=f"{name}-panel",
        className=f"panel {name}-panel",
        **attrs(aria_labelledby=f"{name}-title"),
    )
