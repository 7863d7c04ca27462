"""Messages as events: one frozen struct per event type; the subject is ``<park>/message/<id>``."""

from typing import Literal

from park.events.base import Count, FactBase, Text

Channel = Literal["email", "webhook", "cap", "room"]


class MessageRequested(FactBase, frozen=True):
    """Somebody is to be told; ``recipient`` is a key of the park's contacts, texts are plain text.

    ``document`` is what goes out by the channel ``cap``: the XML of a CAP 1.2 alert.
    """

    TYPE = "park.message.requested"
    message: Text
    recipient: Text
    channel: Channel
    title_ko: Text
    title_en: Text
    body_ko: str
    body_en: str
    exercise: bool = False
    incident: str | None = None
    step: str | None = None
    user: str | None = None
    document: str = ""


class MessageStatus(FactBase, frozen=True):
    """How far a message has come; ``held`` is an exercise in which nothing leaves."""

    TYPE = "park.message.status"
    message: Text
    state: Literal["sending", "sent", "failed", "held", "unclear"]
    attempt: Count
    detail: str = ""
    incident: str | None = None


MessageFact = MessageRequested | MessageStatus
