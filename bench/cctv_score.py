"""`make score-cctv`: the rules of the cameras on every clip that has a truth file, as KISA's test counts.

The same pipeline as live. Each clip gets the camera that its truth file describes: its zones and lines, each
rule that has events or must not fire there, and every rule that is an alarm anywhere on the whole picture.
With ``--degradations`` again under night, rain, headlights, and so on; with ``--weak`` seen by a detector
that leaves things out; with ``--quiet`` the long quiet mix.
The exit code is 1 when a bar is missed, and the bars missed are named.
"""

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct

from bench import quiet
from bench.degrade import DEGRADATIONS
from bench.kept import SHARED, Clip, clips
from bench.machine import describe
from bench.weak import Weak
from cctv.detectors import Detector
from cctv.detectors.yolox import Yolox
from cctv.offline.analyse import judge
from cctv.offline.score import Figures, Tally, at, forbidden, table, tally, told
from cctv.sources import open_source
from cctv.sources.decode import decoding
from data.settings import Settings
from park.cameras.facts import CameraEvent

F1_BAR = 0.90  # KISA's pass mark, per rule
CLEAN = "clean"
PROCESSES = 2
SEED = 1
_MODELS = {"detector": SHARED / "models" / "yolox_nano_coco_416.onnx"}


class Job(NamedTuple):
    """One clip under one degradation, seen by a detector that ``misses`` a share of what it finds."""

    clip: Clip
    degradation: str
    misses: float = 0.0


class Outcome(Struct, frozen=True):
    """What one job came to.

    ``wrong``: names of must_not_fire with how many events there were; ``part``: that a part of the clip was
    read, in words.
    """

    clip: str
    degradation: str
    tuning: bool
    tallies: tuple[Tally, ...]
    wrong: dict[str, int]
    false_alarms: tuple[str, ...]
    off: tuple[str, ...]
    part: str = ""


class Sheet(Struct, frozen=True):
    """Everything measured; ``missed`` names each bar that was."""

    machine: str
    model: str
    clips: list[Outcome]
    rules: dict[str, list[Figures]]
    quiet: quiet.Mix | None
    missed: list[str]


def find_model(given: Path | None) -> Path | None:
    """Return the detector to use: the one given, the room's, or the one kept beside the repository."""
    named = Settings.read().detector
    kept = _MODELS["detector"]
    return given or (Path(named) if named else None) or (kept if kept.is_file() else None)


def run(job: Job, detector: Detector | None) -> Outcome:
    """Judge one clip."""
    clip = job.clip
    opening = msgspec.structs.replace(open_source(str(clip.video)).opening(), fps=clip.camera.analysis_fps)
    with decoding(opening) as frames:
        degrade = DEGRADATIONS.get(job.degradation)
        pictures = degrade(frames, SEED) if degrade else frames
        facts = told(judge(pictures, clip.camera, detector))
        part = frames.ended().part()
    kinds = sorted({*clip.kinds, *(event.type for event in clip.truth.events)} - set(clip.off))
    tallies = tuple(tally(kind, clip.truth, facts) for kind in kinds)
    false = tuple(_false(facts, tallies))
    wrong = forbidden(clip.truth, facts)
    return Outcome(clip.name, job.degradation, clip.tuning, tallies, wrong, false, clip.off, part)


def _false(facts: Sequence[CameraEvent], tallies: Sequence[Tally]) -> Iterator[str]:
    for one in tallies:
        for t_s in one.false_s:
            fact = next(fact for fact in facts if fact.kind == one.rule and at(fact) == t_s)
            yield f"{t_s:6.1f} s {fact.rule} score {fact.score} label {fact.label} boxes {fact.boxes[:2]}"


def pooled(outcomes: Sequence[Outcome]) -> list[Figures]:
    """Return the figures of each rule over all its clips."""
    sums: dict[str, Tally] = {}
    for one in (one for outcome in outcomes for one in outcome.tallies):
        sums[one.rule] = sums[one.rule] + one if one.rule in sums else one
    return [sums[rule].figures() for rule in sorted(sums)]


def missed(outcomes: Sequence[Outcome], mix: quiet.Mix | None) -> list[str]:
    """Return each bar that clean clips and the quiet mix miss, in words."""
    clean = [outcome for outcome in outcomes if outcome.degradation == CLEAN]
    said = [
        f"{f.rule}: F1 {f.f1 or 0.0:.2f} < {F1_BAR:.2f}"
        for f in pooled(clean)
        if f.truths and (f.f1 or 0.0) < F1_BAR
    ]
    said += [f"{o.clip}: {name} fired {n}×" for o in clean for name, n in o.wrong.items() if n]
    untold = {kind for o in clean for kind in o.off}
    said += [f"{kind}: no such rule" for kind in sorted(untold)]
    said += [f"{o.clip}: {o.part}" for o in clean if o.part]
    return said + (mix.missed() if mix else [])


def measured(outcomes: Sequence[Outcome], mix: quiet.Mix | None) -> str:
    """Return which bars were reached: a bar that was not measured is not reached."""
    said = [name for name, done in (("F1 and must_not_fire", outcomes), ("quiet mix", mix)) if done]
    return f"all bars reached: {', '.join(said)}" if said else "nothing measured"


def work(jobs: Sequence[Job], model: Path | None) -> Iterator[Outcome]:
    """Judge clips in processes beside each other."""
    with ProcessPoolExecutor(PROCESSES, initializer=_begin, initargs=(model,)) as pool:
        yield from pool.map(_run, jobs)


_ready: list[Detector | None] = []


def _begin(model: Path | None) -> None:
    os.nice(5)
    _ready.append(Yolox(model) if model else None)


def _run(job: Job) -> Outcome:
    detector = _ready[-1]
    return run(job, Weak(detector, job.misses) if detector and job.misses else detector)


def show(outcomes: Sequence[Outcome], degradation: str) -> None:
    """Print one degradation: the figures of every rule, per split, and what was told wrongly where."""
    here = [o for o in outcomes if o.degradation == degradation]
    for name, part in (("all", here), ("test", [o for o in here if not o.tuning])):
        if name == "all" or (part and len(part) < len(here)):
            print(f"\n== {degradation}: {name} clips ({len(part)})\n{table(pooled(part))}")
    for outcome in here:
        split = "tuning" if outcome.tuning else "test"
        wrong = ", ".join(f"{name} {n}" for name, n in outcome.wrong.items() if n) or "ok"
        print(f"{outcome.clip:<26} {split:<7} must not fire: {wrong}")
        for line in outcome.false_alarms:
            print(f"      {line}")


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when a bar is missed."""
    given = _parser().parse_args(argv)
    model, begun_s = find_model(given.model), time.monotonic()
    found = [clip for clip in clips(given.clips) if given.only in clip.name]
    names = [CLEAN, *(DEGRADATIONS if given.degradations else ())]
    jobs = [Job(clip, name, given.weak) for name in names for clip in found]
    with contextlib.redirect_stdout(sys.stderr if given.json else sys.stdout):
        print(f"{describe()}\nmodel: {model or 'none: motion alone'}; clips: {given.clips}")
        if not found:
            print(f"no clip with a truth file in {given.clips}: no F1 can be told. The quiet mix is made of")
            print("Debian's vtest.avi alone then: false alarms where people walk by, nothing else.")
        outcomes = []
        for outcome in work(jobs, model):
            outcomes.append(outcome)
            print(
                f"\r{len(outcomes)}/{len(jobs)} {outcome.degradation} {outcome.clip:<30}", end="", flush=True
            )
        for name in names if found else ():
            show(outcomes, name)
        mix = quiet.measure(found, model, given.hours, given.stills, given.seed) if given.quiet else None
        if mix:
            print(mix.table())
        bars = [] if given.weak else missed(outcomes, mix)
        said = "no bar is for a weak detector" if given.weak else measured(outcomes, mix)
        print(f"\n{time.monotonic() - begun_s:.0f} s;", "MISSED:" if bars else said)
        print("\n".join(f"  {bar}" for bar in bars))
    if given.json:
        rules = {name: pooled([o for o in outcomes if o.degradation == name]) for name in names}
        sheet = Sheet(describe(), str(model), outcomes, rules, mix, bars)
        print(msgspec.json.encode(sheet).decode())
    return 1 if bars else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.cctv_score", description=__doc__)
    parser.add_argument("--clips", type=Path, default=SHARED / "clips", help="folder of clips and truths")
    parser.add_argument("--model", type=Path, help="ONNX detector of the YOLOX family")
    parser.add_argument("--only", default="", help="clips whose name has this in it")
    parser.add_argument("--degradations", action="store_true", help="F1 under each degradation too")
    parser.add_argument("--weak", type=float, default=0.0, help="share of its finds the detector leaves out")
    parser.add_argument("--quiet", action="store_true", help="the long quiet mix too")
    parser.add_argument("--hours", type=float, default=quiet.HOURS, help="length of the quiet mix")
    parser.add_argument("--seed", type=int, default=0, help="another seed is another quiet mix")
    parser.add_argument("--stills", type=Path, help="folder for a picture of each false alarm of the mix")
    parser.add_argument("--json", action="store_true", help="figures as JSON, on standard output alone")
    return parser


if __name__ == "__main__":
    sys.exit(main())
