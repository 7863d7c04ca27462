"""Clips and stills come by their id and from nowhere else."""

import pytest

from data.audit import review as trail
from tests.api.conftest import Site

WHY = {"purpose": "사건 2026-17 확인"}


def test_a_clip_and_parts_of_it(site: Site) -> None:
    folder = site.settings.var / "clips"
    folder.mkdir(exist_ok=True)
    (folder / "abc-1.mp4").write_bytes(bytes(range(100)))
    with site.as_role("viewer") as viewer:
        assert viewer.get("/api/v1/clips/abc-1", params=WHY).content == bytes(range(100))
        part = viewer.get("/api/v1/clips/abc-1", params=WHY, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))


def test_one_viewing_is_one_row_of_the_audit_with_its_purpose(site: Site) -> None:
    folder = site.settings.var / "clips"
    folder.mkdir(exist_ok=True)
    (folder / "seen-1.mp4").write_bytes(bytes(100))
    for role in ("viewer", "operator"):
        with site.as_role(role) as visitor:
            for start in (0, 10, 20):
                part = {"range": f"bytes={start}-{start + 9}"}
                answer = visitor.get("/api/v1/clips/seen-1?purpose=/incident/i-7", headers=part)
                assert answer.status_code == 206
    rows = [row for row in trail.rows(site.services.engine, limit=20) if row.object == "seen-1"]
    assert [(row.action, row.reason) for row in rows] == [("clip.view", "/incident/i-7")] * 2
    assert len({row.user for row in rows}) == 2


def test_a_still_that_is_seen_is_on_record_once_for_each_purpose(site: Site) -> None:
    lay(site, "stills", "seen-2.jpg")
    for role, purpose in (("viewer", "a 1"), ("viewer", " a 1 "), ("viewer", "b 2"), ("operator", "a 1")):
        with site.as_role(role) as visitor:
            answer = visitor.get("/api/v1/stills/seen-2", params={"purpose": purpose})
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    rows = [row for row in trail.rows(site.services.engine, limit=20) if row.object == "seen-2"]
    assert [(row.action, row.user, row.reason) for row in reversed(rows)] == [
        ("still.view", "viewer", "a 1"),
        ("still.view", "viewer", "b 2"),
        ("still.view", "operator", "a 1"),
    ]


def test_a_clip_that_is_seen_for_something_else_is_another_row(site: Site) -> None:
    lay(site, "clips", "seen-3.mp4")
    with site.as_role("viewer") as viewer:
        for purpose in ("camera", "incident", "camera"):
            viewer.get("/api/v1/clips/seen-3", params={"purpose": purpose}).raise_for_status()
    rows = [row for row in trail.rows(site.services.engine, limit=20) if row.object == "seen-3"]
    assert [row.reason for row in rows] == ["incident", "camera"]


@pytest.mark.parametrize("said", [{}, {"purpose": ""}, {"purpose": "   "}])
@pytest.mark.parametrize("path", ["clips/seen-4", "stills/seen-4"])
def test_nothing_is_seen_without_a_purpose(site: Site, path: str, said: dict[str, str]) -> None:
    lay(site, "clips", "seen-4.mp4")
    lay(site, "stills", "seen-4.jpg")
    with site.as_role("admin") as admin:
        answer = admin.get(f"/api/v1/{path}", params=said)
    assert (answer.status_code, answer.json()["detail"][0]["loc"]) == (422, ["query", "purpose"])
    assert not [row for row in trail.rows(site.services.engine, limit=20) if row.object == "seen-4"]


def test_what_cannot_be_put_on_record_is_not_seen(site: Site) -> None:
    lay(site, "stills", "seen-5.jpg")
    kept = site.services.stream
    broken = kept.__class__(site.services.redis.__class__.from_url("redis://127.0.0.1:1"), "changwon")
    object.__setattr__(site.services, "stream", broken)
    try:
        with site.as_role("viewer") as viewer:
            assert viewer.get("/api/v1/stills/seen-5", params=WHY).status_code == 503
    finally:
        object.__setattr__(site.services, "stream", kept)


def lay(site: Site, folder: str, name: str) -> None:
    """Lay a file into a folder of the room."""
    (site.settings.var / folder).mkdir(exist_ok=True)
    (site.settings.var / folder / name).write_bytes(bytes(100))


@pytest.mark.parametrize(
    "name", ["..%2Fgwanje", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fsecret", "%2e", "a.b", "secret%00", "missing"]
)
def test_a_path_leads_nowhere(site: Site, name: str) -> None:
    (site.settings.var / "secret.mp4").write_bytes(b"secret")
    (site.settings.var / "clips").mkdir(exist_ok=True)
    with site.as_role("admin") as admin:
        answer = admin.get(f"/api/v1/clips/{name}?purpose=audit")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_a_link_out_of_the_folder_is_not_followed(site: Site) -> None:
    stills = site.settings.var / "stills"
    stills.mkdir(exist_ok=True)
    (site.settings.var / "outside.jpg").write_bytes(b"secret")
    (stills / "inside.jpg").symlink_to(site.settings.var / "outside.jpg")
    with site.as_role("viewer") as viewer:
        assert viewer.get("/api/v1/stills/inside", params=WHY).status_code == 404
