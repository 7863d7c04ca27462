"""Cameras of the network, by ONVIF: who is there (WS-Discovery), and which of its streams to take.

What comes from the network is believed only about its own host: no address of another one is followed.
"""

import socket
import struct
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import httpx
from msgspec import Struct

from cctv.sources.onvif_session import Session
from cctv.sources.rtsp import SCHEMES
from cctv.sources.soap import TIMEOUT_S, Login, Node, RefusedError, SilentError, SoapError, parse

GROUP = ("239.255.255.250", 3702)  # WS-Discovery 1.0
MOST = 256
SMALLEST_HEIGHT = 360  # below it a person far away is a few pixels
DEVICE = "http://www.onvif.org/ver10/device/wsdl"
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


class Media(NamedTuple):
    """One of the two media services, and how it is asked."""

    namespace: str
    profiles: str
    stream_uri: str


MEDIA_1 = Media(
    "http://www.onvif.org/ver10/media/wsdl",
    '<GetProfiles xmlns="http://www.onvif.org/ver10/media/wsdl"/>',
    '<GetStreamUri xmlns="http://www.onvif.org/ver10/media/wsdl"><StreamSetup>'
    f'<Stream xmlns="{SCHEMA}">RTP-Unicast</Stream><Transport xmlns="{SCHEMA}"><Protocol>RTSP</Protocol>'
    "</Transport></StreamSetup><ProfileToken>{token}</ProfileToken></GetStreamUri>",
)
MEDIA_2 = Media(  # of cameras of profile T, which speak H.265
    "http://www.onvif.org/ver20/media/wsdl",
    '<GetProfiles xmlns="http://www.onvif.org/ver20/media/wsdl"><Type>VideoEncoder</Type></GetProfiles>',
    '<GetStreamUri xmlns="http://www.onvif.org/ver20/media/wsdl"><Protocol>RTSP</Protocol>'
    "<ProfileToken>{token}</ProfileToken></GetStreamUri>",
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
    clock_off_s: float | None


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
        SoapError: when it does not answer, refuses the login in every way that was tried, or has no profile
            that can be taken.
    """
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
        session = Session(client, login, now)
        session.learn_time(_time(session, device))
        profiles = tuple(_offered(session, device))
    main, sub = choose(profiles)
    return Streams(main, sub, profiles, session.clock_off_s)


def choose(profiles: tuple[Profile, ...]) -> tuple[Profile, Profile]:
    """Return the largest profile, and the smallest of H.264 that is still large enough to be looked at.

    Raises:
        SoapError: when there is none.
    """
    usable = sorted((one for one in profiles if one.uri), key=lambda one: (one.width * one.height, one.fps))
    if not usable:
        raise SoapError("영상 프로필이 없음 · no profile with a stream")
    enough = [one for one in usable if one.encoding == "H264" and one.height >= SMALLEST_HEIGHT]
    return usable[-1], enough[0] if enough else usable[-1]


def _time(session: Session, device: str) -> Node | None:
    """Return what a device says of its clock; some say it after a login only, some never."""
    try:
        return session.ask(device, f'<GetSystemDateAndTime xmlns="{DEVICE}"/>')
    except SilentError:
        raise
    except SoapError:
        return None


def _offered(session: Session, device: str) -> list[Profile]:
    """Return the profiles of the first media service that has any with a stream."""
    failed: SoapError = SoapError("영상 프로필이 없음 · no profile with a stream")
    for media, address in _media(session, device):
        try:
            body = session.ask(address, media.profiles)
        except SilentError:
            raise
        except SoapError as error:
            failed = error
            continue
        found = list[Profile]()
        for profile in _profiles(body):
            try:
                answer = session.ask(address, media.stream_uri.format(token=escape(profile.token)))
            except SilentError:
                raise
            except SoapError as error:
                failed = error
                found.append(profile)
            else:
                found.append(_with_uri(answer, profile, device))
        if any(profile.uri for profile in found):
            return found
    raise failed


def _media(session: Session, device: str) -> list[tuple[Media, str]]:
    """Return the media services of a device, as it lists them now or, an older one, as capabilities."""
    try:
        body = session.ask(device, _services())
        told = {service.say("Namespace"): service.say("XAddr") for service in body.all("Service")}
    except (SilentError, RefusedError):
        raise
    except SoapError:
        told = {}
    own = [(one, told.get(one.namespace, "")) for one in (MEDIA_1, MEDIA_2)]
    if not any(address for _, address in own):
        body = session.ask(
            device, f'<GetCapabilities xmlns="{DEVICE}"><Category>All</Category></GetCapabilities>'
        )
        own = [(MEDIA_1, body.say("Capabilities", "Media", "XAddr"))]
    found = [(one, address) for one, address in own if _is_of(address, _host(device), {"http", "https"})]
    if not found:
        raise SoapError("카메라 자신의 영상 서비스가 없음 · no media service of its own")
    return found


def _profiles(body: Node) -> list[Profile]:
    found = list[Profile]()
    for node in body.all("Profiles"):
        video = node.first("VideoEncoderConfiguration") or node.first("Configurations", "VideoEncoder")
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
