"""No sound: of footage that has some nothing but pictures is ever opened, and nothing written has any."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self, cast

import av
import pytest
from av.container import InputContainer
from msgspec.structs import replace

from cctv.config.camera import ZoneConfig
from cctv.detectors.yolox import Yolox
from cctv.privacy.export import Wanted, export
from cctv.rules import Intrusion
from cctv.sources import child
from cctv.sources.base import Opening
from cctv.sources.file import FileSource
from tests.cctv.footage import camera
from tests.cctv.live.test_runner import watch
from tests.cctv.recorded_clip import about
from tests.cctv.sample_footage import SIZE, piece
from tests.cctv.tiny_model import tiny_yolox

SECONDS = 8
WAY = ((400.0, 200.0), (740.0, 200.0), (740.0, 420.0), (400.0, 420.0))


@pytest.fixture(scope="module")
def loud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Real pictures with a tone, the tone first."""
    path = piece(tmp_path_factory.mktemp("loud") / "loud.mp4", SECONDS, sound=True)
    assert streams(path) == ["audio", "video"]
    return path


def streams(path: Path) -> list[str]:
    with av.open(str(path)) as film:
        return [stream.type for stream in film.streams]


class Opened:
    """A file as the decoder has it, which tells what was taken of it."""

    def __init__(self, film: InputContainer) -> None:
        self.film, self.taken = film, list[str]()
        self.streams = film.streams
        self.sound = [stream.codec_context for stream in film.streams.audio]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.film.close()

    def demux(self, stream: av.VideoStream) -> "Iterator[av.Packet[av.VideoStream]]":
        for packet in self.film.demux(stream):
            self.taken.append(packet.stream.type)
            yield packet


def test_the_decoder_takes_nothing_but_pictures(loud: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened, open_ = list[Opened](), cast("Callable[..., InputContainer]", av.open)

    def watched(address: str, **how: object) -> Opened:
        opened.append(Opened(open_(address, **how)))
        return opened[-1]

    monkeypatch.setattr(av, "open", watched)
    out = io.BytesIO()
    child.Decoder(FileSource(str(loud)).opening(), out).run()
    (one,) = opened
    assert len(out.getvalue()) > SECONDS * 10 * SIZE[0] * SIZE[1] * 3
    assert set(one.taken) == {"video"}
    (sound,) = one.sound
    assert not sound.is_open, "a decoder of sound was opened"


def test_nothing_that_is_written_has_sound(loud: Path, tmp_path: Path) -> None:
    zone = ZoneConfig("way", WAY, (Intrusion(),))
    eyes = replace(camera(str(loud), substream=str(loud), zones=(zone,), lines=()), frame=SIZE)
    heard = watch(eyes, tmp_path, lambda h: bool(h.events()), within_s=60)
    clip = tmp_path / "clips" / f"{heard.events()[0].clip}.mp4"
    _, course = about(clip)
    who = next(one.track for _, things in course.seen for one in things)
    export(clip, tmp_path / "whole.mp4", Wanted("marked"), None, lambda _: None)
    model = tiny_yolox(tmp_path / "tiny.onnx")
    export(clip, tmp_path / "one.mp4", Wanted("marked", track=who), Yolox(model), lambda _: None)
    model.unlink()
    films = [path for path in tmp_path.rglob("*") if path.suffix not in {".jpg", ".json"} and path.is_file()]
    assert set(films) == {clip, tmp_path / "whole.mp4", tmp_path / "one.mp4"}
    for path in films:
        assert streams(path) == ["video"], path.name


def test_a_copy_of_a_clip_that_came_with_sound_has_none(loud: Path, tmp_path: Path) -> None:
    export(loud, tmp_path / "copy.mp4", Wanted("marked"), None, lambda _: None)
    assert streams(tmp_path / "copy.mp4") == ["video"]


def test_a_file_of_nothing_but_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    with av.open(str(path), "w") as film:
        tone = film.add_stream("pcm_s16le", rate=8000)
        silence = av.AudioFrame(format="s16", layout="mono", samples=800)
        silence.sample_rate = 8000
        film.mux([*tone.encode(silence), *tone.encode()])
    opening: Opening = FileSource(str(path)).opening()
    with pytest.raises(ValueError, match="no video"):
        child.Decoder(opening, io.BytesIO()).run()
