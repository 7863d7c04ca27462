"""A camera's clock, by everything that it says of it: a login is only taken near the camera's own time.

A camera may tell UTC, local time alone with or without a zone, a time that is called UTC and is local, or
nothing. Each reading of what it says is a candidate, the likeliest first.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cctv.sources.soap import Node

LAST_YEAR = 9000  # beyond it there is no counting on
SAME = timedelta(seconds=2)  # readings so close are one
QUARTER = timedelta(minutes=15)  # zones are whole quarters of an hour away from UTC
FARTHEST = timedelta(hours=14)
MOST = 5  # readings that are tried: a camera locks who fails too often
# Of POSIX: a name, hours west of Greenwich, and the name of summer time where there is one.
_ZONE = re.compile(
    r"(?:<[^>]+>|[A-Za-z]+)\s*([+-]?)(\d{1,2})(?::?(\d{2}))?(?::\d{2})?\s*(<[^>]+>|[A-Za-z]+)?.*"
)


class Reading(NamedTuple):
    """One reading of a camera's clock: how far it is ahead of ours, and where that is from."""

    ahead: timedelta
    korean: str
    english: str


OWN = Reading(timedelta(0), "우리 시각", "our own time")


def readings(body: Node | None, now: datetime, http: timedelta | None) -> list[Reading]:
    """Return the readings of a camera's clock, the likeliest first, our own time among them.

    Args:
        body: what it answered when asked for its time, where it did.
        now: our time at that moment.
        http: how far the ``Date`` of its answers (HTTP) was ahead of our time, where they have one.
    """
    utc = _time(body, "UTCDateTime")
    local = _time(body, "LocalDateTime")
    found = list[Reading]()
    if utc:
        found.append(Reading(utc - now, "카메라가 알린 UTC", "the UTC it tells"))
    if local:
        found += [
            Reading(local - offset - now, "카메라의 현지 시각과 시간대", "its local time and zone")
            for offset in offsets(body, local, now)
        ]
    if http is not None:
        found.append(Reading(http, "HTTP Date의 시각", "the time of its HTTP Date"))
    found.append(OWN)
    if utc and not local:
        found += [
            Reading(utc - offset - now, "UTC라고 알린 현지 시각", "its UTC taken for local time")
            for offset in offsets(body, utc, now)
        ]
    if (told := utc or local) is not None:
        found.append(Reading(_within_a_quarter(told - now), "시간대를 뺀 시각", "its time less a zone"))
        found.append(Reading(told - now, "현지 시각을 UTC로", "its local time taken for UTC"))
    apart = list[Reading]()
    for one in found:
        if all(abs(one.ahead - other.ahead) > SAME for other in apart):
            apart.append(one)
    return apart[:MOST]


def offsets(body: Node | None, local: datetime, now: datetime) -> list[timedelta]:
    """Return how far the zone of a camera, by whose clock it is ``local``, may be ahead of UTC.

    POSIX counts hours west (``KST-9``), some makers east (``GMT+09:00``): the nearer to our time first.
    """
    if body is None:
        return []
    text = body.say("TimeZone", "TZ")
    if "/" in text:
        return _by_name(text, local)
    if not (zone := _ZONE.fullmatch(text)):
        return []
    size = timedelta(hours=int(zone[2]), minutes=int(zone[3] or 0))
    is_summer = bool(zone[4]) and body.say("DaylightSavings").lower() in {"true", "1"}
    summer = timedelta(hours=1 if is_summer else 0)
    if size > FARTHEST:
        return []
    west = size if zone[1] == "-" else -size
    both = {west + summer, summer - west}
    return sorted(both, key=lambda offset: (abs(local - now - offset), offset != west + summer))


def _by_name(name: str, local: datetime) -> list[timedelta]:
    try:
        offset = local.replace(tzinfo=ZoneInfo(name)).utcoffset()
    except (KeyError, ValueError, OSError, OverflowError):
        return []
    return [] if offset is None else [offset]


def _time(body: Node | None, name: str) -> datetime | None:
    node = body.first(name) if body else None
    if node is None:
        return None
    parts = [node.say(part) for part in ("Year", "Month", "Day", "Hour", "Minute", "Second")]
    try:
        year, month, day, hour, minute, second = (int(part) for part in parts)
        at = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)  # 60: a leap second
    except (ValueError, OverflowError):
        return None
    return at if 1 < year < LAST_YEAR else None


def of_header(date: str) -> datetime | None:
    """Return the time of an HTTP ``Date``, None where it is none."""
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return at if 1 < at.year < LAST_YEAR else None


def _within_a_quarter(ahead: timedelta) -> timedelta:
    """Return what is left of a difference after whole quarters of an hour: how wrong the clock itself is."""
    return ahead - round(ahead / QUARTER) * QUARTER
