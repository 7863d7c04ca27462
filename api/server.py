"""The server with all doors but Dash's, and what opens and closes with it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from api import base, push, refusals, sign_in, video
from api.routes import (
    alarms,
    assets,
    audit,
    camera_watch,
    cameras,
    clips,
    dead_letters,
    events,
    exports,
    handover,
    health,
    history,
    incidents,
    media,
    reports,
    state,
)
from data.services import Services

DOORS = (
    events,
    state,
    history,
    alarms,
    incidents,
    assets,
    base,
    camera_watch,
    cameras,
    clips,
    dead_letters,
    media,
    push,
    video,
    sign_in,
    health,
    audit,
    exports,
    handover,
    reports,
)


class _NoTokens(logging.Filter):
    """Keep screen tokens out of the access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the query of every address that carries a token."""
        if isinstance(record.args, tuple):
            record.args = tuple(_cut(value) for value in record.args)
        return True


def _cut(value: object) -> object:
    return value.split("?")[0] if isinstance(value, str) and "token=" in value else value


def doors(services: Services) -> FastAPI:
    """Return the server with every door that needs ``services``."""

    @asynccontextmanager
    async def lifespan(_server: FastAPI) -> AsyncIterator[None]:
        logging.getLogger("uvicorn.access").addFilter(_NoTokens())
        await services.start()
        try:
            yield
        finally:
            await services.stop()

    server = FastAPI(
        title="Gwanje",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    server.state.services = services
    refusals.speak(server)
    for door in DOORS:
        router: APIRouter = door.router
        server.include_router(router)
    return server
