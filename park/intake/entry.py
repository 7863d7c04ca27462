"""The door: every event that is read from the stream enters here, so that it means the same to everybody."""

from park.config.park import Park
from park.events.envelope import Event
from park.intake.canonical_names import Names
from park.intake.clocks import Clocks
from park.state.state import State


class Door:
    """Settles what an event names and when it happened, before anything is concluded from it."""

    def __init__(self, park: Park) -> None:
        """Know the names of a park; no source was heard yet."""
        self.names = Names(park)
        self.clocks = Clocks({asset.id: asset.period_s for asset in park.assets.values() if asset.period_s})

    def enter(self, event: Event) -> Event:
        """Return an event as the park understands it, in the order of the stream.

        Entering again what entered before changes nothing more.
        """
        return self.clocks.judge(self.names.settle(event))

    def recall(self, state: State) -> None:
        """Take over from a state when its sources were heard."""
        self.clocks.recall(event for types in state.latest.values() for event in types.values())
