"""When overlays begin and end by themselves: suppression by design, shelves whose time is over.

A condition is suppressed while a maintenance window of the park covers it or an alarm that its definition
names is active: of the same asset, or of the asset that a trait names (a cabinet, its lamps). A parent
that is itself shelved or out of service suppresses nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from park.alarms.delays import watch_event
from park.alarms.facts import AlarmCleared, AlarmSuppressed, AlarmUnshelved, AlarmUnsuppressed
from park.alarms.overlays import Key, Overlay, Window
from park.config.asset import Asset
from park.config.park import Park
from park.events.envelope import Event
from park.incidents.incident import told_id
from park.state.state import State

_EARLIER = datetime(1970, 1, 1, tzinfo=UTC)


class Cause(Struct, frozen=True):
    """Why a condition is suppressed: a maintenance window, or the alarm of the asset ``by``."""

    reason: str
    by: str | None = None


class Suppression:
    """The engine of overlays; the state is folded by its owner."""

    def __init__(self, park: Park, state: State) -> None:
        """Learn who hangs on whom."""
        self.park = park
        self.state = state
        self._children: dict[str, list[tuple[str, str]]] = {}
        self._below: dict[tuple[str, str], list[str]] = {}
        self._until: datetime | None = None
        for name, definition in park.alarms.items():
            for parent in definition.suppress_by:
                self._children.setdefault(parent.condition, []).append((name, parent.trait))
        traits = {trait for named in self._children.values() for _, trait in named if trait}
        for asset in state.assets.values():
            for trait in traits & asset.traits.keys():
                self._below.setdefault((trait, self._above(asset, trait)), []).append(asset.id)

    def take(self, event: Event) -> list[Event]:
        """Look at what happened to an alarm; return the overlays that begin or end by it."""
        if not event.type.startswith("park.alarm."):
            return []
        told = self._unshelve(event) if isinstance(event.data, AlarmCleared) else []
        return told + self._judge_all(self._under(event.subject, event.data.condition), event.time)

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass to ``now``: shelves run out, maintenance begins and ends."""
        told = [event for shelf in self.state.overlays.all() for event in self._expire(shelf, now)]
        if self._until is None or now >= self._until:
            told += self._judge_all(self._everything(now, self._until or _EARLIER), now)
            edges = [edge for window in self.park.maintenance for edge in (window.start, window.end)]
            self._until = min(
                (edge for edge in edges if edge > now), default=datetime.max.replace(tzinfo=UTC)
            )
        return told

    def _above(self, asset: Asset, trait: str) -> str:
        """Return the asset that a trait names, by its id or the last part of it."""
        named = str(asset.traits.get(trait, ""))
        return named if named in self.state.assets else f"{self.park.id}/{trait}/{named}"

    def _under(self, asset: str, condition: str) -> Iterator[Key]:
        """Walk over what an alarm may suppress."""
        for child, trait in self._children.get(condition, ()):
            for below in self._below.get((trait, asset), ()) if trait else (asset,):
                yield below, child

    def _everything(self, now: datetime, since: datetime) -> Iterator[Key]:
        """Walk over all that windows cover or covered, what alarms suppress, and what is suppressed."""
        for window in self.park.maintenance:
            if window.start <= now and window.end >= since:
                yield from covered(window, self.state.assets)
        for alarm in list(self.state.alarms.values()):
            if alarm.active:
                yield from self._under(alarm.asset, alarm.condition)
        for over in self.state.overlays.all():
            if over.name == "suppressed":
                yield over.asset, over.condition

    def _judge_all(self, keys: Iterable[Key], at: datetime) -> list[Event]:
        return [event for key in dict.fromkeys(keys) for event in self._judge(*key, at)]

    def _judge(self, asset: str, condition: str, at: datetime) -> Iterator[Event]:
        """Tell that a key is suppressed, or is so no more, where that is not what is known."""
        held = self.state.overlays.get(asset, condition, "suppressed")
        cause = self._cause(asset, condition, at)
        if (held and Cause(held.reason, held.by)) == cause:
            return
        when = max(at, self._after(asset, condition))
        id_ = told_id("suppress", asset, condition, cause, int(when.timestamp() * 1000))
        fact = AlarmSuppressed(condition, cause.reason, cause.by) if cause else AlarmUnsuppressed(condition)
        yield watch_event(id_, asset, fact, when, self.park.id)

    def _after(self, asset: str, condition: str) -> datetime:
        """Return the first moment after the last word on a suppression."""
        said_ms = self.state.overlays.said_ms(asset, condition, "suppressed")
        return datetime.fromtimestamp((said_ms + 1) / 1000, UTC)

    def _cause(self, asset: str, condition: str, at: datetime) -> Cause | None:
        for window in self.park.maintenance:
            if window.start <= at < window.end and condition in window.conditions and window.names(asset):
                return Cause(window.reason)
        definition, known = self.park.alarms.get(condition), self.state.assets.get(asset)
        for parent in definition.suppress_by if definition else ():
            above = self._above(known, parent.trait) if parent.trait and known else asset
            alarm = self.state.open_alarm(above, parent.condition)
            over = self.state.hidden(alarm) if alarm and alarm.active else None
            if alarm and alarm.active and (over is None or over.name == "suppressed"):
                return Cause(parent.condition, above)
        return None

    def _unshelve(self, event: Event) -> list[Event]:
        """End a one-shot shelf: what it hid has returned once."""
        shelf = self.state.overlays.get(event.subject, event.data.condition, "shelved")
        at_ms = int(event.time.timestamp() * 1000)
        if shelf is None or shelf.mode != "one_shot" or at_ms < shelf.since_ms:
            return []
        return [self._ended(shelf, event.time)]

    def _expire(self, shelf: Overlay, now: datetime) -> Iterator[Event]:
        if shelf.name == "shelved" and shelf.until_ms is not None:
            until = datetime.fromtimestamp(shelf.until_ms / 1000, UTC)
            if until <= now:
                yield self._ended(shelf, until)

    def _ended(self, shelf: Overlay, at: datetime) -> Event:
        """Tell that a shelf is over by itself; once, whichever way."""
        id_ = told_id("unshelve", shelf.asset, shelf.condition, shelf.since_ms)
        when = max(at, datetime.fromtimestamp(shelf.since_ms / 1000, UTC) + timedelta(milliseconds=1))
        return watch_event(id_, shelf.asset, AlarmUnshelved(shelf.condition), when, self.park.id)


def covered(window: Window, assets: Iterable[str]) -> Iterator[Key]:
    """Walk over the keys that a window suppresses."""
    for asset in assets:
        if window.names(asset):
            yield from ((asset, condition) for condition in window.conditions)
