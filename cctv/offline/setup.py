"""``python -m cctv check | look | try | schema``: a camera set up by people, away from the web process."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from cctv.config.camera import Camera, CameraFileError, load_camera
from cctv.config.schema import schema
from cctv.detectors import Detector
from cctv.detectors.chosen import model_path
from cctv.detectors.yolox import Yolox
from cctv.live.evidence import jpeg
from cctv.live.facts import event
from cctv.pipeline import BLIND, SEES, Pipeline, without
from cctv.privacy.masking import masked
from cctv.sources import open_source
from cctv.sources.base import NOTHING, Frame, Image, SourceError
from cctv.sources.decode import decoding
from cctv.sources.footage import Footage
from data.settings import Settings
from park.cameras.facts import CameraEvent

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


class FilmNote(Struct, frozen=True, omit_defaults=True):
    """What is to be known of a film beside its events: what came of it, or why it could not be read on."""

    film: str
    footage: Footage | None = None
    error: str = ""


class Tried(Struct, frozen=True):
    """What a camera would have told: ``t_s`` of each event counts over all films, one after the other.

    ``films``: name and seconds that were seen of each; ``notes``: of those that were damaged or seen in part.
    """

    model: str
    watched_s: float
    films: tuple[tuple[str, float], ...]
    events: tuple[CameraEvent, ...]
    off: tuple[str, ...]
    notes: tuple[FilmNote, ...] = ()


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
    raise SourceError(NOTHING)


def attempt(
    films: Iterable[str], camera: Camera, detector: Detector | None, folder: Path
) -> Iterator[float | Tried]:
    """Yield how far it is, 0 to 1, and at last what was found; stills go to ``folder``.

    A film that cannot be read, or only in part, is told and takes nothing from the others.

    Raises:
        SourceError: when no film can be read.
        OSError: when a still cannot be kept.
    """
    films = list(films)
    before_s, seen = 0.0, 0
    events = list[CameraEvent]()
    lengths = list[tuple[str, float]]()
    notes = list[FilmNote]()
    pipeline = Pipeline(camera, detector)
    for number, film in enumerate(films):
        pipeline = Pipeline(camera, detector)
        name, last_s = Path(film).name, 0.0
        try:
            opening = msgspec.structs.replace(open_source(film).opening(), fps=camera.analysis_fps)
            with decoding(opening) as frames:
                for count, frame in enumerate(frames):
                    last_s, seen = frame.t_s, seen + 1
                    events += _found(pipeline, frame, before_s, folder, len(events))
                    if count % TELL_FRAMES == 0:
                        yield min(0.99, (number + _share(last_s, frames.length_s)) / len(films))
                footage = frames.ended()
            if footage.notes() or not footage.whole:
                notes.append(FilmNote(name, footage=footage))
        except SourceError as error:
            notes.append(FilmNote(name, error=str(error)))
        before_s += last_s
        lengths.append((name, round(last_s, 2)))
    if films and not seen:
        raise SourceError("; ".join(f"{note.film}: {note.error or NOTHING}" for note in notes) or NOTHING)
    watched_s = round(before_s, 2)
    yield Tried(pipeline.model, watched_s, tuple(lengths), tuple(events), pipeline.off, tuple(notes))


def _share(t_s: float, length_s: float | None) -> float:
    """Return how much of a film is done; half where it does not say how long it is."""
    return min(1.0, t_s / length_s) if length_s else 0.5


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
    for told in attempt(arguments.films, camera, detector, arguments.out.parent):
        if isinstance(told, Tried):
            arguments.out.write_bytes(msgspec.json.encode(told))
            print("1", flush=True)
        else:
            print(f"{told:.3f}", flush=True)


def _schema(_arguments: argparse.Namespace) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n")
