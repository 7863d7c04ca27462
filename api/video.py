"""`/video`: the newest picture of the cameras a screen asks for, all over one socket.

A subscription to `full:{park}:{camera}` asks the camera's process for its full rate; nothing is sent there.
"""

import asyncio
import contextlib
from typing import Annotated

import msgspec
import redis.asyncio
from fastapi import APIRouter
from msgspec import Meta
from starlette.websockets import WebSocket

from api.push import first_of, watch
from api.room import Room
from data.services import Services

router = APIRouter()
MOST = 32
AGAIN_S = 2.0  # how soon an alarm at a watched camera brings its full rate
HIGH = 3


class Wish(msgspec.Struct):
    """The cameras a screen wants to see, by asset id, and the one it shows large."""

    cameras: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=MOST)]
    large: Annotated[str, Meta(max_length=200)] | None = None


class Newest:
    """The newest picture of each camera that was not sent yet; older ones are dropped, never queued."""

    def __init__(self) -> None:
        """Hold nothing."""
        self._frames: dict[str, bytes] = {}
        self._any = asyncio.Event()

    def put(self, channel: str, picture: bytes) -> None:
        """Keep a picture instead of the one before it."""
        self._frames[channel] = picture
        self._any.set()

    async def take(self) -> list[bytes]:
        """Wait for pictures and return them."""
        await self._any.wait()
        self._any.clear()
        frames, self._frames = list(self._frames.values()), {}
        return frames


@router.websocket("/video")
async def video(socket: WebSocket, room: Room) -> None:
    """Send pictures until the screen or its session is gone."""
    await socket.accept()
    newest = Newest()
    async with room.redis.pubsub(ignore_subscribe_messages=True) as pubsub:
        jobs = [
            _choose(socket, room, pubsub, newest),
            _hear(pubsub, newest),
            _show(socket, newest),
            watch(socket, room),
        ]
        await first_of(*(asyncio.ensure_future(job) for job in jobs))


async def _choose(
    socket: WebSocket, room: Services, pubsub: redis.asyncio.client.PubSub, newest: Newest
) -> None:
    wish, chosen = Wish([]), set[str]()
    while True:
        with contextlib.suppress(TimeoutError, msgspec.DecodeError):
            async with asyncio.timeout(AGAIN_S):
                text = await socket.receive_text()
            wish = msgspec.json.decode(text[:10_000], type=Wish)
        channels = _channels(room, wish)
        if gone := chosen - channels.keys():
            await pubsub.unsubscribe(*gone)
        if fresh := channels.keys() - chosen:
            await pubsub.subscribe(*fresh)
            await _stills(room, {camera for name in fresh if (camera := channels[name])}, newest)
        chosen = set(channels)


def _channels(room: Services, wish: Wish) -> dict[str, str]:
    """Return the channels of a wish with their camera; those that ask for the full rate with none."""
    wanted = [camera for camera in wish.cameras if camera in room.park.assets]
    full = [camera for camera in wanted if camera == wish.large or room.hub.state.level(camera) >= HIGH]
    pictures = {f"video:{room.park.id}:{camera}": camera for camera in wanted}
    return pictures | {f"full:{room.park.id}:{camera}": "" for camera in full}


async def _stills(room: Services, cameras: set[str], newest: Newest) -> None:
    if not cameras:
        return
    keys = [f"still:{room.park.id}:{camera}" for camera in cameras]
    for key, still in zip(keys, await room.redis.mget(keys), strict=True):
        if still:
            newest.put(key, still if isinstance(still, bytes) else still.encode())


async def _hear(pubsub: redis.asyncio.client.PubSub, newest: Newest) -> None:
    while True:
        if not pubsub.subscribed:
            await asyncio.sleep(0.1)
            continue
        said = await pubsub.get_message(timeout=5.0)
        if said and said["type"] == "message":
            newest.put(said["channel"].decode(), said["data"])


async def _show(socket: WebSocket, newest: Newest) -> None:
    while True:
        for picture in await newest.take():
            await socket.send_bytes(picture)
