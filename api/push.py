"""`/push`: the live state to a screen, as numbered frames."""

import asyncio
import contextlib
import math
import time
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.room import Room, Visitor
from api.security import COOKIE
from data.live.frames import Client
from data.operators.accounts import Session
from data.services import Services
from data.tasks import end

router = APIRouter()
CHECK_S = 10.0
_LARGEST = 1000


class Report(msgspec.Struct):
    """What a browser says: how late it is, what it has seen, and whether we are there."""

    delay_ms: float | None = None
    ack: int | None = None
    ping: float | None = None


@router.websocket("/push")
async def push(
    socket: WebSocket, room: Room, visitor: Visitor, since: Annotated[str, Query(max_length=40)] = ""
) -> None:
    """Send the picture, then every change, until the screen or its session is gone."""
    await socket.accept()
    async with room.hub.seat() as client:
        jobs = [_send(socket, room, visitor, client, since), _listen(socket, client), watch(socket, room)]
        await first_of(*(asyncio.ensure_future(job) for job in jobs))


async def first_of(*tasks: "asyncio.Future[None]") -> None:
    """Wait until one of the tasks ends, then end the others; a broken socket is an end like any other."""
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        await end(*tasks)
        for task in tasks:
            error = None if task.cancelled() else task.exception()
            if error and not isinstance(error, WebSocketDisconnect | RuntimeError):
                raise error


async def watch(socket: WebSocket, room: Services) -> None:
    """Close the socket when its session has ended; an open socket is use, which renews the session."""
    secret = socket.cookies.get(COOKIE, "")
    while True:
        with contextlib.suppress(SQLAlchemyError):  # with the record away an open screen stays live
            if await asyncio.to_thread(room.accounts.use, secret) is None:
                await socket.close(4401)
                return
        await asyncio.sleep(CHECK_S)


async def _send(socket: WebSocket, room: Services, visitor: Session, client: Client, since: str) -> None:
    await socket.send_text(await room.hub.greeting(client, hello(room, visitor), since))
    while True:
        await client.news.wait()
        client.news.clear()
        if text := room.hub.next_frame(client):
            await socket.send_text(text)


def hello(room: Services, visitor: Session) -> dict[str, Any]:
    """Return what a screen is told first."""
    return {
        "build": room.build,
        "epoch": room.epoch,
        "park": room.park.id,
        "timezone": room.park.config.timezone,
        "user": visitor.user,
        "role": visitor.role,
    }


async def _listen(socket: WebSocket, client: Client) -> None:
    while True:
        text = await socket.receive_text()
        with contextlib.suppress(msgspec.DecodeError):
            report = msgspec.json.decode(text[:_LARGEST], type=Report)
            if report.delay_ms is not None and math.isfinite(report.delay_ms):
                client.delay_ms = max(0.0, report.delay_ms)
            if report.ping is not None:
                pong = {"k": "pong", "d": report.ping, "now": time.time_ns() // 1_000_000}
                await socket.send_text(msgspec.json.encode(pong).decode())
