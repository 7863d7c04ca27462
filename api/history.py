"""`GET /api/v1/events` and `/api/v1/trend`: the record, page by page, and the course of one value."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from api.assets import json
from api.room import Room
from data.trace import Asked, course, page

router = APIRouter()
Name = Annotated[str | None, Query(max_length=200)]
_few_at_a_time = asyncio.Semaphore(4)


@router.get("/api/v1/events")
async def events(
    room: Room,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
    type_: Annotated[str | None, Query(alias="type", max_length=200)] = None,
    subject: Name = None,
    cursor: Name = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Return a page of events, newest first, and the cursor of the page before it."""
    asked = Asked(since, until, type_, subject, cursor, limit)
    try:
        async with _few_at_a_time:
            return json(await asyncio.to_thread(page, room.engine, asked))
    except ValueError as error:
        raise HTTPException(422, str(error)) from error


@router.get("/api/v1/trend")
async def trend(
    room: Room,
    subject: Annotated[str, Query(max_length=200)],
    field: Annotated[str, Query(max_length=60)],
    hours: Annotated[float, Query(gt=0, le=168)] = 24,
    points: Annotated[int, Query(ge=2, le=2000)] = 288,
) -> Response:
    """Return `[[ms, value], …]` of the last hours, oldest first: means of equal pieces of the span."""
    now = datetime.now(UTC)
    span = now - timedelta(hours=hours), now
    async with _few_at_a_time:
        return json(await asyncio.to_thread(course, room.engine, subject, field, *span, points))
