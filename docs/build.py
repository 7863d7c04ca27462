#!/usr/bin/env python3
"""Write the generated documents, or with ``--check`` tell which are not current: ``python -m docs.build``."""

import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import msgspec

from cctv.config import schema as camera_schema
from data.settings import Settings
from park.events import catalogue

DOCS = Path(__file__).resolve().parent
SETTINGS = """\
<!-- Made by `make docs`; do not edit. -->
# Settings

All from the environment; empty is unset.

| Variable | Default | Meaning |
|---|---|---|
"""
EVENTS = """\
<!-- Made by `make docs`; do not edit. -->
# Events

CloudEvents 1.0 in JSON. `id` and `source` together are the identity: the same pair is the same event.
`subject` is the asset, `<park>/<kind>/<name>`; `time` is when it happened, RFC 3339 with offset; `park` and
`ingested` are extension attributes. The stream as a whole: [asyncapi.json](asyncapi.json).

"""


def documents() -> dict[str, str]:
    """Return the text of every generated document by its name under docs/."""
    project = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))["project"]
    schemas = {f"schemas/{fact.TYPE}.json": pretty(catalogue.schema(fact)) for fact in catalogue.facts()}
    return {
        "settings.md": settings(),
        "events.md": events(),
        "asyncapi.json": pretty(catalogue.asyncapi(project["version"])),
        **schemas,
        "schemas/camera.json": pretty(camera_schema.schema()),
    }


def pretty(document: catalogue.Json) -> str:
    """Return JSON with two spaces of indent and a final newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def settings() -> str:
    """Return the table of settings."""
    rows = [
        f"| `{f.metadata['variable']}` | {f'`{f.default}`' if f.default else '–'} | {f.metadata['doc']} |\n"
        for f in fields(Settings)
    ]
    return SETTINGS + "".join(rows)


def events() -> str:
    """Return the page about events."""
    return EVENTS + catalogue.table()


def stale() -> list[str]:
    """Return the names of documents that are missing, differ, or should no longer be there."""
    wanted = documents()
    there = {path.relative_to(DOCS).as_posix() for path in (DOCS / "schemas").glob("*")}
    differ = [name for name, text in wanted.items() if _read(DOCS / name) != text]
    return sorted({*differ, *(there - wanted.keys())})


def _read(path: Path) -> str | None:
    return path.read_text("utf-8") if path.exists() else None


def write() -> None:
    """Write every document and remove schemas of types that are no more."""
    wanted = documents()
    for name in stale():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        if name in wanted:
            path.write_text(wanted[name], "utf-8")
        else:
            path.unlink()


def main() -> None:
    """Write, or check."""
    if "--check" not in sys.argv[1:]:
        write()
    elif names := stale():
        raise SystemExit(f"not current (run `make docs`): {', '.join(names)}")


if __name__ == "__main__":
    main()
