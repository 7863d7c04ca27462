"""CloudEvents over HTTP: which of the three modes a request speaks, and its events as JSON bytes."""

from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

SINGLE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
PLAIN = "application/json"
MOST = 1000


class UnsupportedMediaError(ValueError):
    """The content type is none of ours."""


class BadBodyError(ValueError):
    """The body is not what its content type says."""


def raw_events(headers: Mapping[str, str], body: bytes) -> list[bytes]:
    """Return the events of a request, not yet understood.

    Args:
        headers: Of the request, names in lower case.
        body: Of the request.

    Raises:
        UnsupportedMediaError: neither single, batch, binary mode nor plain JSON.
        BadBodyError: a batch that is no list, or of more than ``MOST`` events; binary data that is no JSON.
    """
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if any(name.startswith("ce-") for name in headers) and media in ("", PLAIN):
        return [_binary(headers, body)]
    if media == SINGLE:
        return [body]
    if media == BATCH or (media == PLAIN and body.lstrip()[:1] == b"["):
        return _batch(body)
    if media == PLAIN:
        return [body]
    raise UnsupportedMediaError(f"content type {media!r}: send {SINGLE}, {BATCH} or ce- headers with {PLAIN}")


def _binary(headers: Mapping[str, str], body: bytes) -> bytes:
    event: dict[str, object] = {
        name.removeprefix("ce-"): unquote(value) for name, value in headers.items() if name.startswith("ce-")
    }
    try:
        event["data"] = msgspec.json.decode(body, type=msgspec.Raw)
        return msgspec.json.encode(event)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBodyError(f"$.data: {error}") from error


def _batch(body: bytes) -> list[bytes]:
    try:
        events = msgspec.json.decode(body, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadBodyError(f"$: {error}") from error
    if len(events) > MOST:
        raise BadBodyError(f"$: {len(events)} events, at most {MOST} in a batch")
    return [bytes(event) for event in events]
