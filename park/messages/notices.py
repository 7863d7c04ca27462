"""Telling others: who is told of an incident, and what each is told.

Who is the matrix of ``contacts.toml``, what the words of ``templates.toml``. Asked twice for the same step
of the same incident is once: the ids are made of incident, step, recipient and channel.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec.structs import replace

from park.config.asset import Asset
from park.config.label import Label
from park.config.park import Park
from park.events.envelope import Event
from park.incidents.facts import IncidentKind
from park.incidents.incident import Incident, told_id
from park.messages import cap
from park.messages.contacts import FIRM, NEIGHBOURS, SUSPECT, Contacts, Rule, Templates, Text, When
from park.messages.facts import Channel, MessageRequested
from park.messages.fields import Words, dangerous, firms_of, is_exercise, known, plain, present
from park.messages.message import Message
from park.origins import texts as source_words
from park.origins.firms import Source, source_of
from park.plume.sector import Sector, inside, sector
from park.state.state import State

MISSING: list[Channel] = ["email"]
FLAMES = frozenset({"fire", "smoke"})


class Draft(NamedTuple):
    """A message as it would go out; plain text."""

    title_ko: str
    title_en: str
    body_ko: str
    body_en: str


def recipients(park: Park, state: State, incident: Incident, now: datetime) -> list[str]:
    """Return whom the matrix says to tell of an incident: keys of contacts, ``firm/<name>`` for firms.

    Where several things endanger people, those told of any of them are told: the ambulance, too, where
    somebody lies after a fight. The firms downwind are those of the wind at ``now``. Empty where the park has
    no contacts.
    """
    contacts = park.contacts
    if contacts is None:
        return []
    cells = (cell for kind in _kinds(park, incident) for cell in contacts.matrix.get(kind, {}).items())
    wanted = (name for name, rule in cells if _applies(park, contacts, state, incident, rule, now))
    return expand(park, state, incident, wanted, now)


def _kinds(park: Park, incident: Incident) -> dict[IncidentKind, None]:
    """Return what an incident is, and what its members would be alone that endanger people or traffic."""
    rules = park.correlation
    alone = (rules.kind_of[m.what] for m in incident.present() if rules.opens(m.what))
    hidden = (kind for kind in alone if rules.kinds[kind].people or kind == "traffic")
    return {incident.life.kind: None} | dict.fromkeys(hidden)


def expand(park: Park, state: State, incident: Incident, names: Iterable[str], now: datetime) -> list[str]:
    """Return the names with ``firm``, ``neighbours`` and ``suspect_firm`` replaced by the firms meant."""
    found: dict[str, None] = {}
    for name in names:
        firms = _firms(park, state, incident, name, now)
        found |= dict.fromkeys([name] if firms is None else [firm_key(firm) for firm in firms])
    return list(found)


def firm_key(firm: Asset) -> str:
    """Return the recipient that a firm is."""
    return f"{FIRM}/{firm.id.rpartition('/')[2]}"


def recipient_name(park: Park, recipient: str) -> Label:
    """Return the name of a recipient; of one that is not known, its key."""
    contact = park.contacts.of(recipient) if park.contacts else None
    firm = recipient.partition("/")[2]
    for kind in ("factory", "site"):
        if firm and (asset := park.assets.get(f"{park.id}/{kind}/{firm}")):
            return asset.name
    return contact.name if contact else Label(recipient, recipient)


def draft(park: Park, state: State, incident: Incident, recipient: str, now: datetime) -> Draft:
    """Return what a recipient is told of an incident at ``now``; ValueError where the park has no words."""
    if park.templates is None:
        raise ValueError("the park has no templates")
    words = known(park, park.templates, state, incident, now)
    source = source_of(park, state, incident, now)
    return _text(park, park.templates, incident, recipient, words, source)


def _text(
    park: Park,
    templates: Templates,
    incident: Incident,
    recipient: str,
    told: Words,
    source: Source | None,
) -> Draft:
    told = told | _to(park, templates, incident, recipient) | _candidate(park, source, recipient)
    ko = {name: label.ko for name, label in told.items()}
    en = {name: label.en for name, label in told.items()}
    return Draft(
        plain(templates.ko.title.format_map(ko)),
        plain(templates.en.title.format_map(en)),
        _body(templates.ko, ko),
        _body(templates.en, en),
    )


def requests(
    park: Park, state: State, incident: Incident, step: str, recipients: Iterable[str], now: datetime
) -> list[Event]:
    """Return the events that ask for the messages of a step, one for each recipient and channel.

    A recipient that is no contact is asked for by mail, so that its failure shows.
    """
    if park.contacts is None or park.templates is None:
        return []
    words = known(park, park.templates, state, incident, now)
    source = source_of(park, state, incident, now)
    told = list[Event]()
    for recipient in expand(park, state, incident, recipients, now):
        text = _text(park, park.templates, incident, recipient, words, source)
        for channel in channels(park, recipient) or MISSING:
            message = told_id("message", incident.id, step, recipient, channel)
            fact = MessageRequested(
                message=message,
                recipient=recipient,
                channel=channel,
                **text._asdict(),
                exercise=is_exercise(state, incident),
                incident=incident.id,
                step=step,
                document=_document(park, state, incident, message, recipient, now, words)
                if channel == "cap"
                else "",
            )
            subject = f"{park.id}/message/{message}"
            told.append(Event(message, f"watch/{park.id}", fact.TYPE, subject, now, park.id, fact))
    return told


def _document(
    park: Park, state: State, incident: Incident, message: str, recipient: str, now: datetime, words: Words
) -> str:
    """Return the CAP alert; it refers to those that the recipient was sent about the incident before."""
    earlier = sorted(
        (held.requested_ms or 0, held.id)
        for held in state.messages.values()
        if held.id != message and _is_earlier(held, incident.id, recipient)
    )
    before = [(id_, datetime.fromtimestamp(ms / 1000, UTC)) for ms, id_ in earlier]
    return cap.alert(park, state, incident, message, recipient, now, before, words)


def _is_earlier(held: Message, incident: str, recipient: str) -> bool:
    fact = held.requested
    if fact is None or held.state in ("held", "failed"):  # did not go out
        return False
    return (fact.incident, fact.recipient, fact.channel) == (incident, recipient, "cap")


def _to(park: Park, templates: Templates, incident: Incident, recipient: str) -> dict[str, Label]:
    """Return the words meant for one recipient: its name, what is asked of it, what to do."""
    kind = templates.kinds[incident.life.kind]
    told = {
        "name": recipient_name(park, recipient),
        "instruction": kind.firms if recipient.startswith(FIRM) else kind.answer,
    }
    cells = park.contacts.matrix.get(incident.life.kind, {}) if park.contacts else {}
    rule = cells.get(recipient)
    return told | {"task": rule.task} if rule and rule.task else told


def _candidate(park: Park, source: Source | None, recipient: str) -> Words:
    """Return why a firm that is told may be the source, where that is not sure."""
    if source is None or source.relation == "at":
        return {}
    for candidate in source.candidates:
        firm = park.assets.get(candidate.asset)
        if firm is not None and firm_key(firm) == recipient:
            return {"candidate": source_words.why(candidate)}
    return {}


def _body(text: Text, values: dict[str, str]) -> str:
    return "\n".join(text.known_lines(values)) + "\n"


def _applies(
    park: Park, contacts: Contacts, state: State, incident: Incident, rule: Rule, now: datetime
) -> bool:
    return rule.when == "always" or _holds(park, contacts, state, incident, rule.when, now)


def _holds(
    park: Park, contacts: Contacts, state: State, incident: Incident, when: When, now: datetime
) -> bool:
    """Tell whether a leak, a fire or chemicals are part of an incident."""
    if when == "fire":
        return incident.life.kind == "fire" or any(m.what in FLAMES for m in present(incident))
    leak = incident.life.kind == "gas_leak" or any(m.system == "gas" for m in present(incident))
    if when == "leak" or leak or dangerous(state, incident):
        return leak or when == "chemicals"
    source = source_of(park, state, incident, now)
    firms = firms_of(park, incident, source, contacts.firms.near_m)
    return any(firm.traits.get("industry") in contacts.firms.chemical_industries for firm in firms)


def _firms(park: Park, state: State, incident: Incident, name: str, now: datetime) -> list[Asset] | None:
    """Return the firms that a name stands for, None when it stands for none."""
    if park.contacts is None or name not in (FIRM, NEIGHBOURS, SUSPECT):
        return None
    source = source_of(park, state, incident, now)
    own = firms_of(park, incident, source, park.contacts.firms.near_m)
    if name == FIRM:
        return own
    if name == SUSPECT:
        return own[:1]
    near = (
        firm for area in _areas(park, state, incident, source, now) for firm in inside(state, area, now).firms
    )
    return [park.assets[firm] for firm in dict.fromkeys(near) if park.assets[firm] not in own]


def _areas(
    park: Park, state: State, incident: Incident, source: Source | None, now: datetime
) -> Iterator[Sector]:
    """Walk over the areas to be warned: around the place, and around each place it may come from."""
    area = sector(park, state, incident, now)
    if area is None:
        return
    yield area
    if source is not None and source.relation != "at":
        known = (park.assets.get(candidate.asset) for candidate in source.candidates)
        yield from (replace(area, lat=asset.lat, lon=asset.lon) for asset in known if asset is not None)


def channels(park: Park, recipient: str) -> list[Channel]:
    """Return by what a recipient can be reached."""
    contact = park.contacts.of(recipient) if park.contacts else None
    return list(contact.channels) if contact else []
