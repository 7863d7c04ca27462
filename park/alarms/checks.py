"""Findings: the definitions of a park held against facts and against time."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from park.alarms.definition import Definition
from park.alarms.delays import Finding, Signal
from park.config.park import Park
from park.engine.required_workers import feed_of
from park.environment.facts import GasObservation
from park.events.base import LONGEST_NAME
from park.events.envelope import AHEAD, Event
from park.state.state import State

Key = tuple[str, str]
WRONG_FOR = timedelta(hours=1)  # a device not heard for longer is not waited for (assumed)


class Look:
    """What a finding may look at; ``down`` holds the members of a group that are in its states.

    ``since`` is when time began to pass here: of a feed whose last beat is ``older`` than that nobody
    could have heard another, so its silence counts from then. ``workers`` are expected to be heard.
    ``wrong_clocks`` holds by feed the devices behind it whose clock was wrong, and when.
    """

    def __init__(self, park: Park, state: State, workers: tuple[str, ...] = ()) -> None:
        """Sort the members of all groups."""
        self.park = park
        self.state = state
        self.workers = {feed_of(park.id, worker) for worker in workers}
        self.since: datetime | None = None
        self.older = {feed: event.key for feed, event in state.feeds.items()}
        self.signals: dict[Key, Signal] = {}
        self.down: dict[Key, set[str]] = {}
        self.wrong_clocks: dict[str, dict[str, datetime]] = {}
        self.members: dict[Key, list[str]] = {}
        traits = {definition.trait for definition in park.alarms.values() if definition.watch == "group"}
        for asset in state.assets.values():
            for trait in traits & asset.traits.keys():
                self.members.setdefault((trait, str(asset.traits[trait])), []).append(asset.id)

    def on(self, asset: str, name: str) -> bool:
        """Tell whether a condition held when it was last looked at."""
        signal = self.signals.get((asset, name))
        return signal is not None and signal.on

    def sort_in(self, name: str, event: Event) -> tuple[str, str, set[str]]:
        """Count a member of a group in or out; return who the group is, its name and who is down in it."""
        definition = self.park.alarms[name]
        asset = self.state.assets.get(event.subject)
        group = str(asset.traits.get(definition.trait, "")) if asset else ""
        subject = asset_named(self, definition.trait, group) or event.subject
        down = self.down.setdefault((subject, name), set())
        if getattr(event.data, definition.field) in definition.states:
            down.add(event.subject)
        else:
            down.discard(event.subject)
        return subject, group, down


Check = Callable[[Look, str, Definition, datetime], Iterator[Finding]]


def value(look: Look, name: str, event: Event) -> Finding | None:
    """Hold a measured value against its limit, with the dead band once it is beyond; None when not told."""
    definition = look.park.alarms[name]
    limit = _limit(look, definition, event)
    told = getattr(event.data, definition.field)
    if limit is None or told is None or not _fits(definition, event):
        return None
    measured = float(told)
    band = definition.dead_band if look.on(event.subject, name) else 0.0
    beyond = limit - measured if definition.below else measured - limit
    holds = beyond > -band if band else beyond >= 0
    return Finding(event.subject, name, holds, measured, limit, definition.unit, _clock_off(event))


def _limit(look: Look, definition: Definition, event: Event) -> float | None:
    if not definition.limit_from:
        return definition.limit
    known = None
    if isinstance(event.data, GasObservation):
        limits = look.park.limits
        known = limits.gas(event.data.substance) or limits.gas(_own_substance(look, event.subject))
    limit: float | None = getattr(known, definition.limit_from, None)
    return limit


def _clock_off(event: Event) -> str | None:
    """Return how far the clock of a value was off, as the cause that its alarm tells: ``Δt -20 min``."""
    if event.stamped is None:
        return None
    return f"Δt {(event.stamped - event.time).total_seconds() / 60:+.0f} min"


def clock(look: Look, name: str, event: Event) -> Finding | None:
    """Tell whether the clock of who told an event is wrong (minutes, ahead positive); None when not asked.

    Of lights and vehicles, which are many behind one gateway, the feed is told instead of each: until
    the last of them is right again, or was not heard for an hour.
    """
    asset = look.state.assets.get(event.subject)
    many = asset is not None and asset.kind in ("light", "vehicle")
    subject = _feed_before(look, event) if many else event.subject
    if event.stamped is None:
        over = (subject, name) in look.signals and not look.wrong_clocks.get(subject)
        return Finding(subject, name, holds=False) if over else None
    off_min = round((event.stamped - event.time).total_seconds() / 60, 1)
    limit = AHEAD.total_seconds() / 60 * (1 if off_min > 0 else -1)
    return Finding(subject, name, holds=True, value=off_min, limit=limit, unit="min", cause=_clock_off(event))


def _feed_before(look: Look, event: Event) -> str:
    """Return the feed that a device speaks through, having noted whether its clock is wrong."""
    feed = f"{look.park.id}/feed/{event.source.replace('/', '-')}"[:LONGEST_NAME]
    if event.stamped is not None:
        look.wrong_clocks.setdefault(feed, {})[event.subject] = event.time
    elif wrong := look.wrong_clocks.get(feed):
        wrong.pop(event.subject, None)
        for device in [device for device, at in wrong.items() if event.time - at > WRONG_FOR]:
            del wrong[device]
    return feed


def _own_substance(look: Look, asset: str) -> str:
    known = look.state.assets.get(asset)
    return str(known.traits.get("substance", "")) if known else ""


def substance(look: Look, name: str, event: Event) -> Finding:
    """Tell whether a gas sensor speaks of a substance without a limit here, or of another than its own."""
    told, limits = str(getattr(event.data, look.park.alarms[name].field)), look.park.limits
    own = _own_substance(look, event.subject)
    other = bool(own) and limits.substance(own) != limits.substance(told)
    holds = other or limits.gas(told) is None
    cause = (f"{told} ({own})" if other else told) if holds else None
    return Finding(event.subject, name, holds, cause=cause)


def in_state(look: Look, name: str, event: Event) -> Finding:
    """Tell whether a field says one of the states."""
    definition = look.park.alarms[name]
    word = str(getattr(event.data, definition.field)).lower()
    holds = word in definition.states and _fits(definition, event)
    return Finding(event.subject, name, holds, cause=word if holds else None)


def in_group(look: Look, name: str, event: Event) -> Finding | None:
    """Count the members of a group that are in the states; subject is what they share."""
    definition = look.park.alarms[name]
    subject, group, down = look.sort_in(name, event)
    count, limit = len(down), definition.limit or 1.0
    holds = count >= limit
    members = look.members.get((definition.trait, group), [event.subject])
    if count < limit and look.on(subject, name) and not _all_heard(look, members, event.type):
        return None
    cause = f"{(group or event.subject).rpartition('/')[2]} {count}/{len(members)}"
    return Finding(subject, name, holds, float(count), limit, cause=cause)


def asset_named(look: Look, trait: str, group: str) -> str | None:
    """Return the asset that a trait names by its id or its last name, None where there is none."""
    for name in (group, f"{look.park.id}/{trait}/{group}"):
        if name in look.state.assets:
            return name
    return None


def _all_heard(look: Look, members: list[str], type_: str) -> bool:
    """Tell whether every member spoke: an alarm kept over a restart does not clear on hearsay."""
    return all(type_ in look.state.latest.get(member, {}) for member in members)


def silence(look: Look, name: str, definition: Definition, now: datetime) -> Iterator[Finding]:
    """Find feeds that missed as many beats as the limit says, since they are listened to."""
    limit = definition.limit or 2.0
    for feed, event in look.state.feeds.items():
        if feed in look.workers:  # `absence` tells
            continue
        heard = event.time
        if look.older.get(feed) == event.key and not look.on(feed, name):
            heard = max(heard, look.since or heard)
        age_s = (now - heard).total_seconds()
        holds = age_s > limit * event.data.period_s
        if holds or (feed, name) in look.signals:
            yield Finding(feed, name, holds, round(age_s), limit * event.data.period_s, "s")


def quality(look: Look, name: str, event: Event) -> Finding:
    """Tell whether an asset gives no value, or one that is none, where somebody counts on it."""
    missed = look.state.doubts.missed(event.subject)
    return Finding(event.subject, name, bool(missed), cause=missed[0] if missed else None)


def absence(look: Look, name: str, definition: Definition, now: datetime) -> Iterator[Finding]:
    """Find workers not heard for as many seconds as the limit says, since they are listened to, or never."""
    limit, since = definition.limit or 0.0, look.since or now
    for feed in sorted(look.workers):
        beat = look.state.feeds.get(feed)
        if look.on(feed, name):
            age_s = (now - beat.time).total_seconds() if beat else None
        else:
            age_s = (now - max(beat.time if beat else since, since)).total_seconds()
        holds = age_s is None or age_s > limit
        if holds or (feed, name) in look.signals:
            yield Finding(feed, name, holds, None if age_s is None else round(age_s), limit, "s")


def _fits(definition: Definition, event: Event) -> bool:
    return all(getattr(event.data, field) == wanted for field, wanted in definition.where.items())


JUDGES: dict[str, Callable[[Look, str, Event], Finding | None]] = {
    "value": value,
    "state": in_state,
    "group": in_group,
    "quality": quality,
    "substance": substance,
}
# Checks by the clock that belong to no system
TIMED: dict[str, Check] = {
    "silence": silence,
    "absence": absence,
}
