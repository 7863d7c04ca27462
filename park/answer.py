"""An incident's card with the answer to it: what the procedure plans and how far the wind carries it."""

from datetime import datetime

from park.cards import Answer, IncidentCard, Reach, card
from park.config import Park
from park.incidents import Incident
from park.state import State


def card_of(park: Park, state: State, incident: Incident, now: datetime) -> IncidentCard:
    """Return the card of an incident as it is at ``now``."""
    return card(park, state, incident, Answer(), Reach())
