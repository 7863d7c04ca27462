"""Real servers of the loopback for the tests of what goes out: one of mail, one of HTTP."""

import asyncio
import email
import email.policy
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from park.messages.facts import Channel, MessageRequested
from tests.postgres import free_port


class Inbox:
    """Takes mails; ``answers`` are said to the texts that come, one each, then ``250``."""

    def __init__(self, *answers: str, wait_s: float = 0.0) -> None:
        self.answers = list(answers)
        self.wait_s = wait_s
        self.mails: list[EmailMessage] = []
        self.to: list[list[str]] = []

    async def recipient(
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def text(self, _server: object, _session: object, envelope: Envelope) -> str:
        await asyncio.sleep(self.wait_s)
        if self.answers and (answer := self.answers.pop(0)) != "250":
            return answer
        assert isinstance(envelope.content, bytes)
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        self.to.append(list(envelope.rcpt_tos))
        return "250 taken"

    @property
    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self.mails]


@contextmanager
def mail_server(inbox: Inbox, port: int | None = None) -> Iterator[str]:
    """Run an SMTP server and tell its URL."""
    handler = SimpleNamespace(handle_RCPT=inbox.recipient, handle_DATA=inbox.text)
    controller = Controller(handler, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{controller.port}"
    finally:
        controller.stop()


class Post:
    """One request that came by HTTP."""

    def __init__(self, path: str, headers: dict[str, str], body: bytes) -> None:
        self.path = path
        self.headers = headers
        self.body = body


class Hook:
    """What an HTTP server does: answer with ``codes``, one each, then 200; 0 hangs up without an answer."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.posts: list[Post] = []


@contextmanager
def web_server(hook: Hook) -> Iterator[str]:
    """Run an HTTP server and tell its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.posts.append(Post(self.path, dict(self.headers), body))
            code = hook.codes.pop(0) if hook.codes else 200
            if code:
                self.send_response(code)
                self.send_header("Content-Length", "0")
                if code == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()
            self.close_connection = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def request(
    message: str = "m-1", channel: Channel = "email", *, exercise: bool = False, **changed: str
) -> MessageRequested:
    """A message about a leak."""
    fields = {
        "recipient": "fire_119",
        "title_ko": "[경계] 가스 누출 · B-12 도료공장",
        "title_en": "[alert] Gas leak · B-12 Paint works",
        "body_ko": "농도: 41.7 ppm\n바람: 서풍 3.0 m/s\n.점으로 시작하는 줄\n",
        "body_en": "Concentration: 41.7 ppm\nWind: from W\n",
        "incident": "i-1",
    }
    return MessageRequested(message=message, channel=channel, exercise=exercise, **fields | changed)


def wait(is_so: Callable[[], bool], within_s: float = 30.0) -> None:
    until = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.02)
