"""The doors of camera set-up: who may, one picture, a trial, saving with its row in the trail."""

import errno
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from data.cameras import files as camera_files
from data.tables import audit
from tests.api.conftest import Site

HERE = "/api/v1/cameras/setup"
SECRET = "rtsp://guard:s3cret@127.0.0.1:9/main"


@pytest.fixture
def manager(site: Site) -> Iterator[httpx.Client]:
    with site.as_role("manager") as client:
        yield client
    for path in (site.settings.var / "cameras").glob("*.toml"):
        path.unlink()


def camera(manager: httpx.Client, name: str = "CAM-030") -> dict[str, Any]:
    told: dict[str, Any] = manager.get(f"{HERE}/{name}").raise_for_status().json()["camera"]
    return told


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_who_is_no_manager_sees_no_set_up(site: Site, role: str) -> None:
    with site.as_role(role) as client:
        for path in (HERE, f"{HERE}/CAM-030", "/cameras/setup", "/cameras/setup/CAM-030"):
            assert client.get(path).status_code == 403, path


def test_a_camera_is_saved_and_is_in_the_trail_without_its_password(
    site: Site, manager: httpx.Client
) -> None:
    told = camera(manager) | {"source": SECRET}
    assert manager.post(f"{HERE}/CAM-030", json={"camera": told}).status_code == 200
    text = (site.settings.var / "cameras" / "CAM-030.toml").read_text("utf-8")
    assert SECRET in text
    assert "s3cret" not in manager.get(f"{HERE}/CAM-030").text
    told = camera(manager) | {"heading_deg": 12}
    assert manager.post(f"{HERE}/CAM-030", json={"camera": told}).status_code == 200
    assert SECRET in (site.settings.var / "cameras" / "CAM-030.toml").read_text("utf-8")
    with site.services.engine.connect() as connection:
        rows = connection.execute(sa.select(audit).where(audit.c.action == "camera.save")).all()
    assert [row.reason for row in rows[-2:]] == ["source", "heading_deg"]
    assert {row.user for row in rows} == {"manager"}


def test_what_is_wrong_is_refused_with_line_and_key(site: Site, manager: httpx.Client) -> None:
    told = camera(manager)
    told["zones"][0]["rules"][0]["pause_s"] = -1
    answer = manager.post(f"{HERE}/CAM-030", json={"camera": told})
    assert answer.status_code == 422
    assert "zones.rules.pause_s" in answer.json()["detail"]
    assert "(line " in answer.json()["detail"]
    assert not list((site.settings.var / "cameras").glob("*.toml"))


def test_a_picture_has_its_masks_burnt_in(manager: httpx.Client) -> None:
    told = camera(manager) | {"masks": [{"polygon": [[0, 0], [768, 0], [768, 576], [0, 576]]}]}
    plain = manager.post(f"{HERE}/CAM-030/look", json={"camera": camera(manager)})
    covered = manager.post(f"{HERE}/CAM-030/look", json={"camera": told})
    assert plain.content[:2] == covered.content[:2] == b"\xff\xd8"
    assert len(covered.content) < len(plain.content) / 5, "nothing is left to see"


@pytest.mark.parametrize("source", ["/etc/passwd", "http://127.0.0.1/", "rtsp://u:•••@127.0.0.1/"])
def test_a_page_cannot_look_anywhere(manager: httpx.Client, source: str) -> None:
    told = camera(manager) | {"source": source}
    assert manager.post(f"{HERE}/CAM-030/look", json={"camera": told}).status_code == 422


def test_a_trial_tells_its_events_and_is_ones_own(site: Site, manager: httpx.Client) -> None:
    asked = {"camera": camera(manager), "on": "film", "film": "sample:vtest.avi"}
    job = manager.post(f"{HERE}/CAM-030/try", json=asked).raise_for_status().json()["job"]
    with site.as_role("admin") as other:
        assert other.get(f"/api/v1/cameras/trials/{job}").status_code == 404
    end_s = time.monotonic() + 120
    while not (told := manager.get(f"/api/v1/cameras/trials/{job}").json())["done"]:
        assert not told["error"]
        assert time.monotonic() < end_s
        time.sleep(0.2)
    result = told["result"]
    assert result["watched_s"] == pytest.approx(79.4, abs=1)
    assert {event["kind"] for event in result["events"]} == {"intrusion"}
    picture = manager.get(f"/api/v1/cameras/trials/{job}/pictures/{result['events'][0]['still']}")
    assert picture.content[:2] == b"\xff\xd8"


def test_a_trial_is_ended(manager: httpx.Client) -> None:
    asked = {"camera": camera(manager), "on": "film", "film": "sample:vtest.avi"}
    job = manager.post(f"{HERE}/CAM-030/try", json=asked).raise_for_status().json()["job"]
    manager.post(f"/api/v1/cameras/trials/{job}/cancel").raise_for_status()
    told = manager.get(f"/api/v1/cameras/trials/{job}").json()
    assert (told["done"], told["error"]) == (False, "취소됨")
    assert manager.post(f"{HERE}/CAM-030/try", json=asked | {"film": "/etc/passwd"}).status_code == 422
    assert manager.post(f"{HERE}/CAM-030/try", json=asked | {"on": "hour"}).status_code == 422


def test_the_list_names_file_line_and_reason(site: Site, manager: httpx.Client) -> None:
    folder: Path = site.settings.var / "cameras"
    folder.mkdir(exist_ok=True)
    (folder / "CAM-999.toml").write_text("id = 'CAM-999'\nframe = 3\n", "utf-8")
    (first, *rest) = manager.get(HERE).raise_for_status().json()
    assert (first["id"], first["state"], first["line"], first["key"]) == ("CAM-999", "wrong", 2, "frame")
    assert {one["state"] for one in rest} == {"ok", "none"}


def rows(site: Site) -> list[str]:
    with site.services.engine.connect() as connection:
        found = connection.execute(sa.select(audit).where(audit.c.action == "camera.save")).all()
    return [str(row.object) for row in found]


def test_a_write_that_fails_leaves_no_row_in_the_trail(site: Site, manager: httpx.Client) -> None:
    told, before = camera(manager), rows(site)
    blocked = site.settings.var / "cameras" / "CAM-030.toml"
    blocked.mkdir(parents=True)
    try:
        assert manager.post(f"{HERE}/CAM-030", json={"camera": told}).status_code == 503
    finally:
        blocked.rmdir()
    assert rows(site) == before
    assert manager.post(f"{HERE}/CAM-030", json={"camera": told}).status_code == 200
    assert len(rows(site)) == len(before) + 1


def test_what_cannot_be_in_the_trail_is_not_saved(site: Site, manager: httpx.Client) -> None:
    told, path = camera(manager), site.settings.var / "cameras" / "CAM-030.toml"
    turned = told | {"heading_deg": 7}
    with site.services.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE audit_head RENAME TO audit_head_away"))
    try:
        assert manager.post(f"{HERE}/CAM-030", json={"camera": turned}).status_code == 503
        assert not path.exists()
    finally:
        with site.services.engine.begin() as connection:
            connection.execute(sa.text("ALTER TABLE audit_head_away RENAME TO audit_head"))
    assert manager.post(f"{HERE}/CAM-030", json={"camera": turned}).status_code == 200
    assert "heading_deg = 7" in path.read_text("utf-8")


@pytest.mark.parametrize(
    "address",
    [
        "rtsp://guard:s3cret@127.0.0.1:9/main?user=guard&pwd=s3cret&token=s3cret",
        "rtsp://127.0.0.1:9/user=guard&password=s3cret&channel=1?passwd=s3cret",
    ],
)
def test_no_spelling_of_a_secret_is_shown_and_a_shown_one_is_kept(
    site: Site, manager: httpx.Client, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = camera(manager) | {"source": address, "substream": address + "2"}
    said = [manager.post(f"{HERE}/CAM-030/look", json={"camera": told})]
    said.append(manager.post(f"{HERE}/CAM-030", json={"camera": told}))
    assert said[-1].status_code == 200
    shown = manager.get(f"{HERE}/CAM-030")
    said += [shown, manager.get(HERE), manager.get("/api/v1/cameras/outlines")]
    said.append(manager.post(f"{HERE}/CAM-030", json={"camera": shown.json()["camera"]}))
    said.append(manager.post(f"{HERE}/CAM-030/look", json={"camera": shown.json()["camera"]}))
    said.append(manager.post(f"{HERE}/CAM-030/check", json={"camera": told | {"transport": address}}))
    path = site.settings.var / "cameras" / "CAM-030.toml"
    kept = camera_files.read(path)
    assert (kept["source"], kept["substream"]) == (address, address + "2")
    for broken in (f"{path.read_text('utf-8')}x = ", f'id = "CAM-030"\n"{address}" = 1\n', f'"{address}'):
        path.write_text(broken, "utf-8")
        said += [manager.get(HERE), manager.get(f"{HERE}/CAM-030")]
    asked = {"camera": told, "on": "film", "film": "sample:vtest.avi"}
    job = manager.post(f"{HERE}/CAM-030/try", json=asked).raise_for_status().json()["job"]
    said.append(manager.get(f"/api/v1/cameras/trials/{job}"))
    manager.post(f"/api/v1/cameras/trials/{job}/cancel")
    said.append(manager.get(f"/api/v1/cameras/trials/{job}"))
    assert not [answer.url for answer in said if "s3cret" in answer.text]
    with site.services.engine.connect() as connection:
        trail = connection.execute(sa.select(audit)).all()
    assert "s3cret" not in repr(trail)
    assert "s3cret" not in caplog.text


def test_a_wrong_file_is_shown_as_it_last_was_right(site: Site, manager: httpx.Client) -> None:
    told = camera(manager) | {"heading_deg": 8}
    manager.post(f"{HERE}/CAM-030", json={"camera": told}).raise_for_status()
    path = site.settings.var / "cameras" / "CAM-030.toml"
    camera_files.remember(path, site.settings)  # as the camera process does
    path.write_text("id = ", "utf-8")
    (first, *_) = manager.get(HERE).json()
    assert (first["id"], first["state"], first["runs"], first["line"]) == ("CAM-030", "wrong", True, 1)
    page = manager.get(f"{HERE}/CAM-030").json()
    assert page["camera"]["heading_deg"] == 8
    assert (page["file"]["ok"], page["file"]["runs"]) == (False, True)
    assert "CAM-030" in manager.get("/api/v1/cameras/outlines").json()
    camera_files.forget("CAM-030", site.settings)
    bare = manager.get(f"{HERE}/CAM-030").json()
    assert (bare["camera"]["frame"], bare["file"]["runs"]) == ([640, 480], False)


@pytest.mark.parametrize("wanted", ["try", "check", "look", ""])
def test_what_fails_on_the_way_leaves_no_password_behind(
    site: Site, manager: httpx.Client, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    asked = {"camera": camera(manager) | {"source": SECRET}, "on": "film", "film": "sample:vtest.avi"}
    before = set((site.settings.var / "jobs").glob("*"))  # trials that are over are kept for who began them
    for longest in ("CHECK_S", "LOOK_S"):
        monkeypatch.setattr(f"api.routes.cameras.{longest}", 0.0)  # no process is so quick
    answer = manager.post(f"{HERE}/CAM-030/{wanted}".rstrip("/"), json=asked)
    assert answer.status_code == (422 if wanted == "look" else 503)
    assert set((site.settings.var / "jobs").glob("*")) == before


def test_a_disk_that_is_full_leaves_no_folder_behind(
    site: Site, manager: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, before = camera(manager), set((site.settings.var / "jobs").glob("*"))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(camera_files, "write", full)
    assert manager.post(f"{HERE}/CAM-030/check", json={"camera": told}).status_code == 503
    assert set((site.settings.var / "jobs").glob("*")) == before
