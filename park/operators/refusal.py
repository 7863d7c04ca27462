"""A refusal that a person reads."""

from collections.abc import Callable

from park.config.label import Label


class RefusedError(ValueError):
    """An act that the rules do not allow now; ``msgid`` is the Korean text, ``params`` fill its gaps."""

    def __init__(self, msgid: str, **params: str | tuple[Label, ...]) -> None:
        """Say why not; the message of the error is the Korean text with its gaps filled."""
        super().__init__(msgid)
        self.msgid = msgid
        self.params = params

    def __str__(self) -> str:
        """Return the Korean text."""
        return self.text(str, "ko")

    def text(self, translate: Callable[[str], str], lang: str) -> str:
        """Return the text in a language (``ko``, ``en``), names in it too."""
        filled = {
            name: value if isinstance(value, str) else ", ".join(getattr(label, lang) for label in value)
            for name, value in self.params.items()
        }
        return translate(self.msgid).format(**filled) if filled else translate(self.msgid)
