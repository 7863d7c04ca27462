"""The shelf: what is past its days goes, then the oldest that nobody holds, and it is known beforehand."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from data.cameras.clips import Card, Course, Hold, Moment, Shelf, expiry, plan
from data.cameras.stills import Still

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CAMERA = "changwon/camera/CAM-1"


def put(var: Path, name: str, days_old: float, size: int = 1000, keep_days: float = 30) -> None:
    """Lay a clip of about ``size`` bytes on the shelf."""
    for folder in ("clips", "stills"):
        (var / folder).mkdir(exist_ok=True)
    moment = Moment(10.0, "fall", "fall", 0.9, still=f"still-{name}")
    card = Card(
        name, CAMERA, NOW - timedelta(days=days_old), 30.0, (64, 48), "m", (moment,), keep_days=keep_days
    )
    (var / "stills" / f"still-{name}.jpg").write_bytes(b"still")
    (var / "clips" / f"{name}.mp4").write_bytes(bytes(size))
    (var / "clips" / f"{name}.track.json").write_bytes(msgspec.json.encode(Course((), ())))
    (var / "clips" / f"{name}.json").write_bytes(msgspec.json.encode(card))


def test_days_then_budget_and_never_what_is_held(tmp_path: Path) -> None:
    for name, age in (("a", 40), ("b", 20), ("c", 10), ("d", 5), ("e", 1)):
        put(tmp_path, name, age, 10_000)
    shelf = Shelf(tmp_path)
    shelf.hold("b", Hold("kim", "소방서 요청", NOW))
    kept = shelf.all()
    assert [one.card.id for one in kept] == ["e", "d", "c", "b", "a"]
    told = plan(kept, {"c"}, {}, NOW, 33_000)
    assert (told.expired, told.crowded) == (("a",), ("d",))
    assert told.next is not None
    assert told.next.card.id == "e"
    assert told.tight
    assert not plan(kept, (), {}, NOW, 10**9).tight
    assert plan(kept, (), {CAMERA: 7.0}, NOW, 10**9).expired == ("a", "c")


def test_stills_fill_the_shelf_too(tmp_path: Path) -> None:
    put(tmp_path, "a", 2)
    bare = Shelf(tmp_path).one("a")
    (tmp_path / "stills" / "still-a.jpg").write_bytes(bytes(50_005))
    one = Shelf(tmp_path).one("a")
    assert one
    assert bare
    assert one.size_bytes == bare.size_bytes + 50_000
    loose = [Still(f"s{age}", CAMERA, NOW - timedelta(days=age), 10_000) for age in (1, 3, 40)]
    told = plan([one], (), {}, NOW, 12_000, loose)
    assert (told.crowded, told.stills, told.used_bytes) == (("a",), ("s40", "s3"), 10_000)
    assert plan([one], {"s3", "s40"}, {}, NOW, 1_000, loose).stills == ("s1",)


def test_a_clip_goes_with_its_still_and_a_hold_outlives_a_crash(tmp_path: Path) -> None:
    put(tmp_path, "a", 1)
    put(tmp_path, "b", 2)
    Shelf(tmp_path).hold("b", Hold("kim", "증거", NOW))
    shelf = Shelf(tmp_path)
    shelf.remove("a")
    (left,) = shelf.all()
    assert left.hold == Hold("kim", "증거", NOW)
    assert [path.name for path in (tmp_path / "stills").iterdir()] == ["still-b.jpg"]
    shelf.release("b")
    assert shelf.all()[0].hold is None
    (tmp_path / "clips" / "b.hold.json").write_bytes(b"{")
    assert shelf.all()[0].hold is not None  # unreadable holds as well


def test_what_has_no_card_goes_whatever_it_is(tmp_path: Path) -> None:
    put(tmp_path, "whole", 1)
    put(tmp_path, "torn", 1)
    (tmp_path / "clips" / "torn.json").unlink()
    Shelf(tmp_path).hold("torn", Hold("kim", "증거", NOW))
    later = datetime.now(UTC) + timedelta(hours=2)
    Shelf(tmp_path).tidy(later)
    assert {path.name.partition(".")[0] for path in (tmp_path / "clips").iterdir()} == {"whole"}


def test_days_beyond_all_dates_are_ten_years(tmp_path: Path) -> None:
    put(tmp_path, "a", 40)
    (one,) = Shelf(tmp_path).all()
    assert expiry(one, {CAMERA: float("inf")}) - one.ended == timedelta(days=3650)
