"""Setting up cameras: which there are, one picture, a trial of rules, saving. What costs runs elsewhere."""

import asyncio
import contextlib
import functools
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, HTTPException
from fastapi import Path as InPath
from pydantic import BaseModel, Field
from starlette.responses import FileResponse, Response

from api.room import Room, Visitor
from api.routes.assets import json
from api.routes.media import inside
from api.witness import witnessed
from data.cameras import files as camera_files
from data.cameras import toml as camera_toml
from data.cameras.clips import Card, Shelf
from data.cameras.secrets import hidden, in_words, revealed
from data.jobs import Job, JobError
from data.services import Services
from park.config.asset import Asset

router = APIRouter()
CHECK_S, LOOK_S = 30.0, 30.0
DISCOVER_S = 30.0  # the search ends by itself within 12 s of its start
HOUR = timedelta(hours=1)
BEGAN = "began.json"
_FOLDERS = re.compile(r"(?<![\w:/])/(?:[^\s/:]+/)+")  # of this machine: nobody's business
Name = Annotated[str, InPath(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Table = dict[str, Any]
_SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "camera.json"


class Wanted(BaseModel):
    """A camera as the page has it; hidden passwords stand for the kept ones."""

    camera: dict[str, Any]


class Trial(Wanted):
    """What to try it on: the kept clips of the last hour, or a film."""

    on: Literal["hour", "film"]
    film: Annotated[str, Field(max_length=500)] = ""


class Search(BaseModel):
    """Whom to ask as, and on which network card of this machine (its address) the cameras are."""

    user: Annotated[str, Field(max_length=100, pattern=r"^[^-\s][^\r\n]*$|^$")] = ""
    password: Annotated[str, Field(max_length=200, pattern=r"^[^\r\n]*$")] = ""
    interface: Annotated[str, Field(pattern=r"^(\d{1,3}(\.\d{1,3}){3})?$")] = ""


@router.get("/api/v1/cameras/setup")
async def cameras(room: Room) -> Response:
    """Return every camera of the park and what its file comes to: ``ok``, ``wrong`` or ``none``."""
    files = await asyncio.to_thread(camera_files.files, room.settings)
    said = await _check(room, list(files.values()))
    names = {asset.id.rpartition("/")[2]: asset.name for asset in _known(room)}
    told = []
    for name in sorted({*files, *names}):
        found = said.get(name, {})
        state = "none" if name not in files else "ok" if found.get("ok") else "wrong"
        told.append(
            {"id": name, "name": names.get(name), "state": state, "own": _own(room, files, name)}
            | {"runs": state == "wrong" and camera_files.last_good(name, room.settings).is_file()}
            | found
        )
    return json(sorted(told, key=lambda one: ["wrong", "ok", "none"].index(str(one["state"]))))


@router.get("/api/v1/cameras/setup/{name}")
async def camera(name: Name, room: Room) -> Response:
    """Return a camera's file without its passwords, what may stand in one, and what it can be tried on."""
    files = await asyncio.to_thread(camera_files.files, room.settings)
    asset = next((one for one in _known(room) if one.id.rpartition("/")[2] == name), None)
    if name not in files and asset is None:
        raise HTTPException(404, "no such camera")
    label = msgspec.to_builtins(asset.name) if asset else {"ko": name, "en": name}
    table: Table = {"id": name, "name": label, "frame": [640, 480], "source": ""}
    if name not in files and asset:
        table["place"] = [asset.lat, asset.lon]
    said: Table = {}
    good = camera_files.last_good(name, room.settings)
    if name in files:
        said = (await _check(room, [files[name]])).get(name, {})
        paths = [files[name]] if said.get("ok") else [good, files[name]]
        table |= await asyncio.to_thread(camera_files.drawable, paths)
    runs = name in files and not said.get("ok") and good.is_file()
    return json(
        {
            "camera": hidden(table),
            "file": {"there": name in files, "own": _own(room, files, name), "runs": runs, **said},
            "schema": msgspec.json.decode(_SCHEMA.read_bytes()),
            "model": await asyncio.to_thread(_has_model, room),
            "sources": {
                "samples": camera_files.SAMPLES,
                "files": camera_files.footage(room.settings),
                "devices": camera_files.devices(),
            },
            "clips": len(await asyncio.to_thread(_clips, room, name)),
        }
    )


@router.post("/api/v1/cameras/setup/{name}/check")
async def check(name: Name, wanted: Wanted, room: Room) -> Response:
    """Return what a camera would come to; nothing is saved."""
    folder, path = await _written(room, name, wanted.camera)
    try:
        return json((await _check(room, [path]))[name])
    finally:
        await _away(folder)


@router.post("/api/v1/cameras/setup/{name}/look")
async def look(name: Name, wanted: Wanted, room: Room) -> Response:
    """Return one picture of its source, masks burnt in; 422 with the reason when there is none."""
    folder, path = await _written(room, name, wanted.camera)
    try:
        out = folder / "look.jpg"
        done = await room.jobs.run(["cctv", "look", str(path), "--out", str(out)], LOOK_S)
        if done.code:
            raise HTTPException(422, _last(done.err))
        return Response(await asyncio.to_thread(out.read_bytes), media_type="image/jpeg")
    except JobError as error:
        raise HTTPException(422, str(error)) from error
    finally:
        await _away(folder)


@router.post("/api/v1/cameras/setup/{name}/try", status_code=202)
async def attempt(name: Name, trial: Trial, room: Room, visitor: Visitor) -> dict[str, str]:
    """Begin to try a camera's rules; 422 when the camera is wrong or there is nothing to try it on."""
    began_ms = list[int]()
    if trial.on == "hour":
        cards = await asyncio.to_thread(_clips, room, name)
        films = [str(room.settings.var / "clips" / f"{card.id}.mp4") for card in cards]
        began_ms = [round(card.began.timestamp() * 1000) for card in cards]
    elif trial.film in (*camera_files.SAMPLES, *camera_files.footage(room.settings)):
        films = [trial.film]
    else:
        raise HTTPException(422, "그런 영상 파일이 없습니다")
    if not films:
        raise HTTPException(422, "지난 한 시간 동안 저장된 영상이 없습니다")
    folder, path = await _written(room, name, trial.camera)
    begun = False  # from then on the folder is the job's
    try:
        found = (await _check(room, [path]))[name]
        if not found["ok"]:
            raise HTTPException(422, _words(found))
        await asyncio.to_thread((folder / BEGAN).write_bytes, msgspec.json.encode(began_ms))
        argv = ["cctv", "try", *films, "--camera", str(path), "--out", str(folder / "result.json")]
        job, begun = room.jobs.start(argv, visitor.user, folder), True
    finally:
        if not begun:
            await _away(folder)
    return {"job": job.id}


@router.get("/api/v1/cameras/trials/{job}")
async def trial(job: str, room: Room, visitor: Visitor) -> Response:
    """Return how far a trial of one's own is, 0 to 1, and once it is done what was found.

    ``began_ms``: when each kept clip began; empty for a film.
    """
    found = _job(room, job, visitor.user)
    told: Table = {
        "progress": found.progress,
        "done": found.done,
        "error": _FOLDERS.sub("", in_words(found.error)),
    }
    if found.done:
        for key, file in (("result", "result.json"), ("began_ms", BEGAN)):
            told[key] = msgspec.Raw(await asyncio.to_thread((found.folder / file).read_bytes))
    return json(told)


@router.get("/api/v1/cameras/trials/{job}/pictures/{number}")
def picture(job: str, number: str, room: Room, visitor: Visitor) -> FileResponse:
    """Return the picture of an event of a trial."""
    found = _job(room, job, visitor.user)
    return FileResponse(inside(found.folder, number, ".jpg"), media_type="image/jpeg")


@router.post("/api/v1/cameras/trials/{job}/cancel")
async def cancel(job: str, room: Room, visitor: Visitor) -> dict[str, bool]:
    """End a trial of one's own."""
    await room.jobs.cancel(_job(room, job, visitor.user))
    return {"cancelled": True}


@router.post("/api/v1/cameras/setup/{name}")
async def save(name: Name, wanted: Wanted, room: Room, visitor: Visitor) -> Response:
    """Save a camera that is right; 422 with line and reason else, 503 when it cannot be kept.

    The file is written first, and put back when its row in the trail cannot be.
    """
    folder, path = await _written(room, name, wanted.camera)
    try:
        found = (await _check(room, [path]))[name]
        if not found["ok"]:
            raise HTTPException(422, _words(found))
        kept = await asyncio.to_thread(_kept, room, name)
        table = await asyncio.to_thread(camera_files.read, path)
        saved = await asyncio.to_thread(camera_files.save, name, table, room.settings)
        try:
            changed = _changed(kept, table)
            await witnessed(room, visitor, "camera.save", f"{room.park.id}/camera/{name}", changed)
        except HTTPException:
            await asyncio.to_thread(camera_files.undo, saved)
            raise
        return json(found | {"lost": saved.lost})
    except OSError as error:
        raise HTTPException(
            503, f"설정을 저장할 수 없습니다 · cannot be saved: {error.strerror or error}"
        ) from error
    finally:
        await _away(folder)


@router.post("/api/v1/cameras/discover")
async def discover(search: Search, room: Room) -> Response:
    """Return the cameras of the network that answer to ONVIF, with their streams where the login is right."""
    folder = await asyncio.to_thread(room.jobs.folder)
    try:
        argv = ["cctv", "discover", "--json", "--interface", search.interface]
        if search.user:
            word = folder / "word"
            await asyncio.to_thread(camera_files.write, word, f"{search.password}\n")
            argv += ["--user", search.user, "--password-file", str(word)]
        done = await room.jobs.run(argv, DISCOVER_S)
    except JobError as error:
        raise HTTPException(503, str(error)) from error
    finally:
        await _away(folder)
    if done.code:
        raise HTTPException(503, _last(done.err))
    return json([msgspec.json.decode(line) for line in done.out.splitlines() if line.strip()])


async def _written(room: Services, name: str, told: Table) -> tuple[Path, Path]:
    """Write a camera from a page to a folder of its own; 422 when its source may not be named."""
    kept = await asyncio.to_thread(_kept, room, name)
    try:
        table = revealed(told | {"id": name}, kept)
        camera_files.allow(table, kept, room.settings)
        text = camera_toml.written(table)
    except (ValueError, AttributeError, TypeError) as error:
        raise HTTPException(422, str(error)) from error
    folder: Path | None = None
    try:
        folder = await asyncio.to_thread(room.jobs.folder)
        await asyncio.to_thread(camera_files.write, folder / f"{name}.toml", text)
    except OSError as error:
        if folder:
            await _away(folder)
        raise HTTPException(
            503, f"설정을 저장할 수 없습니다 · cannot be saved: {error.strerror or error}"
        ) from error
    return folder, folder / f"{name}.toml"


async def _check(room: Services, paths: list[Path]) -> dict[str, Table]:
    if not paths:
        return {}
    try:
        done = await room.jobs.run(["cctv", "check", *map(str, paths)], CHECK_S)
    except JobError as error:
        raise HTTPException(503, str(error)) from error
    if done.code:
        raise HTTPException(503, _last(done.err))
    said = [msgspec.json.decode(line, type=dict[str, Any]) for line in done.out.splitlines()]
    return {str(one["file"]).removesuffix(".toml"): one for one in said}


def _kept(room: Services, name: str) -> Table:
    """Return what the file of a camera says now, else what it last said rightly; nothing without either."""
    files = camera_files.files(room.settings)
    for path in (files[name], camera_files.last_good(name, room.settings)) if name in files else ():
        with contextlib.suppress(OSError, ValueError):
            return camera_files.read(path)
    return {}


def _known(room: Services) -> list[Asset]:
    return [asset for asset in room.park.assets.values() if asset.kind == "camera"]


def _own(room: Services, files: dict[str, Path], name: str) -> bool:
    return name in files and files[name].parent == camera_files.folders(room.settings)[1]


def _has_model(room: Services) -> bool:
    return bool(room.settings.detector) or any((room.settings.var / "models").glob("*.onnx"))


def _clips(room: Services, name: str) -> list[Card]:
    """Return the clips of a camera that began within the last hour, the oldest first."""
    own, since = f"{room.park.id}/camera/{name}", datetime.now(UTC) - HOUR
    found = [one.card for one in Shelf(room.settings.var).all() if one.card.camera in (own, name)]
    return sorted((card for card in found if card.began >= since), key=lambda card: card.began)


def _job(room: Services, id_: str, user: str) -> Job:
    found = room.jobs.get(id_, user)
    if found is None:
        raise HTTPException(404, "no such trial")
    return found


def _changed(kept: Table, table: Table) -> str:
    """Return which keys are others than before; values may be secrets and stay out of the trail."""
    names = sorted(key for key in {*kept, *table} if kept.get(key) != table.get(key))
    return f"{', '.join(names) or '–'}"


def _words(found: Table) -> str:
    return f"{found.get('key', '')}: {found.get('reason', '')} (line {found.get('line', 0)})"


def _last(said: str) -> str:
    lines = _FOLDERS.sub("", in_words(said)).splitlines()
    return lines[-1].removeprefix("cctv: ") if lines else "no reason given"


_away = functools.partial(asyncio.to_thread, functools.partial(shutil.rmtree, ignore_errors=True))
