"""A park from its files: everything under ``parks/<park>/``, checked as it is read."""

import contextlib
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import holidays
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from data.cameras import files as camera_files
from data.park_files.sops import SopError, read_sops
from data.settings import Settings
from park.alarms.definition import Definition, suppression_flaw, watch_problem
from park.alarms.overlays import Window
from park.config.asset import Asset, read_assets
from park.config.label import Label
from park.config.park import Config, Park
from park.config.streets import Street, read_streets
from park.correlation.rules import Correlations
from park.energy.tariffs import Factor, Tariff
from park.environment.limits import Limits
from park.messages.contacts import Contacts, Templates, problem, template_problem
from park.origins.rules import SourceRules
from park.plume.rules import DownwindRules
from park.procedures.sop import Sop
from park.systems import CHECKS, SYSTEM_OF_KIND

T = TypeVar("T")
_HOLIDAY_YEARS = range(2024, 2036)


class ParkFileError(ValueError):
    """A file of a park that cannot be used; the message names file, place and reason."""

    def __init__(self, path: Path, reason: object) -> None:
        """Say which file and why."""
        super().__init__(f"{path}: {reason}")


class _Tariffs(Struct, forbid_unknown_fields=True):
    tariff: tuple[Tariff, ...]


class _Windows(Struct, forbid_unknown_fields=True):
    window: tuple[dict[str, Any], ...] = ()


class _Factors(Struct, forbid_unknown_fields=True):
    factor: tuple[Factor, ...]


class _Zone(Struct):
    id: str
    name: Label


class _CameraZone(Struct):
    name: str
    polygon: list[tuple[float, float]]


class _CameraLine(Struct):
    name: str
    points: list[tuple[float, float]]


class _View(Struct, omit_defaults=True):
    frame: tuple[int, int]
    zones: list[_CameraZone] = []
    lines: list[_CameraLine] = []


class _ZoneFeature(Struct):
    properties: _Zone


class _Zones(Struct):
    features: tuple[_ZoneFeature, ...]


def load_park(settings: Settings) -> Park:
    """Read the park that the settings name.

    Raises:
        ParkFileError: naming the file, the key and what is wrong with it.
    """
    folder = settings.park_dir
    if not folder.is_dir():
        raise ParkFileError(folder, "no such park")
    zones = _geojson(folder / "zones.geojson", _Zones)
    alarms = read_definitions(folder / "alarms.toml")
    limits = _toml(folder / "limits.toml", Limits)
    assets = _with_own_substances(_assets(folder / "assets.geojson"), limits)
    return Park(
        id=settings.park,
        config=_toml(folder / "park.toml", Config),
        assets=_with_views(assets, settings),
        alarms=alarms,
        maintenance=read_windows(folder / "maintenance.toml", alarms),
        tariffs=_toml(folder / "tariffs.toml", _Tariffs).tariff,
        factors=_toml(folder / "factors.toml", _Factors).factor,
        limits=limits,
        zones={feature.properties.id: feature.properties.name for feature in zones.features},
        holidays=korean_holidays(),
        correlation=_toml(folder / "correlation.toml", Correlations),
        sources=_sources(folder / "sources.toml"),
        sop=_sops(folder / "sop"),
        downwind=_toml(folder / "downwind.toml", DownwindRules),
        contacts=read_contacts(folder / "contacts.toml"),
        templates=read_templates(folder / "templates.toml"),
        streets=_streets(folder / "streets.geojson"),
    )


def _with_own_substances(assets: dict[str, Asset], limits: Limits) -> dict[str, Asset]:
    """Return the assets with substances by the park's names, whatever the file calls them."""
    settled = {}
    for asset in assets.values():
        traits = dict(asset.traits)
        if isinstance(name := traits.get("substance"), str):
            traits["substance"] = limits.substance(name)
        if isinstance(handled := traits.get("handles"), list | tuple):
            traits["handles"] = [limits.substance(str(each)) for each in handled]
        settled[asset.id] = replace(asset, traits=traits) if traits != asset.traits else asset
    return settled


def read_definitions(path: Path) -> dict[str, Definition]:
    """Read the alarm definitions by condition; ParkFileError names the line and the one that is wrong."""
    found = {}
    for name, table in _toml(path, dict[str, dict[str, Any]]).items():
        if "watch" in table and (reason := watch_problem(table["watch"], CHECKS)):
            raise _wrong(path, f"[{name}]", reason)
        try:
            found[name] = msgspec.convert(table, Definition)
        except msgspec.ValidationError as error:
            raise _wrong(path, f"[{name}]", str(error)) from error
    if flaw := suppression_flaw(found):
        raise _wrong(path, f"[{flaw[0]}]", flaw[1])
    return found


def read_windows(path: Path, definitions: dict[str, Definition]) -> tuple[Window, ...]:
    """Read the maintenance windows, none where there is no such file; ParkFileError names the wrong one."""
    found: list[Window] = []
    for number, table in enumerate(_toml(path, _Windows).window if path.exists() else ()):
        try:
            window = msgspec.convert(table, Window)
        except msgspec.ValidationError as error:
            raise _wrong(path, "[[window]]", str(error), number) from error
        if strange := set(window.conditions) - definitions.keys():
            reason = f"`conditions`: {', '.join(sorted(strange))} not in alarms.toml"
            raise _wrong(path, "[[window]]", reason, number)
        found.append(window)
    return tuple(found)


def _wrong(path: Path, header: str, reason: str, number: int = 0) -> ParkFileError:
    """Return the refusal of the table that is the ``number``-th of its header: its line, or the key's."""
    lines = _read(path).decode().splitlines()
    starts = [at for at, line in enumerate(lines, 1) if line.strip() == header]
    start = starts[number] if number < len(starts) else 1
    for key in re.findall(r"`(?:\$\.)?(\w+)", reason):
        for at, line in enumerate(lines[start:], start + 1):
            if line.startswith("["):
                break
            if re.match(rf"{key}\s*[=.]", line):
                return ParkFileError(path, f"line {at}: {header} {reason}")
    return ParkFileError(path, f"line {start}: {header} {reason}")


def _sops(folder: Path) -> tuple[Sop, ...]:
    try:
        return read_sops(folder)
    except SopError as error:
        raise ParkFileError(error.place, error.reason) from error


def read_contacts(path: Path) -> Contacts:
    """Read whom to tell of what; ParkFileError names the contact or the row that is wrong."""
    contacts = _toml(path, Contacts)
    if reason := problem(contacts):
        raise ParkFileError(path, reason)
    return contacts


def read_templates(path: Path) -> Templates:
    """Read the words of messages; ParkFileError names the line that is wrong."""
    templates = _toml(path, Templates)
    if reason := template_problem(templates):
        raise ParkFileError(path, reason)
    return templates


def _streets(path: Path) -> tuple[Street, ...]:
    try:
        return read_streets(_read(path))
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ParkFileError(path, error) from error


def _sources(path: Path) -> SourceRules:
    """Read the rules by which works are found; the usual ones where the park has no such file."""
    return _toml(path, SourceRules) if path.exists() else SourceRules()


def korean_holidays() -> frozenset[date]:
    """Return the public holidays of Korea, substitute days included, as local dates."""
    return frozenset(holidays.country_holidays("KR", years=_HOLIDAY_YEARS))


def _assets(path: Path) -> dict[str, Asset]:
    try:
        assets = read_assets(_read(path))
    except ValueError as error:
        raise ParkFileError(path, error) from error
    for asset in assets.values():
        if asset.kind not in SYSTEM_OF_KIND:
            raise ParkFileError(path, f"{asset.id}: no system has assets of kind {asset.kind!r}")
    return assets


def _with_views(assets: dict[str, Asset], settings: Settings) -> dict[str, Asset]:
    """Give cameras the frame, zones and lines of their files, for the screen to draw over the picture.

    A file that is wrong is passed over here: the camera process, which reads it whole, says so.
    """
    for name, path in camera_files.files(settings).items():
        asset = assets.get(f"{settings.park}/camera/{name}")
        with contextlib.suppress(OSError, ValueError):
            view = msgspec.to_builtins(msgspec.convert(camera_files.read(path), _View))
            if asset:
                assets[asset.id] = replace(asset, traits=asset.traits | view)
    return assets


def _geojson(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(_read(path), type=kind)
    except (msgspec.ValidationError, msgspec.DecodeError) as error:
        raise ParkFileError(path, error) from error


def _toml(path: Path, kind: type[T]) -> T:
    try:
        return msgspec.convert(tomllib.loads(_read(path).decode()), kind)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParkFileError(path, error) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ParkFileError(path, error.strerror) from error
