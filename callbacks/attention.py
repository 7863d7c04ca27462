"""Acknowledging alarms: the browser names them, the operator's name comes from the session."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.guard import needs


def register(app: Dash, services: Any) -> None:
    """Acknowledge what the attention list asks for."""

    @app.callback(Output("acknowledged", "children"), Input("acknowledge", "data"), prevent_initial_call=True)
    @needs("operator")
    async def acknowledge(asked: dict[str, Any] | None) -> str:
        for alarm in (asked or {}).get("alarms", []):
            await services.operations.acknowledge(str(alarm))
        return ""
