"""Mail over a real SMTP server: what arrives, and what is said of what does not."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from msgspec import structs

from feeds.mail import Server, compose, read_server, send
from feeds.outcome import NotSentError, RejectedError, UnclearError
from tests.feeds.message_servers import Inbox, mail_server, request
from tests.postgres import free_port

NOW = datetime(2026, 11, 22, 18, 14, tzinfo=UTC)
FROM, TO = "Gwanje <room@example.invalid>", "119@fire.example.invalid"


@contextmanager
def talk(*lines: bytes) -> Iterator[str]:
    """A server that says these lines, one for each thing it hears, and then hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as heard:
            for line in lines:
                connection.sendall(line + b"\r\n")
                heard.readline()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        thread.join(10)
        listening.close()


def mail(url: str, to: str = TO, timeout_s: float = 5.0) -> str:
    return send(read_server(url), compose(request(), FROM, to, NOW), timeout_s)


def test_a_mail_arrives_once_with_the_korean_text() -> None:
    inbox = Inbox()
    with mail_server(inbox) as url:
        assert mail(url) == "250 taken"
    (got,) = inbox.mails
    assert inbox.to == [[TO]]
    assert got["Subject"] == "[경계] 가스 누출 · B-12 도료공장 / [alert] Gas leak · B-12 Paint works"
    assert got["Message-ID"] == "<m-1@example.invalid>"
    assert got["From"].addresses[0].addr_spec == "room@example.invalid"
    text = got.get_content().replace("\r\n", "\n")
    assert text.startswith("농도: 41.7 ppm\n바람: 서풍 3.0 m/s\n.점으로 시작하는 줄\n")
    assert "Concentration: 41.7 ppm\nWind: from W\n" in text
    assert got.get_content_type() == "text/plain"


def test_a_server_that_is_away_is_tried_again() -> None:
    with pytest.raises(NotSentError, match="away: ConnectionRefusedError"):
        mail(f"smtp://127.0.0.1:{free_port()}")


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        ("451 busy", NotSentError, "text refused: 451 busy"),
        ("554 not wanted", RejectedError, "text refused: 554 not wanted"),
    ],
)
def test_a_refusal_is_for_now_or_for_good(answer: str, error: type[Exception], words: str) -> None:
    inbox = Inbox(answer)
    with mail_server(inbox) as url, pytest.raises(error, match=words):
        mail(url)
    assert inbox.mails == []


def test_a_recipient_that_is_not_there_is_told() -> None:
    with mail_server(Inbox()) as url, pytest.raises(RejectedError, match="recipient refused: 550 no such"):
        mail(url, "nobody@example.invalid")


def test_no_answer_to_the_text_is_unclear() -> None:
    with mail_server(Inbox(wait_s=1.5)) as url, pytest.raises(UnclearError, match="no answer to the text"):
        mail(url, timeout_s=0.5)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([b"220 hello"], NotSentError),
        ([b"220 hello", b"250 hello", b"250 ok"], NotSentError),
        ([b"220 hello", b"250 hello", b"250 ok", b"250 ok", b"354 go on"], UnclearError),
        ([b"220 hello", b"250 hello", b"550 not you"], RejectedError),
        ([b"220 hello", b"250 hello", b"421 later"], NotSentError),
        ([b"554 no service"], NotSentError),
    ],
)
def test_where_a_connection_breaks_decides(said: list[bytes], error: type[Exception]) -> None:
    with talk(*said) as url, pytest.raises(error):
        mail(url, timeout_s=2)


def test_a_line_with_a_dot_is_no_end() -> None:
    plain = compose(request(), FROM, TO, NOW)
    plain.set_content("one\n.\n.two\n", cte="7bit")
    inbox = Inbox()
    with mail_server(inbox) as url:
        send(read_server(url), plain, 5)
    assert inbox.mails[0].get_content().split() == ["one", ".", ".two"]


def test_letters_that_no_mail_can_hold_are_shown_and_all_others_arrive() -> None:
    inbox = Inbox()
    odd = structs.replace(
        request(),
        title_ko="대피 🔥\0",
        body_ko="뷁 避 \u1112\u119e\u11ab Оператор \ud83d\x1b 지금",
        body_en="שלום",
    )
    with mail_server(inbox) as url:
        send(read_server(url), compose(odd, FROM, TO, NOW), 5.0)
    (got,) = inbox.mails
    assert "대피 🔥[U+0000]" in str(got["Subject"])
    body = got.get_content()
    assert "뷁 避 \u1112\u119e\u11ab Оператор [U+D83D][U+001B] 지금" in body
    assert "שלום" in body


def test_nothing_in_a_title_makes_a_header() -> None:
    made = compose(request(title_ko="a\r\nBcc: all@example.invalid"), FROM, TO, NOW)
    assert made["Bcc"] is None
    assert str(made["Subject"]).startswith("a Bcc: all@example.invalid /")


@pytest.mark.parametrize("to", ["", "a@x, b@x", "소방@example.invalid", "no address"])
def test_only_one_plain_address_is_one(to: str) -> None:
    with pytest.raises(ValueError, match="To"):
        compose(request(), FROM, to, NOW)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.invalid", Server("smtp", "mail.example.invalid", 25)),
        ("smtp+tls://kim:a%40b@mail:2525", Server("smtp+tls", "mail", 2525, "kim", "a@b")),
        ("smtps://mail", Server("smtps", "mail", 465)),
        ("smtp://kim:pw@127.0.0.1", Server("smtp", "127.0.0.1", 25, "kim", "pw")),
    ],
)
def test_a_server_is_named_by_a_url(url: str, server: Server) -> None:
    assert read_server(url) == server


@pytest.mark.parametrize("url", ["mail", "http://mail", "smtp://", "smtp://mail:x", "smtp://kim:secret@mail"])
def test_what_is_no_server_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="GWANJE_SMTP") as refused:
        read_server(url)
    assert "secret" not in str(refused.value)


def test_starttls_is_demanded_where_it_is_asked_for() -> None:
    inbox = Inbox()
    with mail_server(inbox) as url, pytest.raises(NotSentError, match="SMTPNotSupportedError"):
        mail(url.replace("smtp://", "smtp+tls://"))
    assert inbox.mails == []
