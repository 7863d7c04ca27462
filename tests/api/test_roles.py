"""Who may do what: every act, door and callback for every role; what is named nowhere is denied."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from dash import Dash
from dash.exceptions import PreventUpdate

import callbacks
from api.rules import PUBLIC, RULES, least_role
from data.operators.accounts import ROLES, Session, current
from data.services import Services
from layouts.shell import document
from park.operators.actions import ACTS
from park.operators.permissions import ACTIONS
from park.operators.refusal import RefusedError
from tests.api.conftest import Site
from tests.api.test_security import doors

OPERATOR = """alarm.acknowledge alarm.reset alarm.shelve alarm.unshelve incident.acknowledge incident.verify
incident.grade incident.advance incident.assign incident.step incident.skip incident.note incident.merge
incident.split command.request command.confirm command.cancel message.request camera.verify clip.hold
handover.note handover.sign report.make report.take"""
MANAGER = """alarm.remove alarm.restore exercise.set camera.save record.export clip.download clip.release
audit.read audit.verify audit.review dead_letter.replay"""
EXPECTED = (
    {"clip.view": "viewer", "still.view": "viewer"}
    | dict.fromkeys(OPERATOR.split(), "operator")
    | dict.fromkeys(MANAGER.split(), "manager")
)
WHY = {"reason": "roles"}


class Door(NamedTuple):
    """The request by which an act is done; nothing that it names is there."""

    method: str
    path: str
    params: dict[str, str] | None = None
    body: dict[str, str] | None = None


DOORS = {
    "handover.note": Door("POST", "/api/v1/handover/notes", body={"text": "roles"}),
    "handover.sign": Door("POST", "/api/v1/handovers", body={"digest": "0" * 64, "leaving": "x"}),
    "report.make": Door("POST", "/api/v1/incidents/none/report", body=WHY),
    "report.take": Door("GET", "/api/v1/reports/none/file"),
    "record.export": Door("GET", "/api/v1/export/audit", WHY),
    "clip.view": Door("GET", "/api/v1/clips/none", {"purpose": "roles"}),
    "still.view": Door("GET", "/api/v1/stills/none", {"purpose": "roles"}),
    "clip.hold": Door("POST", "/api/v1/clips/none/hold", body=WHY),
    "clip.release": Door("POST", "/api/v1/clips/none/release", body=WHY),
    "clip.download": Door("GET", "/api/v1/clips/none/download", WHY),
    "camera.save": Door("POST", "/api/v1/cameras/setup/none", body=WHY),
    "audit.read": Door("GET", "/api/v1/audit"),
    "audit.verify": Door("GET", "/api/v1/audit/verdict"),
    "audit.review": Door("POST", "/api/v1/audit/months/2026-01/review", body={"note": "roles"}),
    "dead_letter.replay": Door("POST", "/api/v1/dead-letters/1/replay"),
}
ALARM_ACTS = {name for name in ACTIONS if name.startswith("alarm.")}


def below(role: str, least: str) -> bool:
    return role not in ROLES or ROLES.index(role) < ROLES.index(least)


def somebody(role: str) -> Session:
    return Session("kim", role, datetime.now(UTC) + timedelta(hours=1), "tests")


def on_the_loop(site: Site, act: Coroutine[Any, Any, object]) -> object:
    return asyncio.run_coroutine_threadsafe(act, site.loop()).result(30)


def test_the_table_is_the_one_that_was_agreed() -> None:
    assert ACTIONS == EXPECTED


def test_every_act_has_its_way_in() -> None:
    assert ALARM_ACTS | set(ACTS) | set(DOORS) == set(ACTIONS)


@pytest.mark.parametrize("role", [*ROLES, "", "root", "ADMIN"])
@pytest.mark.parametrize("name", sorted(ALARM_ACTS | set(ACTS)))
def test_an_act_is_refused_to_whoever_may_not(site: Site, name: str, role: str) -> None:
    acts = site.services.operations if name in ALARM_ACTS else site.services.responses
    before = site.redis.xlen("events:changwon")
    if below(role, EXPECTED[name]):
        with pytest.raises(PermissionError):
            on_the_loop(site, acts.act(name, "none", somebody(role)))
        assert site.redis.xlen("events:changwon") == before
        return
    with contextlib.suppress(RefusedError):  # the rules have their say only after the role
        on_the_loop(site, acts.act(name, "none", somebody(role)))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ["", "incident.delete", "audit.erase", "alarm", "command.", "user.add"])
def test_an_act_that_is_not_in_the_table_is_nobodys(site: Site, name: str, role: str) -> None:
    for acts in (site.services.operations, site.services.responses):
        with pytest.raises(PermissionError):
            on_the_loop(site, acts.act(name, "none", somebody(role)))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", sorted(DOORS))
def test_the_door_of_an_act_asks_for_its_role(site: Site, name: str, role: str) -> None:
    door = DOORS[name]
    with site.as_role(role) as visitor:
        status = visitor.request(door.method, door.path, params=door.params, json=door.body).status_code
    assert (status == 403) is below(role, EXPECTED[name]), status
    assert least_role(door.method, door.path) == EXPECTED[name]


@pytest.mark.parametrize("role", ROLES)
def test_every_door_is_shut_to_roles_below_its_own(site: Site, role: str) -> None:
    shut = 0
    with site.as_role(role) as visitor:
        for method, path in doors(site.server):
            least = least_role(method, path)
            if method == "WS" or (least is not None and (least == PUBLIC or not below(role, least))):
                continue
            shut += 1
            assert visitor.request(method, path).status_code == (404 if least is None else 403), (
                method,
                path,
            )
    assert shut > 0


def test_every_rule_names_a_role_and_no_rule_is_hidden_behind_another() -> None:
    assert all(rule.role == PUBLIC or rule.role in ROLES for rule in RULES)
    assert len({(rule.method, rule.path.pattern) for rule in RULES}) == len(RULES)


@pytest.fixture
def as_role() -> Iterator[list[str]]:
    token = current.set(None)
    yield list(ROLES)
    current.reset(token)


async def test_every_callback_is_refused_to_whoever_may_not(site: Site, as_role: list[str]) -> None:
    app = Dash("room", backend="fastapi", suppress_callback_exceptions=True)
    app.layout = document()
    services: Services = site.services
    callbacks.register(app, services)
    refused = 0
    for output, entry in app.callback_map.items():
        least = entry["callback"].least_role
        assert least in ROLES, output
        for session in (None, *(somebody(role) for role in ("", "root", *as_role))):
            if session is not None and not below(session.role, least):
                continue
            current.set(session)
            with pytest.raises(PreventUpdate):
                await entry["callback"].__wrapped__(*(None for _ in entry["inputs"]))
            refused += 1
    assert refused >= 3 * len(app.callback_map)
