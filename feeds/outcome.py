"""What can become of a message given to a channel, other than that it was taken."""


class NotSentError(Exception):
    """It surely did not go out: it may be sent again."""


class RejectedError(Exception):
    """It surely did not go out, and would not the next time."""


class UnclearError(Exception):
    """It may have gone out, and nobody can tell: it is never sent again by itself."""
