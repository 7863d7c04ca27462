"""A park is read whole, or refused with the file, the place and the reason."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from data.park_files import park as parks
from data.park_files.park import ParkFileError, korean_holidays, load_park
from data.settings import Settings

SOURCE = Settings().park_dir


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the park's files that a test may break."""
    copy = tmp_path / "changwon"
    copy.mkdir()
    for path in SOURCE.iterdir():
        if path.suffix == ".toml" or path.stem in {"assets", "zones", "streets"}:
            shutil.copy(path, copy)
    monkeypatch.setattr(Settings, "park_dir", property(lambda _self: copy))
    return copy


def test_changwon_is_of_real_size() -> None:
    park = load_park(Settings())
    kinds = [asset.kind for asset in park.assets.values()]
    assert kinds.count("camera") == 108
    assert kinds.count("light") == 4449
    assert park.config.timezone == "Asia/Seoul"
    assert park.config.energy.contract_power_kw > 0
    assert {asset.zone for asset in park.assets.values()} <= park.zones.keys()


def test_gases_of_the_park_have_limits() -> None:
    park = load_park(Settings())
    substances = {a.traits["substance"] for a in park.assets.values() if a.kind == "gas"}
    assert all(park.limits.gas(substance) for substance in substances)


def test_lights_hang_on_cabinets_that_exist() -> None:
    park = load_park(Settings())
    cabinets = {a.traits["cabinet"] for a in park.assets.values() if a.kind == "light"}
    assert cabinets <= park.assets.keys()


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "alarms.toml",
            'watch = "value"',
            'watch = "valve"',
            "[gas_stel] `watch`: 'valve' is none of",
        ),
        (
            "alarms.toml",
            'field = "ppm"',
            'field = "ppb"',
            "[gas_stel] `field`: park.gas.observation has no 'ppb'",
        ),
        ("alarms.toml", "[gas_high]", "[gas_high", "line "),
        ("alarms.toml", "re_alarm_s = 1800", "re_alarm_s = -1", "[gas_stel] `re_alarm_s`: is finite"),
        (
            "alarms.toml",
            'condition = "gas_stel"',
            'condition = "gas"',
            "[gas_high] `suppress_by`: no condition 'gas'",
        ),
        (
            "maintenance.toml",
            "2026-12-09T12:00:00+09:00",
            "2026-12-09T08:00:00+09:00",
            "`end` is not after `start`",
        ),
        (
            "maintenance.toml",
            '"camera_view"]',
            '"camera_vue"]',
            "`conditions`: camera_vue not in alarms.toml",
        ),
        ("maintenance.toml", 'reason = "ESS 용량 시험"', "", "missing required field `reason`"),
        ("maintenance.toml", "2026-12-16T10:00:00+09:00", "2026-12-16T10:00:00", "timezone"),
        ("tariffs.toml", "[[22, 24], [0, 8]]", "[[22, 24], [0, 7]]", "cover each hour"),
        ("tariffs.toml", "since = 2024-10-24", "", "missing required field `since` - at `$.tariff[0]`"),
        ("factors.toml", "t_mwh", "t_kwh", "unknown field `t_kwh` - at `$.factor[0]`"),
        (
            "limits.toml",
            'substance = "H2S"',
            "substance = 5",
            "Expected `str`, got `int` - at `$.gas_limits[0].substance`",
        ),
        ("park.toml", "contract_power_kw", "contract_kw", "missing required field `contract_power_kw`"),
        ("assets.geojson", '"FeatureCollection"', "}", "malformed"),
        ("zones.geojson", '"name"', '"nom"', "missing required field `name` - at `$.features[0].properties`"),
    ],
)
def test_a_wrong_file_is_named_with_the_place(
    folder: Path, file: str, old: str, new: str, words: str
) -> None:
    spoil(folder / file, old, new)
    with pytest.raises(ParkFileError) as refused:
        load_park(Settings())
    assert str(folder / file) in str(refused.value)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("alarms.toml", 'watch = "value"', 'watch = "valve"'),
        ("maintenance.toml", '"camera_view"]', '"camera_vue"]'),
        ("maintenance.toml", "end = 2026-12-16T16:00:00+09:00", "end = 2026-12-15T16:00:00+09:00"),
    ],
)
def test_a_wrong_definition_is_named_with_its_line(folder: Path, file: str, old: str, new: str) -> None:
    lines = (folder / file).read_text().splitlines()
    number = next(at for at, line in enumerate(lines, 1) if old.splitlines()[0] in line)
    spoil(folder / file, old, new)
    with pytest.raises(ParkFileError, match=rf"{file}: line {number}: \["):
        load_park(Settings())


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "limits.toml").unlink()
    with pytest.raises(ParkFileError, match=r"limits\.toml: No such file"):
        load_park(Settings())


def test_a_missing_park_is_named() -> None:
    with pytest.raises(ParkFileError, match="atlantis: no such park"):
        load_park(Settings(park="atlantis"))


def test_korean_holidays_know_the_moon_and_substitutes() -> None:
    days = korean_holidays()
    assert {date(2026, 2, 17), date(2026, 9, 25), date(2026, 10, 5)} <= days
    assert date(2026, 11, 23) not in days
    assert parks._HOLIDAY_YEARS[-1] >= 2035


def test_a_park_without_rules_for_sources_has_the_usual_ones(folder: Path) -> None:
    assert load_park(Settings()).sources.un_numbers["Cl2"] == ("1017",)
    (folder / "sources.toml").unlink()
    usual = load_park(Settings()).sources
    assert (usual.upwind_m, usual.un_numbers) == (1500.0, {})


@pytest.mark.parametrize("line", ["view_m = -1.0", "upwind = 5.0", "[weights]\nown_sensor = 1.5"])
def test_wrong_rules_for_sources_are_refused(folder: Path, line: str) -> None:
    (folder / "sources.toml").write_text(line)
    with pytest.raises(ParkFileError, match=r"sources\.toml: .*(view_m|upwind|own_sensor)"):
        load_park(Settings())


def test_substances_of_assets_have_the_names_of_the_park(folder: Path) -> None:
    assets = folder / "assets.geojson"
    text = assets.read_text(encoding="utf-8")
    assert '"substance":"NH3"' in text
    assets.write_text(text.replace('"substance":"NH3"', '"substance":"ammonia "'), encoding="utf-8")
    assert load_park(Settings()).assets["changwon/gas/GAS-001"].traits["substance"] == "NH3"
