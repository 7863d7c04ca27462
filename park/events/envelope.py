"""The event: a CloudEvents 1.0 envelope around one fact of the catalogue, and its codec."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta, Struct

from park.events.base import LONGEST_NAME, AwareTime
from park.events.bounds import without_codes
from park.events.control_characters import control_places, suspect
from park.events.facts import Fact

Name = Annotated[str, Meta(min_length=1, max_length=LONGEST_NAME)]
AHEAD = timedelta(minutes=5)  # more than this is a wrong clock
# a clock that was never set begins in 1970, local time; what lies before or far ahead is no time at all
EARLIEST = datetime(1969, 12, 31, tzinfo=UTC)
LATEST = datetime(2201, 1, 1, tzinfo=UTC)
# plans, limits in time and what people entered: earlier is the zero of some calendar (1970, 1980, 2000)
EARLIEST_TOLD = datetime(2000, 1, 3, tzinfo=UTC)

CATALOGUE: dict[str, type[Fact]] = {fact.TYPE: fact for fact in get_args(Fact)}


class InvalidEventError(ValueError):
    """An event that the door refuses; ``path`` names the field (``$.data.ppm``)."""

    def __init__(self, path: str, reason: str) -> None:
        """Say what was wrong and where."""
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class Event(Struct, frozen=True, omit_defaults=True):
    """A CloudEvents 1.0 event; identity is ``(source, id)``, ``subject`` the asset id.

    What the room notes when an event comes in: ``ingested``, when it did; ``spelled``, a JSON object of the
    names as they were written, where the park writes them otherwise; ``stamped``, the time that a wrong clock
    told, where ``time`` is the room's; ``sameid``, the id as sent, where another event had it before;
    ``novalue``, a JSON object of what stood where the data has null for a "no value" code.
    """

    id: Name
    source: Name
    type: Name
    subject: Name
    time: AwareTime
    park: Name
    data: Any
    ingested: AwareTime | None = None
    specversion: Annotated[str, Meta(pattern="^1\\.0$")] = "1.0"
    datacontenttype: str = "application/json"
    dataschema: str | None = None
    spelled: str | None = None
    stamped: AwareTime | None = None
    sameid: Name | None = None
    novalue: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Identity of the event: the same key is the same event, everywhere."""
        return self.source, self.id

    @property
    def ahead(self) -> bool:
        """Whether it says to happen more than five minutes after it came in: its clock is wrong."""
        return self.ingested is not None and self.time - self.ingested > AHEAD


class _Envelope(Event, frozen=True, kw_only=True):
    """The envelope as read, its data not yet understood; extension attributes are let be."""

    data: msgspec.Raw
    specversion: Annotated[str, Meta(pattern="^1\\.0$")]


def _times_of(fact: type[Struct]) -> tuple[str, ...]:
    """Return the fields that hold a time, whether they may be left out or not."""
    fields = msgspec.structs.fields(fact)
    return tuple(field.name for field in fields if AwareTime in (field.type, *get_args(field.type)))


_encoder = msgspec.json.Encoder()
_envelopes = msgspec.json.Decoder(_Envelope)
_facts = {name: msgspec.json.Decoder(fact) for name, fact in CATALOGUE.items()}
_ENVELOPE_TIMES = ("time", "ingested", "stamped")
_TIMES = {name: _times_of(fact) for name, fact in CATALOGUE.items()}
_PATH = re.compile(r"^(?P<reason>.*?)(?: - at `\$(?P<path>[^`]*)`)?$", re.DOTALL)
_MISSING = re.compile(r"(?:required field|unknown field) `(?P<field>[^`]+)`")


def encode(event: Event) -> bytes:
    """Return the event as JSON bytes (``specversion`` always present)."""
    return _encoder.encode(
        {name: value for name in event.__struct_fields__ if (value := getattr(event, name)) is not None}
    )


def decode(raw: bytes) -> Event:
    """Read one event of the catalogue from JSON bytes.

    Texts may hold anything: what comes in is asked by :func:`refuse_controls` too.

    Raises:
        InvalidEventError: naming the first field that is wrong.
    """
    try:
        envelope = _envelopes.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal("$", error) from error
    _check_times("$", envelope, _ENVELOPE_TIMES, EARLIEST)
    if envelope.type not in _facts:
        raise InvalidEventError("$.type", f"unknown event type {envelope.type!r}")
    try:
        data, novalue = _data(envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _refusal("$.data", error) from error
    _check_times("$.data", data, _TIMES[envelope.type], EARLIEST_TOLD)
    return Event(
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.subject,
        envelope.time,
        envelope.park,
        data,
        envelope.ingested,
        envelope.specversion,
        envelope.datacontenttype,
        envelope.dataschema,
        envelope.spelled,
        envelope.stamped,
        envelope.sameid,
        novalue,
    )


def _check_times(prefix: str, told: Struct, fields: tuple[str, ...], earliest: datetime) -> None:
    """Refuse a null date: year 1, 1900 or 9999 stand for "no time" somewhere, and break arithmetic here."""
    for field in fields:
        time = getattr(told, field)
        if time is not None and not earliest <= time < LATEST:
            reason = f"expected a time from {earliest:%Y-%m-%d} until before {LATEST:%Y-%m-%d}"
            raise InvalidEventError(f"{prefix}.{field}", f"{reason}: {time.isoformat()}")


def refuse_controls(raw: bytes) -> None:
    """Raise InvalidEventError, naming the field, where a text of an event holds a control character."""
    if suspect(raw) and (place := next(control_places(raw), None)):
        raise InvalidEventError(*place)


def _data(envelope: _Envelope) -> tuple[Any, str | None]:
    """Return the fact, null where its data says that there is no value, and what stood there.

    Codes that the fact's types take (9999 ppm) stay as they are: the state tells them by the asset.
    """
    facts = _facts[envelope.type]
    try:
        return facts.decode(envelope.data), envelope.novalue
    except msgspec.ValidationError as first:
        try:
            given = msgspec.json.decode(envelope.data)
        except msgspec.ValidationError:  # a number that no float holds: the first error names its field
            raise first from None
        if not isinstance(given, Mapping):
            raise
        plain, said = without_codes(given)
        return msgspec.convert(plain, facts.type), said or envelope.novalue


def _refusal(prefix: str, error: Exception) -> InvalidEventError:
    match = _PATH.match(str(error))
    reason = match["reason"] if match else str(error)
    path = prefix + ((match and match["path"]) or "")
    if field := _MISSING.search(reason):
        path += f".{field['field']}"
    return InvalidEventError(path, reason)
