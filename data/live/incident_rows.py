"""Incidents as the screens hold them, and which of their alarms are sent beside them."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Raw

from data.live.frames import raw
from park.alarms.lifecycle import Alarm
from park.config.park import Park
from park.incidents.cards import card, holds, stay
from park.state.state import State

MOST_ALARMS = 50  # beyond it the alarms of an incident are only counted
MANY = 200
LEAST_S = 0.25  # an incident of many members is drawn no more often


class IncidentRows:
    """Cards of the standing incidents by id; ``clock`` tells the time of day, aware."""

    def __init__(self, park: Park, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Begin empty."""
        self.park = park
        self.clock = clock
        self.rows: dict[str, Raw] = {}
        self._shown: dict[str, set[str]] = {}
        self._owed: set[str] = set()
        self._drawn: dict[str, float] = {}

    def update(self, state: State, changed: Iterable[str]) -> tuple[set[str], set[str]]:
        """Draw what changed anew; return the incidents drawn, and the alarms they took or gave."""
        told, moved = set[str](), set[str]()
        for name in (set(changed) | self._owed) & state.incidents.keys():
            incident = state.incidents[name]
            if incident.life.opened_ms is None or self._soon(state, name):
                continue
            if incident.life.stands != (name in self.rows):
                moved |= {m.alarm for m in stay(incident) if m.alarm}
            told.add(name)
            self._draw(state, name)
        return told, moved

    def refresh(self, state: State) -> set[str]:
        """Draw the standing incidents anew; return those that say something else now."""
        before = {name: bytes(row) for name, row in self.rows.items()}
        for name in before:
            self._draw(state, name)
        return {name for name, row in before.items() if bytes(self.rows.get(name, b"")) != row}

    def row(self, state: State, name: str) -> Raw:
        """Return the card of an incident, standing or not."""
        return self.rows.get(name) or raw(card(self.park, state, state.incidents[name], self.clock()))

    def holder(self, state: State, alarm: str) -> str | None:
        """Return the standing incident that an alarm is a member of; None if there is none."""
        return next((name for name in self.rows if holds(state.incidents[name], alarm)), None)

    def shows(self, holder: str | None, alarm: Alarm) -> bool:
        """Tell whether an alarm is sent: on its own always, of an incident the first fifty."""
        kept = holder is not None and alarm.id in self._shown.get(holder, ())
        for shown in self._shown.values():
            shown.discard(alarm.id)
        if alarm.state == "normal":
            return False
        if holder is None:
            return True
        shown = self._shown.setdefault(holder, set())
        if kept or len(shown) < MOST_ALARMS:
            shown.add(alarm.id)
        return alarm.id in shown

    def _soon(self, state: State, name: str) -> bool:
        """Tell whether a large incident was drawn just now; it is owed then."""
        incident, now = state.incidents[name], time.monotonic()
        if (
            len(incident.members) < MANY
            or not incident.life.stands
            or now - self._drawn.get(name, 0) > LEAST_S
        ):
            self._drawn[name] = now
            self._owed.discard(name)
            return False
        self._owed.add(name)
        return True

    def _draw(self, state: State, name: str) -> None:
        incident = state.incidents[name]
        if incident.life.stands:
            self.rows[name] = raw(card(self.park, state, incident, self.clock()))
        else:
            for held in (self.rows, self._shown, self._drawn):
                held.pop(name, None)
