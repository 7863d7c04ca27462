"""The report of an incident: ask for it with a reason, see how far it is, take it."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import FileResponse

from api.room import Room, Visitor
from api.witness import witnessed
from data.audit import chain as audit
from data.record import history
from data.reports.requests import Job
from data.services import Services
from park.cameras.facts import CameraEvent
from park.config.geometry import nearest
from park.events.envelope import decode
from park.incidents.incident import Incident
from park.incidents.report import Asked, Picture, Sealed, report
from park.plume import sector as downwind
from park.texts.failures import in_both

router = APIRouter()
CAMERAS = 4
BEFORE, AFTER = timedelta(minutes=2), timedelta(minutes=30)
SEEN = (CameraEvent.TYPE,)


class Wanted(BaseModel):
    """Why a report is made, and in which language."""

    reason: Annotated[str, Field(min_length=2, max_length=500, pattern=r"\S")]
    lang: Literal["ko", "en"] = "ko"


@router.post("/api/v1/incidents/{incident}/report", status_code=202)
async def make(incident: str, wanted: Wanted, room: Room, visitor: Visitor) -> dict[str, str]:
    """Begin to make the report; 404 no such incident, 422 no reason, 503 the record is away."""
    held = room.hub.state.incidents.get(incident)
    if held is None or held.life.opened_ms is None:
        raise HTTPException(404, "no such incident")
    await witnessed(room, visitor, "report.make", incident, wanted.reason)
    try:
        pictures, sealed = await asyncio.to_thread(_record, room, held)
    except SQLAlchemyError as error:
        raise HTTPException(503, "the record is away") from error
    asked = Asked(visitor.user, wanted.reason.strip(), wanted.lang)
    told = report(room.park, room.hub.state, held, datetime.now(UTC), asked, pictures, sealed)
    return {"job": room.reports.start(incident, told, visitor.user, wanted.reason).id}


@router.get("/api/v1/reports/{job}")
async def progress(job: str, room: Room, visitor: Visitor) -> dict[str, float | bool | str | dict[str, str]]:
    """Return how far a report of one's own is, 0 to 1; ``error`` when there will be none."""
    found = _own(room, job, visitor.user)
    said = in_both(found.error)
    return {
        "progress": found.progress,
        "done": found.done,
        "error": found.error,
        "said": {"ko": said.ko, "en": said.en},
    }


@router.get("/api/v1/reports/{job}/file")
async def file(job: str, room: Room, visitor: Visitor) -> FileResponse:
    """Return the PDF; taking it is an act as well. 404 when it is not there yet."""
    found = _own(room, job, visitor.user)
    if not found.done or not found.path.is_file():
        raise HTTPException(404, "not made yet")
    await witnessed(room, visitor, "report.take", found.incident, found.reason)
    return FileResponse(found.path, media_type="application/pdf", filename=found.name)


def _own(room: Services, job: str, user: str) -> Job:
    found = room.reports.get(job, user)
    if found is None:
        raise HTTPException(404, "no such report")
    return found


def _record(room: Services, held: Incident) -> tuple[list[Picture], Sealed]:
    """Return the stills near an incident and the digest of its events, as recorded; blocks."""
    subject = f"{room.park.id}/incident/{held.id}"
    count = 0
    digest = hashlib.sha256()
    cursor = None
    while True:
        page = history.events(
            room.engine, subject=subject, newest_first=False, cursor=cursor, limit=history.LONGEST_PAGE
        )
        for found in page.items:
            digest.update(found.ce.encode() + b"\n")
        count, cursor = count + len(page.items), page.cursor
        if cursor is None:
            break
    end = audit.head(room.engine)
    return _pictures(room, held), Sealed(count, digest.hexdigest(), end.rows, end.hash)


def _pictures(room: Services, held: Incident) -> list[Picture]:
    """Return what its own and the nearest cameras saw from 2 min before to 30 min after it began."""
    opened = datetime.fromtimestamp((held.life.opened_ms or 0) / 1000, UTC)
    since, until = opened - BEFORE, opened + AFTER
    where = downwind.place_of(room.park, held)
    near = nearest(room.hub.state.by_kind.get("camera", []), *where, CAMERAS) if where else []
    own = [member.asset for member in held.present() if member.system == "camera"]
    seen = []
    for camera in list(dict.fromkeys([*own, *(asset.id for asset in near)]))[: 2 * CAMERAS]:
        page = history.events(room.engine, types=SEEN, subject=camera, since=since, until=until)
        seen += [decode(found.ce.encode()) for found in page.items]
    seen.sort(key=lambda event: event.time)
    return [
        Picture(event.data.still, event.subject, event.data.kind, event.time)
        for event in seen
        if event.data.still
    ]
