"""What happens when, one thin file a panel."""

from typing import Any

from dash import Dash

from callbacks import attention, shell


def register(app: Dash, services: Any) -> None:
    """Give the app every callback of the room."""
    shell.register(app, services)
    attention.register(app, services)
