"""When a picture is worth sending: at once while something goes on and somebody looks, else once a second."""

CALM_S = 1.0
MOVING_S = 3.0  # longer than the longest rest between two looks of the detector
EVENT_S = 60.0  # an operator who is called looks for about a minute


class Pace:
    """The pace of one camera; times are seconds of a steady clock."""

    def __init__(self) -> None:
        """Send the first picture at once."""
        self._sent_s = self._until_s = float("-inf")

    def stir(self, now_s: float, lasting_s: float) -> None:
        """Go at the full rate for a while: something moves, or an event was told."""
        self._until_s = max(self._until_s, now_s + lasting_s)

    def due(self, now_s: float, *, watched: bool, large: bool) -> tuple[bool, bool]:
        """Tell whether to send the picture of now, and whether to keep it as the camera's still.

        Args:
            now_s: when the picture came.
            watched: somebody has the camera on a screen.
            large: somebody looks at it alone, or an alarm stands at it.
        """
        keep = now_s - self._sent_s >= CALM_S
        if keep:
            self._sent_s = now_s
        return keep or (watched and (large or now_s < self._until_s)), keep
