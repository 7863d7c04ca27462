"""A handover is drawn, signed by the next shift and stays as it was signed."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from data.tables import events
from park.operators.handover import digest
from tests.api.conftest import Site, alarm, until
from tests.api.test_record import record

Drawn = dict[str, Any]


def draw(site: Site, role: str = "operator") -> tuple[str, Drawn]:
    with site.as_role(role) as somebody:
        told = somebody.get("/api/v1/handover").json()
    return told["digest"], told["handover"]


def sign(site: Site, role: str, name: str, leaving: str = "lee", note: str = "") -> int:
    with site.as_role(role) as somebody:
        answer = somebody.post("/api/v1/handovers", json={"digest": name, "leaving": leaving, "note": note})
    return answer.status_code


def test_what_was_done_and_noted_is_handed_over(site: Site) -> None:
    site.post(alarm("stands", "critical"))
    until(lambda: "stands" in site.services.hub.state.alarms)
    with site.as_role("operator") as operator:
        assert operator.post("/api/v1/handover/notes", json={"text": " "}).status_code == 422
        assert operator.post("/api/v1/handover/notes", json={"text": "정문 카메라 흐림"}).status_code == 201
    record(site)
    _, told = draw(site, "viewer")
    assert [note["reason"] for note in told["notes"]] == ["정문 카메라 흐림"]
    assert (told["raised"], told["leaving"], told["audit_rows"]) == (1, None, 1)
    assert told["standing"]["critical"] == 1


def test_the_next_shift_signs_once_and_it_stays(site: Site) -> None:
    name, told = draw(site)
    assert sign(site, "viewer", name) == 403
    assert sign(site, "operator", "0" * 64) == 409
    assert sign(site, "operator", name, leaving="operator") == 409
    assert sign(site, "operator", name, leaving=" ") == 422
    assert sign(site, "operator", name, note="확인함") == 201
    until(lambda: site.services.hub.state.latest.get("changwon/room/shift"))
    assert sign(site, "manager", name) == 409
    record(site)
    with site.as_role("viewer") as viewer:
        (kept,) = viewer.get("/api/v1/handovers").json()
        whole = viewer.get(f"/api/v1/handovers/{name}").json()
        assert viewer.get(f"/api/v1/handovers/{'0' * 64}").status_code == 404
    assert (kept["leaving"], kept["taking"], kept["note"], kept["sound"]) == (
        "lee",
        "operator",
        "확인함",
        True,
    )
    assert digest(whole["text"]) == name
    assert json.loads(whole["text"]) == told
    _, following = draw(site)
    assert following["leaving"] == "operator"
    assert following["since_ms"] >= told["drawn_ms"]


def test_a_signed_one_that_was_changed_is_not_sound(site: Site) -> None:
    with site.services.engine.begin() as connection:
        signed = events.c.type == "park.shift.handover"
        ce = connection.execute(sa.select(events.c.ce).where(signed)).scalar_one()
        changed = ce.replace("정문 카메라 흐림", "이상 없음")
        assert changed != ce
        connection.execute(sa.update(events).where(signed).values(ce=changed))
    with site.as_role("viewer") as viewer:
        (kept,) = viewer.get("/api/v1/handovers").json()
    assert kept["sound"] is False


@pytest.mark.parametrize("body", [{}, {"digest": "x", "leaving": "lee"}, {"digest": "0" * 64}])
def test_a_signature_that_says_nothing_is_refused(site: Site, body: dict[str, str]) -> None:
    with site.as_role("operator") as operator:
        assert operator.post("/api/v1/handovers", json=body).status_code == 422
