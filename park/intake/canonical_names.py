"""One thing by one name: the texts of an event that name a thing, as the park writes them.

Width (ＮＨ３), composed or decomposed Hangul, case, spaces, short or full ids, plates and the other names of
substances come to one name. What was written stays in the event's ``spelled``.
"""

import re
from collections.abc import Callable, Mapping
from typing import get_args
from unicodedata import normalize

import msgspec
from msgspec.structs import replace

from park.alarms.facts import AlarmFact
from park.cameras.facts import CameraEvent
from park.config.park import Park
from park.environment.facts import GasObservation
from park.environment.substances import fold
from park.events.base import LONGEST_NAME, LONGEST_TEXT
from park.events.envelope import Event
from park.logistics.facts import DockStatus, GatePassage, ShipmentStatus, VehiclePosition

Rule = Callable[["Names", Event, str], str]

_ANYWHERE = ("vehicle", "dock")  # things of no file of the park: visiting lorries, docks of a firm
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_UN_NUMBER = re.compile(r"(?:UN|유엔)?(?:NO|번호)?[.:\-]?(\d{4})")
# units that an alarm of another system may tell, besides those of alarms.toml
_UNITS = ("ppm", "ppb", "kW", "kWh", "%", "°C", "m/s", "mm/h", "W/m²", "µg/m³", "km/h", "NTU", "pH")
_UNIT_ALIASES = {"ug/m3": "µg/m³", "degc": "°C", "c": "°C", "percent": "%", "kph": "km/h", "mps": "m/s"}


class Names:
    """The names of a park."""

    def __init__(self, park: Park) -> None:
        """Learn the assets, alarms and units of a park."""
        self.park = park
        self._ids = _Index({id_: id_ for id_ in park.assets})
        self._short: dict[str, _Index] = {}
        for kind in {asset.kind for asset in park.assets.values()}:
            of_kind = [asset for asset in park.assets.values() if asset.kind == kind]
            named = [(_last(asset.id), asset.id) for asset in of_kind]
            named += [(str(asset.traits["plate"]), asset.id) for asset in of_kind if "plate" in asset.traits]
            self._short[kind] = _Index(dict(named))
        self._conditions = _Index({name: name for name in park.alarms})
        told = {definition.unit: definition.unit for definition in park.alarms.values() if definition.unit}
        self._units = _Index(_UNIT_ALIASES | {unit: unit for unit in _UNITS} | told)

    def settle(self, event: Event) -> Event:
        """Return the event with every name as the park writes it; the event itself where they all are."""
        spelled: dict[str, str] = {}
        subject = event.subject if event.subject in self.park.assets else self.asset(event.subject)
        if subject != event.subject and 0 < len(subject) <= LONGEST_NAME:
            spelled["subject"] = event.subject
            event = replace(event, subject=subject)
        changed: dict[str, str] = {}
        for field, rule in _FIELDS.get(event.type, ()):
            written = getattr(event.data, field)
            name = rule(self, event, written) if written else written
            if name != written and 0 < len(name) <= LONGEST_TEXT:  # else nobody could read it back
                spelled[f"data.{field}"] = written
                changed[field] = name
        if not spelled:
            return event
        data = replace(event.data, **changed) if changed else event.data
        kept = event.spelled or msgspec.json.encode(spelled).decode()
        return replace(event, data=data, spelled=kept)

    def asset(self, text: str) -> str:
        """Return the id of the asset that a full id names; an unknown one written cleanly."""
        found = self._ids.find(text)
        if found is not None:
            return found
        head, _, name = _clean(text).rpartition("/")
        kind = head.rpartition("/")[2].casefold()
        return f"{self.park.id}/{kind}/{_plain(name)}" if kind in _ANYWHERE else _clean(text)

    def known(self, kind: str, text: str) -> str | None:
        """Return the id of the asset of a kind by its full id, short name or plate; None if unknown."""
        short = self._short.get(kind)
        return self._ids.find(text) or (short.find(_last(text)) if short else None)

    def of_kind(self, kind: str, text: str) -> str:
        """Return the full id of a thing of a kind; of an unknown one too, which may be a visitor."""
        return self.known(kind, text) or f"{self.park.id}/{kind}/{_plain(_last(text))}"

    def condition(self, text: str) -> str:
        """Return the condition that a text names; one of no file written cleanly."""
        return self._conditions.find(text) or _clean(text)

    def unit(self, text: str) -> str:
        """Return a unit as the park writes it; an unknown one written cleanly."""
        return self._units.find(text) or _clean(text)

    def part_of(self, camera: str, trait: str, text: str) -> str:
        """Return the zone or line of a camera that a text names; an unknown one written cleanly."""
        asset = self.park.assets.get(camera)
        parts = asset.traits.get(trait, ()) if asset else ()
        return _Index({part["name"]: part["name"] for part in parts}).find(text) or _clean(text)


class _Index:
    """Finds a name among those known: as written, loosely, and last by its letters and digits alone."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._exact = names
        self._loose: dict[str, set[str]] = {}
        self._letters: dict[tuple[str, ...], set[str]] = {}
        for text, name in names.items():
            self._loose.setdefault(_loose(text), set()).add(name)
            if letters := _letters(text):
                self._letters.setdefault(letters, set()).add(name)

    def find(self, text: str) -> str | None:
        """Return the one name that a text can mean, None when it is none or several."""
        if text in self._exact:
            return self._exact[text]
        for found in (self._loose.get(_loose(text), ()), self._letters.get(_letters(text), ())):
            if len(found) == 1:
                return next(iter(found))
        return None


def _clean(text: str) -> str:
    """Return a text composed, without spaces around it and with single ones inside."""
    return " ".join(normalize("NFC", text).split()) or text


def _plain(name: str) -> str:
    """Return the name of a thing of no file: plates are written with and without spaces."""
    return "".join(normalize("NFKC", name).split()).upper() or name


def _loose(text: str) -> str:
    return "".join(normalize("NFKC", text).casefold().split())


def _letters(text: str) -> tuple[str, ...]:
    """Return letters and digits alone; two numbers stay two, so that dock 1-12 is not dock 11-2."""
    parts = (fold(part) for part in _BETWEEN_NUMBERS.split(normalize("NFKC", text)))
    return tuple(part for part in parts if part)


def _last(text: str) -> str:
    return text.rpartition("/")[2]


def _substance(names: Names, _event: Event, text: str) -> str:
    return names.park.limits.substance(text)


def _vehicle(names: Names, _event: Event, text: str) -> str:
    return names.of_kind("vehicle", text)


def _dock(names: Names, _event: Event, text: str) -> str:
    return names.of_kind("dock", text)


def _camera(names: Names, _event: Event, text: str) -> str:
    return _last(names.known("camera", text) or _clean(text))


def _zone(names: Names, event: Event, text: str) -> str:
    return names.part_of(event.subject, "zones", text)


def _line(names: Names, event: Event, text: str) -> str:
    return names.part_of(event.subject, "lines", text)


def _un_number(_names: Names, _event: Event, text: str) -> str:
    match = _UN_NUMBER.fullmatch(_plain(text))
    return match[1] if match else text


def _condition(names: Names, _event: Event, text: str) -> str:
    return names.condition(text)


def _unit(names: Names, _event: Event, text: str) -> str:
    return names.unit(text)


_FIELDS: dict[str, tuple[tuple[str, Rule], ...]] = {
    GasObservation.TYPE: (("substance", _substance),),
    ShipmentStatus.TYPE: (("vehicle", _vehicle), ("dock", _dock)),
    DockStatus.TYPE: (("vehicle", _vehicle),),
    GatePassage.TYPE: (("vehicle", _vehicle),),
    VehiclePosition.TYPE: (("un_number", _un_number),),
    CameraEvent.TYPE: (("camera", _camera), ("zone", _zone), ("line", _line)),
    **{
        fact.TYPE: tuple(
            pair for pair in (("condition", _condition), ("unit", _unit)) if pair[0] in fact.__struct_fields__
        )
        for fact in get_args(AlarmFact)
    },
}
