"""The audit trail for its reviewers: rows, the verdict of the check, the months. Looking is an act, too."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Query
from msgspec import Struct
from pydantic import AwareDatetime, BaseModel, Field
from redis.exceptions import RedisError
from starlette.responses import Response

from api.room import Room, Visitor
from api.routes.assets import json
from api.witness import witnessed
from data.audit import chain as audit
from data.audit import review as trail
from data.services import Services

router = APIRouter()
Name = Annotated[str, Query(max_length=200)]
MonthName = Annotated[str, Path(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
_NEWEST = 2**62
_one_at_a_time = asyncio.Semaphore(1)


class Told(Struct, frozen=True):
    """What the page shows of the check: the verdict, when it was made, how many ends were seen elsewhere."""

    verdict: audit.Verdict
    at: datetime
    witnesses: int
    took_ms: int


class Review(BaseModel):
    """What the reviewer of a month found."""

    note: Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]


@router.get("/api/v1/audit")
async def rows(
    room: Room,
    visitor: Visitor,
    user: Name = "",
    action: Name = "",
    object_: Annotated[str, Query(alias="object", max_length=200)] = "",
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    before: Annotated[int, Query(ge=1, le=_NEWEST)] = _NEWEST,
    limit: Annotated[int, Query(ge=1, le=trail.LONGEST_PAGE)] = 100,
) -> Response:
    """Return rows with a place below ``before``, newest first; ``action`` ending in `.` is all of a kind."""
    asked = trail.Asked(user, action, object_, since, until)
    await witnessed(room, visitor, "audit.read", _words(asked))
    found = await asyncio.to_thread(trail.rows, room.engine, asked, before=before, limit=limit)
    return json(found)


@router.get("/api/v1/audit/verdict")
async def verdict(room: Room, visitor: Visitor) -> Response:
    """Check the whole chain, against the ends of it that Redis saw as well."""
    await witnessed(room, visitor, "audit.verify", "audit")
    seen, began = await _seen(room), datetime.now(UTC)
    async with _one_at_a_time:
        found = await asyncio.to_thread(audit.verify, room.engine, seen)
    took = datetime.now(UTC) - began
    return json(Told(found, datetime.now(UTC), len(seen), took // timedelta(milliseconds=1)))


@router.get("/api/v1/audit/months/{month}")
async def month(month: MonthName, room: Room, visitor: Visitor) -> Response:
    """Return what the reviewer of a month looks at; the month is one of the park's own calendar."""
    await witnessed(room, visitor, "audit.read", month)
    since, until = _span(room, month)
    return json(await asyncio.to_thread(trail.month, room.engine, since, until, month))


@router.post("/api/v1/audit/months/{month}/review", status_code=201)
async def review(month: MonthName, told: Review, room: Room, visitor: Visitor) -> dict[str, str]:
    """Keep that somebody reviewed a month and what was found; 409 while the month is still to come."""
    if _span(room, month)[0] > datetime.now(UTC):
        raise HTTPException(409, "the month is still to come")
    await witnessed(room, visitor, trail.REVIEW, month, told.note)
    return {"month": month}


async def _seen(room: Services) -> list[audit.Head]:
    try:
        return audit.ends_seen(await room.redis.hvals(audit.SEEN))
    except (RedisError, OSError) as error:
        raise HTTPException(503, "the stream is away: nobody to compare the end of the trail with") from error


def _span(room: Services, month: str) -> tuple[datetime, datetime]:
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=room.park.zone)
    return first, (first + timedelta(days=32)).replace(day=1)


def _words(asked: trail.Asked) -> str:
    told = ((name, getattr(asked, name)) for name in asked.__struct_fields__)
    return " ".join(f"{name}={value}" for name, value in told if value) or "audit"
