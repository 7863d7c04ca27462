"""A camera's rules tried on films: what cannot be read is told and costs the others nothing."""

from pathlib import Path

import pytest

from cctv.offline.setup import Tried, attempt
from cctv.sources import SourceError
from tests.cctv.damaged_films import cut, film, spoil, turned_by
from tests.cctv.footage import camera, walk


def tried(films: list[Path], folder: Path) -> tuple[list[float], Tried]:
    *shares, result = attempt([str(path) for path in films], camera(), None, folder)
    assert isinstance(result, Tried)
    return [share for share in shares if isinstance(share, float)], result


def test_films_are_tried_one_after_the_other(tmp_path: Path) -> None:
    shares, result = tried([walk(tmp_path / "a.mp4"), walk(tmp_path / "b.mkv")], tmp_path)
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] < 1
    assert [name for name, _ in result.films] == ["a.mp4", "b.mkv"]
    first_s = result.films[0][1]
    kinds = [(event.kind, (event.t_s or 0) > first_s) for event in result.events]
    assert set(kinds) == {(kind, late) for kind in ("intrusion", "line_crossing") for late in (False, True)}
    assert result.notes == ()


def test_a_film_that_cannot_be_read_takes_nothing_from_the_others(tmp_path: Path) -> None:
    noise = tmp_path / "noise.mp4"
    noise.write_bytes(bytes(range(256)) * 64)
    half = cut(walk(tmp_path / "half.mkv"), 0.8)
    hurt = spoil(walk(tmp_path / "hurt.mp4"), 12, 12)
    _, result = tried([noise, walk(tmp_path / "good.mp4"), half, hurt, tmp_path / "none.mp4"], tmp_path)
    notes = {note.film: note for note in result.notes}
    assert set(notes) == {"noise.mp4", "half.mkv", "hurt.mp4", "none.mp4"}
    assert notes["noise.mp4"].error
    assert "no such file" in notes["none.mp4"].error
    assert notes["half.mkv"].footage is not None
    assert not notes["half.mkv"].footage.whole
    assert notes["hurt.mp4"].footage is not None
    assert notes["hurt.mp4"].footage.whole
    assert notes["hurt.mp4"].footage.damaged
    assert [length for _, length in result.films].count(0.0) == 2
    assert {event.kind for event in result.events} == {"intrusion", "line_crossing"}


def test_nothing_that_can_be_read_is_an_error_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "noise.mp4").write_bytes(bytes(9000))
    with pytest.raises(SourceError, match=r"noise\.mp4: .+"):
        tried([tmp_path / "noise.mp4"], tmp_path)


def test_a_film_of_one_picture_is_tried(tmp_path: Path) -> None:
    matrix, lay = turned_by(90)
    one = film(tmp_path / "one.mp4", 0.1, size=(240, 320), matrix=matrix, turn=lay)
    _, result = tried([one], tmp_path)
    assert result.films == (("one.mp4", 0.0),)
