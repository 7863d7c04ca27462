"""The shelf of clips: listed, told what was seen, held and released with a reason that is on record."""

from datetime import UTC, datetime, timedelta

import httpx
import msgspec

from data.audit import review as trail
from data.cameras.clips import Card, Course, Hold, plan
from tests.api.conftest import Site
from tests.sample_clip import CAMERA, film

WHY = {"reason": "소방서 요청"}
OTHER = "changwon/camera/CAM-031"


def test_clips_of_a_camera_and_what_was_seen_in_one(site: Site) -> None:
    film(site.settings.var, "listed-1")
    with site.as_role("viewer") as viewer:
        (found,) = [
            c for c in viewer.get("/api/v1/clips", params={"camera": CAMERA}).json() if c["id"] == "listed-1"
        ]
        assert viewer.get("/api/v1/clips", params={"camera": "changwon/camera/CAM-999"}).json() == []
        told = viewer.get("/api/v1/clips/listed-1/track").json()
        assert viewer.get("/api/v1/clips/none/track").status_code == 404
    assert (found["length_s"], found["hold"], found["moments"][0]["kind"]) == (12.0, None, "intrusion")
    assert found["expires_ms"] - found["began_ms"] == (30 * 86400 + 12) * 1000
    assert told["zones"][0]["name"] == "yard"
    assert told["course"]["seen"][10] == [2.0, [[7, "person", 0.9, 40.0, 100.0, 40.0, 60.0]]]


def ids(found: httpx.Response) -> list[str]:
    return [row["id"] for row in found.raise_for_status().json()]


def shelved(site: Site, count: int) -> list[str]:
    """Lay clips of another camera on the shelf, two of a time, the last first; return their ids as listed."""
    folder, names = site.settings.var / "clips", list[str]()
    folder.mkdir(exist_ok=True)
    for number in range(count):
        began = datetime(2026, 5, 1, tzinfo=UTC) - timedelta(hours=number // 2, microseconds=7)
        card = Card(f"old-{9999 - number}", OTHER, began, 1.0, (64, 48), "m", keep_days=3650)
        (folder / f"{card.id}.mp4").write_bytes(b"film")
        (folder / f"{card.id}.track.json").write_bytes(msgspec.json.encode(Course((), ())))
        (folder / f"{card.id}.json").write_bytes(msgspec.json.encode(card))
        names.append(card.id)
    return names


def test_every_clip_can_be_come_to_page_by_page_and_held_ones_at_once(site: Site) -> None:
    names = shelved(site, 205)
    site.services.sweep.shelf.hold(names[-1], Hold("kim", "증거", datetime.now(UTC)))
    with site.as_role("viewer") as viewer:
        first = viewer.get("/api/v1/clips", params={"camera": OTHER})
        assert ids(first) == names[:200]
        last = first.json()[-1]
        site.services.sweep.shelf.remove(last["id"])  # a clip that goes meanwhile leaves the next page whole
        rest = viewer.get("/api/v1/clips", params={"camera": OTHER, "before": last["cursor"]})
        assert ids(rest) == names[200:]
        end = rest.json()[-1]["cursor"]
        assert ids(viewer.get("/api/v1/clips", params={"camera": OTHER, "before": end})) == []
        halves = [viewer.get("/api/v1/clips", params={"camera": OTHER, "limit": 3})]
        halves.append(
            viewer.get(
                "/api/v1/clips",
                params={"camera": OTHER, "limit": 3, "before": halves[0].json()[-1]["cursor"]},
            )
        )
        assert [name for half in halves for name in ids(half)] == names[:6]
        assert ids(viewer.get("/api/v1/clips", params={"camera": OTHER, "held": True})) == names[-1:]
        for before in ("x", "2026-05-01~a", "~"):
            assert viewer.get("/api/v1/clips", params={"before": before}).status_code == 422
    for name in names:
        site.services.sweep.shelf.remove(name)


def test_a_hold_has_a_reason_and_a_name_and_ends_by_a_manager(site: Site) -> None:
    film(site.settings.var, "held-1")
    with site.as_role("operator") as operator:
        assert operator.post("/api/v1/clips/held-1/hold", json={"reason": " "}).status_code == 422
        assert operator.post("/api/v1/clips/held-1/hold", json=WHY).json()["user"] == "operator"
        assert operator.post("/api/v1/clips/held-1/release", json=WHY).status_code == 403
        assert operator.post("/api/v1/clips/none/hold", json=WHY).status_code == 404
    shelf = site.services.sweep.shelf
    kept = shelf.one("held-1")
    assert kept
    assert kept.hold
    assert kept.hold.reason == WHY["reason"]
    with site.as_role("manager") as manager:
        assert manager.post("/api/v1/clips/held-1/release", json=WHY).status_code == 200
    assert shelf.hold_of("held-1") is None
    rows = [row for row in trail.rows(site.services.engine, limit=20) if row.object == "held-1"]
    assert [(row.action, row.reason) for row in rows] == [
        ("clip.release", WHY["reason"]),
        ("clip.hold", WHY["reason"]),
    ]


def test_what_goes_next_is_told_before_it_goes(site: Site) -> None:
    film(site.settings.var, "next-1")
    sweep = site.services.sweep
    with site.as_role("viewer") as viewer:
        sweep.plan = None
        assert viewer.get("/api/v1/cameras/shelf").json() is None
        made = sweep.once({})
        told = viewer.get("/api/v1/cameras/shelf").json()
        assert told["used_bytes"] == made.used_bytes > 0
        assert (told["tight"], told["budget_bytes"]) == (False, made.budget_bytes)
        sweep.plan = plan(sweep.shelf.all(), [], {}, datetime.now(UTC), made.used_bytes + 1)
        told = viewer.get("/api/v1/cameras/shelf").json()
    assert told["tight"]
    assert told["next"]["camera"] == CAMERA
