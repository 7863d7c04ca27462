"""What is hidden and what people do about it, through the room's own doors."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from park.operators.refusal import RefusedError
from tests.api.conftest import GAS, Site, until

KEY = f"{GAS}|gas_high"


async def on_loop(site: Site, act: Coroutine[Any, Any, str]) -> None:
    """Run an act on the server's own loop, where its Redis client lives."""
    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(act, site.loop()))


async def act(site: Site, role: str, name: str, object_: str, reason: str = "", **fields: object) -> None:
    who = site.services.accounts.session(site.cookies[role])
    assert who is not None
    await on_loop(site, site.services.act(name, object_, who, reason, **fields))


def shelf(site: Site) -> list[dict[str, Any]]:
    with site.as_role("viewer") as viewer:
        answer = viewer.get("/api/v1/alarms/shelf")
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()
    return rows


async def test_what_is_shelved_is_listed_with_its_reason_and_comes_back(site: Site) -> None:
    await act(site, "operator", "alarm.shelve", KEY, mode="timed", minutes=30, reason="교정 중")
    (row,) = until(lambda: shelf(site))
    assert (row["name"], row["by"], row["why"]["ko"], row["mode"]) == (
        "shelved",
        "operator",
        "교정 중",
        "timed",
    )
    assert row["until_ms"] - row["since_ms"] == pytest.approx(30 * 60_000, abs=5000)
    assert row["title"]["ko"] == "유해가스 농도 높음"
    await act(site, "operator", "alarm.unshelve", KEY)
    until(lambda: not shelf(site))


async def test_out_of_service_is_for_managers_with_a_reason(site: Site) -> None:
    with pytest.raises(PermissionError):
        await act(site, "operator", "alarm.remove", KEY, reason="수리")
    with pytest.raises(RefusedError):
        await act(site, "manager", "alarm.remove", KEY)
    await act(site, "manager", "alarm.remove", KEY, reason="수리")
    assert until(lambda: [row["name"] for row in shelf(site)]) == ["out_of_service"]
    await act(site, "manager", "alarm.restore", KEY)
    until(lambda: not shelf(site))


@pytest.mark.parametrize(
    ("name", "object_", "fields"),
    [
        ("alarm.shelve", KEY, {"mode": "timed", "minutes": 0, "reason": "x"}),
        ("alarm.shelve", KEY, {"mode": "timed", "minutes": "30", "reason": "x"}),
        ("alarm.shelve", KEY, {"mode": "timed", "minutes": 6000, "reason": "x"}),
        ("alarm.shelve", KEY, {"mode": "timed", "minutes": 30}),
        ("alarm.shelve", f"{GAS}|gas_stel", {"mode": "timed", "minutes": 30, "reason": "x"}),
        ("alarm.unshelve", "nothing", {}),
    ],
)
async def test_what_the_rules_do_not_allow_is_refused(
    site: Site, name: str, object_: str, fields: dict[str, object]
) -> None:
    told = dict(fields)
    reason = str(told.pop("reason", ""))
    with pytest.raises(RefusedError):
        await act(site, "operator", name, object_, reason, **told)


async def test_there_is_no_act_that_the_table_does_not_name(site: Site) -> None:
    for name in ("alarm.delete", "incident.delete", "alarm", ""):
        with pytest.raises(PermissionError):
            await act(site, "admin", name, KEY)


async def test_an_exercise_is_known_to_every_screen_while_it_lasts(site: Site) -> None:
    with pytest.raises(PermissionError):
        await act(site, "operator", "exercise.set", "exercise", active=True, reason="월간 훈련")
    await act(site, "manager", "exercise.set", "exercise", active=True, reason="월간 훈련")
    until(lambda: site.services.hub.state.exercise)
    await act(site, "manager", "exercise.set", "exercise", active=False, reason="끝")
    until(lambda: not site.services.hub.state.exercise)
