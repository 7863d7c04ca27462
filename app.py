"""The front door: `uvicorn app:server` serves the room, `python app.py key add NAME` makes a key."""

import sys
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

import callbacks
from api.routes import commands
from api.security import Security
from api.server import doors
from data.services import Services
from data.settings import Settings
from layouts.page import IMPORTED_ONLY, Page
from layouts.shell import document, view_of


class Views:
    """Serve every view from Dash's one page; the browser reads which one from its address."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the app."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the views on as `/`."""
        if scope["type"] == "http" and view_of(scope["path"]):
            scope = {**scope, "path": "/", "raw_path": b"/"}
        await self.app(scope, receive, send)


def build(settings: Settings | None = None) -> FastAPI:
    """Return the server: doors, Dash and the watchman before them; nothing is connected yet."""
    services = Services.create(settings or Settings.read())
    server: Any = doors(services)
    dash = Page(
        __name__,
        server=server,
        title="Gwanje 관제",
        update_title="",
        assets_folder=str(Path(__file__).parent / "assets"),
        assets_ignore=IMPORTED_ONLY,
        assets_url_path=f"assets/{services.build}",  # modules import each other by path: it names the build
        suppress_callback_exceptions=True,
    )
    dash.layout = document()
    callbacks.register(dash, services)
    server.add_middleware(Views)
    server.add_middleware(Security, services=services, script_hashes=tuple(dash.csp_hashes()))
    if proxies := services.settings.proxies:
        server.add_middleware(ProxyHeadersMiddleware, trusted_hosts=proxies)
    return cast("FastAPI", server)


def __getattr__(name: str) -> object:
    """Build `server` when it is first asked for, so that importing this module touches nothing."""
    if name != "server":
        raise AttributeError(name)
    globals()["server"] = build()
    return globals()["server"]


if __name__ == "__main__":
    sys.exit(commands.main(sys.argv[1:]))
