"""Street lights: how many shine, failed or cannot be reached, by zone."""

from msgspec import Struct

from park.state import Reading


class Lights(Struct, frozen=True):
    """Counts of one zone or of the park; ``unknown`` never spoke, ``failed_pct`` of those that did."""

    zone: str
    total: int
    normal: int
    failed: int
    unreachable: int
    unknown: int
    failed_pct: float | None
    unreachable_pct: float | None


class Summary(Struct, frozen=True):
    """The lighting panel."""

    park: Lights
    zones: tuple[Lights, ...]
    power: Reading
