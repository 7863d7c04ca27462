"""Mail out by SMTP: one message, one attempt, and what became of it.

``smtp://`` is plain (with a password only to this machine), ``smtp+tls://`` demands STARTTLS,
``smtps://`` is TLS from the start.
"""

import re
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from feeds.outcome import NotSentError, RejectedError, UnclearError
from park.messages.facts import MessageRequested
from park.messages.fields import plain
from park.texts.unprintable import writable

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_DOT = re.compile(rb"(?m)^\.")
_TEMPORARY = range(400, 500)


class Server(Struct, frozen=True):
    """A mail server as ``GWANJE_SMTP`` names it."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""


def read_server(url: str) -> Server:
    """Read ``smtp[s|+tls]://[user:password@]host[:port]``; ValueError says what is wrong, without values."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS:
        raise ValueError(f"GWANJE_SMTP: begins with none of {', '.join(f'{name}://' for name in PORTS)}")
    try:
        host, port = parts.hostname, parts.port or PORTS[parts.scheme]
    except ValueError:
        raise ValueError("GWANJE_SMTP: not a port") from None
    if not host:
        raise ValueError("GWANJE_SMTP: no host")
    if parts.username and parts.scheme == "smtp" and not _is_loopback(host):
        raise ValueError("GWANJE_SMTP: a password goes over smtp+tls:// or smtps:// only")
    return Server(parts.scheme, host, port, unquote(parts.username or ""), unquote(parts.password or ""))


def compose(request: MessageRequested, sender: str, address: str, at: datetime) -> EmailMessage:
    """Return the mail of a message: both languages, its id made of the message's.

    ValueError where an address cannot be one.
    """
    mail = EmailMessage(policy=POLICY)
    mail["From"], mail["To"] = sender, address
    for name in ("From", "To"):
        if len(mail[name].addresses) != 1 or not str(mail[name]).isascii() or mail[name].defects:
            raise ValueError(f"{name}: not one mail address")
    mail["Subject"] = plain(writable(f"{request.title_ko} / {request.title_en}"))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{request.message}@{mail['From'].addresses[0].domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    body = f"{request.body_ko}\n----\n{request.title_en}\n\n{request.body_en}"
    mail.set_content(writable(body), cte="base64")
    return mail


def send(server: Server, mail: EmailMessage, timeout_s: float) -> str:
    """Hand a mail to a server and return what the server said; one attempt.

    Raises:
        NotSentError: no connection, or a temporary refusal before it was taken.
        RejectedError: a permanent refusal.
        UnclearError: the connection broke after the text was given and before it was taken.
    """
    try:
        smtp = _connect(server, timeout_s)
    except smtplib.SMTPAuthenticationError as error:
        raise _refusal("signing in", error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"mail server away: {type(error).__name__}") from error
    try:
        return _hand_over(smtp, mail)
    finally:
        smtp.close()


def _connect(server: Server, timeout_s: float) -> smtplib.SMTP:
    """Open a connection, encrypted and signed in as the server's address says."""
    secure = ssl.create_default_context()
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=timeout_s, context=secure)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=timeout_s)
    try:
        if server.scheme == "smtp+tls":
            smtp.starttls(context=secure)
        if server.user:
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _hand_over(smtp: smtplib.SMTP, mail: EmailMessage) -> str:
    sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
    try:
        _expect(250, "sender", smtp.mail(sender))
        _expect(250, "recipient", smtp.rcpt(recipient))
        _expect(354, "text", smtp.docmd("DATA"))
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(f"mail server went away: {type(error).__name__}") from error
    try:
        smtp.send(_DOT.sub(b"..", mail.as_bytes()).rstrip(b"\r\n") + b"\r\n.\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise UnclearError(f"no answer to the text: {type(error).__name__}") from error
    _expect(250, "text", (code, said))
    return f"{code} {_words(said)}"


def _expect(code: int, what: str, answer: tuple[int, bytes]) -> None:
    if answer[0] != code:
        raise _refusal(what, *answer)


def _refusal(what: str, code: int, said: bytes | str) -> NotSentError | RejectedError:
    kind = NotSentError if code in _TEMPORARY else RejectedError
    return kind(f"{what} refused: {code} {_words(said)}")


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
