"""Signing in and out, wall screens, what a cookie is."""

import httpx
import pytest

from api.security import COOKIE
from api.sign_in import local
from tests.api.conftest import PASSWORD, Site


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
    site.services.accounts.failures.forgive("origin 127.0.0.1")
    site.services.accounts.failures.forgive("name manager")
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
