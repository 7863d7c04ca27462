"""Camera files as data: over the park's own, without secrets, whole or not at all, read back as written."""

import stat
import tomllib
from pathlib import Path

import pytest

from data import camera_files
from data.camera_files import CameraSourceError
from data.settings import Settings

SECRET = "rtsp://guard:s3cret@10.0.0.7:554/main"
SHOWN = "rtsp://guard:•••@10.0.0.7:554/main"


def site(tmp_path: Path) -> Settings:
    return Settings(var_dir=str(tmp_path))


def test_what_is_saved_wins_over_the_parks_own_and_keeps_its_remarks(tmp_path: Path) -> None:
    settings = site(tmp_path)
    own = camera_files.files(settings)["CAM-030"]
    table = camera_files.read(own) | {"heading_deg": 91}
    path = camera_files.save("CAM-030", table, settings)
    assert camera_files.files(settings)["CAM-030"] == path != own
    assert camera_files.read(path) == table
    assert path.read_text("utf-8").splitlines()[0] == own.read_text("utf-8").splitlines()[0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["CAM-030.toml"]


def test_what_is_written_is_read_back() -> None:
    table = {
        "id": "a",
        "name": {"ko": '따옴표 " \\ 줄\n', "en": "\x7f\t\u0001"},
        "n": 1.5,
        "yes": True,
        "zones": [{"name": "z", "polygon": [[1, 2.5], [3, 4]], "rules": [{"kind": "x", "a b": [1]}]}],
        "rules": [{"kind": "fall"}],
    }
    assert tomllib.loads(camera_files.toml(table)) == table


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), object()])
def test_what_has_no_toml_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no "):
        camera_files.toml({"a": value})


@pytest.mark.parametrize("name", ["../x", "a/b", "", "a" * 65, "가"])
def test_a_name_that_is_none_is_not_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        camera_files.save(name, {}, site(tmp_path))
    assert not list(tmp_path.rglob("*.toml"))


def test_a_password_is_hidden_and_kept_for_its_own_host_only() -> None:
    kept = {"source": SECRET}
    assert camera_files.hidden(kept)["source"] == SHOWN
    assert camera_files.revealed({"source": SHOWN}, kept)["source"] == SECRET
    other = SHOWN.replace("main", "sub")
    assert camera_files.revealed({"source": other}, kept)["source"] == SECRET.replace("main", "sub")
    for strange in (SHOWN.replace("10.0.0.7", "10.6.6.6"), SHOWN.replace("554", "555")):
        with pytest.raises(CameraSourceError):
            camera_files.revealed({"source": strange}, kept)


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
