"""A refused door says why in both languages, beside what it always said."""

import re

from tests.api.conftest import Site

ENGLISH = re.compile("[a-z]{2,} [a-z]{2,}")


def test_a_refusal_is_told_in_korean_and_english(site: Site) -> None:
    with site.as_role("manager") as manager:
        answer = manager.post("/api/v1/incidents/none/report", json={"reason": "확인"})
    assert answer.status_code == 404
    assert answer.json() == {
        "detail": "no such incident",
        "said": {"ko": "찾는 것이 없음", "en": "no such incident"},
    }


def test_a_body_with_a_wrong_field_is_told_in_korean_by_its_name(site: Site) -> None:
    with site.as_role("manager") as manager:
        answer = manager.post("/api/v1/incidents/none/report", json={"reason": "x", "lang": "fr"})
    assert answer.status_code == 422
    told = answer.json()
    assert [one["loc"][-1] for one in told["detail"]] == ["reason", "lang"]
    assert told["said"]["ko"] == "reason: 2자 이상이어야 함; lang: 맞지 않는 값"
    assert not ENGLISH.search(told["said"]["ko"])


def test_a_place_that_is_none_keeps_its_headers_and_its_words(site: Site) -> None:
    with site.as_role("viewer") as viewer:
        answer = viewer.delete("/api/v1/incidents")
        missing = viewer.get("/api/v1/incidents/none")
    assert answer.status_code in (404, 405)
    assert missing.json()["said"]["ko"] == "찾는 것이 없음"
