"""What one camera says on its way out: with its health goes what is wrong with its file."""

from msgspec.structs import replace

from cctv.live.runner import Fact, Outlet
from park.cameras.facts import CameraHealth


class Voice:
    """An :class:`Outlet` that adds a note to the health of its camera; it outlives the camera's runs."""

    def __init__(self, outlet: Outlet) -> None:
        """Have nothing to add."""
        self._outlet, self._note = outlet, ""
        self._last: tuple[str, CameraHealth, bool] | None = None

    def note(self, text: str) -> None:
        """Add ``text`` from now on, empty for none; a health that is known is told again with it."""
        if text == self._note:
            return
        self._note = text
        if self._last:
            name, health, sample = self._last
            self._outlet.tell(name, self._noted(health), sample=sample)

    def tell(self, name: str, fact: Fact, *, sample: bool = False) -> None:
        """Pass a fact on, a health with the note."""
        if isinstance(fact, CameraHealth):
            self._last = name, fact, sample
            fact = self._noted(fact)
        self._outlet.tell(name, fact, sample=sample)

    def show(self, name: str, picture: bytes) -> None:
        """Pass a picture on."""
        self._outlet.show(name, picture)

    def _noted(self, health: CameraHealth) -> CameraHealth:
        return replace(health, detail=" · ".join(part for part in (self._note, health.detail) if part))
