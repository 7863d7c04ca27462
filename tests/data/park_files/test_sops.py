"""Procedures as files: every kind has one, every fault is named with file, line and reason."""

import shutil
from pathlib import Path
from typing import get_args

import pytest

from data.park_files.park import ParkFileError, load_park
from data.park_files.sops import SopError, read_sops
from data.settings import Settings
from park.incidents.facts import IncidentKind

GOOD = """kinds = ["fire"]
name = { ko = "화재", en = "Fire" }
source = "test"
report_due_s = 900
report_source = "a law"

[[escalate]]
level = 1
to = "manager"
after_s = 60

[[step]]
id = "look"
name = { ko = "확인", en = "Look" }
act = "verify"

[[step]]
id = "report"
name = { ko = "신고", en = "Report" }
report = true
target_s = 180
when = { verdict = ["true"] }
"""


def test_every_kind_of_incident_of_the_park_has_one_procedure() -> None:
    park = load_park(Settings())
    kinds = [kind for sop in park.sop for kind in sop.kinds]
    assert sorted(kinds) == sorted(get_args(IncidentKind))
    assert park.contacts is not None
    known = set(park.contacts.contacts) | {"neighbours", "suspect_firm"}
    for sop in park.sop:
        assert {name for step in sop.step for name in step.notify} <= known, sop.name.en
        assert any(step.act == "acknowledge" and step.mandatory for step in sop.step)
    targets = {
        s.id: s.target_s for sop in park.sop if "gas_leak" in sop.kinds for s in sop.step if s.target_s
    }
    assert targets == {"acknowledge": 30, "verify": 90, "report": 180, "firms": 180}


def test_a_folder_without_files_has_no_procedures(tmp_path: Path) -> None:
    assert read_sops(tmp_path / "none") == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('act = "verify"', 'act = "dance"', 15, "Invalid enum value 'dance'"),
        ("target_s = 180", "target_s = -1", 21, "Expected `float` > 0"),
        ("target_s = 180", "colour = 1", 17, "unknown field `colour`"),
        ('["true"]', '["maybe"]', 22, "Invalid enum value 'maybe'"),
        ('id = "report"', 'id = "look"', 13, "second step of this id"),
        ('to = "manager"', 'to = "boss"', 9, "Invalid enum value 'boss'"),
        ('report_source = "a law"', "", 1, "`report_source` is missing"),
        ("report = true", "report = false", 1, "`report_due_s` and a step with `report` go together"),
        ('kinds = ["fire"]', 'kinds = ["party"]', 1, "Invalid enum value 'party'"),
        ('act = "verify"', 'act = "verify"\nauto = "lights"', 12, "exclude each other"),
        ('act = "verify"', 'auto = "notify"', 12, "needs `notify`"),
        ("report = true", "report = perhaps", 20, "Invalid value"),
    ],
)
def test_a_fault_is_named_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    path = tmp_path / "fire.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert len(read_sops(tmp_path)) == 1
    assert old in GOOD
    path.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SopError) as told:
        read_sops(tmp_path)
    assert str(told.value).startswith(f"{path}:{line}: ")
    assert reason in str(told.value)


def test_a_kind_has_one_procedure(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(SopError, match=r"b\.toml:1: fire: already in a\.toml"):
        read_sops(tmp_path)


def test_the_park_is_not_loaded_with_a_wrong_procedure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    park = tmp_path / "parks" / "changwon"
    shutil.copytree(Settings().park_dir, park)
    (park / "sop" / "fire.toml").write_text(GOOD.replace("verify", "dance"), encoding="utf-8")
    monkeypatch.setattr("data.settings._ROOT", tmp_path)
    with pytest.raises(ParkFileError, match=r"fire\.toml:15: Invalid enum value 'dance'"):
        load_park(Settings())
