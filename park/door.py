"""The door: every event that is read from the stream or the record passes here once, and means the same."""

from park.config import Park
from park.events import Event
from park.names import Names


class Door:
    """Settles what an event says before anything is concluded from it."""

    def __init__(self, park: Park) -> None:
        """Know the names of a park."""
        self.names = Names(park)

    def enter(self, event: Event) -> Event:
        """Return an event as the park understands it; entering twice changes nothing more."""
        return self.names.settle(event)
