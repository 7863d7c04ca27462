"""The push socket: who gets in, what a frame is, coming back, a slow screen, a Redis that dies."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from data.record.store import create_engine
from data.settings import Settings
from data.stream import server as broker
from tests.api.conftest import GAS, PASSWORD, Site, alarm, free_port, gas, until
from tests.faults.machine_pauses import Pauses

Frame = dict[str, Any]


def screen(site: Site, since: str = "", role: str = "viewer") -> ClientConnection:
    return connect(
        f"{site.push}?since={since}",
        origin=Origin(site.origin),
        additional_headers=site.socket_headers(role),
        max_size=None,
    )


def frame(ws: ClientConnection, timeout: float = 60) -> Frame:
    told: Frame = json.loads(ws.recv(timeout))
    return told


def find(ws: ClientConnection, kind: str, key: str) -> tuple[Any, Frame]:
    """Read frames until a message of a kind names `key`."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = frame(ws)
        for message in told.get("m", []):
            if message["k"] == kind and key in json.dumps(message["d"]):
                return message["d"], told
    raise AssertionError(f"{kind} {key} did not come")


def drain(ws: ClientConnection) -> None:
    for _ in range(1000):
        ws.recv(60)


def kinds(told: Frame) -> list[str]:
    return [message["k"] for message in told["m"]]


@pytest.mark.parametrize("path", ["/push", "/video"])
@pytest.mark.parametrize(("cookie", "origin"), [(False, True), (True, False), (True, None), ("forged", True)])
def test_a_socket_needs_a_session_and_our_origin(
    site: Site, path: str, cookie: bool | str, origin: bool | None
) -> None:
    headers = site.socket_headers() if cookie is True else {"Cookie": f"gwanje_session={cookie}"}
    given: Any = {True: site.origin, False: "http://evil.example", None: None}[origin]
    with pytest.raises(InvalidStatus) as refused:
        connect(f"ws://127.0.0.1:{site.port}{path}", origin=given, additional_headers=headers).close()
    assert refused.value.response.status_code == 403


def test_hello_comes_first_and_the_picture_with_it(site: Site) -> None:
    site.post(gas("before", 7.5))
    until(lambda: GAS in site.services.hub.picture.rows["assets"])
    with screen(site, role="operator") as ws:
        first = frame(ws)
    assert kinds(first)[:2] == ["hello", "reset"]
    hello = first["m"][0]["d"]
    assert (hello["park"], hello["user"], hello["role"]) == ("changwon", "operator", "operator")
    assert hello["build"] == site.services.build
    rows = next(message["d"] for message in first["m"] if message["k"] == "assets")
    assert rows[GAS][2] == {"substance": "NH3", "ppm": 7.5}


def test_an_event_is_pushed_within_a_moment_and_numbers_rise(site: Site, tmp_path: Path) -> None:
    with Pauses(tmp_path) as pauses, screen(site) as ws:
        number = frame(ws)["n"]
        began = time.monotonic()
        site.post(gas("pushed", 8.25))
        rows, told = find(ws, "assets", "8.25")
        took_s = time.monotonic() - began
        assert took_s < 1 + pauses.longest_s()
    assert rows[GAS][2]["ppm"] == 8.25
    assert told["n"] > number
    assert abs(told["now"] - time.time() * 1000) < 5000


def test_alarms_come_dressed_in_order_and_as_text(site: Site) -> None:
    nasty = "<script>alert(1)</script>"
    with screen(site) as ws:
        frame(ws)
        site.post(alarm("push-1"), alarm(nasty, "critical"))
        alarms, _told = find(ws, "alarms", "push-1")
        if len(alarms) < 2:
            alarms += find(ws, "alarms", "alert(1)")[0]
    assert [one["alarm"] for one in alarms if one["alarm"] in ("push-1", nasty)] == ["push-1", nasty]
    assert alarms[0]["state"] == "unack"
    assert alarms[0]["place"]["ko"]


def test_since_brings_what_was_missed_and_no_reset(site: Site) -> None:
    with screen(site) as ws:
        site.post(gas("seen", 9.0))
        at = find(ws, "assets", "9.0")[1]["at"]
    site.post(gas("missed", 9.5), alarm("missed-alarm"))
    until(lambda: "missed-alarm" in site.services.hub.state.alarms)
    with screen(site, since=at) as ws:
        first = frame(ws)
    assert kinds(first)[0] == "hello"
    assert "reset" not in kinds(first)
    told = {message["k"]: message["d"] for message in first["m"]}
    assert told["assets"][GAS][2]["ppm"] == 9.5
    assert [one["alarm"] for one in told["alarms"]] == ["missed-alarm"]


@pytest.mark.parametrize("since", ["1-0", "nonsense", "99999999999999-0"])
def test_a_since_that_is_gone_brings_a_snapshot(site: Site, since: str) -> None:
    with screen(site, since=since) as ws:
        assert kinds(frame(ws))[:2] == ["hello", "reset"]


def test_a_trimmed_since_brings_a_snapshot(site: Site) -> None:
    with screen(site) as ws:
        site.post(gas("old", 1.0))
        at = find(ws, "assets", "1.0")[1]["at"]
    site.post(gas("new", 1.5))
    until(lambda: site.services.hub.at != at)
    site.redis.xtrim("events:changwon", maxlen=1, approximate=False)
    with screen(site, since=at) as ws:
        assert "reset" in kinds(frame(ws))


def test_ping_is_answered_and_the_delay_is_kept(site: Site) -> None:
    with screen(site) as ws:
        ws.send(json.dumps({"ping": 123}))
        ws.send(json.dumps({"delay_ms": 42, "ack": 1}))
        ws.send("nonsense")
        until(lambda: [c for c in site.services.hub.clients if c.delay_ms == 42])
        end = time.monotonic() + 60
        while (told := frame(ws)).get("k") != "pong":
            assert time.monotonic() < end
    assert told["d"] == 123


def test_a_session_that_ends_closes_its_socket(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.push.CHECK_S", 0.1)
    accounts = site.services.accounts
    secret = accounts.sign_in("viewer", PASSWORD, "tests")
    headers = {"Cookie": f"gwanje_session={secret}"}
    with connect(site.push, origin=Origin(site.origin), additional_headers=headers) as ws:
        frame(ws)
        accounts.sign_out(str(secret))
        with pytest.raises(ConnectionClosed) as closed:
            drain(ws)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401


def test_an_open_screen_stays_live_while_the_record_is_away(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.push.CHECK_S", 0.1)
    away = create_engine(Settings(database_url=f"postgresql://127.0.0.1:{free_port()}/none"))
    site.post(gas("before", 1.1))
    with screen(site) as ws:
        frame(ws)
        with monkeypatch.context() as outage:
            outage.setattr(site.services.accounts, "engine", away)
            monkeypatch.setattr(site.services.feeds, "LIFE_S", 0.0)
            time.sleep(0.5)
            assert site.post(gas("while-away", 7.7)).status_code == 202, "a known feed goes on"
            find(ws, "assets", GAS)
            with httpx.Client(headers={"authorization": "Bearer gwk_unknown"}) as stranger:
                assert stranger.post(f"{site.origin}/api/v1/events").status_code == 503


def test_z_the_screen_lives_through_the_death_of_redis(site: Site) -> None:
    with screen(site) as ws:
        frame(ws)
        site.broker.kill()
        assert site.post(gas("away")).status_code == 503
        with site.anybody() as nobody:
            assert nobody.get("/healthz").status_code == 200
            assert nobody.get("/readyz").status_code == 503
        site.broker = broker.start(site.settings)
        try:
            until(lambda: site.post(gas("back", 4.75)).status_code == 202)
            assert find(ws, "assets", "4.75")
        finally:
            site.broker.stop()
