"""HTML attributes with a hyphen, which Python cannot write as arguments."""

from typing import Any


def attrs(**named: str) -> dict[str, Any]:
    """Return ``data_tab="map"`` as ``{"data-tab": "map"}``, to be given on with ``**``."""
    return {name.replace("_", "-"): value for name, value in named.items()}
