"""Who is told of an incident, and what: the matrix of domain facts, the words, asked once."""

import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from msgspec.structs import replace

from data.park_files.park import ParkFileError, read_contacts, read_templates
from data.settings import Settings
from park.config.asset import Asset
from park.config.label import Label
from park.config.streets import nearest_street
from park.environment.facts import GasObservation
from park.events.envelope import decode, encode
from park.incidents.facts import IncidentCorrected, IncidentKind, IncidentVerified
from park.incidents.labels import GRADES, KINDS
from park.logistics.facts import VehiclePosition
from park.messages import notices
from park.messages.contacts import FIRMS
from park.messages.facts import MessageStatus
from park.operators.facts import ExerciseStatus
from park.plume import sector as downwind
from park.state.state import State
from tests.park.sample_incidents import LEAK, NOW, PARK, incident, joined, leak, state_of, tell, wind
from tests.park.small_park import event, seconds

FILES = Settings().park_dir
AGENCIES = {"fire_119", "police_112", "environment_office", "municipality", "chemical_centre"}
PLASTIC = "changwon/factory/A-01"
FALL: tuple[str, str, str] = ("changwon/camera/CAM-001", "camera", "fall")
WRONG_WAY: tuple[str, str, str] = ("changwon/camera/CAM-001", "camera", "wrong_way")
PAINT = "changwon/factory/B-12"


def told(state: State, kind: IncidentKind, cause: str, *members: tuple[str, str, str]) -> set[str]:
    made = incident(kind, cause)
    for number, (asset, system, what) in enumerate(members):
        tell(made, joined(f"m{number}", asset, system, what))
    return set(notices.recipients(PARK, state, made, NOW))


def test_a_leak_is_told_to_all_agencies_the_firm_and_the_firms_downwind() -> None:
    who = told(leak(), "gas_leak", LEAK)
    assert who >= AGENCIES | {"gas_safety", "park_office", "firm/B-12"}
    neighbours = {name for name in who if name.startswith("firm/")} - {"firm/B-12"}
    assert neighbours
    source = PARK.assets[LEAK]
    for name in neighbours:  # the wind comes from the west: they lie east, or in the circle around
        firm = PARK.assets[f"changwon/factory/{name.partition('/')[2]}"]
        assert firm.lon > source.lon - 0.001, name


def test_the_wind_decides_which_neighbours_are_told() -> None:
    east = told(leak(from_deg=270.0), "gas_leak", LEAK)
    west = told(leak(from_deg=90.0), "gas_leak", LEAK)
    assert east ^ west


@pytest.mark.parametrize(
    ("kind", "cause", "members", "yes", "no"),
    [
        ("fire", PLASTIC, [], {"fire_119", "police_112", "kepco", "gas_safety"}, {"chemical_centre"}),
        ("fire", PAINT, [], {"chemical_centre", "environment_office", "municipality"}, set()),
        ("fire", PLASTIC, [(LEAK, "gas", "gas_high")], {"chemical_centre"}, set()),
        ("injury", PLASTIC, [], {"fire_119", "firm/A-01"}, {"police_112", "environment_office"}),
        ("intrusion", PLASTIC, [], {"police_112", "firm/A-01"}, {"fire_119"}),
        ("intrusion", PLASTIC, [("changwon/camera/CAM-001", "camera", "smoke")], {"fire_119"}, set()),
        ("fight", PLASTIC, [], {"police_112"}, {"fire_119"}),
        ("fight", PLASTIC, [FALL], {"police_112", "fire_119", "park_office"}, {"chemical_centre"}),
        ("intrusion", PLASTIC, [FALL], {"police_112", "fire_119"}, {"chemical_centre"}),
        ("fire", PLASTIC, [FALL], {"fire_119", "police_112"}, {"chemical_centre"}),
        ("injury", PLASTIC, [WRONG_WAY], {"fire_119", "police_112"}, {"chemical_centre"}),
        ("dumping", PLASTIC, [], {"environment_office", "municipality"}, {"police_112", "fire_119"}),
        ("flood", PLASTIC, [], {"fire_119", "municipality", "kepco", "firm/A-01"}, {"chemical_centre"}),
        ("dg_vehicle", "changwon/vehicle/V-001", [], {"fire_119", "police_112"}, {"chemical_centre"}),
        ("dg_vehicle", "changwon/vehicle/V-001", [(LEAK, "gas", "gas_high")], {"chemical_centre"}, set()),
        ("data_loss", PLASTIC, [], {"supervisor"}, AGENCIES),
    ],
)
def test_the_matrix(
    kind: IncidentKind, cause: str, members: list[tuple[str, str, str]], yes: set[str], no: set[str]
) -> None:
    who = told(state_of(*wind(270)), kind, cause, *members)
    assert yes <= who
    assert not who & no


def test_an_odour_points_at_the_firm_upwind() -> None:
    odour = next(asset for asset in PARK.assets.values() if asset.kind == "odour")
    (firm,) = (n for n in told(state_of(*wind(270)), "odour", odour.id) if n.startswith("firm/"))
    assert PARK.assets[f"changwon/factory/{firm.partition('/')[2]}"].lon < odour.lon


def test_a_member_that_left_counts_no_more() -> None:
    made = incident("fire", PLASTIC)
    tell(made, joined("m1", LEAK, "gas"))
    state = leak()
    assert "chemical_centre" in notices.recipients(PARK, state, made, NOW)
    made.left["m1"] = 10**15
    assert "chemical_centre" not in notices.recipients(PARK, state, made, NOW)


def test_every_kind_has_words_and_somebody_to_tell() -> None:
    for kind in get_args(IncidentKind):
        made = incident(kind, PLASTIC)
        who = notices.recipients(PARK, state_of(*wind(270)), made, NOW)
        assert who, kind
        for event_ in notices.requests(PARK, state_of(*wind(270)), made, "notify", who, NOW):
            assert KINDS[kind].ko in event_.data.title_ko
            assert KINDS[kind].en in event_.data.title_en
            assert decode(encode(event_)) == event_


def test_the_text_tells_place_substance_and_wind() -> None:
    text = notices.draft(PARK, leak(), incident(), "fire_119", NOW)
    assert text.title_ko == f"[{GRADES['alert'].ko}] 가스 누출 · 2구역 B-12 도료공장 {street().ko}"
    assert text.title_en == f"[alert] Gas leak · B-12 Paint works, {street().en}, Zone 2"
    for line in (
        "119 소방 귀하", "상황번호: 2026-0042", "발생: 2026-11-23 03:14:05 KST",
        "좌표: 35.20304, 128.66539 (WGS84)",
        "물질: NH3", "농도: 41.7 ppm", "기준: 25 ppm (8시간 노출기준)", "바람: 서풍 3.0 m/s, 동쪽으로 붑니다",
        "상황: 가스 누출 (경계, 미확인)", "풍하 구간: 동쪽 500 m",
    ):  # fmt: skip
        assert line in text.body_ko.splitlines()
    for line in ("Substance: NH3", "Concentration: 41.7 ppm", "Wind: from W, 3.0 m/s, blowing to E"):
        assert line in text.body_en.splitlines()
    assert "{" not in text.body_ko + text.body_en


def street() -> Label:
    found = nearest_street(PARK.streets, 35.203043, 128.665391)
    assert found is not None
    return found


def test_firms_are_told_what_to_do_themselves_and_the_police_what_is_asked() -> None:
    state, made = leak(), incident()
    firm = notices.draft(PARK, state, made, "firm/B-12", NOW)
    police = notices.draft(PARK, state, made, "police_112", NOW)
    assert "B-12 도료공장 귀하" in firm.body_ko
    assert "Stop work" in firm.body_en
    assert "Asked of you" not in firm.body_en
    assert "요청: 출입 통제" in police.body_ko


def test_what_is_not_known_is_left_out() -> None:
    text = notices.draft(PARK, state_of(), incident("gas_leak", "changwon/gas/NOBODY"), "fire_119", NOW)
    for word in ("농도", "바람", "좌표", "위험물", "물질"):
        assert word not in text.body_ko


def test_in_a_calm_there_is_no_direction() -> None:
    state = state_of(*wind(270, speed_ms=0.1))
    text = notices.draft(PARK, state, incident(), "fire_119", NOW)
    assert "Wind" not in text.body_en
    assert "Radius: 500 m" in text.body_en


def test_dangerous_goods_are_named() -> None:
    truck = VehiclePosition(35.2, 128.66, 0.0, 0.0, "moving", "dangerous", "1017")
    state = state_of(("changwon/vehicle/V-001", truck))
    made = incident("dg_vehicle", "changwon/vehicle/V-001")
    assert "위험물: UN 1017" in notices.draft(PARK, state, made, "fire_119", NOW).body_ko


def test_no_value_from_outside_can_shape_a_message() -> None:
    made = incident()
    evil = msgspec.structs.replace(
        next(iter(made.told.values())).data, number="7\r\nBcc: all@x\x00{park}\u2028", cause="changwon/x/a\nb"
    )
    made.told.clear()
    tell(made, evil)
    text = notices.draft(PARK, state_of(), made, "fire_119", NOW)
    assert "상황번호: 7 Bcc: all@x {park}" in text.body_ko.splitlines()
    assert "\n" not in text.title_ko
    assert "a b" in text.title_ko


def test_asked_twice_is_once() -> None:
    state, made = leak(), incident()
    first = notices.requests(PARK, state, made, "notify", ["fire_119", "firm", "firm/B-12"], NOW)
    again = notices.requests(PARK, leak(99.0), made, "notify", ["fire_119", "firm"], NOW + seconds(5))
    other = notices.requests(PARK, state, made, "update", ["fire_119"], NOW)
    assert [told.key for told in first] == [told.key for told in again]
    assert {told.data.channel for told in first} == {"email", "cap"}
    assert not {told.key for told in first} & {told.key for told in other}
    assert {(told.source, told.subject) for told in first} == {
        ("watch/changwon", f"changwon/message/{told.data.message}") for told in first
    }
    for event_ in [*first, *again]:
        state.apply(event_)
    assert len(state.messages) == len(first)
    assert {message.state for message in state.messages.values()} == {"queued"}


def test_a_recipient_that_is_nobody_fails_where_it_shows() -> None:
    (asked,) = notices.requests(PARK, leak(), incident(), "notify", ["mayor"], NOW)
    assert (asked.data.recipient, asked.data.channel) == ("mayor", "email")


def test_only_cap_carries_a_document_and_it_refers_to_the_one_before() -> None:
    state, made = leak(), incident()
    mail, cap = notices.requests(PARK, state, made, "notify", ["fire_119"], NOW)
    assert (mail.data.channel, mail.data.document) == ("email", "")
    assert "<msgType>Alert</msgType>" in cap.data.document
    state.apply(cap)
    state.apply(event(MessageStatus(cap.data.message, "sent", 1), cap.subject, NOW))
    _, update = notices.requests(PARK, state, made, "update", ["fire_119"], NOW + seconds(60))
    reference = f"room@changwon.example.invalid,{cap.data.message},2026-11-23T03:14:05+09:00"
    assert f"<references>{reference}</references>" in update.data.document
    assert "<msgType>Update</msgType>" in update.data.document
    tell(made, IncidentVerified("i-1", "false", "kim"))
    _, cancel = notices.requests(PARK, state, made, "cancel", ["fire_119"], NOW + seconds(90))
    assert "<msgType>Cancel</msgType>" in cancel.data.document


@pytest.mark.parametrize("by", ["incident", "room"])
def test_in_an_exercise_everything_says_so(by: str) -> None:
    state, made = leak(), incident(exercise=by == "incident")
    if by == "room":
        drill = ExerciseStatus(active=True, user="lee", reason="drill")
        state.apply(event(drill, "changwon/room/exercise", NOW))
    mail, cap = notices.requests(PARK, state, made, "notify", ["fire_119"], NOW)
    assert mail.data.exercise
    assert mail.data.title_ko.startswith("[훈련] ")
    assert mail.data.title_en.startswith("[EXERCISE] ")
    assert "<status>Exercise</status>" in cap.data.document


def test_a_corrected_incident_is_told_as_it_is_known_then() -> None:
    made = incident("gas_leak")
    tell(made, IncidentCorrected("i-1", "fire", PLASTIC, "seen"))
    assert "firm/A-01" in notices.recipients(PARK, leak(), made, NOW)
    assert "Fire" in notices.draft(PARK, leak(), made, "fire_119", NOW).title_en


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "contacts",
            "[matrix.fight]\nfire_119",
            "[matrix.fight]\nfire_118",
            "[matrix.fight] fire_118: no such",
        ),
        ("contacts", 'when = "fire"', 'when = "fires"', "Invalid enum value 'fires'"),
        ("contacts", "[matrix.peak]", "[matrix.peaks]", "Invalid enum value 'peaks'"),
        (
            "contacts",
            "[matrix.power]\nkepco = {}\npark_office = {}",
            "[matrix.power]",
            "[matrix.power] tells nobody",
        ),
        (
            "contacts",
            "112@police.example.invalid",
            "112",
            "[contacts.police_112.channels] email: no mail address",
        ),
        ("contacts", "https://hook", "http://hook", "[contacts.chemical_centre.channels] webhook: not https"),
        ("contacts", "https://cap.city", "cap.city", "[contacts.municipality.channels] cap: no web address"),
        ("contacts", 'room = "manager"', 'rooms = "manager"', "Invalid enum value 'rooms'"),
        ("contacts", "lease_s = 45.0", "lease_s = 10.0", "[delivery] lease_s: less than twice timeout_s"),
        ("templates", "{grade}", "{grad}", "no field 'grad' here"),
        ("templates", 'title = "{exercise}', 'title = "{ppm}', "no field 'ppm' here"),
        ("templates", "[kinds.flood]", "[kinds.floods]", "Invalid enum value 'floods'"),
        ("templates", 'caution = "Moderate"', "", "[severity] caution is missing"),
    ],
)
def test_a_wrong_file_is_named_with_the_reason(
    tmp_path: Path, file: str, old: str, new: str, words: str
) -> None:
    text = (FILES / f"{file}.toml").read_text("utf-8")
    assert old in text
    path = tmp_path / f"{file}.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ParkFileError) as refused:
        read_contacts(path) if file == "contacts" else read_templates(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


def test_the_contacts_that_come_with_the_project_reach_nobody() -> None:
    contacts = tomllib.loads((FILES / "contacts.toml").read_text("utf-8"))["contacts"]
    for contact in contacts.values():
        for channel, address in contact["channels"].items():
            assert channel == "room" or "example.invalid" in address or "//localhost:" in address
    assert set(FIRMS) & contacts.keys() == {"firm"}


# GAS-015 stands at G-11 Paint works; G-10 Metal works lie upwind of it, 626 m away, and handle HF as well
SENSOR = "changwon/gas/GAS-015"
UPWIND = wind(195.0, 2.3)


def test_119_hears_at_or_upwind_of_and_the_candidates_never_the_neighbour_as_if_sure() -> None:
    state = state_of((SENSOR, GasObservation("HF", 3.0)), *UPWIND)
    text = notices.draft(PARK, state, incident(cause=SENSOR), "fire_119", NOW)
    assert text.title_ko.startswith("[경계] 가스 누출 · 7구역 G-11 도료공장 또는 그 풍상측 ")
    assert text.title_en.startswith("[alert] Gas leak · at or upwind of G-11 Paint works, ")
    upwind = "G-10 금속공장 (감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급)"
    lines = text.body_ko.splitlines()
    for line in (
        f"좌표: {PARK.assets[SENSOR].lat:.5f}, {PARK.assets[SENSOR].lon:.5f} (WGS84)",
        "감지: G-11 도료공장 HF 감지기",
        "발생 추정: G-11 도료공장 (자체 감지기, HF 취급)",
        "바람: 남풍 2.3 m/s, 북쪽으로 붑니다",
    ):
        assert line in lines
    assert any(line.startswith(f"다른 후보: {upwind}") for line in lines)
    english = text.body_en.splitlines()
    assert "Noticed by: G-11 Paint works HF sensor" in english
    assert "Likeliest source: G-11 Paint works (its own sensor, handles HF)" in english
    assert any(
        line.startswith(
            "Other candidates: G-10 Metal works (upwind of the sensor by 626 m at 2.3 m/s, handles HF)"
        )
        for line in english
    )
    assert "귀 사업장" not in text.body_ko


def test_candidates_are_told_as_candidates() -> None:
    state = state_of((SENSOR, GasObservation("HF", 3.0)), *UPWIND)
    made = incident(cause=SENSOR)
    who = notices.recipients(PARK, state, made, NOW)
    assert {"firm/G-11", "firm/G-10"} <= set(who)
    other = notices.draft(PARK, state, made, "firm/G-10", NOW)
    assert "귀 사업장이 발생지일 수 있습니다." in other.body_ko
    assert "근거: 감지 지점의 풍상측 626 m, 풍속 2.3 m/s, HF 취급" in other.body_ko
    assert "Why: upwind of the sensor by 626 m at 2.3 m/s, handles HF" in other.body_en
    neighbour = notices.draft(PARK, state, made, "firm/G-13", NOW)
    assert "귀 사업장" not in neighbour.body_ko, "it lies downwind"
    sure = notices.draft(PARK, leak(), incident(), "firm/B-12", NOW)
    assert "귀 사업장" not in sure.body_ko, "where it is sure, nothing is asked"


def test_who_lies_beside_a_candidate_is_warned_too() -> None:
    state = state_of((SENSOR, GasObservation("HF", 3.0)), *UPWIND)
    area = downwind.sector(PARK, state, incident(cause=SENSOR), NOW)
    assert area is not None
    upwind = PARK.assets["changwon/factory/G-10"]
    around = replace(area, lat=upwind.lat, lon=upwind.lon)
    beside = {firm.rpartition("/")[2] for firm in downwind.inside(state, around, NOW).firms}
    assert beside - {firm.rpartition("/")[2] for firm in downwind.inside(state, area, NOW).firms}
    who = notices.recipients(PARK, state, incident(cause=SENSOR), NOW)
    assert {f"firm/{name}" for name in beside} <= set(who)


def test_a_fire_at_a_works_own_camera_is_told_to_the_works_at_once() -> None:
    camera = "changwon/camera/CAM-019"  # at E-01 Paint works; no meter has fallen yet
    who = told(state_of(*wind(270)), "fire", camera)
    assert "firm/E-01" in who
    assert "chemical_centre" in who, "paint"
    text = notices.draft(PARK, state_of(), incident("fire", camera), "fire_119", NOW)
    assert "E-01 도료공장" in text.title_ko
    assert "E-01 Paint works" in text.title_en


def test_chemicals_at_any_candidate_bring_the_chemical_centre() -> None:
    crossing = "changwon/camera/CAM-082"  # E-06 Paint works are in its view, E-07 Machinery works are not
    assert "chemical_centre" in told(state_of(), "fire", crossing)
    text = notices.draft(PARK, state_of(), incident("fire", crossing), "fire_119", NOW)
    assert "감지: CAM-082 11-8 교차로" in text.body_ko
    assert "Likeliest source: E-06 Paint works (in the view of the camera, 165 m away)" in text.body_en


def test_in_a_calm_119_hears_around() -> None:
    state = state_of((SENSOR, GasObservation("HF", 3.0)), *wind(195.0, 0.1))
    bare = msgspec.structs.replace(PARK, assets={**PARK.assets, "changwon/factory/G-11": bare_of("G-11")})
    text = notices.draft(bare, state, incident(cause=SENSOR), "fire_119", NOW)
    assert "G-11 도료공장 또는 그 주변" in text.title_ko
    assert "at or around G-11 Paint works" in text.title_en


def bare_of(firm: str) -> Asset:
    """Works that handle nothing."""
    known = PARK.assets[f"changwon/factory/{firm}"]
    return replace(known, traits=known.traits | {"handles": []})
