"""The handover of a shift: draw it, note something for it, sign it, look at the signed ones."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from api.room import Room, Visitor
from api.routes.assets import json
from api.witness import witnessed
from park.operators.permissions import least_role
from park.operators.refusal import RefusedError

router = APIRouter()


class Signature(BaseModel):
    """What is signed (the digest of the handover as drawn), who leaves, and what the next shift says."""

    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    leaving: Annotated[str, Field(min_length=1, max_length=100, pattern=r"\S")]
    note: Annotated[str, Field(max_length=500)] = ""


class Note(BaseModel):
    """What the next shift should know."""

    text: Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]


@router.get("/api/v1/handover")
async def drawn(room: Room) -> Response:
    """Return the handover as things are now and the digest by which it is signed; 503 without the record."""
    try:
        digest, handover = await room.handovers.draw()
    except SQLAlchemyError as error:
        raise HTTPException(503, "the record is away") from error
    return json({"digest": digest, "handover": handover})


@router.post("/api/v1/handover/notes", status_code=201)
async def note(told: Note, room: Room, visitor: Visitor) -> dict[str, str]:
    """Keep a note for the next shift; it stands in the audit trail."""
    await witnessed(room, visitor, "handover.note", "handover", told.text)
    return {"kept": told.text}


@router.get("/api/v1/handovers")
async def signed(room: Room) -> Response:
    """Return the signed handovers, newest first; ``sound`` false when one was tampered with."""
    return json(await asyncio.to_thread(room.handovers.signed))


@router.get("/api/v1/handovers/{digest}")
async def one(digest: str, room: Room) -> Response:
    """Return a signed handover with its text; 404 when there is none."""
    found = await asyncio.to_thread(room.handovers.one, digest)
    if found is None:
        raise HTTPException(404, "no such handover")
    return json(found)


@router.post("/api/v1/handovers", status_code=201)
async def sign(told: Signature, room: Room, visitor: Visitor) -> dict[str, str]:
    """Take over; 409 when what was drawn is not what stands now, 503 when it cannot be kept."""
    if not visitor.reaches(least_role("handover.sign") or ""):
        raise HTTPException(403, "may not sign")
    try:
        await room.handovers.sign(told.digest, told.leaving, visitor, told.note)
    except RefusedError as error:
        raise HTTPException(409, str(error)) from error
    except (RedisError, OSError, SQLAlchemyError) as error:
        raise HTTPException(503, "the stream or the record is away") from error
    return {"digest": told.digest}
