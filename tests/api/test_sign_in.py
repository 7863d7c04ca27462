"""Signing in and out, wall screens, what a cookie is."""

import dataclasses
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from websockets.sync.client import connect
from websockets.typing import Origin

from api import push
from api.security import COOKIE
from api.sign_in import local
from data.operators.accounts import SCREEN_LIFE, SESSION_LIFE
from data.operators.rate_limits import PER_ACCOUNT, PER_PERSON
from tests.api.conftest import PASSWORD, Site, free_port, start, until


def enter(client: httpx.Client, user: str, password: str, **form: str) -> httpx.Response:
    origin = str(client.base_url).rstrip("/")
    return client.post(
        "/sign-in", data={"user": user, "password": password} | form, headers={"origin": origin}
    )


@pytest.mark.parametrize(("lang", "word"), [("ko", "비밀번호"), ("en", "Password"), ("xx", "비밀번호")])
def test_the_page_speaks_both_languages_and_needs_no_script(site: Site, lang: str, word: str) -> None:
    with site.anybody() as stranger:
        page = stranger.get(f"/sign-in?lang={lang}").text
    assert word in page
    assert "<script" not in page


def test_the_right_password_opens_a_new_session(site: Site) -> None:
    with site.anybody() as person:
        planted = {"cookie": f"{COOKIE}=planted-by-somebody"}
        answer = person.post(
            "/sign-in",
            data={"user": "operator", "password": PASSWORD, "next": "/tablet?lang=en"},
            headers=planted | {"origin": site.origin},
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/tablet?lang=en")
        cookie = answer.headers["set-cookie"]
        assert "planted" not in cookie
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert person.get("/api/v1/alarms").status_code == 200


def test_signing_in_again_ends_the_session_before_it(site: Site) -> None:
    with site.anybody() as person:
        enter(person, "viewer", PASSWORD)
        first = person.cookies[COOKIE]
        enter(person, "viewer", PASSWORD)
        assert person.cookies[COOKIE] != first
        assert site.services.accounts.session(first) is None


def test_signing_out_ends_the_session_on_the_server(site: Site) -> None:
    with site.anybody() as person:
        enter(person, "viewer", PASSWORD)
        kept = person.cookies[COOKIE]
        assert person.post("/sign-out", headers={"origin": site.origin}).status_code == 303
        answer = person.get("/api/v1/alarms", headers={"cookie": f"{COOKIE}={kept}"})
        assert answer.status_code == 401


def test_wrong_passwords_are_told_nothing_and_soon_wait(site: Site) -> None:
    with site.anybody() as stranger:
        unknown, wrong = enter(stranger, "nobody", "x"), enter(stranger, "manager", "x")
        assert unknown.status_code == wrong.status_code == 401
        assert unknown.text == wrong.text
        statuses = [enter(stranger, "manager", "x").status_code for _ in range(5)]
        waiting = enter(stranger, "manager", PASSWORD)
    site.services.accounts.limits.forgive("manager", "127.0.0.1")
    assert statuses[-1] == 429
    assert waiting.status_code == 429
    assert int(waiting.headers["retry-after"]) > 0


def test_what_is_typed_comes_back_as_text(site: Site) -> None:
    with site.anybody() as stranger:
        page = stranger.get("/sign-in", params={"next": '/"><script>alert(1)</script>'}).text
    assert "<script" not in page


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https://evil.example", "", "/a\nb"])
def test_nobody_is_sent_elsewhere(target: str) -> None:
    assert local(target) == "/"


def test_a_wall_screen_exchanges_its_token_once_for_a_viewers_session(site: Site) -> None:
    token = site.services.accounts.add_screen("lobby")
    with site.anybody() as wall:
        answer = wall.get(f"/wall?token={token}&lang=en")
        assert (answer.status_code, answer.headers["location"]) == (303, "/wall?lang=en")
        assert token not in answer.headers["set-cookie"]
        assert wall.get("/wall").status_code == 200
        assert wall.get("/api/v1/dead-letters").status_code == 403
    with site.anybody() as stranger:
        assert stranger.get("/wall?token=gws_guessed").status_code == 401


def test_a_right_password_of_somebody_else_gets_in_from_the_same_address(site: Site) -> None:
    with site.anybody() as desk:
        for name in ("viewer", "operator", "manager", "admin", "somebody"):
            assert enter(desk, name, "typo").status_code == 401
        for _ in range(PER_PERSON):
            last = enter(desk, "forgetful", "typo")
        assert last.status_code == 401
        assert enter(desk, "forgetful", "typo").status_code == 429
        for name in ("viewer", "operator", "manager", "admin"):
            assert enter(desk, name, PASSWORD).status_code == 303, name


def test_a_password_typed_on_another_system_gets_in(site: Site) -> None:
    site.services.accounts.add_user("김철수", "viewer", "대피소 café")
    with site.anybody() as person:
        name, password = (unicodedata.normalize("NFD", typed) for typed in ("김철수", "대피소 café"))
        assert enter(person, name, password).status_code == 303
        assert site.services.accounts.session(person.cookies[COOKIE]).user == "김철수"  # type: ignore[union-attr]


def test_whom_a_proxy_that_nobody_trusts_names_counts_for_nothing(site: Site) -> None:
    with site.anybody() as stranger:
        statuses = [
            stranger.post(
                "/sign-in",
                data={"user": "somebody-else", "password": "guess"},
                headers={"origin": site.origin, "x-forwarded-for": f"192.0.2.{number}"},
            ).status_code
            for number in range(PER_PERSON + 1)
        ]
    assert statuses == [401] * PER_PERSON + [429]


@contextmanager
def behind_proxy(site: Site, proxies: str) -> Iterator[str]:
    """Serve the same room once more, with proxies that it trusts; return its origin."""
    port = free_port()
    _server, stop = start(dataclasses.replace(site.settings, trusted_proxies=proxies), port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop()


def test_a_trusted_proxy_names_the_address_and_the_scheme(site: Site) -> None:
    with behind_proxy(site, "127.0.0.0/8, 192.0.2.250") as origin, httpx.Client(timeout=60) as proxy:

        def enter_from(address: str, password: str) -> httpx.Response:
            headers = {"origin": origin, "x-forwarded-for": address, "x-forwarded-proto": "https"}
            data = {"user": "operator", "password": password}
            return proxy.post(f"{origin}/sign-in", data=data, headers=headers)

        right = enter_from("10.0.0.1", PASSWORD)
        secret = right.cookies[COOKIE]
        assert site.services.accounts.session(secret).origin == "10.0.0.1"  # type: ignore[union-attr]
        assert "Secure" in right.headers["set-cookie"]
        # the last that is no trusted proxy is believed, not what the client wrote before it
        forged = [enter_from(f"10.0.0.{n}, 192.0.2.7, 192.0.2.250", "guess").status_code for n in range(6)]
        assert forged == [401] * PER_PERSON + [429]
        spread = [enter_from(f"198.51.100.{number}", "guess").status_code for number in range(PER_ACCOUNT)]
        assert spread[-1] == 429
        assert enter_from("10.0.0.1", PASSWORD).status_code == 303


def age(cookie: str) -> int:
    (seconds,) = re.findall(r"Max-Age=(\d+)", cookie)
    return int(seconds)


def test_the_cookie_of_an_open_wall_lives_on_as_its_session_does(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "CHECK_S", 0.2)
    accounts = site.services.accounts
    token = accounts.add_screen("yard")
    with site.anybody() as wall:
        wall.get(f"/wall?token={token}")
        secret = wall.cookies[COOKIE]
        with connect(
            site.push, origin=Origin(site.origin), additional_headers={"Cookie": f"{COOKIE}={secret}"}
        ):
            for days in (29, 58, 87):
                moment = datetime.now(UTC) + timedelta(days=days)
                monkeypatch.setattr(accounts, "clock", lambda moment=moment: moment)
                # the socket alone keeps the session: no request is made until it is renewed
                _wait_until_it_ends_after(site, secret, moment + SCREEN_LIFE - timedelta(days=2))
                looked = wall.get("/api/v1/park")
                assert looked.status_code == 200
                assert age(looked.headers["set-cookie"]) > (SCREEN_LIFE - timedelta(days=2)).total_seconds()
        accounts.revoke_screen("yard")
        ended = wall.get("/api/v1/park")
        assert ended.status_code == 401
        assert "set-cookie" not in ended.headers


def _wait_until_it_ends_after(site: Site, secret: str, moment: datetime) -> None:
    def renewed() -> bool:
        session = site.services.accounts.session(secret)
        return session is not None and session.expires > moment

    until(renewed)


def test_a_tablet_in_use_stays_signed_in_and_its_cookie_with_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = site.services.accounts
    with site.anybody() as tablet:
        enter(tablet, "viewer", PASSWORD)
        for hours in (11, 22):
            moment = datetime.now(UTC) + timedelta(hours=hours)
            monkeypatch.setattr(accounts, "clock", lambda moment=moment: moment)
            page = tablet.get("/tablet", headers={"accept": "text/html"})
            assert page.status_code == 200
            assert age(page.headers["set-cookie"]) > 60
            assert age(page.headers["set-cookie"]) <= SESSION_LIFE.total_seconds()
        assert "set-cookie" not in tablet.get("/api/v1/alarms").headers
        moment = datetime.now(UTC) + timedelta(hours=25)
        monkeypatch.setattr(accounts, "clock", lambda: moment)
        assert tablet.get("/api/v1/alarms").status_code == 401
