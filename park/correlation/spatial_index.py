"""Happenings by what they are and where they are, found without looking at all of them."""

from collections.abc import Iterable, Iterator
from math import floor, isinf

from park.correlation.relations import Happening, Place

CELL_M = 500.0
Cell = tuple[int, int]


class Cells:
    """A grid of happenings; one without a place is everywhere.

    Of a value that goes on saying the same the newest word is held.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self.by_key: dict[str, Happening] = {}
        self._by_what: dict[str, dict[str, Happening]] = {}
        self._cells: dict[tuple[str, Cell | None], dict[str, Happening]] = {}

    def add(self, happening: Happening) -> None:
        """Hold a happening."""
        key = happening.key
        self.remove(key)
        self.by_key[key] = happening
        self._by_what.setdefault(happening.what, {})[key] = happening
        self._cells.setdefault(_cell(happening), {})[key] = happening

    def remove(self, key: str) -> None:
        """Let go of a happening; one not held is no error."""
        happening = self.by_key.pop(key, None)
        if happening is not None:
            self._by_what[happening.what].pop(key, None)
            self._cells[_cell(happening)].pop(key, None)

    def near(self, whats: Iterable[str], place: Place | None, radius_m: float) -> Iterator[Happening]:
        """Yield what is held of some whats in the cells that a radius about a place touches."""
        for what in whats:
            held = self._by_what.get(what)
            if not held:
                continue
            cells = () if place is None or isinf(radius_m) else tuple(_touched(place, radius_m))
            if not cells or len(cells) > len(held):
                yield from list(held.values())
                continue
            for cell in (*cells, None):
                yield from list(self._cells.get((what, cell), {}).values())


def cell_of(place: Place | None) -> Cell | None:
    """Return the cell of a place."""
    return None if place is None else (floor(place.x_m / CELL_M), floor(place.y_m / CELL_M))


def _cell(happening: Happening) -> tuple[str, Cell | None]:
    return happening.what, cell_of(happening.place)


def _touched(place: Place, radius_m: float) -> Iterator[Cell]:
    left, right = floor((place.x_m - radius_m) / CELL_M), floor((place.x_m + radius_m) / CELL_M)
    low, high = floor((place.y_m - radius_m) / CELL_M), floor((place.y_m + radius_m) / CELL_M)
    for x in range(left, right + 1):
        for y in range(low, high + 1):
            yield x, y
