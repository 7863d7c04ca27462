"""Acknowledging alarms: the browser names them, the person comes from the session."""

from collections.abc import Iterable
from typing import TypedDict

from dash import Dash, Input, Output, State
from dash.exceptions import PreventUpdate
from redis.exceptions import RedisError

from callbacks.guard import needs
from callbacks.shell import language
from data.operators.accounts import current
from data.services import Services
from layouts.texts import translator

MOST = 200


class Asked(TypedDict):
    """What ``assets/alarms/attention.mjs`` writes: the alarms, and when, so that asking again is news."""

    alarms: list[str]
    at: float


def register(app: Dash, services: Services) -> None:
    """Acknowledge what the attention list asks for; say so only when it could not be done."""

    @app.callback(
        Output("acknowledged", "children"),
        Input("acknowledge", "data"),
        State("location", "search"),
        prevent_initial_call=True,
    )
    @needs("operator")
    async def acknowledge(asked: Asked | None, search: str | None) -> str:
        if not asked:
            raise PreventUpdate
        try:
            await _each(services, asked["alarms"][:MOST])
        except RedisError:
            return translator(language(search))("확인하지 못했습니다: 스트림에 연결할 수 없음")
        return ""


async def _each(services: Services, alarms: Iterable[object]) -> None:
    who = current.get()
    if who is None:
        raise PreventUpdate
    for alarm in alarms:
        await services.operations.acknowledge(str(alarm), who)
