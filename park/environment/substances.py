"""Substances by one name each: what sensors, firms and papers call them, and the name the park uses."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from msgspec import Struct

_NOT_LETTERS = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[()\[\]]")
_ADDED = re.compile(r"^(?:cas(?:rn|no)?(?=\d)|gas)|(?:gas|가스)$")  # "CAS No. 7664-41-7", "NH3 gas"


class Substance(Struct, frozen=True, forbid_unknown_fields=True):
    """A substance: its name in the park, its numbers at CAS and the UN, and other names in use."""

    name: str
    cas: str
    un: str
    aliases: tuple[str, ...]
    since: date
    source: str


def fold(text: str) -> str:
    """Return a name as it is compared: width, case, accents of form, spaces and hyphens do not matter."""
    return _NOT_LETTERS.sub("", unicodedata.normalize("NFKC", text).casefold())


class SubstanceNames:
    """Finds the substance that a text names."""

    def __init__(self, substances: Iterable[Substance]) -> None:
        """Learn the names.

        Raises:
            ValueError: two substances share a name.
        """
        self._by_name: dict[str, str] = {}
        for known in substances:
            for text in (known.name, known.cas, f"UN{known.un}", *known.aliases):
                held = self._by_name.setdefault(fold(text), known.name)
                if held != known.name:
                    raise ValueError(f"`substances`: {text!r} is {held} and {known.name}")

    def find(self, text: str) -> str | None:
        """Return the park's name of a substance, None when the text names none, or more than one."""
        whole = self._one(text)
        if whole is not None:
            return whole
        parts = {self._one(part) for part in _BRACKETS.split(text) if fold(part)}
        return parts.pop() if len(parts) == 1 else None

    def _one(self, text: str) -> str | None:
        folded = fold(text)
        return self._by_name.get(folded) or self._by_name.get(_ADDED.sub("", folded))
