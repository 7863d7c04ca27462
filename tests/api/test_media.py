"""Clips and stills come by their id and from nowhere else."""

import pytest

from data import trail
from tests.api.conftest import Site


def test_a_clip_and_parts_of_it(site: Site) -> None:
    folder = site.settings.var / "clips"
    folder.mkdir(exist_ok=True)
    (folder / "abc-1.mp4").write_bytes(bytes(range(100)))
    with site.as_role("viewer") as viewer:
        assert viewer.get("/api/v1/clips/abc-1").content == bytes(range(100))
        part = viewer.get("/api/v1/clips/abc-1", headers={"range": "bytes=10-19"})
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


@pytest.mark.parametrize(
    "name", ["..%2Fgwanje", "..%2f..%2fetc%2fpasswd", "%2e%2e%2fsecret", "%2e", "a.b", "secret%00", "missing"]
)
def test_a_path_leads_nowhere(site: Site, name: str) -> None:
    (site.settings.var / "secret.mp4").write_bytes(b"secret")
    (site.settings.var / "clips").mkdir(exist_ok=True)
    with site.as_role("admin") as admin:
        answer = admin.get(f"/api/v1/clips/{name}")
    assert answer.status_code == 404
    assert b"secret" not in answer.content


def test_a_link_out_of_the_folder_is_not_followed(site: Site) -> None:
    stills = site.settings.var / "stills"
    stills.mkdir(exist_ok=True)
    (site.settings.var / "outside.jpg").write_bytes(b"secret")
    (stills / "inside.jpg").symlink_to(site.settings.var / "outside.jpg")
    with site.as_role("viewer") as viewer:
        assert viewer.get("/api/v1/stills/inside").status_code == 404
