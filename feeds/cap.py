"""CAP 1.2 alerts out by HTTP: the document of the message as it is, signed as a webhook is."""

from datetime import datetime

from feeds import webhook
from feeds.outcome import RejectedError
from park.messages.facts import MessageRequested

CONTENT_TYPE = "application/cap+xml; charset=utf-8"


def send(request: MessageRequested, url: str, secret: str, at: datetime, timeout_s: float) -> str:
    """Post the alert of a message; as :func:`feeds.webhook.post`."""
    if not request.document:
        raise RejectedError("the message carries no CAP document")
    return webhook.post(url, request.document.encode(), CONTENT_TYPE, request.message, secret, at, timeout_s)
