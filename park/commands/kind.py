"""A kind of command: which devices it is for, how it is undone, which values it refuses."""

from collections.abc import Callable

from msgspec import Struct

from park.commands.facts import CommandRequested
from park.config.label import Label


class Release(Struct, frozen=True):
    """How a lasting command is undone: with this value (None: back to the device's own way)."""

    value: float | None

    def is_undone_by(self, requested: CommandRequested) -> bool:
        """Tell whether a command is itself an undoing."""
        return requested.value == self.value


class CommandKind(Struct, frozen=True):
    """One kind of command; ``targets`` are the kinds of assets it is for.

    ``text`` says what was asked, with ``{n}`` devices and ``{value}``. ``value_refusal`` returns why a value
    with its text cannot be asked for (Korean msgid), None when it can.
    """

    name: str
    label: Label
    text: Label
    targets: frozenset[str]
    release: Release | None = None
    value_refusal: Callable[[float | None, str], str | None] | None = None
