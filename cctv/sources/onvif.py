"""Cameras of the network, by ONVIF: who is there (WS-Discovery), and which of its streams to take.

What comes from the network is believed only about its own host: no address of another one is followed.
"""

import socket
import struct
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import httpx
from msgspec import Struct

from cctv.sources.rtsp import SCHEMES
from cctv.sources.soap import TIMEOUT_S, Login, Node, SoapError, call, envelope, parse

GROUP = ("239.255.255.250", 3702)  # WS-Discovery 1.0
MOST = 256
LAST_YEAR = 9000  # beyond it there is no counting on
SMALLEST_HEIGHT = 360  # below it a person far away is a few pixels
DEVICE, MEDIA = "http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver10/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
    'xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" '
    'xmlns:n="http://www.onvif.org/ver10/network/wsdl"><e:Header><w:MessageID>{number}</w:MessageID>'
    "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>"
    "<w:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>"
    "<e:Body><d:Probe><d:Types>n:NetworkVideoTransmitter</d:Types></d:Probe></e:Body></e:Envelope>"
)


class Profile(Struct, frozen=True):
    """One way a camera sends its pictures; ``uri`` holds no password."""

    token: str
    encoding: str
    width: int
    height: int
    fps: float
    uri: str = ""


class Device(Struct, frozen=True):
    """A camera that answered; ``address`` of its device service."""

    address: str
    name: str = ""
    hardware: str = ""


class Streams(Struct, frozen=True):
    """What a camera sends: ``main`` for clips, ``sub`` to be looked at; ``clock_off_s``: ahead of ours."""

    main: Profile
    sub: Profile
    profiles: tuple[Profile, ...]
    clock_off_s: float


def discover(for_s: float = 3.0, interface: str = "", group: tuple[str, int] = GROUP) -> Iterator[Device]:
    """Ask the network, of one interface by its address, who is there; yield whoever answers in time.

    Raises:
        OSError: when the interface cannot send.
    """
    number = f"uuid:{uuid.uuid4()}"
    seen = set[str]()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, struct.pack("b", 1))
        if interface:
            asking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
        asking.sendto(PROBE.format(number=number).encode(), group)
        until_s = time.monotonic() + for_s
        while (left_s := until_s - time.monotonic()) > 0 and len(seen) < MOST:
            asking.settimeout(left_s)
            try:
                data, (host, _) = asking.recvfrom(65536)
            except TimeoutError:
                return
            for device in matches(data, number, host):
                if device.address not in seen:
                    seen.add(device.address)
                    yield device


def matches(data: bytes, number: str, host: str) -> list[Device]:
    """Return the devices of an answer to the probe ``number`` that speak for the ``host`` it came from."""
    try:
        root = parse(data)
    except SoapError:
        return []
    if root.say("RelatesTo") != number:
        return []
    found = list[Device]()
    for match in root.all("ProbeMatch"):
        own = [address for address in match.say("XAddrs").split() if _is_of(address, host, {"http", "https"})]
        if own:
            scopes = match.say("Scopes").split()
            found.append(Device(own[0], _scope(scopes, "name"), _scope(scopes, "hardware")))
    return found


def streams(device: str, login: Login | None, now: datetime) -> Streams:
    """Ask a camera, by the address of its device service, for its profiles and where they are.

    Raises:
        SoapError: when it does not answer, refuses the login, or has no profile that can be taken.
    """
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        ahead = _clock(call(client, device, envelope(f'<GetSystemDateAndTime xmlns="{DEVICE}"/>')), now)

        def ask(address: str, body: str) -> Node:
            return call(client, address, envelope(body, login, datetime.now(UTC) + ahead))

        media = _media(ask(device, _services()), device)
        offered = _profiles(ask(media, f'<GetProfiles xmlns="{MEDIA}"/>'))
        profiles = tuple(_with_uri(ask(media, _stream_uri(one.token)), one, device) for one in offered)
    main, sub = choose(profiles)
    return Streams(main, sub, profiles, round(ahead.total_seconds(), 1))


def choose(profiles: tuple[Profile, ...]) -> tuple[Profile, Profile]:
    """Return the largest profile, and the smallest of H.264 that is still large enough to be looked at.

    Raises:
        SoapError: when there is none.
    """
    usable = sorted((one for one in profiles if one.uri), key=lambda one: (one.width * one.height, one.fps))
    if not usable:
        raise SoapError("no profile with a stream")
    enough = [one for one in usable if one.encoding == "H264" and one.height >= SMALLEST_HEIGHT]
    return usable[-1], enough[0] if enough else usable[-1]


def _clock(body: Node, now: datetime) -> timedelta:
    utc = body.first("UTCDateTime")
    if utc is None:
        return timedelta(0)
    parts = [utc.say(part) for part in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
    try:
        year, month, day, hour, minute, second = (int(part) for part in parts)
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except (ValueError, OverflowError):
        return timedelta(0)
    return at - now if year < LAST_YEAR else timedelta(0)


def _media(body: Node, device: str) -> str:
    for service in body.all("Service"):
        address = service.say("XAddr")
        if service.say("Namespace") == MEDIA and _is_of(address, _host(device), {"http", "https"}):
            return address
    raise SoapError("no media service of its own")


def _profiles(body: Node) -> list[Profile]:
    found = list[Profile]()
    for node in body.all("Profiles"):
        video = node.first("VideoEncoderConfiguration")
        if video is None:
            continue
        try:
            width, height = (int(video.say("Resolution", side)) for side in ("Width", "Height"))
            fps = float(video.say("RateControl", "FrameRateLimit") or 0)
        except ValueError:
            continue
        encoding = video.say("Encoding").upper().replace(".", "")
        found.append(Profile(node.attributes.get("token", ""), encoding, width, height, fps))
    return found[:16]


def _services() -> str:
    return f'<GetServices xmlns="{DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'


def _stream_uri(token: str) -> str:
    return (
        f'<GetStreamUri xmlns="{MEDIA}"><StreamSetup><Stream xmlns="{SCHEMA}">RTP-Unicast</Stream>'
        f'<Transport xmlns="{SCHEMA}"><Protocol>RTSP</Protocol></Transport></StreamSetup>'
        f"<ProfileToken>{escape(token)}</ProfileToken></GetStreamUri>"
    )


def _with_uri(body: Node, profile: Profile, device: str) -> Profile:
    uri = body.say("Uri")
    own = _is_of(uri, _host(device), SCHEMES) and urlsplit(uri).password is None
    return Profile(
        profile.token, profile.encoding, profile.width, profile.height, profile.fps, uri if own else ""
    )


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""


def _is_of(address: str, host: str, schemes: set[str] | frozenset[str]) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and parts.hostname == host and len(address) < 2000 and parts.port != 0
    except ValueError:
        return False


def _scope(scopes: list[str], kind: str) -> str:
    start = f"onvif://www.onvif.org/{kind}/"
    return next((unquote(scope.removeprefix(start))[:100] for scope in scopes if scope.startswith(start)), "")
