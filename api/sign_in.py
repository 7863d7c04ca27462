"""Signing in and out: a plain page that needs no script, and the exchange of a wall screen's token."""

import asyncio
from html import escape
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.room import Room
from api.security import COOKIE, give_cookie
from data.operators.accounts import SCREEN_LIFE, SESSION_LIFE
from data.operators.rate_limits import TooManyError
from data.services import Services

router = APIRouter(include_in_schema=False)

TEXTS = {
    "ko": {
        "title": "로그인", "user": "사용자", "password": "비밀번호", "enter": "들어가기",
        "wrong": "사용자 또는 비밀번호가 맞지 않습니다.",
        "wait": "시도가 너무 많습니다. 잠시 뒤 다시 하십시오.",
        "screen": "이 화면의 등록이 유효하지 않습니다.", "other": "English",
    },
    "en": {
        "title": "Sign in", "user": "User", "password": "Password", "enter": "Enter",
        "wrong": "User and password do not match.", "wait": "Too many attempts. Try again in a while.",
        "screen": "This screen is not registered.", "other": "한국어",
    },
}  # fmt: skip

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · {park}</title><link rel="stylesheet" href="/sign-in.css"></head>
<body><main><p class="mark">관제 <span>Gwanje</span></p><h1>{park}</h1>
<p class="said" role="alert">{said}</p>
<form method="post" action="/sign-in?lang={lang}">
<input type="hidden" name="next" value="{next}">
<label for="user">{user}</label>
<input id="user" name="user" autocomplete="username" autocapitalize="none" required autofocus>
<label for="password">{password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button>{enter}</button></form>
<p class="other">
<a href="/sign-in?lang={other_lang}&amp;next={next_query}" lang="{other_lang}">{other}</a></p>
</main></body></html>
"""

STYLE = """
:root { color-scheme: dark; font-family: Pretendard, "Noto Sans KR", "Noto Sans CJK KR",
  "Apple SD Gothic Neo", "Malgun Gothic", sans-serif; font-size: clamp(16px, .9vw, 32px); }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: #101214; color: #d7dadd; }
main { width: min(22rem, 90vw); }
.mark { margin: 0; color: #9aa1a8; letter-spacing: .04em; } .mark span { margin-left: .4em; }
h1 { margin: .2em 0 1.2em; font-size: 1.4rem; font-weight: 600; }
.said { min-height: 1.5em; margin: 0 0 .5em; color: #f2b84b; }
form { display: grid; gap: .4rem; }
label { color: #a9b0b7; font-size: .9rem; }
input, button { font: inherit; color: inherit; min-height: 2.75rem; padding: 0 .8rem; border-radius: 4px;
  border: 1px solid #59616a; background: #181b1e; margin-bottom: .6rem; box-sizing: border-box; }
button { background: #d7dadd; color: #101214; border-color: #d7dadd; font-weight: 600; cursor: pointer; }
:focus-visible { outline: 2px solid #8ab4f8; outline-offset: 2px; }
.other a { display: inline-block; padding: .7rem 0; color: #a9b0b7; }
"""


@router.get("/sign-in")
async def page(room: Room, lang: str = "ko", next: str = "/") -> HTMLResponse:  # noqa: A002
    """Show the page."""
    return _page(room, lang, next)


@router.get("/sign-in.css")
async def style() -> Response:
    """Return the page's style."""
    return Response(STYLE, media_type="text/css")


@router.post("/sign-in")
async def enter(
    request: Request,
    room: Room,
    user: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form(max_length=2000)] = "/",  # noqa: A002
    lang: Annotated[str, Query()] = "ko",
) -> Response:
    """Open a session with a new secret; one that came with the request is ended."""
    try:
        secret = await asyncio.to_thread(room.accounts.sign_in, user, password, address(request))
    except TooManyError as error:
        return _page(room, lang, next, "wait", 429, {"Retry-After": str(int(error.wait_s) + 1)})
    if secret is None:
        return _page(room, lang, next, "wrong", 401)
    await _end(request, room)
    return _seated(RedirectResponse(local(next), 303), request, secret, SESSION_LIFE.total_seconds())


@router.post("/sign-out")
async def leave(request: Request, room: Room) -> Response:
    """End the session."""
    await _end(request, room)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.get("/screen")
async def screen(request: Request, room: Room, token: str = "") -> Response:
    """Exchange the token of a wall screen (`/wall?token=`) for a session; the address forgets it."""
    secret = await asyncio.to_thread(room.accounts.enter_screen, token, address(request))
    if secret is None:
        return _page(room, "ko", "/wall", "screen", 401)
    await _end(request, room)
    kept = {key: value for key, value in request.query_params.items() if key == "lang" and value in TEXTS}
    target = "/wall" + (f"?lang={kept['lang']}" if kept else "")
    return _seated(RedirectResponse(target, 303), request, secret, SCREEN_LIFE.total_seconds())


def local(target: str) -> str:
    """Return a target inside this site, `/` instead of any other."""
    inside = target.startswith("/") and target[1:2] not in ("/", "\\") and target.isprintable()
    return target if inside else "/"


def address(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else ""


async def _end(request: Request, room: Services) -> None:
    if old := request.cookies.get(COOKIE):
        await asyncio.to_thread(room.accounts.sign_out, old)


def _seated(answer: Response, request: Request, secret: str, life_s: float) -> Response:
    give_cookie(answer, request.scope, secret, life_s)
    return answer


def _page(
    room: Services,
    lang: str,
    target: str,
    said: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HTMLResponse:
    lang = lang if lang in TEXTS else "ko"
    texts, target = TEXTS[lang], local(target)
    fields = texts | {
        "lang": lang,
        "other_lang": "en" if lang == "ko" else "ko",
        "park": getattr(room.park.config.name, lang),
        "said": texts.get(said, ""),
        "next": target,
        "next_query": quote(target, safe=""),
    }
    return HTMLResponse(
        PAGE.format_map({name: escape(value) for name, value in fields.items()}), status, headers
    )
