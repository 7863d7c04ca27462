"""Acts of people: the browser names the act and its object, the person comes from the session."""

from typing import Any, TypedDict

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate
from redis.exceptions import RedisError

from callbacks.guard import needs
from callbacks.shell import language
from data.operators.accounts import current
from data.operators.incident_actions import RefusedError
from data.services import Services
from layouts.texts import translator

OF_INCIDENTS = {"reason", "verdict", "grade", "state", "user", "step", "text", "into", "members"}
OF_DEVICES = {"mode", "minutes", "active", "kind", "targets", "value"}
OF_MESSAGES = {"recipient", "channel", "title_ko", "title_en", "body_ko", "body_en"}
OF_CAMERAS = {"event"}
ALLOWED = OF_INCIDENTS | OF_DEVICES | OF_MESSAGES | OF_CAMERAS
BY_BUTTON = ("incident.", "alarm.", "exercise.", "command.", "message.", "camera.")


class Asked(TypedDict):
    """What the scripts write: the act, the incident, its fields, and when, so that asking again is news."""

    name: str
    object: str
    fields: dict[str, Any]
    at: float


def register(app: Dash, services: Services) -> None:
    """Do what the screens ask for; say so only when it could not be done."""

    @app.callback(
        Output("acted", "children"),
        Output("acted-on", "children"),
        Input("act", "data"),
        State("location", "search"),
        prevent_initial_call=True,
    )
    @needs("operator")
    async def act(asked: Asked | None, search: str | None) -> tuple[str, str]:
        who = current.get()
        if not asked or who is None:
            raise PreventUpdate
        name = str(asked.get("name"))
        lang = language(search)
        told = asked.get("fields")
        translate = translator(lang)
        if not name.startswith(BY_BUTTON) or not isinstance(told, dict):
            raise PreventUpdate
        fields = {key: value for key, value in told.items() if key in ALLOWED}
        try:
            return "", await services.act(name, str(asked.get("object", "")), who, **fields)
        except PermissionError:
            return translate("이 일을 할 권한이 없습니다"), ""
        except RefusedError as error:
            return error.text(translate, lang), ""
        except RedisError:
            return translate("하지 못했습니다: 스트림에 연결할 수 없음"), ""
