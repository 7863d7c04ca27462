"""What leaves the record is witnessed first: the act is in the audit trail before the first byte goes out."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import HTTPException, Query
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from uuid_utils import uuid7

from data.audit import chain as audit
from data.operators.accounts import Session
from data.operators.alarm_actions import SOURCE
from data.services import Services
from park.events.envelope import Event
from park.operators.permissions import least_role

Reason = Annotated[
    str, Query(min_length=2, max_length=500, pattern=r"\S", description="why; it stands in the audit trail")
]


async def witnessed(room: Services, who: Session, action: str, object_: str, reason: str = "") -> None:
    """Write an act into the trail at once, and tell it in the stream.

    Raises:
        HTTPException: 403 the role may not; 503 the act cannot be kept, so it must not happen.
    """
    least = least_role(action)
    if least is None or not who.reaches(least):
        raise HTTPException(403, f"needs the role {least}")
    fact = who.did(action, object_[:500], reason.strip())
    subject = f"{room.park.id}/room/web"
    event = Event(str(uuid7()), SOURCE, fact.TYPE, subject, datetime.now(UTC), room.park.id, fact)
    try:
        await asyncio.to_thread(audit.keep, room.engine, [event])
        await room.stream.append([event])
    except (SQLAlchemyError, RedisError, OSError) as error:
        raise HTTPException(503, "the record is away: what is not on record does not leave") from error
