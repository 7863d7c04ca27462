"""``python -m cctv check | look | try | schema``: a camera set up by people, away from the web process."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import av
import msgspec
from msgspec import Struct

from cctv.camera import Camera, CameraFileError, load_camera
from cctv.camera_schema import schema
from cctv.clips import jpeg
from cctv.detectors import Detector
from cctv.detectors.chosen import model_path
from cctv.detectors.yolox import Yolox
from cctv.pipeline import BLIND, SEES, Pipeline, without
from cctv.privacy import masked
from cctv.report import event
from cctv.sources import open_source
from cctv.sources.base import Frame, Image, SourceError
from cctv.sources.decode import decoding
from data.settings import Settings
from park.facts import CameraEvent

PICTURES = 200  # stills of a trial; events beyond them have none
TELL_FRAMES = 20
QUALITY = 85


class Checked(Struct, frozen=True, omit_defaults=True):
    """What is wrong with a file, and the rules of a right one that this machine cannot give."""

    file: str
    ok: bool
    line: int = 0
    key: str = ""
    reason: str = ""
    off: tuple[str, ...] = ()


class Tried(Struct, frozen=True):
    """What a camera would have told: ``t_s`` of each event counts over all films, one after the other."""

    model: str
    watched_s: float
    films: tuple[tuple[str, float], ...]
    events: tuple[CameraEvent, ...]
    off: tuple[str, ...]


class Film(NamedTuple):
    """A film to try on, and how long it is; 0 s where it does not say."""

    path: str
    length_s: float


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands to the others."""
    one = commands.add_parser("check", help="say what is wrong with camera files, one JSON line each")
    one.add_argument("files", type=Path, nargs="+")
    one.set_defaults(run=_check)
    two = commands.add_parser("look", help="take one picture of a camera's source, masks burnt in")
    two.add_argument("camera", type=Path, help="camera file (TOML); a source on the command line would show")
    two.add_argument("--out", type=Path, required=True, help="JPEG")
    two.set_defaults(run=_look)
    three = commands.add_parser(
        "try", help="run a camera's rules over films; progress 0 to 1 on standard output"
    )
    three.add_argument("films", nargs="+")
    three.add_argument("--camera", type=Path, required=True)
    three.add_argument("--out", type=Path, required=True, help="JSON; stills beside it as NUMBER.jpg")
    three.set_defaults(run=_try)
    four = commands.add_parser("schema", help="print the JSON Schema of a camera's file")
    four.set_defaults(run=_schema)


def check(path: Path, *, sees: bool) -> Checked:
    """Return what a camera's file comes to; ``sees``: whether there is a detector model."""
    try:
        camera = load_camera(path, strict=True)
    except CameraFileError as error:
        return Checked(path.name, ok=False, line=error.line, key=error.key, reason=error.reason)
    given = SEES if sees else BLIND
    lacking = [(config, place, config.NEEDS - given) for config, place in camera.asked()]
    return Checked(path.name, ok=True, off=tuple(without(*one) for one in lacking if one[2]))


def first_picture(camera: Camera) -> Image:
    """Return the first picture of a camera's source as it comes, masks not yet burnt in; SourceError."""
    address = camera.substream or camera.source
    opening = open_source(address, camera.start_s, camera.transport).opening()
    with decoding(opening) as frames:
        for frame in frames:
            return frame.image
    raise SourceError("화면이 하나도 없음 · not one picture in it")


def attempt(
    films: Iterable[Film], camera: Camera, detector: Detector | None, folder: Path
) -> Iterator[float | Tried]:
    """Yield how far it is, 0 to 1, and at last what was found; stills go to ``folder``.

    Raises:
        SourceError: when a film cannot be decoded.
        OSError: when a still cannot be kept.
    """
    films = list(films)
    whole_s, before_s = sum(film.length_s for film in films) or 1.0, 0.0
    events, lengths = list[CameraEvent](), list[tuple[str, float]]()
    pipeline = Pipeline(camera, detector)
    for film in films:
        pipeline, last_s = Pipeline(camera, detector), 0.0
        opening = msgspec.structs.replace(open_source(film.path).opening(), fps=camera.analysis_fps)
        with decoding(opening) as frames:
            for number, frame in enumerate(frames):
                last_s = frame.t_s
                events += _found(pipeline, frame, before_s, folder, len(events))
                if number % TELL_FRAMES == 0:
                    yield min(0.99, (before_s + last_s) / whole_s)
        before_s += last_s
        lengths.append((Path(film.path).name, round(last_s, 2)))
    yield Tried(pipeline.model, round(before_s, 2), tuple(lengths), tuple(events), pipeline.off)


def _found(
    pipeline: Pipeline, frame: Frame, before_s: float, folder: Path, count: int
) -> Iterator[CameraEvent]:
    camera = pipeline.camera
    image = masked(camera, frame.image)
    seen = pipeline.look(frame._replace(image=image))
    for number, finding in enumerate(seen.findings, count):
        still = str(number) if number < PICTURES else None
        if still:
            (folder / f"{still}.jpg").write_bytes(jpeg(image, QUALITY))
        told = event(finding, seen, camera.id, pipeline.model, t_s=before_s + seen.t_s)
        yield msgspec.structs.replace(told, still=still)


def _length_s(path: str) -> float:
    """Return how long a film says it is."""
    address = open_source(path).opening().address
    try:
        with av.open(address.removeprefix("file:"), options={"protocol_whitelist": "file"}) as film:
            return (film.duration or 0) / av.time_base
    except av.FFmpegError as error:
        raise SourceError(f"{Path(path).name}: {error.strerror}") from error


def _check(arguments: argparse.Namespace) -> None:
    sees = model_path(Settings.read()) is not None
    for path in arguments.files:
        print(msgspec.json.encode(check(path, sees=sees)).decode(), flush=True)


def _look(arguments: argparse.Namespace) -> None:
    camera = load_camera(arguments.camera)
    image = first_picture(camera)
    size = (image.shape[1], image.shape[0])
    arguments.out.write_bytes(jpeg(masked(camera, image), QUALITY))
    print(msgspec.json.encode(size).decode())


def _try(arguments: argparse.Namespace) -> None:
    settings, camera = Settings.read(), load_camera(arguments.camera)
    path = model_path(settings)
    detector = Yolox(path, engine=settings.engine) if path else None
    films = [Film(film, _length_s(film)) for film in arguments.films]
    for told in attempt(films, camera, detector, arguments.out.parent):
        if isinstance(told, Tried):
            arguments.out.write_bytes(msgspec.json.encode(told))
            print("1", flush=True)
        else:
            print(f"{told:.3f}", flush=True)


def _schema(_arguments: argparse.Namespace) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n")
