"""`GET /api/v1/events` and `/api/v1/trend`: the record, page by page, and the course of one value."""

import asyncio
import functools
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from msgspec import Raw
from pydantic import AwareDatetime
from starlette.responses import Response

from api.room import Room
from api.routes.assets import json
from data.record import history

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
    types = [type_] if type_ else []
    asked = functools.partial(
        history.events,
        room.engine,
        since=since,
        until=until,
        types=types,
        subject=subject or "",
        cursor=cursor,
    )
    try:
        async with _few_at_a_time:
            page = await asyncio.to_thread(asked, limit=limit)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return json({"events": [Raw(found.ce.encode()) for found in page.items], "cursor": page.cursor})


@router.get("/api/v1/trend")
async def trend(
    room: Room,
    subject: Annotated[str, Query(max_length=200)],
    field: Annotated[str, Query(max_length=60)],
    hours: Annotated[float, Query(gt=0, le=168)] = 24,
    points: Annotated[int, Query(ge=2, le=2000)] = 288,
) -> Response:
    """Return `[[ms, value], …]` of the last hours, oldest first; lows and highs are kept."""
    now = datetime.now(UTC)
    span = now - timedelta(hours=hours), now
    try:
        async with _few_at_a_time:
            course = await asyncio.to_thread(
                history.trend, room.engine, subject, field, *span, points, room.park.assets.get(subject)
            )
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return json([(int(point.time.timestamp() * 1000), point.value) for point in course])
