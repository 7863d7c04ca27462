"""Films are read to their end whatever is wrong with them, and a part is never taken for the whole."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from cctv.sources.base import Frame
from cctv.sources.decode import decoding
from cctv.sources.file import FileSource
from cctv.sources.footage import Footage
from tests.cctv.damaged_films import (
    FPS,
    Read,
    cut,
    erase,
    film,
    grows_evenly,
    marked_corner,
    packets,
    read,
    spoil,
)

SECONDS = 4.0
ALL = round(SECONDS * FPS)


def whole(found: Read) -> Footage:
    assert found.footage is not None, found.error
    assert found.footage.whole, found.footage
    assert found.footage.part() == ""
    return found.footage


def part(found: Read) -> Footage:
    assert found.footage is not None, found.error
    assert not found.footage.whole, found.footage
    assert "끝까지 읽지 못함" in found.footage.part()
    return found.footage


# The decoder's name is not the codec's: libdav1d decodes AV1, msmpeg4 decodes version 3, flv decodes FLV1.
@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("av1.mp4", "libsvtav1", "yuv420p"),
        ("av1.mkv", "libsvtav1", "yuv420p10le"),
        ("av1.ivf", "libsvtav1", "yuv420p"),
        ("av1.obu", "libsvtav1", "yuv420p"),
        ("hevc.mp4", "libx265", "yuv420p10le"),
        ("ten_bits.mkv", "libx264", "yuv420p10le"),
        ("full_colour.mp4", "libx264", "yuv444p"),
        ("alpha.webm", "libvpx-vp9", "yuva420p"),
        ("vp8.webm", "libvpx", "yuv420p"),
        ("h263.avi", "h263", "yuv420p"),
        ("mpeg1.mpg", "mpeg1video", "yuv420p"),
        ("mpeg2.ts", "mpeg2video", "yuv420p"),
        ("mpeg4.avi", "mpeg4", "yuv420p"),
        ("mjpeg.avi", "mjpeg", "yuvj420p"),
        ("msmpeg4v2.avi", "msmpeg4v2", "yuv420p"),
        ("msmpeg4v3.avi", "msmpeg4", "yuv420p"),
        ("flv1.flv", "flv", "yuv420p"),
        ("wmv1.asf", "wmv1", "yuv420p"),
        ("wmv2.asf", "wmv2", "yuv420p"),
        ("gif.gif", "gif", "rgb8"),
    ],
)
def test_every_codec_that_is_listed_is_read(tmp_path: Path, name: str, codec: str, form: str) -> None:
    size, base = ((352, 288), 25) if codec in {"h263", "mpeg1video"} else ((320, 240), FPS)
    path = film(tmp_path / name, 0.8, codec, size=size, form=form, fps=base)
    found = read(path)
    assert len(found.times_s) >= 0.8 * base - 1, found.error
    assert found.last is not None
    assert marked_corner(found.last) == "top left"
    whole(found)


@pytest.mark.parametrize("suffix", ["ts", "mkv", "flv"])
def test_a_film_whose_time_stamps_begin_again_is_seen_to_its_end(tmp_path: Path, suffix: str) -> None:
    data = film(tmp_path / f"one.{suffix}", SECONDS).read_bytes()
    head = 13 if suffix == "flv" else 0  # the header of a file, which is there once
    path = tmp_path / f"again.{suffix}"
    path.write_bytes(data + data[head:])
    found = read(path)
    assert len(found.times_s) == 2 * ALL
    assert grows_evenly(found.times_s)
    assert whole(found).breaks == 1
    assert any("time stamps" in note for note in whole(found).notes())


def test_three_in_one_are_seen_or_told(tmp_path: Path) -> None:
    one = film(tmp_path / "one.ts", SECONDS).read_bytes()
    (tmp_path / "three.ts").write_bytes(3 * one)
    found = read(tmp_path / "three.ts")
    assert len(found.times_s) == 3 * ALL
    assert whole(found).breaks == 2
    one = film(tmp_path / "one.mkv", SECONDS).read_bytes()
    (tmp_path / "three.mkv").write_bytes(3 * one)
    part(read(tmp_path / "three.mkv"))  # FFmpeg reads no third segment


def test_a_film_that_goes_on_at_another_size_keeps_its_first(tmp_path: Path) -> None:
    large, small = film(tmp_path / "a.ts", 1), film(tmp_path / "b.ts", 1, size=(160, 120))
    path = tmp_path / "both.ts"
    path.write_bytes(large.read_bytes() + small.read_bytes())
    with decoding(FileSource(str(path)).opening()) as frames:
        shapes = {frame.image.shape for frame in frames}
    assert shapes == {(240, 320, 3)}


@pytest.mark.parametrize(
    ("name", "stamp", "length_s"),
    [
        ("jump.ts", lambda n: n if n < 20 else n + 36_000, SECONDS),  # an hour: no pause in such a container
        ("pause.ts", lambda n: n if n < 20 else n + 30, SECONDS + 3),
        ("pause.mkv", lambda n: n if n < 20 else n + 600, SECONDS + 60),
        ("before.mkv", lambda n: n - 15, SECONDS),
        ("before.ts", lambda n: n - 15, SECONDS),
        ("late.mp4", lambda n: n + 1000, SECONDS),
        ("uneven.mp4", lambda n: n * (n + 1) // 8 + n, (ALL * (ALL - 1) // 8 + ALL - 1) / FPS),
    ],
)
def test_odd_time_stamps(tmp_path: Path, name: str, stamp: Callable[[int], int], length_s: float) -> None:
    found = read(film(tmp_path / name, SECONDS, stamp=stamp))
    assert len(found.times_s) == ALL
    assert np.all(np.diff(found.times_s) > 0)
    assert found.times_s[-1] == pytest.approx(length_s, abs=0.2)
    whole(found)


def test_a_stream_without_any_time_stamp(tmp_path: Path) -> None:
    found = read(film(tmp_path / "raw.h264", SECONDS))
    assert len(found.times_s) == ALL
    assert grows_evenly(found.times_s, 1 / 25)
    whole(found)


@pytest.mark.parametrize("disturb", [spoil, erase])
@pytest.mark.parametrize(("suffix", "lost"), [("mp4", 1), ("mov", 1), ("mkv", FPS // 2)])
def test_one_damaged_packet_costs_no_more_than_itself(
    tmp_path: Path, suffix: str, lost: int, disturb: Callable[[Path, int, int], Path]
) -> None:
    """In Matroska the rest of its cluster is lost with it."""
    found = read(disturb(film(tmp_path / f"film.{suffix}", SECONDS), 15, 15))
    assert len(found.times_s) >= ALL - lost
    assert found.times_s[-1] == pytest.approx(SECONDS - 1 / FPS)
    footage = whole(found)
    assert footage.damaged >= 1
    assert any("damaged" in note for note in footage.notes())


@pytest.mark.parametrize("name", ["film.ts", "film.avi", "film.h264", "av1.mp4"])
def test_damage_in_the_middle(tmp_path: Path, name: str) -> None:
    codec = {"film.avi": "mpeg4", "av1.mp4": "libsvtav1"}.get(name, "libx264")
    path = film(tmp_path / name, SECONDS, codec, options={"g": str(FPS)} if codec == "libsvtav1" else None)
    position, size = packets(path)[15]
    data = bytearray(path.read_bytes())
    data[position + size // 2 : position + size // 2 + 40] = bytes(40)
    path.write_bytes(data)
    found = read(path)
    assert len(found.times_s) >= ALL - FPS, "no more is lost than up to the next key frame"
    assert found.footage is not None
    assert found.footage.damaged >= 1
    whole(found)


def test_a_packet_that_the_container_passes_over_is_told(tmp_path: Path) -> None:
    """Flash video: with the header of a packet gone nothing of it reaches a decoder."""
    footage = whole(read(erase(film(tmp_path / "film.flv", SECONDS), 15, 15)))
    assert (footage.pictures, footage.damaged >= 1) == (ALL - 1, True)
    part(read(spoil(film(tmp_path / "lost.flv", SECONDS), 15, 15)))


def test_a_whole_second_of_damage_is_passed_over_and_nothing_after_it_is_early(tmp_path: Path) -> None:
    found = read(erase(film(tmp_path / "film.mp4", SECONDS), 10, 19))
    assert len(found.times_s) == ALL - FPS
    assert found.times_s[9:11] == pytest.approx([0.9, 2.0])
    assert whole(found).damaged_at_s


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "flv", "avi"])
def test_a_last_part_that_cannot_be_read_is_told(tmp_path: Path, suffix: str) -> None:
    codec = "mpeg4" if suffix == "avi" else "libx264"
    found = read(erase(film(tmp_path / f"film.{suffix}", SECONDS, codec), 30, ALL - 1))
    footage = part(found)
    assert footage.seen_s == pytest.approx(3.0, abs=0.15)
    assert footage.length_s == pytest.approx(SECONDS, abs=0.25)


@pytest.mark.parametrize("name", ["film.mkv", "film.ts", "film.avi", "film.flv", "front.mp4", "pieces.mp4"])
def test_a_film_that_was_cut_off_is_told(tmp_path: Path, name: str) -> None:
    flags = {"front.mp4": "faststart", "pieces.mp4": "frag_keyframe+empty_moov"}.get(name)
    codec, form = ("mjpeg", "yuvj420p") if name.endswith("avi") else ("libx264", "yuv420p")
    container = {"movflags": flags} if flags else None
    path = film(tmp_path / name, SECONDS, codec, form=form, container=container)
    found = read(cut(path, 0.6))
    footage = part(found)
    assert 1.2 < footage.seen_s < 3.0
    assert len(found.times_s) >= 12, "what is there is seen all the same"


def test_an_mp4_without_its_index_is_refused_in_one_line(tmp_path: Path) -> None:
    found = read(cut(film(tmp_path / "film.mp4", SECONDS), 0.6))
    assert (found.times_s, found.footage) == ([], None)
    assert found.error
    assert "\n" not in found.error


def test_zeros_behind_a_transport_stream_are_told(tmp_path: Path) -> None:
    path = film(tmp_path / "film.ts", SECONDS)
    path.write_bytes(path.read_bytes() + bytes(path.stat().st_size // 2))
    part(read(path))


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv"])
def test_a_film_of_nothing_but_damage_has_no_picture(tmp_path: Path, name: str) -> None:
    found = read(erase(film(tmp_path / name, 1), 0, FPS))
    assert found.times_s == []
    assert "not one picture" in found.error
    assert "damaged" in found.error


def test_a_film_without_a_packet(tmp_path: Path) -> None:
    found = read(film(tmp_path / "none.mkv", 0))
    assert found.error
    assert not found.times_s


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "avi"])
def test_a_title_in_another_encoding_is_no_reason_to_refuse_a_film(tmp_path: Path, suffix: str) -> None:
    path = film(tmp_path / f"title.{suffix}", 0.5, "mpeg4", title="TITLE OF IT")
    data = path.read_bytes()
    assert b"TITLE OF IT" in data
    path.write_bytes(data.replace(b"TITLE OF IT", "동문 카메라".encode("cp949")))  # as Windows in Korea
    assert len(read(path).times_s) == FPS // 2


def test_a_film_played_as_a_camera_shortens_its_pauses_and_goes_past_damage(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", 1, stamp=lambda n: n if n < 5 else n + 600)
    spoil(path, 3, 3)
    opening = msgspec.structs.replace(FileSource(str(path)).opening(), live=True)
    seen = list[Frame]()
    with decoding(opening) as frames:
        while len(seen) < 12:
            seen.append(next(frames))
    assert np.all(np.diff([frame.t_s for frame in seen]) < 0.5)
    assert seen[-1].damaged
