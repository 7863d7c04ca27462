"""What was refused, why and from where; and putting it back once its reason is gone."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from redis.exceptions import RedisError
from starlette.responses import Response

from api.room import Room, Visitor
from api.routes.assets import json
from data.record.store import DeadLetter, Store
from park.events.envelope import InvalidEventError, decode
from park.texts.failures import in_both

router = APIRouter()
_NEWEST = 2**62
_SHOWN = 4000


@router.get("/api/v1/dead-letters")
async def dead_letters(
    room: Room,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    before: Annotated[int, Query(ge=1, le=_NEWEST)] = _NEWEST,
) -> Response:
    """Return dead letters with an id below ``before``, newest first; ``raw`` is text, cut at 4,000 signs."""
    letters = await asyncio.to_thread(Store(room.engine).dead_letters, limit, before)
    return json([_told(letter) for letter in letters])


@router.post("/api/v1/dead-letters/{letter}/replay", status_code=202)
async def replay(
    letter: Annotated[int, Path(ge=1, le=_NEWEST)], room: Room, visitor: Visitor
) -> dict[str, str]:
    """Put a dead letter back into the stream; 404 none, 409 already done, 422 still no event, 503 later."""
    store = Store(room.engine)
    found = await asyncio.to_thread(store.dead_letter, letter)
    if found is None:
        raise HTTPException(404, "no such dead letter")
    if found.replayed:
        raise HTTPException(409, "already put back")
    try:
        (stream_id,) = await room.stream.append([decode(found.raw)])
        await room.operations.note(visitor, "dead_letter.replay", str(letter))
    except InvalidEventError as error:
        raise HTTPException(422, f"{error.path}: {error.reason}") from error
    except (RedisError, OSError) as error:
        raise HTTPException(503, "the stream is away") from error
    await asyncio.to_thread(store.mark_replayed, letter, stream_id, datetime.now(UTC))
    return {"stream_id": stream_id}


def _told(letter: DeadLetter) -> dict[str, Any]:
    told = {name: getattr(letter, name) for name in letter.__struct_fields__}
    told["said"] = in_both(letter.reason)
    return told | {"raw": letter.raw[:_SHOWN].decode("utf-8", "replace")}
