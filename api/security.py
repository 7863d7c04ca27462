"""The watchman before every door: known host, own origin, a session of the needed role, strict headers."""

import asyncio
import ipaddress
import socket
from urllib.parse import quote, urlsplit

from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.rules import PUBLIC, least_role
from data.operators.accounts import Session, current
from data.services import Services
from park.texts.failures import in_both

COOKIE = "gwanje_session"
LOOKED_AT = "/api/v1/park"  # what an open page asks for now and then: its cookie lives on as its session does
ASSET_CACHE = "private, max-age=31536000, immutable"  # the address of an asset names its build
_HEADERS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser sends forms with Origin: null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


def content_policy(script_hashes: tuple[str, ...]) -> str:
    """Return the Content-Security-Policy: own files and the hashed scripts of Dash, nothing else."""
    scripts = " ".join(("'self'", *script_hashes))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    )


def own_origin(headers: Headers) -> bool:
    """Whether a request that changes something comes from our own page (or from no browser at all)."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")
    return urlsplit(origin).netloc == headers.get("host", "")


class Hosts:
    """Names by which the room may be called; literal addresses cannot be rebound and are let in."""

    def __init__(self, extra: str) -> None:
        """Add the comma-separated names in ``extra`` to this machine's own."""
        named = {name.strip().lower() for name in extra.split(",") if name.strip()}
        self._names = {"localhost", socket.gethostname().lower()} | named

    def known(self, host: str) -> bool:
        """Whether a Host header names us."""
        name = (urlsplit(f"//{host}").hostname or "").lower()
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return name in self._names
        return True


class Security:
    """ASGI middleware; sets ``data.operators.accounts.current`` for everything behind it."""

    def __init__(self, app: ASGIApp, services: Services, script_hashes: tuple[str, ...] = ()) -> None:
        """Guard ``app``; ``script_hashes`` are the CSP hashes of Dash's inline scripts."""
        self.app = app
        self.services = services
        self.hosts = Hosts(services.settings.trusted_hosts)
        self.assets = f"/assets/{services.build}/"
        self.headers = _HEADERS | {"Content-Security-Policy": content_policy(script_hashes)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        session, refusal = None, self._foreign(scope)
        if refusal is None:
            try:
                session = await self._session(scope)
                refusal = self._refused(scope, session)
            except SQLAlchemyError:
                refusal = _answer(503, "the record is away: nobody can be recognised")
        if refusal is None:
            await self._enter(_screen(scope), receive, self._dressed(scope, send, session), session)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 4401 if session is None else 4403})
        else:
            await refusal(scope, receive, self._dressed(scope, send))

    async def _enter(self, scope: Scope, receive: Receive, send: Send, session: Session | None) -> None:
        token = current.set(session)
        try:
            await self.app(scope, receive, send)
        finally:
            current.reset(token)

    def _foreign(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        if not self.hosts.known(headers.get("host", "")):
            return _answer(400, "unknown host name: add it to GWANJE_TRUSTED_HOSTS")
        if scope["type"] == "websocket":
            own = headers.get("origin") is not None and own_origin(headers)
        else:
            own = scope["method"] in ("GET", "HEAD") or own_origin(headers)
        return None if own else _answer(403, "request from a foreign origin")

    async def _session(self, scope: Scope) -> Session | None:
        secret = HTTPConnection(scope).cookies.get(COOKIE, "")
        if not secret or least_role(_method(scope), scope["path"]) == PUBLIC:
            return None
        return await asyncio.to_thread(self.services.accounts.use, secret)

    def _refused(self, scope: Scope, session: Session | None) -> Response | None:
        least = least_role(_method(scope), scope["path"])
        if least == PUBLIC or (session is not None and least is not None and session.reaches(least)):
            return None
        if session is None and (least is not None or scope["path"].startswith("/api/")):
            return self._sign_in_first(scope)
        return _answer(404, "no such door") if least is None else _answer(403, f"needs the role {least}")

    def _sign_in_first(self, scope: Scope) -> Response | None:
        connection = HTTPConnection(scope)
        if scope["path"] == "/wall" and "token" in connection.query_params:
            return None  # `_screen` sends it to the door that exchanges the token
        if "text/html" not in connection.headers.get("accept", "") or _method(scope) != "GET":
            return _answer(401, "sign in first")
        wanted = scope["path"] + (f"?{connection.url.query}" if connection.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", 303)

    def _dressed(self, scope: Scope, send: Send, session: Session | None = None) -> Send:
        cookie = self._cookie(scope, session) if session else ""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(self.assets):
                    headers.setdefault("Cache-Control", ASSET_CACHE)
                elif not scope["path"].startswith(("/_dash-component-suites/", "/api/v1/base/")):
                    headers.setdefault("Cache-Control", "no-store")
                if cookie and "set-cookie" not in headers:
                    headers["Set-Cookie"] = cookie
            await send(message)

        return dressed

    def _cookie(self, scope: Scope, session: Session) -> str:
        """Return the cookie again, as long as its session lives now; empty but for pages and their look."""
        connection = HTTPConnection(scope)
        page = "text/html" in connection.headers.get("accept", "")
        if _method(scope) != "GET" or not (page or scope["path"] == LOOKED_AT):
            return ""
        answer = Response()
        life_s = (session.expires - self.services.accounts.clock()).total_seconds()
        give_cookie(answer, scope, connection.cookies[COOKIE], life_s)
        return answer.headers["set-cookie"]


def give_cookie(answer: Response, scope: Scope, secret: str, life_s: float) -> None:
    """Put the secret of a session into an answer, for so many seconds; by TLS only where it came by TLS."""
    secure = scope["scheme"] == "https"
    answer.set_cookie(COOKIE, secret, int(life_s), httponly=True, samesite="lax", secure=secure)


def _method(scope: Scope) -> str:
    return "WS" if scope["type"] == "websocket" else str(scope["method"])


def _screen(scope: Scope) -> Scope:
    if scope["type"] == "http" and scope["path"] == "/wall" and b"token=" in scope["query_string"]:
        return {**scope, "path": "/screen", "raw_path": b"/screen"}
    return scope


def _answer(status: int, reason: str) -> Response:
    said = in_both(reason)
    return JSONResponse({"error": reason, "said": {"ko": said.ko, "en": said.en}}, status)
