"""ONVIF against a camera of this machine: a real answer to the probe, real SOAP with its password checked."""

import base64
import contextlib
import http.server
import json
import re
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cctv.offline.discovery import SILENT
from cctv.sources.onvif import GROUP, Profile, choose, discover, matches, streams
from cctv.sources.onvif_clock import OWN, readings
from cctv.sources.soap import LARGEST_BYTES, TIMEOUT_S, Login, SoapError, parse, password_digest

LOGIN = Login("room", "p<&>ss")
HOST = "127.0.0.1"
AHEAD = timedelta(hours=9)  # a camera whose clock nobody set
NOBODY = (
    "로그인이 거절됨 (카메라의 답: Sender not Authorized; 시도한 방법: 로그인 없이) · "
    "the login is refused (the camera: Sender not Authorized; tried: without a login)"
)
PROFILES = (
    ("a", "H265", 2592, 1944),
    ("b", "H264", 1920, 1080),
    ("c", "H264", 704, 480),
    ("d", "H264", 320, 240),
    ("e", "JPEG", 640, 480),
)


class Camera(http.server.BaseHTTPRequestHandler):
    """The device and the media service."""

    stolen = ""

    def do_POST(self) -> None:
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        body, status = self._answer(asked), 200
        if body is None:
            body, status = (
                "<s:Fault><s:Reason><s:Text>Sender not Authorized</s:Text></s:Reason></s:Fault>",
                400,
            )
        said = f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{body}</s:Body></s:Envelope>'
        self.send_response(status)
        self.send_header("Content-Length", str(len(said.encode())))
        self.end_headers()
        self.wfile.write(said.encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""

    def _answer(self, asked: str) -> str | None:
        at = datetime.now(UTC) + AHEAD
        if "GetSystemDateAndTime" in asked:
            parts = {"Hour": at.hour, "Minute": at.minute, "Second": at.second}
            parts |= {"Year": at.year, "Month": at.month, "Day": at.day}
            return "<UTCDateTime>" + "".join(f"<{k}>{v}</{k}>" for k, v in parts.items()) + "</UTCDateTime>"
        if not self._allowed(asked, at):
            return None
        port = self.headers["Host"].rpartition(":")[2]
        if "GetServices" in asked:
            return (
                "<Service><Namespace>http://www.onvif.org/ver10/media/wsdl</Namespace>"
                f"<XAddr>http://{HOST}:{port}/media</XAddr></Service>"
            )
        if "GetProfiles" in asked:
            return "".join(
                f'<Profiles token="{token}"><VideoEncoderConfiguration><Encoding>{encoding}</Encoding>'
                f"<Resolution><Width>{w}</Width><Height>{h}</Height></Resolution></VideoEncoderConfiguration></Profiles>"
                for token, encoding, w, h in PROFILES
            )
        token = re.search(r"<ProfileToken>(\w)", asked)
        assert token
        host = "10.9.8.7" if token.group(1) == "a" else HOST  # the largest points elsewhere
        return f"<MediaUri><Uri>rtsp://{host}:554/{token.group(1)}</Uri></MediaUri>"

    def _allowed(self, asked: str, at: datetime) -> bool:
        found = [re.search(rf"<\w:{part}[^>]*>([^<]*)<", asked) for part in ("Password", "Nonce", "Created")]
        digest, nonce, created = (one.group(1) if one else "" for one in found)
        made = (
            datetime.strptime(created, "%Y-%m-%dT%H:%M:%S%z") if created else datetime.min.replace(tzinfo=UTC)
        )
        right = password_digest(base64.b64decode(nonce), created, LOGIN.password)
        return abs(at - made) < timedelta(seconds=5) and digest == right


@contextlib.contextmanager
def served() -> Iterator[str]:
    """A camera on a port of its own; yields the address of its device service."""
    server = http.server.ThreadingHTTPServer((HOST, 0), Camera)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{HOST}:{server.server_address[1]}/onvif/device_service"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def device() -> Iterator[str]:
    with served() as address:
        yield address


def answer(number: str, address: str) -> bytes:
    scopes = "onvif://www.onvif.org/name/East%20gate onvif://www.onvif.org/hardware/X1"
    return (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header>'
        f"<RelatesTo>{number}</RelatesTo></e:Header><e:Body><ProbeMatches><ProbeMatch>"
        f"<Scopes>{scopes}</Scopes><XAddrs>http://10.1.2.3/x {address}</XAddrs>"
        "</ProbeMatch></ProbeMatches></e:Body></e:Envelope>"
    ).encode()


@contextlib.contextmanager
def listening(address: str, port: int = 0) -> Iterator[int]:
    """Answer one probe on the loopback's multicast, after a bit of rubbish; yields the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((GROUP[0], port))
        both = struct.pack("4s4s", socket.inet_aton(GROUP[0]), socket.inet_aton(HOST))
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, both)

        def serve() -> None:
            asked, asker = ear.recvfrom(65536)
            number = re.search(rb"MessageID>([^<]+)", asked)
            assert number
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
                mouth.bind((HOST, 0))
                for said in (
                    b"\x00\xff",
                    answer("uuid:other", address),
                    *[answer(number[1].decode(), address)] * 2,
                ):
                    mouth.sendto(said, asker)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(ear.getsockname()[1])
        thread.join(60)


def test_who_answers_is_found_once(device: str) -> None:
    with listening(device) as port:
        (found,) = list(discover(0.5, HOST, (GROUP[0], port)))
    assert (found.address, found.name, found.hardware) == (device, "East gate", "X1")


def test_streams_are_chosen_with_a_login_on_the_camera_s_clock(device: str) -> None:
    found = streams(device, LOGIN, datetime.now(UTC))
    assert (found.main.token, found.main.uri) == ("b", f"rtsp://{HOST}:554/b")
    assert (found.sub.token, found.sub.height) == ("c", 480)
    assert found.profiles[0].uri == "", "an address of another host is not believed"
    assert found.clock_off_s is not None
    assert abs(found.clock_off_s - AHEAD.total_seconds()) < 5


@pytest.mark.parametrize("login", [None, Login("room", "wrong")])
def test_a_wrong_login_is_told(device: str, login: Login | None) -> None:
    with pytest.raises(SoapError, match="not Authorized"):
        streams(device, login, datetime.now(UTC))


def test_the_command_tells_in_json(device: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(f"{LOGIN.password}\n", "utf-8")
    words = [
        "--json",
        "--device",
        device,
        "--user",
        LOGIN.user,
        "--password-file",
        str(tmp_path / "password"),
    ]
    done = subprocess.run(
        [sys.executable, "-m", "cctv", "discover", *words], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert told["streams"]["sub"]["token"] == "c"
    assert LOGIN.password not in done.stdout + done.stderr


@contextlib.contextmanager
def silent(count: int) -> Iterator[list[str]]:
    """Devices that take a request and never answer; yields their addresses."""
    with contextlib.ExitStack() as held:
        ears = [held.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        yield [f"http://{HOST}:{ear.getsockname()[1]}/onvif/device_service" for ear in ears]


def discovered(*addresses: str, within_s: float) -> tuple[list[dict[str, Any]], float]:
    """Run the command on addresses; return what it told, and after how many seconds."""
    words = [word for address in addresses for word in ("--device", address)]
    argv = [sys.executable, "-m", "cctv", "discover", "--json", "--within", str(within_s), *words]
    began_s = time.monotonic()
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60)
    assert not done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], time.monotonic() - began_s


def test_silent_cameras_hold_nobody_up_and_are_told(device: str) -> None:
    with silent(6) as lost:
        told, took_s = discovered(*lost, device, within_s=4.0)
    assert took_s < TIMEOUT_S * len(lost) / 2, "one after the other they take five seconds each"
    (first, *rest) = told
    assert (first["device"]["address"], first["error"]) == (device, NOBODY)
    assert {one["device"]["address"]: one["error"] for one in rest} == dict.fromkeys(lost, SILENT)


def test_a_hostile_address_ends_the_search_for_nobody_else(device: str) -> None:
    strange = [f"http://{HOST}/\x7f", f"http://{'a' * 70}/", "http://xn--zz/", "http://[::1/"]
    told, _ = discovered(*strange, device, within_s=20.0)
    errors = {one["device"]["address"]: one["error"] for one in told}
    assert errors.pop(device) == NOBODY
    assert set(errors) == set(strange)
    assert {error.partition(" · ")[2] for error in errors.values()} == {"no address that can be asked"}


@pytest.mark.parametrize("year", ["9999", "9" * 30, "x", "0"])
def test_a_clock_that_is_none_is_not_reckoned_with(year: str) -> None:
    said = "".join(f"<{part}>1</{part}>" for part in ("Month", "Day", "Hour", "Minute", "Second"))
    body = parse(f"<Body><UTCDateTime><Year>{year}</Year>{said}</UTCDateTime></Body>".encode())
    assert readings(body, datetime.now(UTC), None) == [OWN]


def test_who_does_not_answer_is_told() -> None:
    with pytest.raises(SoapError, match="no answer"):
        streams(f"http://{HOST}:9/x", None, datetime.now(UTC))


def test_a_camera_speaks_for_itself_only() -> None:
    said = answer("uuid:1", f"http://{HOST}/x")
    assert matches(said, "uuid:1", HOST)
    assert not matches(said, "uuid:2", HOST)
    assert not matches(said, "uuid:1", "127.0.0.2")


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'.encode(
            "utf-16"
        ),
        b"<x>" * 1000,
        b"<x>" + b" " * LARGEST_BYTES,
        b"no",
        b"",
    ],
)
def test_hostile_documents_are_refused(data: bytes) -> None:
    with pytest.raises(SoapError):
        parse(data)


def test_without_a_small_profile_the_largest_serves() -> None:
    large = Profile("a", "H265", 1920, 1080, 15, "rtsp://x/a")
    assert choose((large,)) == (large, large)
    with pytest.raises(SoapError):
        choose((Profile("a", "H264", 1920, 1080, 15),))
