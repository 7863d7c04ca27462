"""What leaves the room asks why, and is in the audit trail before its first byte; the trail's own doors."""

import csv
import io
import json
from datetime import UTC, datetime

import av
import msgspec
import numpy as np
import pytest

from api.routes.exports import _cell, _csv
from data.audit import review as trail
from data.cameras.clips import Card, Course, Thing
from data.operators.accounts import ROLES
from tests.api.conftest import Site, alarm, gas
from tests.api.test_record import record
from tests.cctv.tiny_model import tiny_yolox

REASON = {"reason": "경찰 요청 2026-17"}
DOORS = (
    "/api/v1/export/events",
    "/api/v1/export/alarms",
    "/api/v1/export/audit",
    "/api/v1/clips/c-1/download",
)


@pytest.fixture(scope="module", autouse=True)
def _recorded(site: Site) -> None:
    for first in (0, 550):
        assert site.post(*(gas(n) for n in range(first, first + 550)), alarm(f"a-{first}")).status_code == 202
    record(site)
    clips = site.settings.var / "clips"
    clips.mkdir(parents=True)
    with av.open(str(clips / "c-1.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        grey = np.full((240, 320, 3), 90, np.uint8)
        for _ in range(5):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="bgr24")))
        out.mux(stream.encode())
    (clips / "broken.mp4").write_bytes(b"clip")


def newest(site: Site) -> trail.AuditRow:
    return trail.rows(site.services.engine, limit=1)[0]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("said", [{}, {"reason": ""}, {"reason": "   "}])
def test_nothing_leaves_without_a_reason(site: Site, door: str, said: dict[str, str]) -> None:
    before = newest_place(site)
    with site.as_role("manager") as manager:
        answer = manager.get(door, params=said)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "reason"]
    assert newest_place(site) == before


def newest_place(site: Site) -> int:
    return next((row.chain for row in trail.rows(site.services.engine, limit=1)), 0)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("role", ROLES)
def test_only_managers_take_something_out_and_it_is_on_record(site: Site, door: str, role: str) -> None:
    before = newest_place(site)
    with site.as_role(role) as somebody:
        answer = somebody.get(door, params=REASON)
    if ROLES.index(role) < ROLES.index("manager"):
        assert (answer.status_code, newest_place(site)) == (403, before)
        return
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    row = newest(site)
    assert (row.user, row.role, row.reason, row.chain) == (role, role, REASON["reason"], before + 1)
    assert row.action == ("clip.download" if "clips" in door else "record.export")
    assert len(row.session) == 16


def test_a_clip_that_is_taken_bears_who_took_it(site: Site) -> None:
    with site.as_role("manager") as manager:
        copy = manager.get("/api/v1/clips/c-1/download", params=REASON).content
        broken = manager.get("/api/v1/clips/broken/download", params=REASON)
    with av.open(io.BytesIO(copy), "r") as film:
        assert [stream.type for stream in film.streams] == ["video"]
        pictures = [picture.to_ndarray(format="gray") for picture in film.decode(video=0)]
    assert len(pictures) == 5
    assert all(picture.max() - picture.min() > 60 for picture in pictures), "a mark on every picture"
    assert broken.status_code == 422
    assert not list((site.settings.var / "jobs").iterdir())


def test_a_copy_of_one_person_is_on_record_and_says_who_is_not_in_it(site: Site) -> None:
    clips = site.settings.var / "clips"
    card = Card("c-1", "changwon/camera/CAM-1", datetime(2026, 1, 1, tzinfo=UTC), 1.0, (320, 240), "made")
    course = Course((0.0, 0.2), ((0.0, (Thing(7, "person", 0.9, 20.0, 20.0, 30.0, 60.0),)),))
    (clips / "c-1.json").write_bytes(msgspec.json.encode(card))
    (clips / "c-1.track.json").write_bytes(msgspec.json.encode(course))
    before = newest_place(site)
    with site.as_role("operator") as operator:
        assert operator.get("/api/v1/clips/c-1/download", params=REASON | {"track": 7}).status_code == 403
    assert newest_place(site) == before
    with site.as_role("manager") as manager:
        blind = manager.get("/api/v1/clips/c-1/download", params=REASON | {"track": 7})
        (site.settings.var / "models").mkdir()
        tiny_yolox(site.settings.var / "models" / "tiny.onnx")
        copy = manager.get("/api/v1/clips/c-1/download", params=REASON | {"track": 7})
        row = newest(site)
        nobody = manager.get("/api/v1/clips/c-1/download", params=REASON | {"track": 8})
        missing = manager.get("/api/v1/clips/broken/download", params=REASON | {"track": 8})
    assert blind.status_code == 422
    assert "모델이 없어" in blind.json()["detail"]
    assert (copy.status_code, row.action, row.object) == (200, "clip.download", "c-1 #7")
    assert row.reason == REASON["reason"]
    assert (nobody.status_code, nobody.json()["detail"]) == (422, "no copy: nobody of number 8 in the clip")
    assert missing.status_code == 422
    assert str(clips) not in missing.text


def test_events_are_json_lines_oldest_first_over_pages(site: Site) -> None:
    with site.as_role("manager") as manager:
        answer = manager.get("/api/v1/export/events", params=REASON | {"type": "park.gas.observation"})
    told = [json.loads(line) for line in answer.text.splitlines()]
    assert len({event["id"] for event in told}) == len(told) == 1100
    assert [event["time"] for event in told] == sorted(event["time"] for event in told)


def test_alarms_as_a_table_hold_no_formula(site: Site) -> None:
    site.post(alarm("=HYPERLINK(1)"))
    record(site)
    with site.as_role("manager") as manager:
        answer = manager.get("/api/v1/export/alarms", params=REASON | {"format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head == ["time", "type", "subject", "source", "id", "data"]
    assert {row[1] for row in rows} == {"park.alarm.raised"}
    assert "'=HYPERLINK(1)-raised" in [row[4] for row in rows]


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("대피 🔥 뷁 Оператор", "대피 🔥 뷁 Оператор"),
        ("a\0b\x1b", "a[U+0000]b[U+001B]"),
        ("\ud83d", "[U+D83D]"),
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\n=1", "'\n=1"),
        (-3.5, "-3.5"),
    ],
)
def test_a_cell_holds_every_letter_and_no_formula(value: object, cell: str) -> None:
    (read,) = list(csv.reader(io.StringIO(_csv([[_cell(value)]]).decode(), newline="")))
    assert read == [cell]


def test_the_trail_as_a_table(site: Site) -> None:
    with site.as_role("manager") as manager:
        answer = manager.get("/api/v1/export/audit", params=REASON | {"format": "csv"})
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[0] == "chain"
    assert [int(row[0]) for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1][head.index("action")] == "record.export"


def test_with_the_stream_away_nothing_leaves(site: Site) -> None:
    with site.as_role("manager") as manager:
        kept = site.services.operations.stream
        broken = kept.__class__(site.services.redis.__class__.from_url("redis://127.0.0.1:1"), "changwon")
        object.__setattr__(site.services, "stream", broken)
        try:
            assert manager.get(DOORS[0], params=REASON).status_code == 503
        finally:
            object.__setattr__(site.services, "stream", kept)


def test_looking_at_the_trail_is_an_act(site: Site) -> None:
    with site.as_role("manager") as manager:
        told = manager.get("/api/v1/audit", params={"action": "record.", "user": "manager"}).json()
    assert {row["action"] for row in told} == {"record.export"}
    row = newest(site)
    assert (row.action, row.object, row.user) == ("audit.read", "user=manager action=record.", "manager")


def test_the_verdict_compares_with_what_redis_saw(site: Site) -> None:
    with site.as_role("manager") as manager:
        told = manager.get("/api/v1/audit/verdict").json()
        assert told["verdict"]["ok"] is True
        assert told["verdict"]["rows"] == newest_place(site)
        site.redis.hset("audit:seen", "2026-01-01T00", f"1 {'0' * 64}")
        told = manager.get("/api/v1/audit/verdict").json()
        site.redis.delete("audit:seen")
    assert (told["verdict"]["ok"], told["verdict"]["why"], told["witnesses"]) == (False, "rewritten", 1)


def test_a_month_is_reviewed_with_a_note(site: Site) -> None:
    name = f"{datetime.now(UTC).astimezone(site.services.park.zone):%Y-%m}"
    with site.as_role("manager") as manager:
        assert manager.post(f"/api/v1/audit/months/{name}/review", json={"note": " "}).status_code == 422
        assert manager.post("/api/v1/audit/months/2099-01/review", json={"note": "이상"}).status_code == 409
        assert manager.get("/api/v1/audit/months/2026-13").status_code == 422
        assert (
            manager.post(f"/api/v1/audit/months/{name}/review", json={"note": "이상 없음"}).status_code == 201
        )
        told = manager.get(f"/api/v1/audit/months/{name}").json()
    assert told["actions"]["record.export"] == len(
        [r for r in told["taken_out"] if r["action"] == "record.export"]
    )
    assert told["unreasoned"] == 0
    assert [(row["user"], row["reason"]) for row in told["reviews"]] == [("manager", "이상 없음")]


def test_a_clip_that_is_not_there_leaves_no_word(site: Site) -> None:
    before = newest_place(site)
    with site.as_role("manager") as manager:
        assert manager.get("/api/v1/clips/none/download", params=REASON).status_code == 404
    assert newest_place(site) == before
