"""A real RTSP camera (GStreamer's server), a process of its own under the system's Python, which has ``gi``.

``rtsp_server.py PORT PATTERN WxH[,WxH] [audio]``: H.264 at 10 pictures a second; with several sizes it goes
from one to the next every 4 s, in the middle of the stream. With ``audio`` there is a second stream. Each
stream that a client sets up is told on standard output as a line (``SETUP /live/stream=0``).
"""

import importlib
import sys
from typing import Any

gi = importlib.import_module("gi")  # of Debian, not of this environment
for name in ("Gst", "GstRtspServer"):
    gi.require_version(name, "1.0")
GLib, Gst, GstRtspServer = (
    importlib.import_module(f"gi.repository.{name}") for name in ("GLib", "Gst", "GstRtspServer")
)
Foreign = Any  # what GStreamer hands over

CHANGE_S = 4
FPS = 10


def pipeline(pattern: str, sizes: list[tuple[int, int]], *, audio: bool) -> str:
    """Return what GStreamer is to run for each client."""
    width, height = sizes[0]
    video = (
        f"videotestsrc is-live=true pattern={pattern} ! video/x-raw,framerate={FPS}/1,width=640,height=360 "
        f"! videoscale ! capsfilter name=size caps=video/x-raw,width={width},height={height} "
        "! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 threads=1 bitrate=600 "
        "! h264parse config-interval=-1 ! rtph264pay name=pay0 pt=96 config-interval=-1"
    )
    sound = " audiotestsrc is-live=true ! alawenc ! rtppcmapay name=pay1 pt=8" if audio else ""
    return f"( {video}{sound} )"


def change_sizes(_: object, media: Foreign, sizes: list[tuple[int, int]]) -> None:
    """Go from one size to the next while clients watch."""
    caps = media.get_element().get_by_name("size")
    turn = {"at": 0}

    def change() -> bool:
        turn["at"] += 1
        width, height = sizes[turn["at"] % len(sizes)]
        caps.set_property("caps", Gst.Caps.from_string(f"video/x-raw,width={width},height={height}"))
        return True

    if len(sizes) > 1:
        GLib.timeout_add_seconds(CHANGE_S, change)


def tell(_: object, context: Foreign) -> None:
    """Say which stream was set up."""
    print("SETUP", context.uri.abspath, flush=True)


def main() -> None:
    """Serve until killed."""
    port, pattern, asked = sys.argv[1:4]
    sizes = [(int(w), int(h)) for w, h in (size.split("x") for size in asked.split(","))]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(pipeline(pattern, sizes, audio="audio" in sys.argv[4:]))
    factory.set_shared(True)
    factory.connect("media-configure", change_sizes, sizes)
    server.get_mount_points().add_factory("/live", factory)
    server.connect("client-connected", lambda _, client: client.connect("setup-request", tell))
    server.attach(None)
    print("READY", flush=True)
    GLib.MainLoop().run()


main()
