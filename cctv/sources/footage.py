"""What came of a source: how much of it was seen, what was damaged, and whether its end was reached."""

from msgspec import Struct

NAMED = 5  # places of damage that are named; the rest are counted


class Footage(Struct, frozen=True):
    """How a film was read.

    ``seen_s``: from its first picture to the end of the last; ``length_s``: how long it says it is, where
    it does. ``damaged``: packets that could not be read, or only in part; ``damaged_at_s``: where the first
    of them were. ``breaks``: how often its time stamps began again or jumped. ``whole``: its end
    was reached. ``videos``: how many are in it; ``video``: the stream that was read.
    """

    seen_s: float = 0.0
    length_s: float | None = None
    pictures: int = 0
    damaged: int = 0
    damaged_at_s: tuple[float, ...] = ()
    breaks: int = 0
    whole: bool = True
    videos: int = 1
    video: int = 0

    def part(self) -> str:
        """Return, Korean · English, that only a part was seen; empty where the end was reached."""
        if self.whole:
            return ""
        if self.length_s is None:
            return (
                f"끝까지 읽지 못함: {self.seen_s:.1f}초만 분석함, 나머지는 읽을 수 없음 · "
                f"not read to the end: {self.seen_s:.1f} s alone, the rest cannot be read"
            )
        return (
            f"끝까지 읽지 못함: {self.length_s:.1f}초 가운데 {self.seen_s:.1f}초만 분석함 · "
            f"not read to the end: {self.seen_s:.1f} s of {self.length_s:.1f} s"
        )

    def notes(self) -> tuple[str, ...]:
        """Return what else whoever asked should know of the film, Korean · English."""
        said = list[str]()
        if self.damaged:
            at = ", ".join(f"{t_s:.1f}" for t_s in self.damaged_at_s[:NAMED])
            near = (f", {at}초 부근", f", near {at} s") if at else ("", "")
            said.append(f"손상된 패킷 {self.damaged}개{near[0]} · {self.damaged} damaged packets{near[1]}")
        if self.breaks:
            said.append(
                f"시간 표시가 {self.breaks}번 끊겨 이어 붙임 · "
                f"time stamps began again or jumped {self.breaks} times: joined"
            )
        if self.videos > 1:
            said.append(
                f"영상 {self.videos}개가 들어 있어 {self.video}번 스트림을 분석함 · "
                f"{self.videos} videos in it: stream {self.video} was read"
            )
        return tuple(said)
