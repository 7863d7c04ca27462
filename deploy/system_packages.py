#!/usr/bin/env python3
"""See that what the tests need of the system is there; as root on Debian, install what is not."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

FOOTAGE = "/usr/share/doc/opencv-doc/examples/data/vtest.avi"


class Need(NamedTuple):
    """Something the tests use: how to see that it is there, and the Debian package that brings it."""

    what: str
    package: str
    present: Callable[[], bool]


def command(name: str) -> Callable[[], bool]:
    """Tell whether a command is on PATH."""
    return lambda: shutil.which(name) is not None


def file(root: str, pattern: str) -> Callable[[], bool]:
    """Tell whether a file matching the pattern lies under the root."""
    return lambda: any(Path(root).glob(pattern))


def plugin(name: str) -> Callable[[], bool]:
    """Tell whether a plug-in of GStreamer is there, by the name of its library."""
    return file("/usr/lib", f"*/gstreamer-1.0/libgst{name}.so")


def database() -> bool:
    """Tell whether PostgreSQL's server programs are there, on PATH or where Debian puts them."""
    return command("initdb")() or file("/usr/lib/postgresql", "*/bin/initdb")()


NEEDS = (
    Need("chromium", "chromium", command("chromium")),
    Need("redis-server", "redis-server", command("redis-server")),
    Need("initdb (PostgreSQL)", "postgresql", database),
    Need("Noto Sans CJK", "fonts-noto-cjk", file("/usr/share/fonts", "**/NotoSansCJK*")),
    Need("vtest.avi", "opencv-doc", file("/", FOOTAGE.lstrip("/"))),
    Need("git", "git", command("git")),
    # a real RTSP server for the cameras' faults, run by the system's Python
    Need("GstRtspServer", "gir1.2-gst-rtsp-server-1.0", file("/usr/lib", "**/GstRtspServer-1.0.typelib")),
    Need("gi (system Python)", "python3-gi", file("/usr/lib/python3/dist-packages", "gi/__init__.py")),
    Need("GStreamer base", "gstreamer1.0-plugins-base", plugin("videotestsrc")),
    Need("GStreamer RTP", "gstreamer1.0-plugins-good", plugin("rtp")),
    Need("GStreamer H.264 parser", "gstreamer1.0-plugins-bad", plugin("videoparsersbad")),
    Need("GStreamer x264", "gstreamer1.0-plugins-ugly", plugin("x264")),
)


def missing() -> list[Need]:
    """Return what is not there."""
    return [need for need in NEEDS if not need.present()]


def install(packages: list[str]) -> None:
    """Install Debian packages; slim images drop documentation, but the demo footage lies in it."""
    keep = f"--path-include={FOOTAGE}"
    options = ["-y", "-q", "--no-install-recommends", "--reinstall", "-o", f"Dpkg::Options::={keep}"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-q"], ["install", *options, *packages]):
        print("apt-get", *step, flush=True)
        subprocess.run(
            ["apt-get", "-o", "Acquire::Retries=3", *step],
            check=False,
            env=environment,
            stdin=subprocess.DEVNULL,
        )


def main() -> None:
    """Install what is missing; ends with the list of what is still missing."""
    lacking = missing()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        install([need.package for need in lacking])
        lacking = missing()
    if lacking:
        names = ", ".join(need.what for need in lacking)
        packages = " ".join(need.package for need in lacking)
        raise SystemExit(
            f"시험에 필요한 것이 없습니다 · missing for the tests: {names}\n"
            f"Debian, Ubuntu: sudo apt-get install {packages}"
        )


if __name__ == "__main__":
    main()
