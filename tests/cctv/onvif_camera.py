"""Network cameras as makers build them: each refuses and tells its time in its own way, over real HTTP."""

import base64
import contextlib
import hashlib
import http.server
import re
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.request import parse_http_list, parse_keqv_list
from xml.sax.saxutils import escape

from cctv.sources.soap import Login, password_digest

HOST = "127.0.0.1"
LOGIN = Login("room", "p<&>ss")
NEAR = timedelta(seconds=5)  # of its clock a token must be made
MEDIA_1 = "http://www.onvif.org/ver10/media/wsdl"
MEDIA_2 = "http://www.onvif.org/ver20/media/wsdl"


@dataclass
class Camera:
    """One camera: ``ahead`` is its true clock, ahead of ours, ``told`` what it says of it.

    ``token`` and ``digests``: what it takes; ``asked``: what it was asked; ``failures``: how often a login
    was wrong.
    """

    ahead: timedelta = timedelta(0)
    told: str = "utc"
    zone: str = ""
    summer: bool = False
    date: bool = False
    time_needs_login: bool = False
    everything_needs_login: bool = False
    token: bool = True
    knows_tokens: bool = True
    digests: tuple[str, ...] = ()
    one_header: bool = False
    basic: bool = False
    qop: str = "auth"
    nonce_serves: int = 1000
    lists_services: bool = True
    media: str = MEDIA_1
    login: Login = LOGIN
    html: bool = False
    asked: list[str] = field(default_factory=list)
    failures: int = 0
    address: str = ""
    _nonces: dict[str, int] = field(default_factory=dict)
    _tokens: set[str] = field(default_factory=set)

    def now(self) -> datetime:
        """Return what its clock shows."""
        return datetime.now(UTC) + self.ahead

    def time(self) -> str | None:
        """Return the answer to GetSystemDateAndTime, None where it has none."""
        zone = f"<TimeZone><TZ>{escape(self.zone)}</TZ></TimeZone>" if self.zone else ""
        head = f"<DaylightSavings>{str(self.summer).lower()}</DaylightSavings>{zone}"
        local = self.now() + timedelta(hours=9)
        return {
            "utc": head + _date("UTCDateTime", self.now()),
            "local": head + _date("LocalDateTime", local),
            "wrong utc": head + _date("UTCDateTime", local),
            "wrong utc and local": head + _date("UTCDateTime", local) + _date("LocalDateTime", local),
            "garbage": head + "<UTCDateTime><Date><Year>x</Year></Date></UTCDateTime>",
        }.get(self.told)

    def takes_token(self, asked: str) -> bool:
        """Tell whether a token is right, near its clock, and new."""
        found = [re.search(rf"<\w:{part}[^>]*>([^<]*)<", asked) for part in ("Password", "Nonce", "Created")]
        digest, nonce, created = (one.group(1) if one else "" for one in found)
        if not (self.token and created) or nonce in self._tokens:
            return False
        self._tokens.add(nonce)
        made = datetime.strptime(created, "%Y-%m-%dT%H:%M:%S%z")
        right = digest == password_digest(base64.b64decode(nonce), created, self.login.password)
        return right and abs(self.now() - made) < NEAR

    def takes_digest(self, header: str, method: str, body: bytes) -> bool:
        """Tell whether the answer to a challenge is right, and its nonce still serves."""
        values = parse_keqv_list(parse_http_list(header.partition(" ")[2]))
        nonce = values.get("nonce", "")
        self._nonces[nonce] = self._nonces.get(nonce, -1) + 1
        if not self.digests or nonce not in self._nonces or self._nonces[nonce] > self.nonce_serves:
            return False
        algorithm = values.get("algorithm", "MD5").upper()
        names = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256"}

        def hashed(data: bytes | str) -> str:
            name = names[algorithm.removesuffix("-SESS")]
            return hashlib.new(name, data if isinstance(data, bytes) else data.encode()).hexdigest()

        first = hashed(f'{self.login.user}:cam, "east":{self.login.password}')
        if algorithm.endswith("-SESS"):
            first = hashed(f"{first}:{nonce}:{values['cnonce']}")
        second = f"{method}:{values['uri']}"
        if self.qop == "auth-int":
            second += f":{hashed(body)}"
        used = f"{values['nc']}:{values['cnonce']}:{values['qop']}:" if self.qop else ""
        return values["response"] == hashed(f"{first}:{nonce}:{used}{hashed(second)}")

    def challenges(self) -> list[str]:
        """Return the headers with which it asks for a login."""
        found = ['Basic realm="cam"'] if self.basic else []
        for algorithm in self.digests:
            nonce = secrets.token_hex(8)
            self._nonces[nonce] = 0
            qop = f', qop="{self.qop}"' if self.qop else ""
            named = "" if algorithm == "RFC 2069" else f", algorithm={algorithm}"
            found.append(f'Digest realm="cam, \\"east\\"", nonce="{nonce}", opaque="x"{qop}{named}')
        return [", ".join(found)] if self.one_header and found else found


def _date(name: str, at: datetime) -> str:
    parts = {"Hour": at.hour, "Minute": at.minute, "Second": at.second}
    day = {"Year": at.year, "Month": at.month, "Day": at.day}
    time, date = ("".join(f"<{k}>{v}</{k}>" for k, v in one.items()) for one in (parts, day))
    return f"<{name}><Time>{time}</Time><Date>{date}</Date></{name}>"


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers for its server's camera."""

    camera: Camera

    def do_POST(self) -> None:
        """Answer one request."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        asked = body.decode()
        what = re.search(r"<s:Body><(\w+)", asked)
        assert what
        camera = self.camera
        camera.asked.append(what[1])
        if "UsernameToken" in asked and not camera.knows_tokens:
            self._send(500, _fault("s:MustUnderstand", "Header not understood"))
        elif self._is_open(what[1]) or self._let_in(asked, body):
            answer = self._answer(what[1], asked)
            self._send(200 if answer else 400, answer or _fault("ter:ActionNotSupported", "no such action"))
        elif camera.digests or camera.basic:
            self._send(401, "<html><body>Unauthorized<br></body></html>", camera.challenges())
        else:
            self._send(400, _fault("ter:NotAuthorized", "Sender not Authorized"))

    def _is_open(self, what: str) -> bool:
        camera = self.camera
        if what == "GetSystemDateAndTime":
            return not (camera.time_needs_login or camera.everything_needs_login)
        return what == "GetServices" and not camera.everything_needs_login

    def _let_in(self, asked: str, body: bytes) -> bool:
        camera, header = self.camera, self.headers.get("Authorization", "")
        assert not header.startswith("Basic")
        assert camera.login.password not in asked + header
        right = camera.takes_token(asked) or (
            header.startswith("Digest") and camera.takes_digest(header, "POST", body)
        )
        if not right and (header or "UsernameToken" in asked):
            camera.failures += 1
        return right

    def _answer(self, what: str, asked: str) -> str | None:
        camera, root = self.camera, f"http://{HOST}:{self.headers['Host'].rpartition(':')[2]}"
        if what == "GetSystemDateAndTime":
            return camera.time()
        if what == "GetServices" and camera.lists_services:
            return f"<Service><Namespace>{camera.media}</Namespace><XAddr>{root}/media</XAddr></Service>"
        if what == "GetCapabilities":
            return f"<Capabilities><Media><XAddr>{root}/media</XAddr></Media></Capabilities>"
        if what == "GetProfiles" and camera.media in asked:
            inner = (
                "<Encoding>H264</Encoding><Resolution><Width>1280</Width><Height>720</Height></Resolution>"
            )
            if camera.media == MEDIA_2:
                video = f"<Configurations><VideoEncoder>{inner}</VideoEncoder></Configurations>"
            else:
                video = f"<VideoEncoderConfiguration>{inner}</VideoEncoderConfiguration>"
            return f'<Profiles token="a">{video}</Profiles>'
        if what == "GetStreamUri" and camera.media in asked:
            return f"<Uri>rtsp://{HOST}:554/a</Uri>"
        return None

    def _send(self, status: int, body: str, challenges: list[str] | None = None) -> None:
        whole = body
        if not body.startswith("<html"):
            whole = f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{body}</s:Body></s:Envelope>'
        self.send_response_only(status)
        if self.camera.date:
            self.send_header("Date", format_datetime(self.camera.now(), usegmt=True))
        for challenge in challenges or []:
            self.send_header("WWW-Authenticate", challenge)
        self.send_header("Content-Length", str(len(whole.encode())))
        self.end_headers()
        self.wfile.write(whole.encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def _fault(code: str, text: str) -> str:
    return (
        f"<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>{code}</s:Value></s:Subcode></s:Code>"
        f"<s:Reason><s:Text>{text}</s:Text></s:Reason></s:Fault>"
    )


@contextlib.contextmanager
def serving(camera: Camera) -> Iterator[Camera]:
    """Serve a camera on a port of its own; its ``address`` is that of its device service."""
    handler = type("Own", (Handler,), {"camera": camera})
    server = http.server.ThreadingHTTPServer((HOST, 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    camera.address = f"http://{HOST}:{server.server_address[1]}/onvif/device_service"
    try:
        yield camera
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
