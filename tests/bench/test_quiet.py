"""The long quiet mix: how it is shared out, repeatable, and that a false alarm is counted and named."""

from pathlib import Path

import numpy as np
import pytest

from bench import kept, quiet
from bench.degrade import DEGRADATIONS
from bench.quiet import BAR, CLEAR, CUT, PART_S, PHASE_S, FalseAlarm, Mix, Part, Reel, Showing, parts
from cctv.config.camera import Camera
from cctv.rules import PictureRule
from cctv.sources.base import Image
from tests.bench.sample_clips import folder_of
from tests.cctv.footage import camera


def reel(name: str, duration_s: float = 100.0, eyes: Camera | None = None) -> Reel:
    return Reel(name, f"{name}.mp4", eyes or camera(), duration_s)


def grey(level: int) -> Image:
    return np.full((90, 120, 3), level, np.uint8)


def test_the_hours_are_shared_out_and_no_stretch_is_too_long() -> None:
    made = parts([reel("short", 25.0), reel("long", 100.0)], 2.0)
    assert sum(part.seconds for part in made) == pytest.approx(7200)
    assert max(part.seconds for part in made) <= PART_S
    of = {name: sum(p.seconds for p in made if p.reel.name == name) for name in ("short", "long")}
    assert of["long"] == pytest.approx(2 * of["short"])  # by the root of the length
    assert len({(part.reel.name, part.seed) for part in made}) == len(made)
    assert all(part.other.name != part.reel.name for part in made)
    assert made == parts([reel("short", 25.0), reel("long", 100.0)], 2.0)
    other = parts([reel("short", 25.0), reel("long", 100.0)], 2.0, seed=1)
    assert not {part.seed for part in made} & {part.seed for part in other}


def shown(seed: int, seconds: float) -> list[tuple[str, float, int]]:
    """Return of each picture of a stretch what was done to it, its time and the sum of its pixels."""
    part = Part(reel("a"), reel("b"), seed, seconds)
    showing = Showing(part, [grey(90), grey(100)], [grey(200)])
    return [(showing.degradation, frame.t_s, int(frame.image.sum())) for frame in showing]


def test_a_stretch_is_repeatable_by_its_seed() -> None:
    first = shown(3, PHASE_S * 2)
    assert first == shown(3, PHASE_S * 2)
    assert first != shown(4, PHASE_S * 2)
    times = [t_s for _, t_s, _ in first]
    assert times == sorted(times)
    assert len(times) == pytest.approx(PHASE_S * 2 * 5, abs=2)


def test_everything_is_done_to_the_pictures_once_before_anything_is_done_twice() -> None:
    all_of_them = {CLEAR, CUT, *DEGRADATIONS}
    phases = [name for name, _, _ in shown(1, PHASE_S * len(all_of_them))]
    assert set(phases) == all_of_them
    assert all(phases.count(name) == pytest.approx(PHASE_S * 5, abs=2) for name in all_of_them)


def test_a_false_alarm_is_counted_and_named_and_the_bar_missed() -> None:
    alarm = FalseAlarm("yard", 7, 12.5, "night", "fire", 0.9, None, ())
    mix = Mix(43200.0, {"yard": 43200.0}, [alarm])
    assert mix.per_day == pytest.approx(2.0)
    (said,) = mix.missed()
    assert "2.00 false alarms per camera-day" in said
    for word in ("fire", "yard", "night", "2.00 per camera-day", f"bar {BAR}"):
        assert word in mix.table()
    assert Mix(43200.0, {"yard": 43200.0}, []).missed() == []


def test_only_clips_without_an_alarm_are_quiet(tmp_path: Path) -> None:
    found = kept.clips(folder_of(tmp_path))
    names = [one.name for one in quiet.reels(found)]
    assert "passing" in names
    assert "falling" not in names
    quiet_one = next(one for one in quiet.reels(found) if one.name == "passing")
    on = kept.kinds_on(quiet_one.camera)
    assert set(kept.ANYWHERE) & kept.kinds_of(PictureRule) <= set(on)


def test_the_mix_is_played_to_the_eyes_and_tells_what_fired(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [clip for clip in kept.clips(folder_of(tmp_path)) if clip.name == "passing"]
    monkeypatch.setattr(quiet, "reels", lambda found: [_watched(found[0])])
    mix = quiet.measure(clips, None, 20 / 3600)
    assert mix.seconds == pytest.approx(20)
    assert mix.seconds_of == {"passing": pytest.approx(20)}
    assert mix.false_alarms
    assert "line_crossing:gate" in {one.rule for one in mix.false_alarms}
    out = capfd.readouterr().out
    assert f"quiet mix 100% passing #0: {len(mix.false_alarms)}" in out
    assert f"under {mix.false_alarms[0].degradation}: {mix.false_alarms[0].rule}" in out


def _watched(clip: kept.Clip) -> Reel:
    """Return a clip watched where somebody does walk: each passage is a false alarm."""
    return Reel(clip.name, str(clip.video), camera(), clip.truth.duration_s)
