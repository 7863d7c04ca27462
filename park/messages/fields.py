"""What others are told of an incident: the known values of the fields of the templates, in both languages.

Pure; values from outside are made one plain line each, so that no message can be shaped by them.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from park.config.asset import WORKS, Asset, works_of
from park.config.geometry import within
from park.config.label import Label
from park.config.park import Park
from park.config.streets import nearest_street
from park.environment.facts import GasObservation
from park.incidents import labels as words
from park.incidents.incident import Incident, Member
from park.messages.contacts import Templates
from park.origins import texts as source_words
from park.origins.firms import Source, source_of
from park.plume.sector import Sector, place_of, sector, substances
from park.state.state import State

Words = dict[str, Label]


def known(park: Park, templates: Templates, state: State, incident: Incident, now: datetime) -> Words:
    """Return what is known of an incident at ``now`` by the names of ``park.messages.contacts.FIELDS``.

    Fields of which nothing is known are missing. Those of the recipient (name, task, instruction) are not
    in it.
    """
    life, source = incident.life, source_of(park, state, incident, now)
    told = {
        "exercise": templates.exercise if is_exercise(state, incident) else Label("", ""),
        "park": park.config.name,
        "number": _same(life.number),
        "kind": words.KINDS[life.kind],
        "grade": words.GRADES[life.grade],
        "address": address(park, incident, source),
        "verdict": words.VERDICTS[life.verdict] if life.verdict else templates.unverified,
    }
    if life.opened_ms is not None:
        opened = datetime.fromtimestamp(life.opened_ms / 1000, UTC).astimezone(park.zone)
        told["opened"] = _same(f"{opened:%Y-%m-%d %H:%M:%S %Z}")
    if place := place_of(park, incident):
        told |= {"lat": _same(f"{place[0]:.5f}"), "lon": _same(f"{place[1]:.5f}")}
    told |= _source(park, source)
    told |= _gas(park, state, incident)
    if un_number := dangerous(state, incident):
        told["un_number"] = _same(un_number)
    if reach := sector(park, state, incident, now):
        told |= _reach(templates, reach)
    return told


def _source(park: Park, source: Source | None) -> Words:
    """Return what told of it and who the candidates are, where it is not sure whose works it is."""
    if source is None or source.relation == "at":
        return {}
    told = {"seen_by": source_words.name(park, source.observer)}
    if source.candidates:
        told["source"] = source_words.line(park, source.candidates[0])
    if others := source.candidates[1:]:
        told["others"] = source_words.lines(park, others)
    return {name: Label(plain(label.ko), plain(label.en)) for name, label in told.items()}


def is_exercise(state: State, incident: Incident) -> bool:
    """Tell whether nothing about an incident may leave the room."""
    return incident.life.exercise or state.exercise


def present(incident: Incident) -> Iterator[Member]:
    """Walk over the members that did not leave, in no order."""
    return (m for m in incident.members.values() if incident.left.get(m.id, -1) < m.joined_ms)


def firms_of(park: Park, incident: Incident, source: Source | None, near_m: float) -> list[Asset]:
    """Return the firms it may happen at, likeliest first.

    The candidates of its source; where it happens at its cause, the works of that, else the nearest
    within ``near_m``.
    """
    if source is not None:
        found = (park.assets.get(candidate.asset) for candidate in source.candidates)
        return [asset for asset in found if asset is not None and asset.kind in WORKS]
    if works := works_of(incident.life.cause, park.assets):
        return [park.assets[works]]
    place = place_of(park, incident)
    if place is None:
        return []
    factories = (asset for asset in park.assets.values() if asset.kind == "factory")
    return within(factories, *place, near_m)[:1]


def address(park: Park, incident: Incident, source: Source | None) -> Label:
    """Return where it is in words: zone, works or asset (or how it lies to them), street."""
    cause, place = park.assets.get(incident.life.cause), place_of(park, incident)
    name = source_words.place(park, incident.life.cause, source)
    zone = park.zones.get(cause.zone) if cause else None
    street = nearest_street(park.streets, *place) if place else None
    return Label(
        plain(" ".join(part.ko for part in (zone, name, street) if part)),
        plain(", ".join(part.en for part in (name, street, zone) if part)),
    )


def dangerous(state: State, incident: Incident) -> str:
    """Return the UN number that the vehicle at its cause carries, empty if none is known."""
    event = state.vehicles.get(incident.life.cause)
    return str(event.data.un_number or "") if event is not None and event.data.cargo == "dangerous" else ""


def _gas(park: Park, state: State, incident: Incident) -> Words:
    """Return the substance with the highest value that its sensors show now, and its limit."""
    for substance in sorted(substances(park, state, incident)):
        limit = park.limits.gas(substance)
        told = {"substance": _same(substance)}
        sensors = {incident.life.cause, *(m.asset for m in present(incident) if m.system == "gas")}
        values = list(_values(state, sensors, substance))
        if values:
            told["ppm"] = _same(f"{max(values):.4g}")
        if limit and (top := limit.twa or limit.stel):
            told["limit_ppm"] = _same(f"{top:g}")
        return told
    return {}


def _values(state: State, sensors: Iterable[str], substance: str) -> Iterator[float]:
    for asset in sensors:
        seen = state.fact(asset, GasObservation)
        if seen is not None and seen.substance == substance and seen.ppm is not None:
            yield seen.ppm


def _reach(templates: Templates, reach: Sector) -> Words:
    """Return radius and wind; in a calm, which has no direction, only how far around."""
    told = {"radius_m": _same(f"{reach.radius_m:.0f}")}
    if reach.wind_to_deg is None or reach.length_m is None:
        return told
    if reach.half_angle_deg >= 180:
        return {"radius_m": _same(f"{reach.length_m:.0f}")}
    told["wind_to"] = compass(templates, reach.wind_to_deg)
    told["wind_from"] = compass(templates, reach.wind_to_deg + 180)
    told["wind_ms"] = _same(f"{reach.wind_speed_ms or 0.0:.1f}")
    return told | {"downwind_m": _same(f"{reach.length_m:.0f}")}


def compass(templates: Templates, deg: float) -> Label:
    """Return the word for a direction, degrees clockwise from north."""
    return templates.compass[round(deg / 45) % 8]


def _same(text: str) -> Label:
    return Label(plain(text), plain(text))


def plain(text: str) -> str:
    """Return a text as one line without anything that does not print."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
