"""The address decides the view and the language."""

from urllib.parse import parse_qs

from dash import Dash, Input, Output, html

from callbacks.guard import needs
from data.services import Services
from layouts.shell import room, view_of
from layouts.texts import LANGUAGES, translator


def language(search: str | None) -> str:
    """Return ``ko`` or ``en`` from the query of the address; Korean unless asked otherwise."""
    asked = parse_qs((search or "").lstrip("?")).get("lang", ["ko"])[0]
    return asked if asked in LANGUAGES else "ko"


def register(app: Dash, services: Services) -> None:
    """Lay out the room whenever the address changes."""

    @app.callback(Output("root", "children"), Input("location", "pathname"), Input("location", "search"))
    @needs("viewer")
    async def lay_out(pathname: str | None, search: str | None) -> html.Div:
        lang = language(search)
        name = getattr(services.park.config.name, lang)
        return room(translator(lang), name, view_of(pathname or "/") or "desk", lang)
