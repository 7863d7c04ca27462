"""``python -m cctv discover``: cameras of the network and the streams to take of each."""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from cctv.sources.fan_out import side_by_side
from cctv.sources.onvif import Device, Streams, discover, streams
from cctv.sources.soap import Login, SoapError

WITHIN_S = 12.0  # a camera that answers has said all in a second or two
SILENT = "시간 안에 응답 없음 · no answer in time"


class Found(Struct, frozen=True, omit_defaults=True):
    """A camera, and its streams or why they are not known."""

    device: Device
    streams: Streams | None = None
    error: str = ""


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to the others."""
    one = commands.add_parser("discover", help="find the cameras of the network (ONVIF)")
    one.add_argument("--json", action="store_true", help="one camera a line as JSON")
    one.add_argument("--seconds", type=float, default=3.0, help="how long to wait for answers")
    one.add_argument("--within", type=float, default=WITHIN_S, help="seconds for everything together")
    one.add_argument("--interface", default="", help="address of the network card to ask on")
    one.add_argument(
        "--device", action="append", default=[], help="address of a device service, not asked for"
    )
    one.add_argument("--user", default="", help="who asks for the streams")
    one.add_argument("--password-file", type=Path, help="file whose first line is the password")
    one.set_defaults(run=_run)


def find(arguments: argparse.Namespace) -> Iterator[Found]:
    """Yield every camera that is there, with its streams or why they are not known, the silent ones last."""
    until_s, login = time.monotonic() + arguments.within, _login(arguments)
    given = [Device(address) for address in arguments.device]
    devices = given or discover(arguments.seconds, arguments.interface)
    for device, found in side_by_side(devices, lambda device: _asked(device, login), until_s):
        yield found or Found(device, error=SILENT)


def _asked(device: Device, login: Login | None) -> Found:
    try:
        return Found(device, streams(device.address, login, datetime.now(UTC)))
    except SoapError as error:
        return Found(device, error=str(error))


def _login(arguments: argparse.Namespace) -> Login | None:
    if not arguments.user:
        return None
    lines = arguments.password_file.read_text("utf-8").splitlines() if arguments.password_file else []
    return Login(arguments.user, lines[0] if lines else "")


def _run(arguments: argparse.Namespace) -> None:
    count = 0
    for found in find(arguments):
        count += 1
        print(msgspec.json.encode(found).decode() if arguments.json else _said(found), flush=True)
    if not count:
        print("응답한 카메라 없음 · no camera answered", file=sys.stderr)


def _said(found: Found) -> str:
    lines = [f"{found.device.address}  {found.device.name} {found.device.hardware}".rstrip()]
    if found.streams is None:
        return "\n".join([*lines, f"  {found.error}"])
    for key, one in (("source", found.streams.main), ("substream", found.streams.sub)):
        lines.append(f'  {key} = "{one.uri}"  # {one.encoding} {one.width}x{one.height} {one.fps:g}/s')
    return "\n".join(lines)
