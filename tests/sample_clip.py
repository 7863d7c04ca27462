"""A clip on the shelf as the cameras write it: real H.264, its track and its card."""

from datetime import UTC, datetime
from pathlib import Path

import av
import msgspec
import numpy as np

from data.cameras.clips import Card, Course, Drawn, Moment, Thing

FPS, SECONDS, SIZE = 5, 12, (320, 240)
CAMERA = "changwon/camera/CAM-030"


def film(var: Path, name: str = "film-1") -> Card:
    """Lay a clip of 12 s on the shelf: a light square goes from left to right, told as person 7."""
    folder = var / "clips"
    folder.mkdir(parents=True, exist_ok=True)
    seen = []
    with av.open(str(folder / f"{name}.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(FPS * SECONDS):
            picture, x = np.full((SIZE[1], SIZE[0], 3), 60, np.uint8), 4 * number
            picture[100:160, x : x + 40] = 230
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
            seen.append((number / FPS, (Thing(7, "person", 0.9, float(x), 100.0, 40.0, 60.0),)))
        out.mux(stream.encode())
    times = tuple(t_s for t_s, _ in seen)
    yard = Drawn("yard", ((10.0, 90.0), (300.0, 90.0), (300.0, 200.0)))
    moment = Moment(6.0, "intrusion", "intrusion:yard", 0.9, 7, "yard")
    card = Card(name, CAMERA, datetime.now(UTC), float(SECONDS), SIZE, "tests", (moment,), (yard,))
    (folder / f"{name}.track.json").write_bytes(msgspec.json.encode(Course(times, tuple(seen))))
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(card))
    return card
