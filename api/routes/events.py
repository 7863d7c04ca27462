"""`POST /api/v1/events`: how feeds tell what happened. 202 means that the stream has it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import get_args

from fastapi import APIRouter
from msgspec.structs import replace
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse

from api.cloudevents import BATCH, SINGLE, BadBodyError, UnsupportedMediaError, raw_events
from api.room import Room
from data.operators.rate_limits import Bucket, TooManyError
from data.services import Services
from park.alarms.facts import AlarmSuppressed, AlarmUnsuppressed
from park.commands.facts import CommandFinished
from park.engine.facts import IdentityReused, SystemStatus
from park.events.envelope import AHEAD, Event, InvalidEventError, decode, refuse_controls
from park.events.facts import Fact
from park.events.validation import Problem, problems
from park.incidents.facts import IncidentFact
from park.messages.facts import MessageFact

router = APIRouter()
LARGEST = 1_048_576
_BY_PEOPLE = {fact.TYPE for fact in get_args(Fact) if {"user", "by", "taking"} & set(fact.__struct_fields__)}
_JUDGED = {
    SystemStatus.TYPE,
    AlarmSuppressed.TYPE,
    AlarmUnsuppressed.TYPE,
    CommandFinished.TYPE,
}  # what the watch concludes
ONLY_OURS = (
    _BY_PEOPLE
    | _JUDGED
    | {IdentityReused.TYPE}
    | {fact.TYPE for fact in get_args(IncidentFact | MessageFact)}
)
OUR_SOURCES = ("gwanje/", "watch/")
RATES = Bucket(rate=5000, burst=20_000)


class RefusedError(Exception):
    """A request that is not taken: status, what is said, and headers."""

    def __init__(
        self, status: int, error: str, headers: dict[str, str] | None = None, **more: object
    ) -> None:
        """Keep the answer."""
        super().__init__(error)
        self.answer = JSONResponse({"error": error, **more}, status, headers)


_BODY = {"content": {media: {"schema": {"type": "object"}} for media in (SINGLE, BATCH, "application/json")}}


@router.post(
    "/api/v1/events",
    status_code=202,
    openapi_extra={"requestBody": _BODY},
    responses={
        400: {"description": "names each bad field"}, 401: {"description": "no key"},
        413: {"description": "too large"}, 415: {"description": "not CloudEvents"},
        429: {"description": "too fast"}, 503: {"description": "the stream is away: send again"},
    },
)  # fmt: skip
async def post_events(request: Request, room: Room) -> JSONResponse:
    """Take CloudEvents in single, batch or binary mode from a feed with a bearer key."""
    try:
        feed = await _feed(request, room)
        body = await _body(request)
        events = _events(dict(request.headers), body, room)
        RATES.take(feed, len(events), time.monotonic())
        await room.stream.append(events)
    except RefusedError as refused:
        return refused.answer
    except TooManyError as error:
        return JSONResponse({"error": str(error)}, 429, {"Retry-After": str(int(error.wait_s) + 1)})
    except (RedisError, OSError, SQLAlchemyError):
        return JSONResponse(
            {"error": "the stream or the record is away, send again"}, 503, {"Retry-After": "2"}
        )
    return JSONResponse({"accepted": len(events), "ids": [event.id for event in events]}, 202)


async def _feed(request: Request, room: Services) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    feed = (
        await asyncio.to_thread(room.feeds.name, key.strip()) if scheme.lower() == "bearer" and key else None
    )
    if feed is None:
        raise RefusedError(401, "a bearer key of a feed is needed", {"WWW-Authenticate": "Bearer"})
    return feed


async def _body(request: Request) -> bytes:
    too_large = RefusedError(413, f"at most {LARGEST} bytes")
    length = request.headers.get("content-length", "0")
    if not length.isdigit() or int(length) > LARGEST:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise too_large
    return bytes(body)


def _events(headers: dict[str, str], body: bytes, room: Services) -> list[Event]:
    try:
        raws = raw_events(headers, body)
    except UnsupportedMediaError as error:
        raise RefusedError(415, str(error)) from error
    except BadBodyError as error:
        path, _, reason = str(error).partition(": ")
        raise _bad([(0, Problem(path, reason))]) from error
    events: list[Event] = []
    wrong: list[tuple[int, Problem]] = []
    for index, raw in enumerate(raws):
        try:
            event = decode(raw)
            refuse_controls(raw)
            events.append(_settled(event, room))
        except InvalidEventError:
            wrong += [(index, problem) for problem in problems(raw)]
    if wrong:
        raise _bad(wrong)
    wrong = [
        (index, problem) for index, event in enumerate(events) for problem in _not_here(event, room.park.id)
    ]
    if wrong:
        raise _bad(wrong)
    return events


def _settled(event: Event, room: Services) -> Event:
    """Return a posted event with its names settled; what only the room notes is not taken from outside."""
    return room.hub.door.names.settle(replace(event, ingested=None, spelled=None, stamped=None, sameid=None))


def _not_here(event: Event, park: str) -> list[Problem]:
    found = []
    if event.park != park:
        found.append(Problem("$.park", f"this is {park!r}"))
    elif not event.subject.startswith(f"{park}/"):
        found.append(Problem("$.subject", f"an asset of this park begins with '{park}/'"))
    if event.time > datetime.now(UTC) + AHEAD:
        found.append(Problem("$.time", "more than 5 minutes ahead of the room's clock"))
    if event.type in ONLY_OURS:
        found.append(Problem("$.type", "only the room itself tells this"))
    if event.source.startswith(OUR_SOURCES):
        found.append(Problem("$.source", f"{event.source.partition('/')[0]!r} is the room itself"))
    return found


def _bad(wrong: list[tuple[int, Problem]]) -> RefusedError:
    errors = [{"index": index, "path": problem.path, "reason": problem.reason} for index, problem in wrong]
    return RefusedError(400, "nothing was taken", errors=errors)
