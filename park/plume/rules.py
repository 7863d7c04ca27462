"""How far a substance is dangerous (``downwind.toml``)."""

from msgspec import Struct

from park.incidents.facts import IncidentKind


class Substance(Struct, frozen=True, forbid_unknown_fields=True):
    """How far a substance is to be feared: all around, and downwind; metres."""

    isolation_m: float
    downwind_m: float


class DownwindRules(Struct, frozen=True, forbid_unknown_fields=True):
    """``downwind.toml``; kinds not named have a radius only."""

    kinds: tuple[IncidentKind, ...]
    half_angle_deg: float
    calm_ms: float
    radius_m: float
    least_m: float
    default: Substance
    source: str
    substances: dict[str, Substance] = {}
