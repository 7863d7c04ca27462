"""The Common Alerting Protocol 1.2 (OASIS, ITU-T X.1303) written from an incident.

What is sent is a whole alert: in Korean and English, with the place as circle and, where the wind is
known, the sector downwind as polygon.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from xml.etree import ElementTree as ET

from park.config.label import Label
from park.config.park import Park
from park.incidents.incident import Incident, Life
from park.incidents.labels import KINDS
from park.messages.contacts import FIRM, Templates
from park.messages.fields import Words, is_exercise, known, present
from park.origins.firms import source_of
from park.plume.sector import Sector, sector
from park.state.state import State
from park.texts.unprintable import writable

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
LANGUAGES = ("ko-KR", "en-US")
Earlier = Sequence[tuple[str, datetime]]
Spots = tuple[tuple[float, float], ...]
MsgType = Literal["Alert", "Update", "Cancel"]


def alert(
    park: Park,
    state: State,
    incident: Incident,
    identifier: str,
    recipient: str,
    now: datetime,
    earlier: Earlier = (),
    told: Words | None = None,
) -> str:
    """Return the XML of an alert about an incident, sent at ``now``.

    ``earlier`` are identifier and time of the alerts that ``recipient`` was sent about it before: with any
    it is an Update, of a false alarm a Cancel. ``told`` is what is known of it, where that is at hand.
    ValueError where the park has no contacts or words.
    """
    if park.contacts is None or park.templates is None:
        raise ValueError("the park has no contacts or no templates")
    sender, contact = park.contacts.cap_sender, park.contacts.of(recipient)
    scope = contact.scope if contact else "Restricted"
    root = ET.Element("alert", xmlns=NAMESPACE)
    _add(root, "identifier", identifier)
    _add(root, "sender", sender)
    _add(root, "sent", moment(park, now))
    _add(root, "status", "Exercise" if is_exercise(state, incident) else "Actual")
    _add(root, "msgType", _msg_type(incident.life, earlier))
    _add(root, "scope", scope)
    if scope == "Restricted":
        _add(root, "restriction", park.contacts.cap_restriction)
    if earlier:
        _add(root, "references", " ".join(f"{sender},{id_},{moment(park, at)}" for id_, at in earlier))
    told = told or known(park, park.templates, state, incident, now)
    reach = sector(park, state, incident, now)
    spots = _spots(park, state, incident, now)
    for language in LANGUAGES:
        _info(root, park, park.templates, incident, recipient, told, reach, spots, language)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def moment(park: Park, at: datetime) -> str:
    """Return a time as CAP wants it: seconds, numeric offset, never ``Z``."""
    return at.astimezone(park.zone).replace(microsecond=0).isoformat()


def _msg_type(life: Life, earlier: Earlier) -> MsgType:
    if not earlier:
        return "Alert"
    return "Cancel" if life.verdict == "false" else "Update"


def _info(
    root: ET.Element,
    park: Park,
    templates: Templates,
    incident: Incident,
    recipient: str,
    told: Words,
    reach: Sector | None,
    spots: Spots,
    language: str,
) -> None:
    life, kind = incident.life, templates.kinds[incident.life.kind]
    over = is_over(life)

    def say(label: Label) -> str:
        return label.ko if language == "ko-KR" else label.en

    text = templates.ko if language == "ko-KR" else templates.en
    values = {name: say(label) for name, label in told.items()}
    info = ET.SubElement(root, "info")
    _add(info, "language", language)
    _add(info, "category", kind.cap.category)
    _add(info, "event", say(KINDS[life.kind]))
    _add(info, "responseType", "AllClear" if over else kind.cap.response)
    _add(info, "urgency", "Past" if over else "Immediate")
    _add(info, "severity", templates.severity[life.grade])
    _add(info, "certainty", certainty(incident))
    if life.opened_ms is not None:
        _add(info, "onset", moment(park, datetime.fromtimestamp(life.opened_ms / 1000, UTC)))
    _add(info, "senderName", say(park.config.name))
    _add(info, "headline", text.title.format_map(values))
    _add(info, "description", "\n".join(text.known_lines(values)))
    _add(info, "instruction", say(kind.firms if recipient.startswith(FIRM) else kind.answer))
    for name in ("substance", "ppm", "wind_from", "wind_ms", "un_number", "seen_by", "source", "others"):
        if name in values:
            parameter = ET.SubElement(info, "parameter")
            _add(parameter, "valueName", name)
            _add(parameter, "value", values[name])
    _area(info, values["address"], reach, spots)


def _spots(park: Park, state: State, incident: Incident, now: datetime) -> Spots:
    """Return where (lat, lon) it may come from, other than the place it was noticed at."""
    source = source_of(park, state, incident, now)
    if source is None or source.relation == "at":
        return ()
    known = (park.assets.get(candidate.asset) for candidate in source.candidates)
    return tuple((asset.lat, asset.lon) for asset in known if asset is not None and asset.kind != "vehicle")


def _area(info: ET.Element, words: str, reach: Sector | None, spots: Spots) -> None:
    """Describe the place: in words, the sector as polygon, the radius as circle (km).

    Around each place it may come from there is a circle too.
    """
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", words)
    if reach is None:
        return
    if outline := reach.outline():
        _add(area, "polygon", " ".join(f"{lat:.5f},{lon:.5f}" for lat, lon in outline))
    for lat, lon in ((reach.lat, reach.lon), *spots):
        _add(area, "circle", f"{lat:.5f},{lon:.5f} {reach.radius_m / 1000:.3f}")


def is_over(life: Life) -> bool:
    """Tell whether there is nothing to fear any more."""
    return life.verdict == "false" or life.state in ("controlled", "closed")


def certainty(incident: Incident) -> Literal["Observed", "Likely", "Possible", "Unlikely"]:
    """Return how sure it is: verified, seen by two systems, by one, or found to be false."""
    match incident.life.verdict:
        case "true":
            return "Observed"
        case "false":
            return "Unlikely"
    return "Likely" if len({member.system for member in present(incident)}) > 1 else "Possible"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = writable(text)
