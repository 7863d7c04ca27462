"""The time of a film's pictures, made to run on: stamps may begin again, jump, stand still or be missing."""

FEWEST_FPS, MOST_FPS = 0.1, 240.0  # a film that names a rate beyond these does not know its rate
USUAL_FPS = 25.0
REORDER_S = (
    0.1  # so far back is a mistake of a stamp; further back they have begun again (FFmpeg's limit, too)
)
JUMP_S = 10.0  # a longer step forward is no pause where stamps may jump (FFmpeg: dts_delta_threshold)
NO_PAUSE_S = 108_000.0  # nor is a longer one anywhere else (FFmpeg: dts_error_threshold, 30 h)


class Timeline:
    """Turns time stamps, in seconds, into times that always grow; the first picture is at 0 s."""

    def __init__(self, fps: float | None, longest_s: float | None = None) -> None:
        """Begin.

        Args:
            fps: the rate that the film names, for pictures without a time stamp of any use.
            longest_s: a longer step from one picture to the next is a jump; None: any pause is believed.
        """
        usable = fps is not None and FEWEST_FPS <= fps <= MOST_FPS
        self.step_s = 1 / (fps if fps is not None and usable else USUAL_FPS)
        self._longest_s = longest_s
        self._offset_s: float | None = None
        self._last_s: float | None = None
        self.breaks = 0

    def place(self, stamp_s: float | None, lost: int = 0) -> float:
        """Return when a picture is; ``lost`` pictures before it could not be decoded."""
        if self._last_s is None:
            self._last_s = 0.0
            self._offset_s = None if stamp_s is None else -stamp_s
            return 0.0
        next_s = self._last_s + self.step_s
        if stamp_s is None:
            self._last_s = next_s + lost * self.step_s
            return self._last_s
        if self._offset_s is None:
            self._offset_s = next_s - stamp_s
        at_s = stamp_s + self._offset_s
        passed_s = at_s - self._last_s
        too_far = self._longest_s is not None and passed_s > max(self._longest_s, 2 * self.step_s)
        if passed_s < -REORDER_S or too_far:
            self.breaks += 1
            self._offset_s = next_s - stamp_s
            at_s = next_s
        elif passed_s <= 0:
            at_s = next_s  # the same stamp twice, or two that changed places
        self._last_s = at_s
        return at_s
