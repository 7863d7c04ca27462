"""Camera files: read as written, refused with file, key and reason."""

from pathlib import Path

import pytest

from cctv.camera import CameraFileError, load_camera
from cctv.sources import SourceError, open_source
from data.settings import Settings

GOOD = 'id = "CAM-1"\nname = { ko = "문", en = "Gate" }\nframe = [320, 240]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "CAM-1.toml"
    path.write_text(text, "utf-8")
    return path


def test_good(tmp_path: Path) -> None:
    text = (
        GOOD + '[[zones]]\nname = "z"\npolygon = [[0, 0], [9, 0], [9, 9]]\nrules = [{ kind = "intrusion" }]\n'
    )
    camera = load_camera(write(tmp_path, text))
    assert (camera.id, camera.name.ko, camera.frame) == ("CAM-1", "문", (320, 240))
    assert len(camera.build_rules()) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = ", "TOML"),
        ('name = { ko = "문", en = "Gate" }\nframe = [320, 240]\n', "id"),
        (GOOD + "heading = 3\n", "heading"),
        (GOOD.replace("320", "4"), "frame"),
        (GOOD + '[[zones]]\nname = "z"\npolygon = [[0, 0], [9, 0]]\n', "polygon"),
        (GOOD + '[[zones]]\nname = "z"\npolygon = [[0, 0], [900, 0], [9, 9]]\n', "900"),
        (GOOD + "[[masks]]\npolygon = [[0, 0], [90, 90], [90, 0], [0, 90]]\n", "cross"),
        (GOOD + '[[rules]]\nkind = "magic"\n', "magic"),
        (GOOD + '[[rules]]\nkind = "intrusion"\nclasses = ["persn"]\n', "'persn'"),
        (GOOD + '[[rules]]\nkind = "fire"\nclasses = ["person"]\n', "unknown field `classes`"),
        (GOOD + '[[rules]]\nkind = "dumping"\ndwell_s = 600.0\n', "dwell_s.*240"),
        (
            GOOD + '[[lines]]\nname = "l"\npoints = [[0, 0], [9, 9]]\nrules = [{ kind = "loitering" }]\n',
            "rules",
        ),
        (GOOD + '[[zones]]\nname = "z"\npolygon = [[0, 0], [9, 0], [9, 9]]\n' * 2, "twice"),
    ],
)
def test_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(CameraFileError, match=words) as refused:
        load_camera(write(tmp_path, text))
    assert "CAM-1.toml" in str(refused.value)


def test_the_parks_own_files() -> None:
    folder = Settings().park_dir / "cameras"
    names = [path.stem for path in sorted(folder.glob("*.toml")) if load_camera(path).id == path.stem]
    assert {"CAM-030", "CAM-052", "CAM-084"} <= set(names)


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/x", "concat:a|b", "ftp://h/x", "/no/such.mp4", "/dev/video99"]
)
def test_no_other_way_in(address: str) -> None:
    with pytest.raises(SourceError):
        open_source(address).opening()


def test_an_rtsp_camera_gives_no_sound() -> None:
    assert open_source("rtsp://127.0.0.1/x").opening().options["allowed_media_types"] == "video"


@pytest.mark.parametrize(
    "line", ['transport = "{0}"', '"{0}" = 1', 'source = "{0}', '[[rules]]\nkind = "{0}"', 'id = "{0}"']
)
def test_a_fault_says_no_secret(tmp_path: Path, line: str) -> None:
    path = tmp_path / "CAM-1.toml"
    head = 'name = { ko = "가", en = "a" }\nframe = [320, 240]\n'
    path.write_text(head + line.format("rtsp://guard:s3cret@10.0.0.7/main?token=s3cret"), "utf-8")
    with pytest.raises(CameraFileError) as found:
        load_camera(path)
    assert "s3cret" not in str(found.value)
