"""`/healthz` the process, `/readyz` what it needs, `/metrics` for Prometheus."""

import asyncio
import time
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from redis.exceptions import RedisError
from starlette.responses import JSONResponse, Response

from api.room import Room
from data.audit import chain as audit
from data.services import Services
from data.stream.lag import StreamLag, duplicates, reused, stream_lag
from park.engine.facts import SystemStatus

router = APIRouter()


@router.get("/healthz")
async def healthz(room: Room) -> dict[str, str]:
    """Tell that the process is there, and which."""
    return {"status": "ok", "build": room.build, "epoch": room.epoch}


@router.get("/readyz")
async def readyz(room: Room) -> JSONResponse:
    """Tell whether Redis and the database answer and the live state stands; 503 when not."""
    lag, database = await asyncio.gather(_lag(room), _database(room))
    ready = lag is not None and database and room.hub.ready
    told: dict[str, Any] = {"redis": lag is not None, "database": database, "live": room.hub.ready}
    if lag is not None:
        told["groups"] = {
            group.group: {"lag": group.lag, "pending": group.pending, "oldest_ms": group.oldest_ms}
            for group in lag.groups
        }
    return JSONResponse({"ready": ready, **told}, 200 if ready else 503)


@router.get("/metrics")
async def metrics(room: Room) -> Response:
    """Return the figures of the stream, the record and the screens."""
    registry = CollectorRegistry()

    def gauge(name: str, what: str, value: float) -> None:
        Gauge(f"gwanje_{name}", what, registry=registry).set(value)

    lag = await _lag(room)
    gauge("redis_up", "1 when the stream answers", lag is not None)
    gauge("live_ready", "1 when the live state stands", room.hub.ready)
    gauge("screens", "Screens connected", len(room.hub.clients))
    gauge("assets_heard", "Assets that have spoken", len(room.hub.picture.heard_ms))
    gauge(
        "events_ahead",
        "Events not shown, their clock far ahead, as this process met them",
        room.hub.state.ahead,
    )
    failures = Gauge(
        "gwanje_panel_failures", "Failures since the start, by panel or view", ["panel"], registry=registry
    )
    for panel, count in room.hub.troubles.failures.items():
        failures.labels(panel).set(count)
    statuses = (types.get(SystemStatus.TYPE) for types in room.hub.state.latest.values())
    failing = sum(event is not None and event.data.state == "failed" for event in statuses)
    gauge("parts_failing", "Rules, systems and panels that fail now", failing)
    gauge("alarms_open", "Alarms not done with", len(room.hub.picture.alarms))
    if lag is not None:
        gauge("stream_length", "Entries in the stream", lag.length)
        for figure, what in (
            ("lag", "Entries not delivered"),
            ("pending", "Entries not acknowledged"),
            ("oldest_ms", "Age of the oldest"),
        ):
            by_group = Gauge(f"gwanje_stream_{figure}", f"{what}, by group", ["group"], registry=registry)
            for group in lag.groups:
                by_group.labels(group.group).set(getattr(group, figure))
        gauge("duplicates", "Events that came again since the recorder started", await duplicates(room.redis))
        gauge("reused", "Events of an identity that another had, kept beside it", await reused(room.redis))
    if (end := await asyncio.to_thread(_audit_end, room)) is not None:
        sealed = Gauge(
            "gwanje_audit_rows", "Rows of the audit trail, with its end", ["hash"], registry=registry
        )
        sealed.labels(end.hash).set(end.rows)
    waiting = await asyncio.to_thread(room.dead_letters)
    gauge("dead_letters", "Events refused and not put back", waiting)
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _lag(room: Services) -> StreamLag | None:
    try:
        return await stream_lag(room.redis, room.hub.key, time.time_ns() // 1_000_000)
    except (RedisError, OSError):
        return None


def _audit_end(room: Services) -> audit.Head | None:
    try:
        return audit.head(room.engine)
    except sa.exc.SQLAlchemyError:
        return None


async def _database(room: Services) -> bool:
    def ask() -> bool:
        try:
            with room.engine.connect() as connection:
                return connection.execute(sa.select(1)).scalar() == 1
        except sa.exc.SQLAlchemyError:
            return False

    return await asyncio.to_thread(ask)
