"""The words of the report: whose it is, the candidates and why, in both languages."""

import pytest

from park.environment.facts import GasObservation
from park.incidents.facts import IncidentKind
from park.incidents.report import Asked, Report, Sealed, report
from park.state.state import State
from tests.park.sample_incidents import NOW, PARK, incident, leak, state_of, wind

SENSOR = "changwon/gas/GAS-015"  # at G-11; G-10 handles HF too and lies upwind


def written(state: State, lang: str, kind: IncidentKind, cause: str) -> Report:
    asked = Asked("lee", "소방서 제출용", lang)
    return report(PARK, state, incident(kind, cause), NOW, asked, [], Sealed(1, "ab", 1, "cd"))


@pytest.mark.parametrize(
    ("lang", "title", "place", "source", "others"),
    [
        (
            "ko", "가스 누출 (HF) · G-11 도료공장 또는 그 풍상측", "장소", "발생 추정",
            "G-10 금속공장 (감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급)",
        ),
        (
            "en", "Gas leak (HF) · at or upwind of G-11 Paint works", "Place", "Likeliest source",
            "G-10 Metal works (upwind of the sensor by 626 m at 2.3 m/s, handles HF)",
        ),
    ],
)  # fmt: skip
def test_a_leak_at_a_neighbours_sensor(lang: str, title: str, place: str, source: str, others: str) -> None:
    state = state_of((SENSOR, GasObservation("HF", 3.0)), *wind(195.0, 2.3))
    told = written(state, lang, "gas_leak", SENSOR)
    facts = dict(told.facts)
    assert told.title == title
    assert facts[place].startswith(title.partition(" · ")[2])
    assert facts[source].startswith("G-11 ")
    assert facts["다른 후보" if lang == "ko" else "Other candidates"].startswith(others)


def test_a_fire_at_a_works_own_camera() -> None:
    facts = dict(written(state_of(), "ko", "fire", "changwon/camera/CAM-025").facts)
    assert facts["장소"].startswith("E-04 냉동물류공장 (35.")
    assert facts["발생 추정"] == "E-04 냉동물류공장 (자체 카메라가 봄)"
    assert "다른 후보" not in facts


def test_what_happens_at_its_cause_itself_has_no_candidates() -> None:
    facts = dict(written(leak(), "en", "power", "changwon/substation/SUB-1").facts)
    assert facts["Place"].startswith("Substation 2 (35.")
    assert not {"Likeliest source", "Other candidates"} & facts.keys()
