"""Camera files as data: over the park's own, without secrets, whole or not at all, read back as written."""

import os
import stat
import tomllib
from pathlib import Path

import pytest

from data.cameras import files as camera_files
from data.cameras.secrets import CameraSourceError
from data.cameras.statistics import outlines
from data.park_files.park import load_park
from data.settings import Settings

SECRET = "rtsp://guard:s3cret@10.0.0.7:554/main"


def site(tmp_path: Path) -> Settings:
    return Settings(var_dir=str(tmp_path))


def test_what_is_saved_wins_over_the_parks_own_and_keeps_its_remarks(tmp_path: Path) -> None:
    settings = site(tmp_path)
    own = camera_files.files(settings)["CAM-030"]
    table = camera_files.read(own) | {"heading_deg": 91}
    saved = camera_files.save("CAM-030", table, settings)
    path = saved.path
    assert (saved.before, saved.lost) == (None, [])
    assert camera_files.files(settings)["CAM-030"] == path != own
    assert camera_files.read(path) == table
    assert path.read_text("utf-8").splitlines()[0] == own.read_text("utf-8").splitlines()[0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["CAM-030.toml"]
    again = camera_files.save("CAM-030", table | {"heading_deg": 92}, settings)
    assert again.before is not None
    camera_files.undo(again)
    assert camera_files.read(path) == table
    camera_files.undo(saved)
    assert camera_files.files(settings)["CAM-030"] == own


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a" * 65, "가"])
def test_a_name_that_is_none_is_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        camera_files.save(name, {}, site(tmp_path))
    assert not list(tmp_path.rglob("*.toml"))


@pytest.mark.parametrize(
    "address",
    ["http://10.0.0.7/x", "file:///etc/passwd", "/etc/passwd", "/dev/sda", "/dev/video0/../sda", "rtsp://",
     "concat:a|b", "rtmp://a/b", 3],
)  # fmt: skip
def test_a_page_names_no_other_source(tmp_path: Path, address: object) -> None:
    with pytest.raises(CameraSourceError):
        camera_files.allow({"source": address}, {}, site(tmp_path))


def test_a_page_names_cameras_samples_and_the_folder_of_footage(tmp_path: Path) -> None:
    settings = site(tmp_path)
    film = tmp_path / "footage" / "a.mp4"
    film.parent.mkdir()
    film.write_bytes(b"")
    (film.parent / "secret.txt").write_bytes(b"")
    assert camera_files.footage(settings) == [str(film)]
    for address in (SECRET, "rtsps://10.0.0.7/x", "/dev/video0", "sample:vtest.avi", str(film), ""):
        camera_files.allow({"source": address}, {}, settings)
    camera_files.allow({"source": "/kept/own.avi"}, {"source": "/kept/own.avi"}, settings)


def test_the_last_right_file_stands_in_for_one_that_cannot_be_drawn(tmp_path: Path) -> None:
    settings, good = site(tmp_path), 'id = "a"\nname = { ko = "가", en = "a" }\nframe = [640, 480]\n'
    path = tmp_path / "a.toml"
    path.write_text(good, "utf-8")
    camera_files.remember(path, settings)
    kept = camera_files.last_good("a", settings)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert "a" not in camera_files.files(settings), "it is no camera of its own"
    for wrong in ("id = ", "name = 3", good.replace("[640, 480]", "7"), good + "zones = [1]\n"):
        path.write_text(wrong, "utf-8")
        assert camera_files.drawable([path]) == {}
        assert camera_files.drawable([path, kept])["frame"] == [640, 480]
    camera_files.forget("a", settings)
    assert not kept.exists()


def test_a_file_whose_name_is_no_cameras_is_told_and_is_none(tmp_path: Path) -> None:
    settings, folder = site(tmp_path), tmp_path / "cameras"
    folder.mkdir()
    before = camera_files.files(settings)
    (folder / os.fsdecode("정.toml".encode("cp949"))).write_bytes(b"")
    (folder / "정.toml").write_bytes(b"")
    assert camera_files.files(settings) == before
    assert camera_files.misnamed(settings) == {"\\xc1\\xa4.toml", "정.toml"}


DEEP = "x = " + "[" * 5000


def test_brackets_without_end_are_no_toml_to_anybody(tmp_path: Path) -> None:
    settings = site(tmp_path)
    path = tmp_path / "cameras" / "CAM-030.toml"
    path.parent.mkdir()
    path.write_text(DEEP, "utf-8")
    with pytest.raises(tomllib.TOMLDecodeError, match="nested too deeply"):
        camera_files.read(path)
    assert camera_files.drawable([path]) == {}
    assert "CAM-030" not in outlines(settings)
    assert "frame" not in load_park(settings).assets["changwon/camera/CAM-030"].traits
    camera_files.save("CAM-030", {"id": "CAM-030"}, settings)
    assert camera_files.read(path) == {"id": "CAM-030"}


def test_values_in_values_without_end_are_not_written(tmp_path: Path) -> None:
    deep: object = 1
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested too deeply"):
        camera_files.save("CAM-030", {"id": "CAM-030", "place": deep}, site(tmp_path))
    assert not list(tmp_path.rglob("*.toml"))


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    settings = site(tmp_path)
    (tmp_path / "cameras").write_text("no folder", "utf-8")
    with pytest.raises(OSError, match="cameras"):
        camera_files.save("CAM-030", {"id": "CAM-030"}, settings)
    assert (tmp_path / "cameras").read_text("utf-8") == "no folder"
