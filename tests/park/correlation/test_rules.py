"""The rules of the park say only what exists, and wrong ones are refused with their place."""

from pathlib import Path
from typing import get_args

import msgspec
import pytest

from data.park_files.park import ParkFileError, _toml
from park.correlation.rules import Correlations
from park.incidents.facts import IncidentKind
from tests.park.watched_park import PARK

EVIDENCE = {"power_drop", "power_jump", "air_rise", "gas_rise", "dg_standing", "silent"}
RULES = PARK.correlation


def test_every_happening_named_is_an_alarm_or_an_evidence() -> None:
    named = {what for kind in RULES.kinds.values() for join in kind.joins for what in (*join.what, *join.of)}
    named |= {what for kind in RULES.kinds.values() for what in (*kind.anchors, *kind.company)}
    assert named <= PARK.alarms.keys() | EVIDENCE
    assert named >= EVIDENCE


def test_every_alarm_that_asks_for_somebody_at_once_opens_an_incident() -> None:
    urgent = {name for name, alarm in PARK.alarms.items() if alarm.priority in ("high", "critical")}
    of_devices = {"command_failed", "gas_substance", "gas_no_value", "system_failed"}
    assert urgent - of_devices <= {what for what in RULES.kind_of if RULES.opens(what)}


def test_every_kind_of_incident_has_rules_but_that_of_what_nobody_knows() -> None:
    assert set(get_args(IncidentKind)) - RULES.kinds.keys() == {"other"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[kinds.fire]\nopens.fire = 1\n[kinds.air]\nopens.fire = 2\n", "'fire' opens fire already"),
        ("[kinds.fire]\nweak = { smoke = 1 }\n", "needs `company`"),
        ('[kinds.fire]\njoins = [{ what = ["x"], radius_m = -1 }]\n', "radius_m"),
        ('[kinds.fire]\njoins = [{ what = ["x"], by = ["luck"] }]\n', "luck"),
        ("[kinds.earthquake]\n", "earthquake"),
        ("[storm]\ncount = 1\n", "$.storm.count"),
    ],
)  # fmt: skip
def test_a_wrong_rule_is_named_with_its_file(text: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "correlation.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ParkFileError) as caught:
        _toml(path, Correlations)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


def test_the_rules_reach_as_long_as_the_longest_of_them() -> None:
    rules = msgspec.convert(
        {"kinds": {"fire": {"opens": {"fire": 1}, "joins": [{"what": ["smoke"], "after_s": 50.0}]}}},
        Correlations,
    )
    assert rules.reach_s == 120
    assert rules.rank("fire") == 1
    assert rules.rank("smoke") == 0
    assert not rules.knows("loitering")
