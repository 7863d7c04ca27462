"""CAP 1.2: valid against the schema of OASIS, and true to the incident."""

from pathlib import Path

import pytest
from lxml import etree

from park.environment.facts import GasObservation
from park.incidents.facts import IncidentAdvanced, IncidentKind, IncidentVerified, Verdict
from park.incidents.incident import Incident
from park.messages import cap
from park.state.state import State
from tests.park.sample_incidents import LEAK, NOW, PARK, incident, joined, leak, state_of, tell, wind
from tests.park.small_park import event, seconds

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("cap-1.2.xsd")))
NS = {"c": cap.NAMESPACE}


def made(
    state: State, about: Incident, recipient: str = "fire_119", earlier: cap.Earlier = ()
) -> etree._Element:
    """Return an alert that the schema takes."""
    root = etree.fromstring(cap.alert(PARK, state, about, "m-1", recipient, NOW, earlier).encode())
    SCHEMA.assertValid(root)
    return root


def texts(root: etree._Element, path: str) -> list[str]:
    found = root.iterfind("/".join(f"c:{name}" for name in path.split("/")), NS)
    return [str(element.text) for element in found]


def test_the_schema_is_the_one_and_refuses() -> None:
    root = made(leak(), incident())
    sent = root.find("c:sent", NS)
    assert sent is not None
    sent.text = "2026-11-22T18:14:05Z"
    assert not SCHEMA.validate(root)


@pytest.mark.parametrize("kind", ["gas_leak", "fire", "injury", "flood", "dg_vehicle", "data_loss", "other"])
@pytest.mark.parametrize("recipient", ["fire_119", "firm/B-12", "mayor"])
def test_every_alert_is_valid(kind: IncidentKind, recipient: str) -> None:
    assert texts(made(leak(), incident(kind)), "info/language") == ["ko-KR", "en-US"]
    assert texts(made(state_of(), incident(kind, "changwon/x/unknown"), recipient), "identifier") == ["m-1"]


def test_it_says_what_happens() -> None:
    root = made(leak(), incident())
    expected = {
        "sender": ["room@changwon.example.invalid"], "sent": ["2026-11-23T03:14:05+09:00"],
        "status": ["Actual"], "msgType": ["Alert"], "scope": ["Restricted"], "references": [],
        "info/category": ["CBRNE"] * 2,
        "info/event": ["가스 누출", "Gas leak"], "info/responseType": ["Shelter"] * 2,
        "info/urgency": ["Immediate"] * 2, "info/severity": ["Severe"] * 2,
        "info/certainty": ["Possible"] * 2,
        "info/onset": ["2026-11-23T03:14:05+09:00"] * 2,
        "info/parameter/value": ["NH3", "41.7", "서", "3.0", "NH3", "41.7", "W", "3.0"],
    }  # fmt: skip
    assert {path: texts(root, path) for path in expected} == expected
    ko, en = texts(root, "info/description")
    assert "물질: NH3" in ko.splitlines()
    assert "Concentration: 41.7 ppm" in en.splitlines()
    assert "restriction" in {etree.QName(child).localname for child in root}


def test_the_sector_downwind_is_a_closed_polygon_and_the_radius_a_circle_in_km() -> None:
    root = made(leak(from_deg=270.0), incident())
    polygon = [tuple(map(float, pair.split(","))) for pair in texts(root, "info/area/polygon")[0].split()]
    assert polygon[0] == polygon[-1] == (35.20304, 128.66539)
    assert len(polygon) >= 4
    assert all(lon >= 128.66539 for _, lon in polygon)  # the wind blows to the east
    assert texts(root, "info/area/circle")[0] == "35.20304,128.66539 0.030"


def test_an_exercise_is_none_but_an_exercise() -> None:
    assert texts(made(leak(), incident(exercise=True)), "status") == ["Exercise"]


def test_for_everybody_it_is_public_and_without_restriction() -> None:
    root = made(leak(), incident(), "firm/B-12")
    assert (texts(root, "scope"), texts(root, "restriction")) == (["Public"], [])


@pytest.mark.parametrize(
    ("verdict", "kind", "urgency", "certainty", "response"),
    [
        ("true", "Update", "Immediate", "Observed", "Shelter"),
        ("unclear", "Update", "Immediate", "Possible", "Shelter"),
        ("false", "Cancel", "Past", "Unlikely", "AllClear"),
    ],
)
def test_the_verdict_shows(verdict: Verdict, kind: str, urgency: str, certainty: str, response: str) -> None:
    about = incident()
    tell(about, IncidentVerified("i-1", verdict, "kim"))
    earlier = [("m-0", NOW - seconds(60)), ("m-9", NOW - seconds(30))]
    root = made(leak(), about, earlier=earlier)
    assert texts(root, "msgType") == [kind]
    assert texts(root, "references") == [
        "room@changwon.example.invalid,m-0,2026-11-23T03:13:05+09:00"
        " room@changwon.example.invalid,m-9,2026-11-23T03:13:35+09:00"
    ]
    assert (texts(root, "info/urgency")[0], texts(root, "info/certainty")[0]) == (urgency, certainty)
    assert texts(root, "info/responseType")[0] == response


def test_two_systems_make_it_likely() -> None:
    about = incident()
    tell(about, joined("a", LEAK, "gas"), joined("b", "changwon/camera/CAM-001", "camera", "smoke"))
    assert cap.certainty(about) == "Likely"


def test_under_control_is_all_clear() -> None:
    about = incident()
    tell(about, IncidentVerified("i-1", "true", "kim"))
    for after_s, fact in enumerate(
        (IncidentAdvanced("i-1", "responding"), IncidentAdvanced("i-1", "controlled")), 1
    ):
        about.apply(event(fact, "changwon/incident/i-1", NOW + seconds(after_s)))
    root = made(leak(), about, earlier=[("m-0", NOW)])
    assert (texts(root, "msgType"), texts(root, "info/responseType")[0]) == (["Update"], "AllClear")


def test_where_it_is_not_sure_whose_it_is_the_candidates_and_their_places_are_in_it() -> None:
    sensor = "changwon/gas/GAS-015"  # at G-11; G-10 handles HF too and lies upwind
    state = state_of((sensor, GasObservation("HF", 3.0)), *wind(195.0, 2.3))
    root = made(state, incident(cause=sensor))
    ko, en = texts(root, "info/area/areaDesc")
    assert "G-11 도료공장 또는 그 풍상측" in ko
    assert "at or upwind of G-11 Paint works" in en
    names, values = texts(root, "info/parameter/valueName"), texts(root, "info/parameter/value")
    told = list(zip(names, values, strict=True))
    assert ("seen_by", "G-11 도료공장 HF 감지기") in told
    assert ("source", "G-11 Paint works (its own sensor, handles HF)") in told
    assert any(
        name == "others" and "G-10 Metal works (upwind of the sensor by 626 m" in v for name, v in told
    )
    circles = [circle.split()[0] for circle in texts(root, "info/area/circle")]
    other = PARK.assets["changwon/factory/G-10"]
    assert circles[0] == f"{PARK.assets[sensor].lat:.5f},{PARK.assets[sensor].lon:.5f}"
    assert f"{other.lat:.5f},{other.lon:.5f}" in circles
    assert len(texts(made(leak(), incident()), "info/area/circle")) == 2, (
        "one in each language where it is sure"
    )
