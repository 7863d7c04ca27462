"""What a system remembers beyond the newest event of each asset."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from park.config.asset import Asset
from park.events.envelope import Event


class Memory(ABC):
    """Bounded values over time that a system's panel and checks need; the order of events does not matter.

    ``REMEMBERED`` names the event types, each with the kinds of assets whose events count (None: all).
    ``HISTORY`` is how far the record is read back to fill it.
    """

    REMEMBERED: ClassVar[Mapping[str, frozenset[str] | None]]
    HISTORY: ClassVar[timedelta] = timedelta(hours=26)

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        """Remember nothing yet of the park's ``assets`` (by id)."""
        self.assets = assets

    @abstractmethod
    def remember(self, event: Event) -> None:
        """Take in an event of a type in ``REMEMBERED``; a late or a repeated one changes nothing newer."""

    @abstractmethod
    def forget(self, subject: str) -> None:
        """Drop what is known of an asset that is in no file of the park."""

    @abstractmethod
    def contents(self) -> object:
        """Return all that is remembered, comparable by value."""
