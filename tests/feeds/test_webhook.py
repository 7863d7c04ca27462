"""Webhooks and CAP over a real HTTP server: signed, once, and what is said of what is not taken."""

import hashlib
import hmac
from datetime import UTC, datetime

import msgspec
import pytest
from msgspec import structs

from feeds import cap, webhook
from feeds.outcome import NotSentError, RejectedError, UnclearError
from tests.feeds.message_servers import Hook, request, web_server
from tests.postgres import free_port

NOW = datetime(2026, 11, 22, 18, 14, tzinfo=UTC)
SECRET = "a secret shared with the receiver"


def post(url: str, timeout_s: float = 5.0) -> str:
    body = webhook.compose(request(channel="webhook"))
    return webhook.post(url, body, "application/json", "m-1", SECRET, NOW, timeout_s)


def test_it_arrives_once_signed_with_both_languages() -> None:
    hook = Hook()
    with web_server(hook) as url:
        assert post(f"{url}/incidents") == "HTTP 200"
    (got,) = hook.posts
    told = msgspec.json.decode(got.body)
    assert got.path == "/incidents"
    assert told["title"]["ko"] == "[경계] 가스 누출 · B-12 도료공장"
    assert told["body"]["en"].startswith("Concentration: 41.7 ppm")
    assert (told["message"], told["incident"], told["exercise"]) == ("m-1", "i-1", False)
    at = got.headers["X-Gwanje-Time"]
    assert at == str(int(NOW.timestamp()))
    digest = hmac.new(SECRET.encode(), at.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert got.headers["X-Gwanje-Signature"] == f"sha256={digest}"
    assert got.headers["Idempotency-Key"] == "m-1"


def test_letters_that_no_json_can_hold_are_shown() -> None:
    odd = structs.replace(request(channel="webhook"), title_ko="대피 🔥 \ud83d", body_en="a\0b")
    told = msgspec.json.decode(webhook.compose(odd))
    assert told["title"]["ko"] == "대피 🔥 [U+D83D]"
    assert told["body"]["en"] == "a[U+0000]b"


def test_the_signature_is_of_the_time_the_body_and_the_secret() -> None:
    one = webhook.signature(SECRET, "1", b"x")
    others = [
        webhook.signature(SECRET, "2", b"x"),
        webhook.signature(SECRET, "1", b"y"),
        webhook.signature("other", "1", b"x"),
    ]
    assert one not in others


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (503, NotSentError),
        (429, NotSentError),
        (500, UnclearError),
        (502, UnclearError),
        (504, UnclearError),
        (400, RejectedError),
        (401, RejectedError),
        (302, RejectedError),
        (0, UnclearError),
    ],
)
def test_the_answer_decides(code: int, error: type[Exception]) -> None:
    hook = Hook(code)
    with web_server(hook) as url, pytest.raises(error):
        post(url)
    assert len(hook.posts) == 1  # a redirect is not followed, nothing is tried again by itself


def test_a_receiver_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotSentError, match="receiver away: ConnectError"):
        post(f"http://127.0.0.1:{free_port()}/")


def test_cap_goes_out_as_it_is() -> None:
    hook = Hook()
    document = '<?xml version="1.0" encoding="UTF-8"?>\n<alert><event>가스 누출</event></alert>'
    with web_server(hook) as url:
        made = request(channel="cap", document=document)
        assert cap.send(made, f"{url}/cap", SECRET, NOW, 5.0) == "HTTP 200"
    (got,) = hook.posts
    assert got.headers["Content-Type"] == "application/cap+xml; charset=utf-8"
    assert got.body.decode() == document


def test_a_message_without_a_document_is_no_alert() -> None:
    with pytest.raises(RejectedError, match="no CAP document"):
        cap.send(request(channel="cap"), "http://127.0.0.1:9/", SECRET, NOW, 5.0)
