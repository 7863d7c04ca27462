"""A refusal that a person reads."""


class RefusedError(ValueError):
    """An act that the rules do not allow now; ``msgid`` is the Korean text, ``params`` fill its gaps."""

    def __init__(self, msgid: str, **params: object) -> None:
        """Say why not; the message of the error is the text with its gaps filled."""
        super().__init__(msgid.format(**params) if params else msgid)
        self.msgid = msgid
        self.params = params
