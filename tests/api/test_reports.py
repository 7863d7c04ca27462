"""A report is asked for with a reason, made beside the room, and taken by who asked for it."""

import io
from datetime import UTC, datetime

import httpx
import pytest
from pypdf import PdfReader

from data.audit import review as trail
from data.stream.redis_stream import Stream
from park.events.envelope import Event
from park.incidents.facts import IncidentOpened
from tests.api.conftest import GAS, Site, until
from tests.api.test_record import record

INCIDENT = "i-1"
DOOR = f"/api/v1/incidents/{INCIDENT}/report"


@pytest.fixture(scope="module", autouse=True)
def _opened(site: Site) -> None:
    fact = IncidentOpened(INCIDENT, "2026-0042", "gas_leak", GAS, "serious")
    subject = f"changwon/incident/{INCIDENT}"
    told = Event("o-1", "watch/changwon", fact.TYPE, subject, datetime.now(UTC), "changwon", fact)
    Stream(site.redis, "changwon").append([told])
    until(lambda: INCIDENT in site.services.hub.state.incidents)
    record(site)


def made(client: httpx.Client, body: dict[str, str]) -> str:
    answer = client.post(DOOR, json=body)
    assert answer.status_code == 202
    return f"/api/v1/reports/{answer.json()['job']}"


@pytest.mark.parametrize(("lang", "word"), [("ko", "사건보고서"), ("en", "Incidentreport")])
def test_a_report_is_made_and_both_acts_are_on_record(site: Site, lang: str, word: str) -> None:
    with site.as_role("operator") as operator, site.as_role("manager") as manager:
        job = made(operator, {"reason": "소방서 제출", "lang": lang})
        seen = set[float]()

        def ready() -> bool:
            told = operator.get(job).json()
            assert told["error"] == ""
            seen.add(told["progress"])
            return bool(told["done"])

        assert manager.get(job).status_code == 404
        until(ready, 120)
        answer = operator.get(f"{job}/file")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert f"changwon-2026-0042-{lang}.pdf" in answer.headers["content-disposition"]
    assert len(seen) > 1
    said = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)
    assert word in "".join(said.replace("\0", "").split())
    took, asked = trail.rows(site.services.engine, limit=2)
    assert (asked.action, asked.object, asked.reason) == ("report.make", INCIDENT, "소방서 제출")
    assert (took.action, took.object, took.reason) == ("report.take", INCIDENT, "소방서 제출")


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": "why", "lang": "xx"}])
def test_a_report_without_a_reason_is_not_made(site: Site, body: dict[str, str]) -> None:
    with site.as_role("operator") as operator:
        assert operator.post(DOOR, json=body).status_code == 422


def test_who_may_not_and_what_is_not_there(site: Site) -> None:
    body = {"reason": "소방서 제출"}
    with site.as_role("viewer") as viewer:
        assert viewer.post(DOOR, json=body).status_code == 403
    with site.as_role("operator") as operator:
        assert operator.post("/api/v1/incidents/none/report", json=body).status_code == 404
        assert operator.get("/api/v1/reports/none").status_code == 404
        assert operator.get("/api/v1/reports/none/file").status_code == 404
