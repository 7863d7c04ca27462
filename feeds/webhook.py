"""Messages out by HTTP: one signed POST, one attempt, and what became of it.

The receiver checks ``X-Gwanje-Signature``: ``sha256=`` and the hex HMAC-SHA256 of
``<X-Gwanje-Time>.<body>`` with the shared secret. ``Idempotency-Key`` is the id of the message.
"""

import hashlib
import hmac
from datetime import datetime

import httpx
import msgspec

from feeds.outcome import NotSentError, RejectedError, UnclearError
from park.messages.facts import MessageRequested
from park.texts.unprintable import writable

_AGAIN = frozenset({429, 503})  # says itself that it was not taken
_NOT_YET = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def compose(request: MessageRequested) -> bytes:
    """Return the JSON that a webhook gets."""
    return msgspec.json.encode({
        "message": request.message,
        "incident": request.incident,
        "recipient": request.recipient,
        "exercise": request.exercise,
        "title": {"ko": writable(request.title_ko), "en": writable(request.title_en)},
        "body": {"ko": writable(request.body_ko), "en": writable(request.body_en)},
    })  # fmt: skip


def signature(secret: str, at: str, body: bytes) -> str:
    """Return the signature of a body sent ``at`` (seconds since 1970)."""
    return "sha256=" + hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()


def post(
    url: str, body: bytes, content_type: str, message: str, secret: str, at: datetime, timeout_s: float
) -> str:
    """Send a body and return what the receiver said; redirects are not followed.

    Raises:
        NotSentError: no connection, or the receiver is busy and did not take it.
        RejectedError: the receiver refused it.
        UnclearError: the connection broke, or the receiver failed, after it was given.
    """
    told = str(int(at.timestamp()))
    headers = {
        "Content-Type": content_type,
        "User-Agent": "gwanje",
        "Idempotency-Key": message,
        "X-Gwanje-Time": told,
        "X-Gwanje-Signature": signature(secret, told, body),
    }
    try:
        with (
            httpx.Client(timeout=timeout_s, trust_env=False) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            code = answer.status_code
    except _NOT_YET as error:
        raise NotSentError(f"receiver away: {type(error).__name__}") from error
    except httpx.InvalidURL as error:
        raise RejectedError("no web address") from error
    except (httpx.HTTPError, OSError) as error:
        raise UnclearError(f"no answer: {type(error).__name__}") from error
    return _judge(code)


def _judge(code: int) -> str:
    if 200 <= code < 300:
        return f"HTTP {code}"
    if code in _AGAIN:
        raise NotSentError(f"HTTP {code}")
    if code >= 500:
        raise UnclearError(f"HTTP {code}")
    raise RejectedError(f"HTTP {code}")
