"""``python -m cctv analyse | score | fetch-model | export | discover | check | look | try | schema``."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cctv.config.camera import CameraFileError, load_camera
from cctv.detectors import ModelError
from cctv.detectors.engines import ENGINES
from cctv.detectors.yolox import Yolox
from cctv.offline import discovery, setup
from cctv.offline.analyse import analyse
from cctv.offline.fetch_model import URL, FetchError, fetch
from cctv.offline.score import footage_file, read_footage, read_truth, said, score
from cctv.pipeline import MOTION
from cctv.privacy import export
from cctv.sources import SourceError
from cctv.sources.footage import Footage
from data.settings import Settings
from park.events.envelope import InvalidEventError, decode, encode

FAULTS = (
    CameraFileError,
    SourceError,
    ModelError,
    FetchError,
    InvalidEventError,
    msgspec.MsgspecError,
    OSError,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code is 0, or 1 after one line on standard error saying what is wrong."""
    arguments = _parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except FAULTS as error:
        print(f"cctv: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cctv", description="Pixels to events, off line.")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("analyse", help="run a camera's rules over a clip")
    one.add_argument("video", help="file, URL or device")
    one.add_argument("--camera", type=Path, required=True, help="camera file (TOML)")
    one.add_argument("--model", type=Path, help="ONNX detector of the YOLOX family; else GWANJE_DETECTOR")
    one.add_argument("--out", type=Path, required=True, help="one CloudEvent a line")
    one.add_argument("--threads", type=int, default=1, help="threads of the detector")
    one.add_argument("--engine", choices=sorted(ENGINES), help="what runs it; else GWANJE_ENGINE")
    one.set_defaults(run=_analyse)
    two = commands.add_parser("score", help="judge events against a clip's truth")
    two.add_argument("--truth", type=Path, required=True)
    two.add_argument("--events", type=Path, required=True)
    two.add_argument("--json", action="store_true", help="figures as JSON")
    two.set_defaults(run=_score)
    three = commands.add_parser("fetch-model", help="bring the YOLOX-nano detector")
    three.add_argument("--url", default=URL)
    three.add_argument("--to", type=Path, help="folder; default models/ in the data folder")
    three.set_defaults(run=_fetch)
    export.add(commands)
    discovery.add(commands)
    setup.add(commands)
    return parser


def _analyse(arguments: argparse.Namespace) -> None:
    settings = Settings.read()
    camera = load_camera(arguments.camera)
    path = arguments.model or (Path(settings.detector) if settings.detector else None)
    detector = Yolox(path, arguments.threads, arguments.engine or settings.engine) if path else None
    if detector is None:
        print(f"모델 없음, 움직임만으로 분석 · no model: {MOTION} alone", file=sys.stderr)
    count = 0
    beside = footage_file(arguments.out)
    # Until the end is reached nobody may take what is there for the whole.
    beside.write_bytes(msgspec.json.encode(Footage(whole=False)))

    def read(footage: Footage) -> None:
        beside.write_bytes(msgspec.json.encode(footage))
        for note in footage.notes():
            print(note, file=sys.stderr)

    with arguments.out.open("wb") as out:
        try:
            for event in analyse(arguments.video, camera, detector, settings.park, read):
                out.write(encode(event) + b"\n")
                count += 1
        finally:
            print(f"{count} events → {arguments.out} (model {detector.name if detector else MOTION})")


def _score(arguments: argparse.Namespace) -> None:
    truth = read_truth(arguments.truth.read_bytes())
    events = [decode(line) for line in arguments.events.read_bytes().splitlines() if line.strip()]
    result = score(truth, events, read_footage(arguments.events))
    print(msgspec.json.encode(result).decode() if arguments.json else said(result))


def _fetch(arguments: argparse.Namespace) -> None:
    folder = arguments.to or Settings.read().var / "models"

    def progress(done: int, total: int | None) -> None:
        share = f"{done / total:4.0%}" if total else ""
        print(f"\r{done / 1e6:6.1f} MB {share}", end="", file=sys.stderr, flush=True)

    path = fetch(arguments.url, folder, datetime.now(UTC), progress)
    print(f"\n{path} · 시험 통과 · self-test passed", file=sys.stderr)
    print(f"GWANJE_DETECTOR={path}")


if __name__ == "__main__":
    raise SystemExit(main())
