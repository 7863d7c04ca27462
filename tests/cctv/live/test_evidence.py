"""Clips: 10 s before and 20 s after, whole or not at all, pictures without sound, what was seen beside."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from cctv.live import evidence as clips
from cctv.live.evidence import (
    AFTER_S,
    BEFORE_S,
    LONGEST_S,
    Clip,
    Pictured,
    Roll,
    jpeg,
    write_clip,
    write_still,
)
from cctv.tracking.tracker import Track
from data.cameras.stills import loose
from tests.cctv.footage import FPS, camera, walk
from tests.cctv.recorded_clip import BEGAN, about, noted, taken

PICTURE = jpeg(np.full((48, 64, 3), 90, np.uint8))


def run(moments: list[float], until_s: float, fps: float = 4.0) -> list[Clip]:
    """Roll pictures with events at these times; return the clips that came of it."""
    roll, found, waiting = Roll(), list[Clip](), list(moments)
    for number in range(int(until_s * fps)):
        t_s = number / fps
        if clip := roll.add(Pictured(t_s, PICTURE)):
            found.append(clip)
        roll.saw(t_s, [Track(1, "person", 0.8, (t_s, 0.0, 4.0, 9.0), t_s, t_s, (0.0, 0.0))])
        while waiting and waiting[0] <= t_s:
            roll.begin(waiting.pop(0))
            roll.note(noted())
    return found


def test_ten_seconds_before_and_twenty_after() -> None:
    (clip,) = run([30.0], 60)
    assert clip.pictures[0].t_s == 30 - BEFORE_S == 20
    assert clip.pictures[-1].t_s == 30 + AFTER_S == 50
    assert [saw.t_s for saw in clip.seen] == [picture.t_s for picture in clip.pictures][: len(clip.seen)]
    assert len(clip.seen) >= len(clip.pictures) - 1


def test_events_close_together_share_and_lengthen_one() -> None:
    (clip,) = run([30.0, 40.0, 55.0], 90)
    assert (clip.pictures[0].t_s, clip.pictures[-1].t_s) == (20.0, 75.0)
    assert [at for at, _ in clip.facts] == [30.0, 40.0, 55.0]


def test_events_without_end_are_several_clips_each_with_its_moments() -> None:
    found = run([float(t) for t in range(30, 330, 10)], 400)
    assert len(found) >= 3
    assert all(clip.length_s <= LONGEST_S for clip in found)
    assert len({clip.number for clip in found}) == len(found)
    assert sum(len(clip.facts) for clip in found) == 30
    for clip in found:
        assert all(clip.pictures[0].t_s <= at <= clip.pictures[-1].t_s for at, _ in clip.facts)
        assert all(clip.pictures[-1].t_s - at >= AFTER_S - 10.25 for at, _ in clip.facts)


def test_a_source_that_is_lost_leaves_what_there_was() -> None:
    roll = Roll()
    assert roll.finish() is None
    for t_s in range(5):
        roll.add(Pictured(float(t_s), PICTURE))
    roll.begin(4.0)
    roll.note(noted())
    clip = roll.finish()
    assert clip
    assert clip.length_s == 4
    assert roll.finish() is None


def test_without_a_picture_there_is_no_clip() -> None:
    roll = Roll()
    roll.begin(1.0)
    roll.note(noted())
    roll.begin(2.0)
    assert roll.finish() is None
    roll.begin(3.0)
    roll.add(Pictured(3.1, PICTURE))
    clip = roll.finish()
    assert clip
    assert [picture.t_s for picture in clip.pictures] == [3.1]


def test_a_clip_plays_without_sound_and_knows_what_was_seen_all_through_it(tmp_path: Path) -> None:
    path = taken(camera(str(walk(tmp_path / "walk.mp4", stand_s=4))), tmp_path)
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert [stream.type for stream in container.streams] == ["video"]
        times = [float(frame.time or 0) for frame in container.decode(video)]
    card, course = about(path)
    assert times == pytest.approx(course.pictures, abs=0.002)
    assert len(times) >= 5 * FPS
    assert card.length_s == pytest.approx(times[-1], abs=0.01)
    assert (card.camera, card.began, card.keep_days) == ("changwon/camera/CAM-1", BEGAN, 30)
    assert {drawn.name for drawn in (*card.zones, *card.lines)} == {"middle", "gate"}
    assert {moment.kind for moment in card.moments} >= {"intrusion", "loitering"}
    first, last = min(m.t_s for m in card.moments), max(m.t_s for m in card.moments)
    with_boxes = [at for at, things in course.seen if things]
    assert min(with_boxes) < first < last <= max(with_boxes)  # not only at the moment
    who = {m.track for m in card.moments if m.track is not None}
    assert who <= {one.track for _, things in course.seen for one in things}


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clip,) = run([30.0], 60)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(clips, "card", full)
    with pytest.raises(OSError, match="No space"):
        write_clip(clip, camera(), "motion", BEGAN, tmp_path)
    assert not list((tmp_path / "clips").glob("*.json.part")) + list((tmp_path / "clips").glob(".*.part"))
    assert not (tmp_path / "clips" / f"{clip.number}.json").exists()
    monkeypatch.setattr(clips, "encode", full)
    with pytest.raises(OSError, match="No space"):
        write_clip(clip._replace(number="other"), camera(), "motion", BEGAN, tmp_path)
    assert not list((tmp_path / "clips").glob("*other*"))


def test_pictures_that_change_their_size_stay_one_clip(tmp_path: Path) -> None:
    small = jpeg(np.full((36, 48, 3), 200, np.uint8))
    pictures = (Pictured(0.0, PICTURE), Pictured(0.2, small), Pictured(0.4, PICTURE))
    path = write_clip(Clip("c", pictures, ()), camera(), "motion", BEGAN, tmp_path)
    with av.open(str(path)) as container:
        shapes = [frame.to_ndarray(format="bgr24").shape for frame in container.decode(video=0)]
    assert shapes == [(48, 64, 3)] * 3


def test_nothing_is_drawn_into_the_pictures(tmp_path: Path) -> None:
    eyes = camera(str(walk(tmp_path / "walk.mp4")))
    with av.open(str(taken(eyes, tmp_path))) as container:
        first = next(container.decode(video=0)).to_ndarray(format="bgr24")
    with av.open(eyes.source) as container:
        given = next(container.decode(video=0)).to_ndarray(format="bgr24")
    assert cv2.absdiff(first, given).mean() < 12  # compression alone


def test_a_still_tells_which_camera_took_it(tmp_path: Path) -> None:
    image = np.full((48, 64, 3), 90, np.uint8)
    ids = {write_still(image, tmp_path, "CAM-1"), write_still(image, tmp_path)}
    found = loose(tmp_path / "stills", (), "changwon")
    assert {one.id for one in found} == ids
    assert sorted(one.camera for one in found) == ["", "changwon/camera/CAM-1"]
