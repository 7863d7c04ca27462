"""Late mail and wrong clocks told apart: when a source's events arrive, and when it says they happened.

A time far from the arrival is one of two things. *Late mail*: a spool sent after an outage; its stamps lie
in a silence of the source and come nearer to now faster than time passes; each keeps its own time. *A wrong
clock*: the stamps lie where the source was heard already, or before any spool reaches, or stay as far from
the arrival as they were; the event gets the time of its arrival, ``stamped`` keeps what the clock said.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from park.events.envelope import AHEAD, Event
from park.events.identity import claimed

TOLERANCE = AHEAD  # a clock that is off by less is right; networks and gateways hold events back so long
SPOOL_REACH = timedelta(days=7)  # no spool holds more (assumed); what is older than that tells a wrong clock
DRIFT = timedelta(seconds=60)  # stamps that come nearer by more than this catch up
STEADY_COUNT = 3  # so many events as far behind as the first, over so long: a clock, not a spool
STEADY_SPAN = timedelta(seconds=20)
SILENCE = timedelta(minutes=2)  # between two stamps of a source whose period is not known
SILENCES = 8  # of a source that are remembered
PAUSE = timedelta(minutes=10)  # stamps that come nearer after so long a pause are a run of their own
ANCHORED = timedelta(hours=1)  # the offset of a wrong clock is measured anew as often: clocks creep
REPEATS = 16  # events of a source that are known again when a feed sends its last ones once more
MOST_SOURCES = 20_000
OURS = ("watch/", "gwanje/")  # what the room concludes happened when it says

Key = tuple[str, str]


class Odd(Struct):
    """A run of stamps far from their arrival: measured from where, its last, and what it is taken for."""

    first_stamp: datetime
    first_arrival: datetime
    count: int
    last_stamp: datetime
    last_arrival: datetime
    last_id: str
    last_time: datetime
    wrong: bool = False
    mail: bool = False


class Heard(Struct):
    """What is known of the clock of one source at one asset."""

    stamp: datetime | None = None
    silences: list[tuple[datetime, datetime]] = []
    odd: Odd | None = None
    recent: dict[int, None] = {}


class Clocks:
    """Judges stamps in the order of arrival; the same events in the same order are judged the same."""

    def __init__(self, periods_s: dict[str, float]) -> None:
        """Know how often assets speak (seconds by id); nothing was heard yet."""
        self._silence = {
            asset: max(SILENCE, timedelta(seconds=2 * period_s)) for asset, period_s in periods_s.items()
        }
        self._heard: dict[Key, Heard] = {}

    def recall(self, events: Iterable[Event]) -> None:
        """Take over what was heard before, already judged, in any order; late mail of then tells nothing."""
        for event in sorted(events, key=lambda told: told.ingested or told.time):
            if event.stamped is not None or not _is_odd(event):
                self.judge(event)

    def judge(self, event: Event) -> Event:
        """Return the event at the time that counts; one whose clock is right, or judged already, as it is."""
        arrival = event.ingested
        if arrival is None or event.source.startswith(OURS):
            return event
        heard = self._of(event)
        stamp = claimed(event)
        if not _is_odd(event):
            self._right(heard, stamp, event.subject)
            _remember(heard, event)
            return event
        if event.stamped is None and _repeats(heard, event):
            return event
        odd = _run(heard, stamp, arrival)
        if event.stamped is not None:
            odd.wrong, odd.last_time = True, event.time
            return event
        if odd.count > 1 and (odd.last_id, odd.last_stamp) == (event.id, stamp):  # the last one, sent again
            return replace(event, time=odd.last_time, stamped=stamp) if odd.wrong else event
        odd.wrong = _is_wrong(heard, odd, stamp, arrival)
        time = stamp
        if odd.wrong:  # what came in one batch keeps its order
            time = max(arrival, odd.last_time + timedelta(microseconds=1))
        odd.last_id = event.id
        odd.last_stamp = stamp
        odd.last_time = time
        return replace(event, time=time, stamped=stamp) if odd.wrong else event

    def _of(self, event: Event) -> Heard:
        key = event.source, event.subject
        heard = self._heard.pop(key, None) or Heard()
        self._heard[key] = heard  # the one heard last is forgotten last
        while len(self._heard) > MOST_SOURCES:
            del self._heard[next(iter(self._heard))]
        return heard

    def _right(self, heard: Heard, stamp: datetime, asset: str) -> None:
        """Note a right stamp, and the silence before it: late mail may fill that yet."""
        if heard.stamp is not None and stamp - heard.stamp > self._silence.get(asset, SILENCE):
            heard.silences = [*heard.silences, (heard.stamp, stamp)][-SILENCES:]
        heard.stamp = stamp if heard.stamp is None else max(heard.stamp, stamp)


def _is_odd(event: Event) -> bool:
    """Tell whether the time that an event tells is far from its arrival."""
    return event.ingested is not None and abs(event.ingested - claimed(event)) > TOLERANCE


def _remember(heard: Heard, event: Event) -> None:
    heard.recent[hash((event.id, claimed(event)))] = None
    if len(heard.recent) > REPEATS:
        del heard.recent[next(iter(heard.recent))]


def _repeats(heard: Heard, event: Event) -> bool:
    return hash((event.id, event.time)) in heard.recent


def _run(heard: Heard, stamp: datetime, arrival: datetime) -> Odd:
    """Go on with the run of odd stamps, or begin one: where the clock stepped, or after a pause."""
    odd = heard.odd
    if odd is not None:
        drift = (stamp - odd.first_stamp) - (arrival - odd.first_arrival)
        steady, paused = abs(drift) <= DRIFT, arrival - odd.last_arrival > PAUSE
        if steady or (drift > DRIFT and not paused) or stamp == odd.last_stamp:
            odd.count += 1
            odd.last_arrival = arrival
            return odd
    stepped_again = odd is not None and odd.wrong and stamp < odd.last_stamp
    earliest = datetime.min.replace(tzinfo=UTC)
    heard.odd = Odd(stamp, arrival, 1, stamp, arrival, "", earliest, stepped_again)
    return heard.odd


def _is_wrong(heard: Heard, odd: Odd, stamp: datetime, arrival: datetime) -> bool:
    """Tell whether a stamp far from its arrival is of a wrong clock; else it is late mail."""
    if stamp > arrival:  # nothing arrives before it happens
        return True
    # what comes nearer to now catches up; what stays as far away, or was wrong before, is a clock
    run = arrival - odd.first_arrival
    if stamp - odd.first_stamp - run > DRIFT:
        odd.mail = True
        odd.count = 1
        odd.first_stamp = stamp
        odd.first_arrival = arrival
        return False
    if odd.wrong or (odd.count >= STEADY_COUNT and run >= STEADY_SPAN):
        odd.mail = False
        if run > ANCHORED:
            odd.first_stamp, odd.first_arrival = stamp, arrival
        return True
    if odd.mail or arrival - stamp > SPOOL_REACH:
        return not odd.mail
    # the source was heard since, and not silent then
    in_silence = any(begin < stamp < end for begin, end in heard.silences)
    return heard.stamp is not None and stamp <= heard.stamp and not in_silence
