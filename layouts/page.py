"""The HTML of the page: one script entry, its modules fetched at once, Dash's renderer after them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dash import Dash

ENTRY = "main.mjs"
# Modules that the entry imports are served but not put into the page: one that is both would run twice.
IMPORTED_ONLY = r"^(?!main\.mjs$).*\.mjs$"


class Page(Dash):
    """Dash, whose renderer waits for the modules: what hooks into Leaflet is there before a map is drawn."""

    def interpolate_index(self, *args: Any, **parts: Any) -> str:  # noqa: ANN401
        """Return the HTML, with the addresses of all modules in its head."""
        links = (f'<link rel="modulepreload" href="{self.get_asset_url(name)}">' for name in self._modules())
        parts["metas"] += "".join(links)
        parts["renderer"] = parts["renderer"].replace('type="application/javascript"', 'type="module"')
        interpolate: Any = super().interpolate_index
        return str(interpolate(*args, **parts))

    def _modules(self) -> Iterator[str]:
        folder = Path(self.config.assets_folder)
        for path in sorted(folder.rglob("*.mjs")):
            name = path.relative_to(folder).as_posix()
            if name != ENTRY:
                yield name
