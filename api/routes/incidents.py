"""`GET /api/v1/incidents`: what happens or happened, and one incident with all that is known of it."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, HTTPException, Query
from pydantic import AwareDatetime
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import Response

from api.room import Room
from api.routes.assets import json
from data.record import history
from data.services import Services
from park.cameras.facts import CameraEvent
from park.commands.command import Command
from park.config.asset import Asset
from park.config.geometry import distance_m, nearest
from park.config.label import Label
from park.config.park import Park
from park.events.envelope import Event, decode
from park.events.rings import milliseconds
from park.incidents import cards, timeline
from park.incidents.incident import Incident, Member
from park.incidents.labels import short, what
from park.messages import notices
from park.messages.contacts import FIRM
from park.messages.message import Message
from park.plume import sector as downwind
from park.procedures.plan import Plan, plan
from park.state.state import RESPONSE, State
from park.systems import new_state
from park.texts.failures import in_both

router = APIRouter()
CAMERAS = 4
BESIDE_M = 1000.0  # a picture from farther off shows nothing of it
MEMBERS = 100
SAME_MS = 10_000
BEFORE, AROUND = timedelta(minutes=2), timedelta(minutes=32)
_one_at_a_time = asyncio.Semaphore(1)


@router.get("/api/v1/incidents")
async def incidents(
    room: Room,
    since: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    until: Annotated[AwareDatetime | None, Query(alias="to")] = None,
) -> Response:
    """Return the cards of the standing incidents, the gravest first; of a time, those opened in it."""
    now = datetime.now(UTC)
    if since is None and until is None:
        held = [one for one in room.hub.state.incidents.values() if one.life.stands]
        return json(_sorted(room.park, room.hub.state, held, now))
    async with _one_at_a_time:
        state = await asyncio.to_thread(_recorded, room, since)
    held = [one for one in state.incidents.values() if _opened_within(one, since, until)]
    return json(_sorted(room.park, state, held, now))


@router.get("/api/v1/incidents/{incident}")
async def incident(incident: str, room: Room, offset: Annotated[int, Query(ge=0)] = 0) -> Response:
    """Return all that is known of one incident; `members` is a page of them from `offset`."""
    state, now = room.hub.state, datetime.now(UTC)
    held = state.incidents.get(incident)
    if held is None or held.life.opened_ms is None:
        raise HTTPException(404, "no such incident")
    told = detail(room.park, state, held, now, offset)
    return json(told | {"moments": await asyncio.to_thread(_moments, room, held)})


def detail(park: Park, state: State, held: Incident, now: datetime, offset: int = 0) -> dict[str, Any]:
    """Return an incident as its page shows it."""
    answer, area = plan(park, state, held, now), downwind.sector(park, state, held, now)
    members = held.present()
    asked = (message.requested for message in timeline.messages(state, held))
    named = {one.recipient: notices.recipient_name(park, one.recipient) for one in asked if one}
    steps = {step.id: step.name for step in answer.steps}
    return {
        "card": cards.card(park, state, held, now),
        "timeline": timeline.timeline(park, state, held, steps, named),
        "members": [_member(park, member) for member in members[offset : offset + MEMBERS]],
        "members_total": len(members),
        "steps": answer.steps,
        "reported_ms": answer.reported_ms,
        "messages": [_message(message, named) for message in timeline.messages(state, held)],
        "commands": [_command(command) for command in timeline.commands(state, held)],
        "contacts": _contacts(park),
        "people": _people(held, answer),
        "notes": _notes(held),
        "draft": _draft(park, state, held, answer, now),
        "cameras": _cameras(state, downwind.place_of(park, held)),
        "sector": area,
        "inside": downwind.inside(state, area, now) if area else None,
    }


def _sorted(park: Park, state: State, held: list[Incident], now: datetime) -> list[cards.IncidentCard]:
    return sorted((cards.card(park, state, one, now) for one in held), key=cards.order)


def _recorded(room: Services, since: datetime | None) -> State:
    """Fold the answers of a time and what came after it; blocks."""
    state, now = new_state(room.park.assets), datetime.now(UTC)
    earliest = datetime.min.replace(tzinfo=UTC)
    for event in history.replay(room.engine, since or earliest, now, sorted(RESPONSE)):
        state.apply(event)
    return state


def _opened_within(one: Incident, since: datetime | None, until: datetime | None) -> bool:
    opened_ms = one.life.opened_ms
    return (
        opened_ms is not None
        and (since is None or opened_ms >= since.timestamp() * 1000)
        and (until is None or opened_ms < until.timestamp() * 1000)
    )


def _member(park: Park, member: Member) -> dict[str, Any]:
    known = park.assets.get(member.asset)
    return msgspec.structs.asdict(member) | {
        "name": what(park, member.what),
        "place": known.name if known else Label(short(member.asset), short(member.asset)),
    }


def _message(message: Message, named: dict[str, Label]) -> dict[str, Any]:
    asked = message.requested
    if asked is None:
        return {}
    to = named[asked.recipient]
    return {
        "id": message.id,
        "to": to,
        "recipient": asked.recipient,
        "channel": asked.channel,
        "title": Label(asked.title_ko, asked.title_en),
        "body": Label(asked.body_ko, asked.body_en),
        "exercise": asked.exercise,
        "user": asked.user,
        "step": asked.step,
        "asked_ms": message.requested_ms,
        "state": message.state,
        "statuses": [
            {
                "at_ms": at_ms,
                "state": told.state,
                "attempt": told.attempt,
                "detail": told.detail,
                "why": in_both(told.detail),
            }
            for at_ms, _id, told in message.statuses
        ],
    }


def _command(command: Command) -> dict[str, Any]:
    asked = command.requested
    if asked is None:
        return {}
    return {
        "id": command.id,
        "kind": asked.kind,
        "value": asked.value,
        "text": asked.text,
        "confirm": asked.confirm,
        "user": asked.user,
        "until": asked.until,
        "asked_ms": command.requested_ms,
        "confirmed_ms": command.confirmed_ms,
        "answered": sum(told.ok for _, told in command.answers.values()),
        "targets": len(asked.targets),
        "state": command.finished.state if command.finished else None,
    }


def _people(held: Incident, answer: Plan) -> list[dict[str, Any]]:
    """Return who did something, in order of their first act: how often, first and last when."""
    acts: dict[str, list[int]] = {}
    for event in held.history():
        if user := getattr(event.data, "user", None):
            acts.setdefault(user, []).append(int(event.time.timestamp() * 1000))
    done = {user: sum(step.user == user for step in answer.steps) for user in acts}
    return [
        {"user": user, "owner": user == held.life.owner, "acts": len(at), "steps": done[user],
         "first_ms": at[0], "last_ms": at[-1]}
        for user, at in acts.items()
    ]  # fmt: skip


def _draft(park: Park, state: State, held: Incident, answer: Plan, now: datetime) -> dict[str, Any] | None:
    """Return what the next step that tells others would tell the first of them; None without one."""
    step = answer.next
    if step is None or not step.notify or park.templates is None:
        return None
    told = notices.expand(park, state, held, step.notify, now)
    if not told:
        return None
    words = notices.draft(park, state, held, told[0], now)
    return {
        "step": step.id,
        "to": [notices.recipient_name(park, one) for one in told],
        "title": Label(words.title_ko, words.title_en),
        "body": Label(words.body_ko, words.body_en),
    }


def _contacts(park: Park) -> list[dict[str, Any]]:
    """Return whom a person can write to, and by what; an alert (CAP) is made by the procedure alone."""
    known = park.contacts.contacts.items() if park.contacts else ()
    ways = (
        (name, contact.name, [way for way in contact.channels if way != "cap"]) for name, contact in known
    )
    return [
        {"recipient": name, "name": label, "channels": found}
        for name, label, found in ways
        if found and name != FIRM
    ]


def _notes(held: Incident) -> list[dict[str, Any]]:
    noted = reversed(held.history("noted"))
    return [{"user": e.data.user, "text": e.data.text, "at_ms": milliseconds(e)} for e in noted]


def _moments(room: Services, held: Incident) -> list[dict[str, Any]]:
    """Return what cameras near it saw about then, oldest first, from the record; blocks."""
    since = datetime.fromtimestamp((held.life.opened_ms or 0) / 1000, UTC) - BEFORE
    near = [camera["id"] for camera in _cameras(room.hub.state, downwind.place_of(room.park, held))]
    seen = [(m.asset, m.happened_ms) for m in held.present() if m.system == "camera"]
    watched = dict.fromkeys([*(asset for asset, _ in seen), *near])
    found = []
    for camera in list(watched)[: 2 * CAMERAS]:
        query = {"since": since, "until": since + AROUND, "types": (CameraEvent.TYPE,), "subject": camera}
        with contextlib.suppress(SQLAlchemyError):
            found += [decode(one.ce.encode()) for one in history.events(room.engine, limit=20, **query).items]
    found.sort(key=lambda event: event.time)
    return [
        {"camera": event.subject, "time_ms": milliseconds(event), "kind": event.data.kind,
         "name": what(room.park, event.data.kind), "score": event.data.score, "clip": event.data.clip,
         "still": event.data.still, "boxes": event.data.boxes, "frame": event.data.frame,
         "track": event.data.track, "member": _is_one_of(event, seen)}
        for event in found
    ]  # fmt: skip


def _is_one_of(event: Event, seen: list[tuple[str, int]]) -> bool:
    at_ms = milliseconds(event)
    return any(asset == event.subject and abs(at_ms - ms) < SAME_MS for asset, ms in seen)


def _cameras(state: State, place: tuple[float, float] | None) -> list[dict[str, Any]]:
    if place is None:
        return []
    found: list[Asset] = nearest(state.by_kind.get("camera", []), *place, CAMERAS)
    near = [one for one in found if distance_m(*place, one.lat, one.lon) < BESIDE_M] or found[:1]
    return [
        {"id": camera.id, "name": camera.name, "lat": camera.lat, "lon": camera.lon, "traits": camera.traits,
         "distance_m": round(distance_m(*place, camera.lat, camera.lon))}
        for camera in near
    ]  # fmt: skip
