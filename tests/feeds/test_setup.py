"""What the simulator keeps between runs: it is read back, and no garbage stops a start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.simulator.setup import Kept, Memory, requests_key
from park.logistics.facts import ShipmentStatus

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHIPMENT = ShipmentStatus("changwon/vehicle/V-040", "changwon/dock/D31", "docked", NOW, NOW)


def test_what_was_saved_is_read_back(tmp_path: Path) -> None:
    kept = Kept(NOW, {"soc_pct": 61.5, "changwon/meter/M-A-01": 12.25}, {"changwon/shipment/x": SHIPMENT})
    memory = Memory(tmp_path / "deep" / "changwon.json")
    memory.save(kept)
    assert memory.load() == kept
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["changwon.json"]


def test_nothing_is_kept_before_the_first_run(tmp_path: Path) -> None:
    assert Memory(tmp_path / "none.json").load() is None


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"{",
        b"\x00\xff\xfe",
        b'{"now": "\xff"}',
        b'{"now": "2026-11-23T01:00:00Z", "counters": {"\xff": 1}}',
        b"[]",
        b'{"counters": {}}',
        b'{"now": "yesterday"}',
        b'{"now": "2026-11-23T01:00:00"}',
        b'{"now": "2026-11-23T01:00:00Z", "counters": {"soc_pct": "full"}}',
        b'{"now": "2026-11-23T01:00:00Z", "shipments": {"x": {}}}',
    ],
)
def test_garbage_is_as_good_as_nothing(garbage: bytes, tmp_path: Path) -> None:
    (tmp_path / "kept.json").write_bytes(garbage)
    assert Memory(tmp_path / "kept.json").load() is None


def test_a_folder_in_its_place_is_as_good_as_nothing(tmp_path: Path) -> None:
    assert Memory(tmp_path).load() is None


def test_every_park_has_its_own_requests() -> None:
    assert requests_key("changwon") != requests_key("ulsan")
