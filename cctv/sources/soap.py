"""SOAP as cameras speak it: requests with a digest of the password, answers without entities."""

import base64
import hashlib
import re
import secrets
from datetime import datetime
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

import httpx
from msgspec import Struct

LARGEST_BYTES = 1 << 20
DEEPEST = 50
TIMEOUT_S = 5.0
REFUSALS = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
# Codes and words of faults with which devices refuse a login (ONVIF ter:, WS-Security wsse:, makers' own).
NOT_LET_IN = re.compile(
    r"not ?authori[sz]ed|unauthori[sz]ed|authenticat|authori[sz]ation|permi(t|ssion)|forbidden|denied"
    r"|security|credential|password|user ?name|expired|time ?stamp|must ?understand",
    re.IGNORECASE,
)
SOAP = "http://www.w3.org/2003/05/soap-envelope"
WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DIGEST = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"


class SoapError(RuntimeError):
    """A device that does not answer, or not as it should; the message holds no secret."""


class SilentError(SoapError):
    """Nothing answers there: no other way of asking will help."""


class RefusedError(SoapError):
    """The device does not let this asker in, or not in this way."""


class Login(NamedTuple):
    """Who asks."""

    user: str
    password: str


class Node(Struct):
    """An element without its namespace."""

    name: str
    attributes: dict[str, str]
    children: list["Node"]
    text: str = ""

    def all(self, name: str) -> list["Node"]:
        """Return the elements of a name below this one, in their order."""
        found = [self] if self.name == name else []
        return found + [node for child in self.children for node in child.all(name)]

    def first(self, *names: str) -> "Node | None":
        """Return the first element found by going down from name to name."""
        node: Node | None = self
        for name in names:
            node = next(iter(node.all(name)), None) if node else None
        return node

    def say(self, *names: str) -> str:
        """Return the text of :meth:`first`, or nothing."""
        node = self.first(*names)
        return node.text.strip() if node else ""


def parse(data: bytes) -> Node:
    """Return the root of a document from the network.

    Raises:
        SoapError: no XML, too large or deep, or with a document type (entities, other files).
    """
    if len(data) > LARGEST_BYTES:
        raise SoapError("answer too large")
    root = Node("", {}, [])
    stack = [root]

    def begin(name: str, attributes: dict[str, str]) -> None:
        if len(stack) > DEEPEST:
            raise SoapError("answer too deep")
        node = Node(name.rpartition(" ")[2], attributes, [])
        stack[-1].children.append(node)
        stack.append(node)

    def say(text: str) -> None:
        stack[-1].text += text

    def refuse(*_: object) -> None:
        raise SoapError("a document type is not accepted")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = begin, say
    parser.EndElementHandler = lambda _: stack.pop()
    parser.StartDoctypeDeclHandler = refuse
    whole = True
    try:
        parser.Parse(data, whole)
    except expat.ExpatError as error:
        raise SoapError(f"no XML: {error}") from error
    return root


def envelope(body: str, login: Login | None = None, now: datetime | None = None) -> bytes:
    """Return a request; with ``login`` and ``now`` (of the device's clock) it carries a password digest.

    The digest is Base64(SHA-1(nonce + created + password)): WS-Security UsernameToken Profile 1.0.
    """
    header = _security(login, now) if login and now else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="{SOAP}">'
        f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def _security(login: Login, now: datetime) -> str:
    nonce, created = secrets.token_bytes(16), now.strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = password_digest(nonce, created, login.password)
    return (
        f'<w:Security xmlns:w="{WSSE}" xmlns:u="{WSU}" s:mustUnderstand="1"><w:UsernameToken>'
        f"<w:Username>{escape(login.user)}</w:Username>"
        f'<w:Password Type="{DIGEST}">{digest}</w:Password>'
        f"<w:Nonce>{base64.b64encode(nonce).decode()}</w:Nonce><u:Created>{created}</u:Created>"
        "</w:UsernameToken></w:Security>"
    )


def password_digest(nonce: bytes, created: str, password: str) -> str:
    """Return what proves the knowledge of a password, as the standard has it."""
    whole = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False)
    return base64.b64encode(whole.digest()).decode()


def call(client: httpx.Client, address: str, request: bytes, auth: httpx.Auth | None = None) -> Node:
    """Send a request and return the body of the answer.

    Raises:
        SilentError: no answer, or an address that is none.
        RefusedError: the device does not let this asker in.
        SoapError: another fault (its reason is told), or no SOAP.
    """
    kind = {"Content-Type": "application/soap+xml; charset=utf-8"}
    data = b""
    try:
        with client.stream("POST", address, content=request, headers=kind, auth=auth) as answer:
            for part in answer.iter_bytes():
                data += part
                if len(data) > LARGEST_BYTES:
                    raise SoapError("answer too large")
    except (httpx.InvalidURL, UnicodeError) as error:  # of a hostile address; httpx does not call it an error
        raise SilentError("쓸 수 없는 주소 · no address that can be asked") from error
    except httpx.HTTPError as error:
        raise SilentError(f"응답 없음 · no answer: {type(error).__name__}") from error
    return _body(answer.status_code, data)


def _body(status: int, data: bytes) -> Node:
    """Return the body of an answer, or raise what is wrong with it."""
    root = Node("", {}, [])
    try:
        root = parse(data) if data else root
    except SoapError:
        if status not in REFUSALS:
            raise  # the page that a web server sends with a refusal is not SOAP, and need not be
    if fault := root.first("Fault"):
        reason = " ".join(
            (fault.say("Text") or fault.say("faultstring") or fault.say("Value") or "fault").split()
        )
        codes = " ".join(node.text for name in ("Value", "faultcode") for node in fault.all(name))
        if status in REFUSALS or NOT_LET_IN.search(f"{codes} {reason}"):
            raise RefusedError(reason[:200])
        raise SoapError(reason[:200])
    if status in REFUSALS:
        raise RefusedError(f"HTTP {status}")
    body = root.first("Body")
    if body is None or status != httpx.codes.OK:
        raise SoapError(f"HTTP {status}")
    return body
