"""One camera live: pictures, facts, evidence, health; real decoding in real time."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import cv2
import msgspec
import numpy as np
import pytest

from cctv.config.camera import Camera, Mask
from cctv.live import main_stream
from cctv.live import runner as live
from cctv.live.main_stream import MainStream
from cctv.live.runner import Eye, Fact
from cctv.sources.base import Frame, Opening, SourceError
from cctv.sources.decode import decoding
from cctv.vision import frozen
from data.cameras.clips import Card
from park.cameras.facts import CameraDetection, CameraEvent, CameraHealth
from tests.cctv.footage import camera, walk


class Heard:
    """An outlet that keeps everything."""

    def __init__(self) -> None:
        self.facts: list[Fact] = []
        self.pictures: list[bytes] = []
        self.samples: set[bool] = set()

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        assert name == "CAM-1"
        self.facts.append(fact)
        self.samples.add(sample)

    def show(self, name: str, picture: bytes) -> None:
        assert name == "CAM-1"
        self.pictures.append(picture)

    def health(self) -> list[CameraHealth]:
        return [fact for fact in self.facts if isinstance(fact, CameraHealth)]

    def events(self) -> list[CameraEvent]:
        return [fact for fact in self.facts if isinstance(fact, CameraEvent)]


def watch(eyes: Camera, var: Path, until: Callable[[Heard], bool], within_s: float = 120.0) -> Heard:
    heard, stop = Heard(), threading.Event()
    eye = Eye(eyes, "changwon/camera/CAM-1", None, var, heard, stop)
    thread = threading.Thread(target=eye.run)
    thread.start()
    deadline_s = time.monotonic() + within_s
    while not until(heard) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    stop.set()
    thread.join(60)
    assert not thread.is_alive()
    assert until(heard), heard.facts
    return heard


def test_pictures_events_and_evidence(tmp_path: Path) -> None:
    source = str(walk(tmp_path / "walk.mp4"))
    heard = watch(camera(source), tmp_path, lambda h: len(h.events()) >= 2)
    first = heard.health()[0]
    assert first.state == "ok"
    assert "motion" in first.detail
    assert heard.samples == {False}
    assert any(isinstance(fact, CameraDetection) for fact in heard.facts)
    picture = cv2.imdecode(np.frombuffer(heard.pictures[-1], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape == (240, 320, 3)
    told = heard.events()[0]
    assert told.camera == "changwon/camera/CAM-1"
    assert cv2.imread(str(tmp_path / "stills" / f"{told.still}.jpg")) is not None
    clip = tmp_path / "clips" / f"{told.clip}.mp4"
    with av.open(str(clip)) as container:
        video = container.streams.video[0]
        assert video.codec_context.name == "h264"
        assert not container.streams.audio
        assert len(list(container.decode(video))) >= 10
    assert "intrusion" in clip.with_suffix(".json").read_text()


def test_a_file_goes_round(tmp_path: Path) -> None:
    source = str(walk(tmp_path / "walk.mp4"))
    watch(camera(source, zones=()), tmp_path, lambda h: len(h.events()) >= 2)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("sample:none.avi", "시연 영상 없음"),
        ("/no/such/file.mp4", "no such file"),
        ("gopher://h", "not allowed"),
    ],
)
def test_lost_is_told_with_its_reason(tmp_path: Path, source: str, reason: str) -> None:
    heard = watch(camera(source), tmp_path, lambda h: bool(h.health()))
    assert heard.health()[0].state == "lost"
    assert reason in heard.health()[0].detail


def test_a_standing_picture_is_frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "WINDOW_S", 2.0)
    path = tmp_path / "still.mp4"
    picture = np.random.default_rng(2).integers(0, 255, (240, 320, 3), np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for _ in range(100):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode())
    heard = watch(camera(str(path)), tmp_path, lambda h: any(f.state == "frozen" for f in h.health()))
    assert heard.health()[0].state == "ok"


def test_an_address_keeps_its_password(tmp_path: Path) -> None:
    eyes = camera("rtsp://guard:s3cret@127.0.0.1:9/x")
    heard = watch(eyes, tmp_path, lambda h: bool(h.health()))
    assert heard.health()[0].state == "lost"
    assert "s3cret" not in str(heard.facts)


def test_the_main_stream_is_for_clips(tmp_path: Path) -> None:
    small, large = walk(tmp_path / "small.mp4"), walk(tmp_path / "large.mp4", size=(640, 480))
    hidden = Mask(((0.0, 0.0), (60.0, 0.0), (60.0, 60.0), (0.0, 60.0)))
    eyes = camera(str(large), substream=str(small), masks=(hidden,))
    heard = watch(eyes, tmp_path, lambda h: len(h.events()) >= 2)
    shown = cv2.imdecode(np.frombuffer(heard.pictures[-1], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (240, 320, 3)
    with av.open(str(tmp_path / "clips" / f"{heard.events()[0].clip}.mp4")) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        assert not container.streams.audio
    assert len(pictures) >= 10
    assert {picture.shape for picture in pictures} == {(480, 640, 3)}
    assert max(float(picture[:110, :110].mean()) for picture in pictures) < 40  # masked there as well


def test_clips_go_on_when_the_main_stream_is_away(tmp_path: Path) -> None:
    eyes = camera("/no/such/file.mp4", substream=str(walk(tmp_path / "walk.mp4")))
    heard = watch(eyes, tmp_path, lambda h: len(h.events()) >= 2)
    assert {fact.state for fact in heard.health()} == {"ok"}
    with av.open(str(tmp_path / "clips" / f"{heard.events()[0].clip}.mp4")) as container:
        assert container.streams.video[0].width == 320


def test_a_main_stream_that_cannot_be_started_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = list[Opening]()

    @contextlib.contextmanager
    def full(opening: Opening) -> Iterator[Iterator[Frame]]:
        tries.append(opening)
        if len(tries) == 1:
            raise OSError(28, "No space left on device")
        with decoding(opening) as frames:
            yield frames

    monkeypatch.setattr(main_stream, "decoding", full)
    stop = threading.Event()
    main = MainStream(camera(str(walk(tmp_path / "walk.mp4"))), 8.0, stop)
    main.start()
    deadline_s = time.monotonic() + 60
    while main.size is None and time.monotonic() < deadline_s:
        time.sleep(0.05)
    stop.set()
    main.join()
    assert main.size == (320, 240)


def test_a_clip_has_no_picture_of_before_an_outage_and_its_own_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = list[datetime]()

    @contextlib.contextmanager
    def stalling(opening: Opening) -> Iterator[Iterator[Frame]]:
        with decoding(msgspec.structs.replace(opening, live=False, loops=False)) as frames:
            yield _then_lost(frames)

    def _then_lost(frames: Iterator[Frame]) -> Iterator[Frame]:
        if not came:
            came.append(datetime.now(UTC))
            for number in range(30):
                yield Frame(number / 10, np.full((240, 320, 3), 20, np.uint8))
            raise SourceError("away")
        yield from frames
        came.append(datetime.now(UTC))
        time.sleep(2)
        raise SourceError("stalled")

    monkeypatch.setattr(live, "decoding", stalling)
    eyes = camera(str(walk(tmp_path / "walk.mp4")))
    heard = watch(eyes, tmp_path, lambda h: [f.state for f in h.health()].count("lost") >= 2)
    clip = tmp_path / "clips" / f"{heard.events()[0].clip}.mp4"
    with av.open(str(clip)) as container:
        pictures = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert min(float(picture.mean()) for picture in pictures) > 100
    card = msgspec.json.decode(clip.with_suffix(".json").read_bytes(), type=Card)
    assert abs(card.began + timedelta(seconds=card.length_s) - came[1]) < timedelta(seconds=1)


def test_all_pictures_asked_for_are_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures come eight times a second and five are judged: not every second one."""
    looked, stop = list[float](), threading.Event()
    eye = Eye(camera("none"), "changwon/camera/CAM-1", None, tmp_path, Heard(), stop)
    monkeypatch.setattr(eye, "_look", lambda frame: looked.append(frame.t_s))
    for n in range(80):
        eye._take(Frame(n / 8, np.zeros((48, 64, 3), np.uint8)))
    assert 48 <= len(looked) <= 51
