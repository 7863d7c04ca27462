"""What changed in the state since it was last asked."""

from msgspec import Struct


class Changes(Struct, frozen=True):
    """Ids of what changed since the last drain."""

    assets: frozenset[str]
    vehicles: frozenset[str]
    alarms: frozenset[str]
    cameras: frozenset[str]
    incidents: frozenset[str] = frozenset()
