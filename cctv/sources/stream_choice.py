"""Which of the videos in a film is its footage: no cover, no preview, no thumbnail."""

from collections.abc import Sequence

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

SMALLEST_SIDE, LARGEST_SIDE = 64, 8192
CODECS = frozenset(
    ["h264", "hevc", "av1", "vp8", "vp9", "theora", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "h263"],
) | {"msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "flv1", "wmv1", "wmv2", "wmv3", "gif"}
NO_FOOTAGE = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
MOSTLY = 0.9  # of the longest video: shorter ones are a preview or broke off


def footage_of(container: InputContainer, *, device: bool) -> list[VideoStream]:
    """Return the videos that can be read, the right one first.

    Those that go on for (nearly) the whole film come first, then the one that is marked as the default, then
    the largest. Where the first is marked it says nothing: a muxer does that for want of any other mark.

    Raises:
        ValueError: with the reason when there is none, Korean · English.
    """
    videos = [one for one in container.streams.video if not one.disposition & NO_FOOTAGE]
    if not videos:
        raise ValueError("영상이 없음 · no video in it")
    usable, refused = list[VideoStream](), list[ValueError]()
    for video in videos:
        try:
            check(video, device=device)
            usable.append(video)
        except ValueError as error:
            refused.append(error)
    if not usable:
        raise refused[0]
    longest_s = max(length_s(video) or 0.0 for video in usable)
    marked = _marked(usable)
    return sorted(
        usable,
        key=lambda video: (
            (length_s(video) or 0.0) >= MOSTLY * longest_s,
            video is marked,
            video.codec_context.width * video.codec_context.height,
            -video.index,
        ),
        reverse=True,
    )


def check(video: VideoStream, *, device: bool) -> None:
    """Refuse, by ValueError, odd codecs (the fewer decoders the fewer holes) and odd sizes."""
    codec = video.codec_context
    # The name of the codec, not of the decoder: AV1 is decoded by libdav1d.
    name = codec.codec.canonical_name if codec else "unknown"
    if codec is None or (name not in CODECS and not (device and name == "rawvideo")):
        raise ValueError(f"허용되지 않은 코덱 · codec not allowed: {name}")
    check_size(codec.width, codec.height)


def check_size(width: int, height: int) -> None:
    """Refuse, by ValueError, pictures of odd sizes."""
    if min(width, height) < SMALLEST_SIDE or max(width, height) > LARGEST_SIDE:
        raise ValueError(
            f"화면 크기가 {SMALLEST_SIDE}~{LARGEST_SIDE} 밖 · "
            f"picture of {width} x {height}: not {SMALLEST_SIDE} to {LARGEST_SIDE}"
        )


def length_s(video: VideoStream) -> float | None:
    """Return how long a video says it is, where it does."""
    if video.duration is not None and video.time_base is not None:
        return max(0.0, float(video.duration * video.time_base))
    hours, _, rest = video.metadata.get("DURATION", "").partition(":")  # of Matroska: 00:00:08.000000000
    minutes, _, seconds = rest.partition(":")
    try:
        return max(0.0, 3600 * int(hours) + 60 * int(minutes) + float(seconds))
    except (ValueError, OverflowError):
        return None


def _marked(videos: Sequence[VideoStream]) -> VideoStream | None:
    """Return the one default, unless it is the first: which has the mark anyway."""
    marked = [video for video in videos if video.disposition & Disposition.default]
    first = min(videos, key=lambda video: video.index)
    return marked[0] if len(marked) == 1 and marked[0] is not first else None
