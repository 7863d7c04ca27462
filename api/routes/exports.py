"""What is taken out of the room: events, alarms, the audit trail, clips. Each asks why, and is on record."""

import asyncio
import csv
import io
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa
from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, StreamingResponse

from api.room import Room, Visitor
from api.routes.media import inside
from api.witness import Reason, witnessed
from data.audit import review as trail
from data.jobs import JobError
from data.record import history
from park.state.state import ALARMS
from park.texts.unprintable import writable

router = APIRouter()
Since = Annotated[AwareDatetime | None, Query(alias="from")]
Until = Annotated[AwareDatetime | None, Query(alias="to")]
Row = dict[str, Any]
MEDIA = {"jsonl": "application/jsonl", "csv": "text/csv; charset=utf-8"}
COPY_S = 300.0  # a copy is made faster than it plays
_EVENT = ("time", "type", "subject", "source", "id", "data")
# What a spreadsheet may take for a formula, also full-width in an East Asian one (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@router.get("/api/v1/export/{what}")
async def export(
    what: Literal["events", "alarms", "audit"],
    room: Room,
    visitor: Visitor,
    reason: Reason,
    format_: Annotated[Literal["jsonl", "csv"], Query(alias="format")] = "jsonl",
    since: Since = None,
    until: Until = None,
    type_: Annotated[str, Query(alias="type", max_length=200)] = "",
    subject: Annotated[str, Query(max_length=200)] = "",
) -> StreamingResponse:
    """Return the record, oldest first, as JSON lines or CSV; 422 without a reason."""
    asked = {"from": since, "to": until, "type": type_, "subject": subject, "format": format_}
    words = " ".join(f"{name}={value}" for name, value in asked.items() if value)
    await witnessed(room, visitor, "record.export", f"{what} {words}", reason)
    if what == "audit":
        pages, columns = _trail(room.engine, since, until), trail.AuditRow.__struct_fields__
    else:
        types = (type_,) if type_ else tuple(ALARMS) if what == "alarms" else ()
        pages, columns = _events(room.engine, since, until, types, subject), _EVENT
    name = f"{room.park.id}-{what}.{format_}"
    write = _lines if format_ == "jsonl" else _table
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(write(pages, columns), media_type=MEDIA[format_], headers=headers)


@router.get("/api/v1/clips/{clip}/download")
async def download(
    clip: str,
    room: Room,
    visitor: Visitor,
    reason: Reason,
    track: Annotated[int | None, Query(ge=0)] = None,
    at_s: Annotated[float | None, Query(ge=0, le=86400)] = None,
) -> FileResponse:
    """Return a copy of a clip that bears who took it and when.

    With ``track`` everybody else is blurred; with ``at_s`` it is the one picture shown then, as PNG. 404 when
    there is no such clip, 422 without a reason, with both, or when no copy can be made.
    """
    if track is not None and at_s is not None:
        raise HTTPException(422, "one person or one picture, not both")
    path = inside(room.settings.var / "clips", clip, ".mp4")
    asked = "" if track is None else f" #{track}"
    asked += "" if at_s is None else f" {at_s:.3f} s"
    await witnessed(room, visitor, "clip.download", f"{clip}{asked}", reason)
    folder = await asyncio.to_thread(room.jobs.folder)
    now = datetime.now(ZoneInfo(room.park.config.timezone))
    out = folder / (path.name if at_s is None else f"{clip}.png")
    argv = [
        "cctv",
        "export",
        str(path),
        "--out",
        str(out),
        "--mark",
        f"{visitor.user} · {now:%Y-%m-%d %H:%M:%S}",
    ]
    for option, value in (("--track", track), ("--at", at_s)):
        argv += [] if value is None else [option, str(value)]
    try:
        done = await room.jobs.run(argv, COPY_S)
        if done.code:
            said = [
                line for line in done.out.decode(errors="replace").splitlines() if line.startswith("error ")
            ]
            raise HTTPException(422, f"no copy: {said[-1].removeprefix('error ') if said else done.code}")
    except JobError as error:
        raise HTTPException(503, str(error)) from error
    finally:
        if not out.is_file():
            shutil.rmtree(folder, ignore_errors=True)
    away = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    kind = "video/mp4" if at_s is None else "image/png"
    return FileResponse(out, media_type=kind, filename=out.name, background=away)


async def _events(
    engine: sa.Engine, since: datetime | None, until: datetime | None, types: tuple[str, ...], subject: str
) -> AsyncIterator[list[Row]]:
    cursor: str | None = None
    while True:
        page = await asyncio.to_thread(
            history.events,
            engine,
            since=since,
            until=until,
            types=types,
            subject=subject,
            cursor=cursor,
            limit=history.LONGEST_PAGE,
            newest_first=False,
        )
        yield [msgspec.json.decode(found.ce) for found in page.items]
        cursor = page.cursor
        if cursor is None:
            return


async def _trail(
    engine: sa.Engine, since: datetime | None, until: datetime | None
) -> AsyncIterator[list[Row]]:
    after, asked = 0, trail.Asked(since=since, until=until)
    while page := await asyncio.to_thread(trail.following, engine, asked, after):
        yield [msgspec.to_builtins(row) for row in page]
        after = page[-1].chain


async def _lines(pages: AsyncIterator[list[Row]], _columns: tuple[str, ...]) -> AsyncIterator[bytes]:
    async for page in pages:
        yield b"".join(msgspec.json.encode(row) + b"\n" for row in page)


async def _table(pages: AsyncIterator[list[Row]], columns: tuple[str, ...]) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv([list(columns)])  # the mark by which spreadsheets know UTF-8
    async for page in pages:
        yield _csv([[_cell(row.get(name, "")) for name in columns] for row in page])


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula."""
    text = writable(value) if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
