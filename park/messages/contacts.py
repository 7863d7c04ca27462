"""Whom to tell of what: contacts, the matrix of kinds of incident, the words of the messages.

The files are ``parks/<park>/contacts.toml`` and ``parks/<park>/templates.toml``; :func:`problem` says
what is wrong with them.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from string import Formatter
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from park.config.label import Label
from park.incidents.facts import Grade, IncidentKind
from park.messages.facts import Channel

When = Literal["always", "chemicals", "leak", "fire"]
Positive = Annotated[float, Meta(gt=0)]

FIRM = "firm"
NEIGHBOURS = "neighbours"
SUSPECT = "suspect_firm"
FIRMS = (FIRM, NEIGHBOURS, SUSPECT)
FIELDS = frozenset({
    "exercise", "park", "number", "kind", "grade", "opened", "address", "lat", "lon", "substance", "ppm",
    "limit_ppm", "un_number", "wind_from", "wind_to", "wind_ms", "radius_m", "downwind_m", "verdict", "task",
    "instruction", "name", "seen_by", "source", "others", "candidate",
})  # fmt: skip


ALWAYS = frozenset({"exercise", "park", "number", "kind", "grade", "address", "verdict"})


class Contact(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to tell, with an address for each channel; ``{firm}`` in it stands for the firm's name.

    ``scope`` is that of CAP: ``Restricted`` for those who answer, ``Public`` for everybody.
    """

    name: Label
    channels: dict[Channel, str]
    scope: Literal["Restricted", "Public"] = "Restricted"


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """One cell of the matrix: under what condition, and what is asked of the one told."""

    when: When = "always"
    task: Label | None = None


class Firms(Struct, frozen=True, forbid_unknown_fields=True):
    """Which firms an incident concerns; metres."""

    near_m: Positive
    chemical_industries: tuple[str, ...]
    source: str


class Delivery(Struct, frozen=True, forbid_unknown_fields=True):
    """How hard to try; a message asked for longer than ``stale_s`` ago is sent no more."""

    attempts: Annotated[int, Meta(ge=1)]
    first_wait_s: Positive
    longest_wait_s: Positive
    timeout_s: Positive
    lease_s: Positive
    stale_s: Positive
    source: str


class Contacts(Struct, frozen=True, forbid_unknown_fields=True):
    """``contacts.toml``; a firm is told under ``firm/<name>`` by the contact ``firm``.

    ``cap_sender`` names the room in CAP alerts, ``cap_restriction`` who may see those not for everybody.
    """

    cap_sender: Annotated[str, Meta(pattern="^[^\\s,<&]+$")]
    cap_restriction: Annotated[str, Meta(min_length=1)]
    contacts: dict[str, Contact]
    matrix: dict[IncidentKind, dict[str, Rule]]
    firms: Firms
    delivery: Delivery

    def of(self, recipient: str) -> Contact | None:
        """Return the contact of a recipient, None if there is none."""
        return self.contacts.get(recipient.partition("/")[0])

    def address(self, recipient: str, channel: Channel) -> str | None:
        """Return where a recipient is reached by a channel, None if it is not."""
        contact = self.of(recipient)
        address = contact.channels.get(channel) if contact else None
        return None if address is None else address.replace("{firm}", recipient.partition("/")[2].lower())


class CapKind(Struct, frozen=True, forbid_unknown_fields=True):
    """What CAP calls a kind of incident, and what it asks those told to do."""

    category: Literal[
        "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
        "Other",
    ]  # fmt: skip
    response: Literal[
        "Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"
    ]


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """Words for one kind of incident: what who answers it does, and what firms and neighbours do."""

    cap: CapKind
    answer: Label
    firms: Label


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """Title and lines in one language; a line is left out when something in it is not known."""

    title: str
    lines: tuple[str, ...]

    def known_lines(self, values: dict[str, str]) -> list[str]:
        """Return the lines of which every field is known, filled in."""
        return [line.format_map(values) for line in self.lines if fields(line) <= values.keys()]


class Templates(Struct, frozen=True, forbid_unknown_fields=True):
    """``templates.toml``; ``compass`` are the eight winds from north by east."""

    ko: Text
    en: Text
    exercise: Label
    unverified: Label
    compass: tuple[Label, Label, Label, Label, Label, Label, Label, Label]
    severity: dict[Grade, Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]]
    kinds: dict[IncidentKind, Kind]


def problem(contacts: Contacts) -> str | None:
    """Return the first thing that is wrong with contacts, None if nothing is."""
    return next(_wrong(contacts), None)


def template_problem(templates: Templates) -> str | None:
    """Return the first thing that is wrong with the words, None if nothing is."""
    return next(_wrong_words(templates), None)


def _wrong(contacts: Contacts) -> Iterator[str]:
    for name, contact in contacts.contacts.items():
        yield from _wrong_contact(name, contact)
    if FIRM not in contacts.contacts:
        yield f"[contacts.{FIRM}] is missing"
    known = contacts.contacts.keys() | set(FIRMS)
    for kind in get_args(IncidentKind):
        told = contacts.matrix.get(kind)
        if not told:
            yield f"[matrix.{kind}] tells nobody"
        yield from (f"[matrix.{kind}] {name}: no such contact" for name in told or () if name not in known)
    if contacts.delivery.lease_s < 2 * contacts.delivery.timeout_s:
        yield "[delivery] lease_s: less than twice timeout_s"


def _wrong_contact(name: str, contact: Contact) -> Iterator[str]:
    if not contact.channels:
        yield f"[contacts.{name}] has no channel"
    for channel, address in contact.channels.items():
        if reason := _bad_address(channel, address, firm=name == FIRM):
            yield f"[contacts.{name}.channels] {channel}: {reason}"


def _bad_address(channel: Channel, address: str, *, firm: bool) -> str:
    """Say what is wrong with an address; the web is reached encrypted, but for this machine itself."""
    plain = address.replace("{firm}", "firm") if firm else address
    if channel == "room":
        return ""
    if channel == "email":
        name, _, host = plain.rpartition("@")
        good = name and host and plain.isascii() and not set(plain) & set(" \r\n\t,;<>{}")
        return "" if good else "no mail address"
    url = urlsplit(plain)
    if set(plain) & set(" \r\n\t{}") or not url.hostname:
        return "no web address"
    return (
        "" if url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.hostname)) else "not https"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _wrong_words(templates: Templates) -> Iterator[str]:
    for language, text in (("ko", templates.ko), ("en", templates.en)):
        for line, known in ((text.title, ALWAYS), *((line, FIELDS) for line in text.lines)):
            if reason := _bad_line(line, known):
                yield f"[{language}] {line!r}: {reason}"
    yield from (
        f"[kinds.{kind}] is missing" for kind in get_args(IncidentKind) if kind not in templates.kinds
    )
    yield from (
        f"[severity] {grade} is missing" for grade in get_args(Grade) if grade not in templates.severity
    )


def _bad_line(line: str, known: frozenset[str]) -> str:
    try:
        unknown = fields(line) - known
    except ValueError as error:
        return str(error)
    return f"no field {min(unknown)!r} here" if unknown else ""


def fields(line: str) -> set[str]:
    """Return the names of the fields of a line; ValueError when it is no template."""
    return {name for _, name, _, _ in Formatter().parse(line) if name is not None}
