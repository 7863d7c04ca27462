"""Scoring of cameras: which bar is missed and named, the exit code, and figures alone on standard output."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bench import cctv_score, kept
from bench.cctv_score import CLEAN, F1_BAR, Outcome, Sheet, missed, pooled
from bench.quiet import FalseAlarm, Mix
from cctv.offline.score import Tally
from tests.bench.sample_clips import folder_of, write


def outcome(name: str = "yard", degradation: str = CLEAN, **changes: object) -> Outcome:
    nothing = Outcome(name, degradation, tuning=False, tallies=(), wrong={}, false_alarms=(), off=())
    return replace(nothing, **changes)


def fired(rule: str, truths: int, events: int, hits: int) -> Tally:
    return Tally(rule, truths, events, 0, (0.5,) * hits, (), 60.0)


def test_figures_of_a_rule_are_over_all_its_clips() -> None:
    two = [outcome(tallies=(fired("fall", 1, 1, 1),)), outcome(tallies=(fired("fall", 1, 0, 0),))]
    (figures,) = pooled(two)
    assert (figures.truths, figures.hits) == (2, 1)
    assert figures.f1 == pytest.approx(2 / 3)


def test_each_bar_that_is_missed_is_named() -> None:
    bad = outcome(
        tallies=(fired("fall", 2, 1, 1), fired("fire", 2, 2, 2)),
        wrong={"person": 3, "crowd": 0},
        off=("theft",),
    )
    mix = Mix(86400.0, {}, [FalseAlarm("yard", 0, 1.0, "rain", "smoke", 0.9, None, ())])
    assert missed([bad], mix) == [
        f"fall: F1 0.67 < {F1_BAR:.2f}",
        "yard: person fired 3×",
        "theft: no such rule",
        "quiet mix: 1.00 false alarms per camera-day",
    ]


def test_only_clean_clips_are_held_against_the_bars() -> None:
    assert missed([outcome(degradation="night", tallies=(fired("fall", 2, 0, 0),))], None) == []
    assert missed([outcome(tallies=(fired("fall", 0, 1, 0),))], None) == []  # no truth, no F1


def run(folder: Path, *words: str) -> int:
    return cctv_score.main(["--clips", str(folder), *words])


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """No detector, wherever one may lie."""
    monkeypatch.setattr(cctv_score, "find_model", lambda _: None)


@pytest.mark.usefixtures("blind")
def test_a_bar_that_is_missed_is_the_exit_code_and_json_stands_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(folder_of(tmp_path), "--json", "--only", "falling") == 1
    out, err = capfd.readouterr()
    sheet = msgspec.json.decode(out, type=Sheet)
    assert sheet.missed == ["fall: F1 0.00 < 0.90"]
    assert "MISSED" in err
    assert "fall: F1 0.00 < 0.90" in err
    assert [one.clip for one in sheet.clips] == ["falling"]


@pytest.mark.usefixtures("blind")
def test_all_bars_reached(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    walked = {"type": "intrusion", "zone": "middle", "t": 3.0}
    write(tmp_path, "walking", events=[walked], must_not_fire=["vehicle"])
    assert run(tmp_path) == 0
    out = capfd.readouterr().out
    assert "all bars reached" in out
    (line,) = [line for line in out.splitlines() if line.startswith("intrusion")]
    assert line.split()[1:7] == ["1", "1", "1", "1.00", "1.00", "1.00"]
    assert "walking" in out
    assert "must not fire: ok" in out


@pytest.mark.usefixtures("blind")
def test_what_must_not_fire_and_does_misses_a_bar(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "forbidden", must_not_fire=["intrusion"])
    assert run(tmp_path) == 1
    assert "forbidden: intrusion fired 1×" in capfd.readouterr().out


@pytest.mark.usefixtures("blind")
def test_without_clips_nothing_is_claimed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 0
    assert "no F1 can be told" in capfd.readouterr().out


@pytest.mark.usefixtures("blind")
def test_both_splits_are_shown(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    split = tmp_path / "split.toml"
    split.write_text('tuning = ["passing"]\n[empty]\n', "utf-8")
    monkeypatch.setattr(kept, "SPLIT", split)
    run(folder_of(tmp_path / "clips"))
    out = capfd.readouterr().out
    assert "clean: all clips (2)" in out
    assert "clean: test clips (1)" in out
    said = {line.split()[0]: line.split()[1] for line in out.splitlines() if "must not fire" in line}
    assert said == {"passing": "tuning", "falling": "test"}
