"""Deny by default: every route for every role, foreign hosts and origins, headers."""

import re
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount, Route, WebSocketRoute

from api.rules import PUBLIC, RULES, least_role
from api.security import Hosts
from data.operators.accounts import ROLES
from data.record.store import create_engine
from data.settings import Settings
from tests.api.conftest import Site, free_port

HTML = {"accept": "text/html"}
SAMPLES = {"package_name": "dash", "fingerprinted_path": "x.js", "layer": "zones", "path": "no/such/door"}
OURS = re.compile(
    r"/_dash-|/_reload-hash|/_favicon|/api/|/sign-|/screen|/healthz|/readyz|/metrics|/push|/video"
)


def doors(server: FastAPI | APIRouter) -> Iterator[tuple[str, str]]:
    """Every method and path that the server routes, with something in place of the parameters."""
    for route in server.routes:
        if isinstance(route, Mount):
            yield "GET", f"{route.path}/none.js"
            continue
        if included := getattr(route, "original_router", None):
            yield from doors(included)
            continue
        path = re.sub(
            r"\{(\w+)(:\w+)?\}", lambda found: SAMPLES.get(found[1], "1"), getattr(route, "path", "")
        )
        if isinstance(route, WebSocketRoute) or not hasattr(route, "methods"):
            yield "WS", path
        elif isinstance(route, Route):
            yield from ((method, path) for method in route.methods or ())


def test_the_walk_finds_the_doors(site: Site) -> None:
    found = set(doors(site.server))
    expected = {
        ("POST", "/api/v1/events"),
        ("WS", "/push"),
        ("WS", "/video"),
        ("POST", "/_dash-update-component"),
    }
    assert expected <= found
    assert len([path for _method, path in found if OURS.match(path)]) > 20


def test_every_door_is_shut_to_strangers_but_the_public_ones(site: Site) -> None:
    with site.anybody() as stranger:
        for method, path in doors(site.server):
            if method == "WS" or least_role(method, path) == PUBLIC:
                continue
            assert stranger.request(method, path).status_code in (401, 403, 404), (method, path)
            if path.startswith("/api/"):
                assert stranger.request(method, path).status_code == 401, (method, path)


@pytest.mark.parametrize("role", ROLES)
def test_every_door_asks_for_its_role(site: Site, role: str) -> None:
    with site.as_role(role) as somebody:
        for method, path in doors(site.server):
            least = least_role(method, path)
            if method in ("WS", "POST") and least != "manager":
                continue
            status = somebody.request(method, path).status_code
            if least is None:
                assert status == 404, (method, path)
            elif least != PUBLIC and ROLES.index(role) < ROLES.index(least):
                assert status == 403, (method, path)
            elif least != PUBLIC:
                assert status not in (401, 403), (method, path)


def test_rules_name_roles_that_exist() -> None:
    assert {rule.role for rule in RULES} <= {PUBLIC, *ROLES}


def test_a_page_sends_strangers_to_sign_in_and_back(site: Site) -> None:
    with site.anybody() as stranger:
        answer = stranger.get("/tablet?lang=en", headers=HTML)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Ftablet%3Flang%3Den")


def test_a_false_cookie_opens_nothing(site: Site) -> None:
    with site.anybody() as stranger:
        headers = {"cookie": "gwanje_session=" + "x" * 43}
        assert stranger.get("/api/v1/state", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:8050"]
)
def test_a_foreign_host_name_is_refused(site: Site, host: str) -> None:
    with site.anybody() as stranger:
        assert stranger.get("/healthz", headers={"host": host}).status_code == 400


def test_hosts_that_are_ours() -> None:
    hosts = Hosts("room.park.example, wall")
    assert all(
        map(hosts.known, ["room.park.example", "WALL:8050", "127.0.0.1:8050", "[::1]:8050", "localhost"])
    )
    assert not hosts.known("room.park.example.evil")


@pytest.mark.parametrize("headers", [{"origin": "http://evil.example"}, {"origin": "null"}])
def test_a_foreign_origin_changes_nothing(site: Site, headers: dict[str, str]) -> None:
    with site.as_role("admin") as admin:
        for path in ("/sign-out", "/sign-in", "/_dash-update-component", "/api/v1/events"):
            assert admin.post(path, headers=headers).status_code == 403
        del admin.headers["origin"]
        assert admin.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403
        assert admin.get("/api/v1/alarms").status_code == 200


def test_headers_of_every_answer(site: Site) -> None:
    with site.as_role("viewer") as viewer:
        for path in ("/", "/wall", "/sign-in", "/healthz", "/api/v1/alarms", "/no-such-door"):
            headers = viewer.get(path).headers
            policy = headers["content-security-policy"]
            scripts = re.search(r"script-src ([^;]*);", policy)
            assert scripts is not None
            assert "unsafe" not in scripts[1]
            assert "frame-ancestors 'none'" in policy
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"


def test_nothing_said_holds_a_secret(site: Site) -> None:
    secrets = [site.key, *site.cookies.values(), "argon2", "password_hash", str(site.settings.var)]
    with site.as_role("admin") as admin:
        for path in (
            "/",
            "/_dash-layout",
            "/api/v1/state",
            "/api/v1/assets",
            "/api/openapi.json",
            "/metrics",
        ):
            text = admin.get(path).text
            assert not [secret for secret in secrets if secret in text], path


def test_with_the_record_away_nobody_is_let_in_and_nothing_breaks(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = create_engine(Settings(database_url=f"postgresql://127.0.0.1:{free_port()}/none"))
    monkeypatch.setattr(site.services.accounts, "engine", away)
    with site.as_role("admin") as admin:
        assert admin.get("/api/v1/state").status_code == 503
        assert admin.get("/healthz").status_code == 200
