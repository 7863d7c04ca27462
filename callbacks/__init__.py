"""What happens when, one thin file a panel."""

from dash import Dash

from callbacks import alarms, attention, incident, shell, systems
from data.services import Services


def register(app: Dash, services: Services) -> None:
    """Give the app every callback of the room."""
    shell.register(app, services)
    attention.register(app, services)
    alarms.register(app, services)
    incident.register(app, services)
    systems.register(app, services)
