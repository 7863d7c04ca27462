"""Camera files: read as written, refused with file, key and reason."""

import json
from pathlib import Path

import pytest

from cctv.__main__ import main
from cctv.config.camera import CameraFileError, load_camera
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
    assert [(rule.__struct_config__.tag, place.name) for rule, place in camera.asked()] == [
        ("intrusion", "z")
    ]


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


FLAT, STANDING = "[[0, 50], [90, 80]]", "[[50, 90], [20, 10]]"


def line(points: str, rule: str, fps: str = "") -> str:
    return GOOD + fps + f'[[lines]]\nname = "gate"\npoints = {points}\nrules = [{{ {rule} }}]\n'


@pytest.mark.parametrize(
    ("points", "rule", "never"),
    [
        (FLAT, 'kind = "line_crossing", direction = "left"', "up or down, never 'left'"),
        (STANDING, 'kind = "line_crossing", direction = "up"', "left or right, never 'up'"),
        (STANDING, 'kind = "wrong_way"', "left or right, never 'down'"),
        (FLAT, 'kind = "wrong_way", direction = "right"', "up or down, never 'right'"),
        ("[[5, 5], [5, 5]]", 'kind = "line_crossing"', "begins where it ends"),
    ],
)
def test_a_line_that_nobody_can_cross_so_is_refused(
    tmp_path: Path, points: str, rule: str, never: str
) -> None:
    with pytest.raises(CameraFileError, match=never) as refused:
        load_camera(write(tmp_path, line(points, rule)), strict=True)
    wrong = line(points, rule).splitlines()[refused.value.line - 1]
    assert wrong.startswith("points" if "begins" in never else "rules")


@pytest.mark.parametrize(
    ("points", "rule"),
    [
        (FLAT, 'kind = "wrong_way"'),
        (STANDING, 'kind = "wrong_way", direction = "left"'),
        (FLAT, 'kind = "line_crossing"'),
        (STANDING, 'kind = "line_crossing", direction = "right"'),
    ],
)
def test_a_direction_that_fits_its_line_is_right(tmp_path: Path, points: str, rule: str) -> None:
    assert load_camera(write(tmp_path, line(points, rule)), strict=True).lines[0].rules


def test_the_second_line_is_named(tmp_path: Path) -> None:
    right, wrong = line(FLAT, 'kind = "wrong_way"'), line(STANDING, 'kind = "wrong_way"').removeprefix(GOOD)
    text = right + wrong.replace("gate", "door")
    with pytest.raises(CameraFileError, match="'door'") as refused:
        load_camera(write(tmp_path, text), strict=True)
    assert refused.value.line == len(text.splitlines())


@pytest.mark.parametrize("kind", ["fire", "smoke"])
def test_what_must_see_flicker_is_refused_where_too_few_pictures_are_looked_at(
    tmp_path: Path, kind: str
) -> None:
    text = GOOD + 'analysis_fps = 2\n[[rules]]\nkind = "' + kind + '"\n'
    with pytest.raises(
        CameraFileError, match=f"{kind} is told from 3 pictures a second on, not from 2"
    ) as no:
        load_camera(write(tmp_path, text), strict=True)
    assert (no.value.key, no.value.line) == ("analysis_fps", 4)
    assert load_camera(write(tmp_path, text.replace("= 2", "= 3")), strict=True).rules
    assert load_camera(write(tmp_path, text.replace(kind, "fall")), strict=True).analysis_fps == 2


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, GOOD + "a = " + "{b=" * 5000])
def test_brackets_without_end_are_a_fault_with_a_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(CameraFileError, match="nested too deeply") as refused:
        load_camera(write(tmp_path, text), strict=True)
    assert refused.value.line == len(text.splitlines())


def test_the_command_says_so_of_that_file_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "CAM-2.toml"
    good.write_text(GOOD, "utf-8")
    assert main(["check", str(write(tmp_path, "a = " + "[" * 5000)), str(good)]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["ok"], first["line"], second["ok"]) == (False, 1, True)


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
