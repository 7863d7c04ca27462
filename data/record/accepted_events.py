"""Events on their way into the record: as rows, and those whose identity another event has already."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import sqlalchemy as sa
from uuid_utils import uuid7

from data.record.bulk_insert import Row
from data.tables import events, to_us
from park.events.envelope import Event, InvalidEventError, decode, encode
from park.events.identity import renamed, same_content

_ASKED = 300  # identities in one question: SQLite takes 999 parameters


class Accepted(NamedTuple):
    """An event on its way into the record, and its bytes."""

    stream_id: str
    text: str
    event: Event


def rows_of(accepted: Iterable[Accepted]) -> list[Row]:
    """Return the rows of events, each with a new key in the order given."""
    return [
        Row(
            uuid7().hex,
            event.source,
            event.id,
            event.type,
            event.subject,
            event.park,
            to_us(event.time),
            to_us(event.ingested) if event.ingested else None,
            stream_id,
            text,
        )
        for stream_id, text, event in accepted
    ]


def other_content(connection: sa.Connection, accepted: Sequence[Accepted]) -> list[Accepted]:
    """Return those of ``accepted`` whose identity the record has with other content, under ids of their own.

    To be asked after all of them were inserted: then the record has each identity once.
    """
    found: list[Accepted] = []
    for start in range(0, len(accepted), _ASKED):
        part = accepted[start : start + _ASKED]
        kept = _kept(connection, part)
        for item in part:
            held = kept.get(item.event.key)
            if held is not None and held != item.text and not _same(held, item.event):
                event = renamed(item.event)
                found.append(Accepted(item.stream_id, encode(event).decode(), event))
    return found


def _kept(connection: sa.Connection, part: Sequence[Accepted]) -> dict[tuple[str, str], str]:
    """Return the text that is kept under each identity."""
    keys = {item.event.key for item in part}
    query = sa.select(events.c.source, events.c.ce_id, events.c.ce).where(
        events.c.source.in_({source for source, _ in keys}), events.c.ce_id.in_({id_ for _, id_ in keys})
    )
    return {(source, ce_id): ce for source, ce_id, ce in connection.execute(query)}


def _same(held: str, event: Event) -> bool:
    try:
        return same_content(decode(held.encode()), event)
    except InvalidEventError:  # of an older catalogue: what it said cannot be what is said now
        return False
