"""Which works an asset belongs to: as its traits say, never guessed; a name that is none is refused."""

import json

import pytest

from park.config.asset import read_assets, works_of
from tests.park.sample_incidents import PARK


@pytest.mark.parametrize(
    ("asset", "works"),
    [
        ("camera/CAM-025", "factory/E-04"),  # at the works
        ("gas/GAS-010", "factory/G-06"),
        ("gas/GAS-002", "factory/B-12"),  # its fence sensor, as near to the neighbour
        ("meter/M-E-04", "factory/E-04"),
        ("pv/PV-2", "factory/G-06"),
        ("dock/D41", "site/SITE-4"),
        ("factory/E-04", "factory/E-04"),
        ("site/SITE-4", "site/SITE-4"),
        ("camera/CAM-057", None),  # at a crossing
        ("camera/CAM-052", None),  # at a gate
        ("odour/ODR-02", None),  # public stations
        ("air/AIR-04", None),
        ("fuelcell/FC-1", None),  # plant of the park
        ("substation/SUB-1", None),
        ("vehicle/V-013", None),
        ("camera/NOBODY", None),
    ],
)
def test_works_of_an_asset(asset: str, works: str | None) -> None:
    assert works_of(f"changwon/{asset}", PARK.assets) == (works and f"changwon/{works}")


def test_every_gas_sensor_measures_what_its_works_handle() -> None:
    for sensor in (asset for asset in PARK.assets.values() if asset.kind == "gas"):
        works = PARK.assets[works_of(sensor.id, PARK.assets) or ""]
        assert sensor.traits["substance"] in works.traits["handles"], sensor.id


@pytest.mark.parametrize(
    "traits", [{"factory": "p/factory/X"}, {"site": "p/site/X"}, {"faces": ["p/factory/X"]}]
)
def test_works_that_are_no_asset_are_refused(traits: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^p/camera/C-1: there is no works p/(factory|site)/X$"):
        read_assets(camera(traits))


@pytest.mark.parametrize("name", ["faces", "handles"])
@pytest.mark.parametrize("value", ["NH3", 5, [5]])
def test_a_list_that_is_none_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=rf"^p/camera/C-1: `{name}` is no list of names$"):
        read_assets(camera({name: value}))


def camera(traits: dict[str, object]) -> bytes:
    """A file of one camera."""
    properties = {"id": "p/camera/C-1", "kind": "camera", "name": {"ko": "c", "en": "c"}, "traits": traits}
    feature = {"geometry": {"type": "Point", "coordinates": [128.6, 35.2]}, "properties": properties}
    return json.dumps({"features": [feature]}).encode()
