"""One incident instead of forty alarms: what happens is put together by kind, place, time and topology.

Happenings (:mod:`park.correlation.evidence`) open incidents, join them, explain them. Two are tied when a
rule of ``correlation.toml`` lets the second follow from the first. Times are those of the happenings, so late
ones join or correct as if they had come in order; all told is known by ids of what it follows from.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from park.config.park import Park
from park.correlation.auto_close import close_over
from park.correlation.bursts import Storms
from park.correlation.evidence import Witness, open_alarms
from park.correlation.manual_changes import heard
from park.correlation.open_incident import Case
from park.correlation.open_incidents import FIRM, Casework
from park.correlation.relations import Happening, Map, Tie
from park.correlation.rules import Kind
from park.correlation.silent_assets import silent
from park.environment.facts import WeatherObservation
from park.events.envelope import Event
from park.state.state import State

_CARE_MS = 10_000
_YOUNG_MS = 300_000
_FORGET_MS = 86_400_000


class Found(Struct, frozen=True):
    """An incident that a happening is tied to, and why."""

    case: Case
    tie: Tie
    rank: int
    people: bool = False


class Correlation:
    """Puts together what belongs together; ``state`` is folded by the owner."""

    def __init__(self, park: Park, state: State) -> None:
        """Go on with the incidents that the state knows, and with alarms that nobody placed yet."""
        self.park = park
        self.state = state
        self.rules = park.correlation
        self.where = Map(park, state)
        self.witness = Witness(park, state, self.where)
        self.work = Casework(park, state, self.where)
        self.storms = Storms(self.rules.storm)
        self._held: list[tuple[int, Happening]] = []
        self._care_ms = 0
        for incident in sorted(state.incidents.values(), key=lambda held: held.id):
            self.work.adopt(incident)
        self._restored = list(self.work.cases.values())
        self._backlog = list(open_alarms(state, self.witness))

    def take(self, event: Event) -> list[Event]:
        """Look at an event just folded; return what follows for the incidents."""
        if event.type.startswith("park.incident."):
            return heard(self.work, event)
        if event.type == WeatherObservation.TYPE:
            self.where.feel(event)
            return []
        told = self._catch_up()
        happening = self.witness.hear(event)
        return told + self._consider(happening) if happening else told

    def tick(self, now: datetime) -> list[Event]:
        """Let time pass; return the ends of trivial incidents that are over."""
        told, now_ms = self._catch_up(), int(now.timestamp() * 1000)
        if now_ms - self._care_ms < _CARE_MS:
            return told
        self._care_ms = now_ms
        self._forget(now_ms)
        told += self._release(now_ms) + self._look_again(now_ms)
        for quiet in silent(self.state, self.where, now_ms):
            told += self._consider(quiet)
        return told + close_over(self.work, self.state, now_ms)

    def _catch_up(self) -> list[Event]:
        backlog, self._backlog = self._backlog, []
        restored, self._restored = self._restored, []
        told = [event for case in restored if case.stands for event in self.work.complete(case)]
        return told + [event for happening in backlog for event in self._consider(happening)]

    def _release(self, now_ms: int) -> list[Event]:
        """Place what was held back and goes on."""
        due = [(ms, held) for ms, held in self._held if ms <= now_ms]
        self._held = [(ms, held) for ms, held in self._held if ms > now_ms]
        told: list[Event] = []
        for ms, held in due:
            alarm = self.state.alarms.get(held.alarm or "")
            if alarm is not None and alarm.active and alarm.raised_ms == held.told_ms:
                told += self._consider(replace(held, told_ms=ms), waited=True)
        return told

    def _look_again(self, now_ms: int) -> list[Event]:
        """Merge young incidents that another one explains after all: the wind was told late."""
        told: list[Event] = []
        for case in [case for case in self.work.cases.values() if now_ms - case.opened_ms < _YOUNG_MS]:
            over = [found for found in self._over(case.cause) if found.case is not case]
            over = [found for found in over if self._may_unite(found.case, case)]
            if case.stands and over:
                told += self._unite(case, max(over, key=_closeness).case)
        return told

    def _unite(self, one: Case, other: Case) -> list[Event]:
        """Put two incidents that one story explains into one: the younger into the older."""
        into, gone = sorted((one, other), key=lambda case: case.age)
        return self.work.merge(into, gone)

    def _consider(self, new: Happening, *, waited: bool = False) -> list[Event]:
        """Place a happening: into incidents, as one of its own, or to wait for company."""
        held = self.work.case_of(new.id)
        if held is not None and (held.stands or new.told_ms <= held.last_ms):
            return self._consider_again(held, new) if held.stands else []
        hold_s = self.rules.hold_s(new.what)
        if hold_s and new.alarm and not waited:
            self._held.append((new.told_ms + int(hold_s * 1000), new))
            return []
        return self._place(new)

    def _place(self, new: Happening) -> list[Event]:
        """Put a happening where it belongs, and say which other incidents may have to do with it."""
        strong = self.rules.opens(new.what)
        over = [found for found in self._over(new) if not (strong and self._dwarfs(found.case, new.what))]
        company = None if strong else self._company(new)
        anchor = strong or company is not None
        under = self._under(new) if anchor else []
        if over or under:
            told = self._into(new, over, under, anchor=anchor)
        else:
            told = self._alone(new, company, strong=strong)
        case = self.work.case_of(new.id)
        return told + (self._links(case, new) if case and anchor else [])

    def _consider_again(self, held: Case, new: Happening) -> list[Event]:
        """Look at a member that is told again: another incident may explain it now, or it is a new one."""
        member = held.members.get(new.id)
        latest = held.repeated.get(new.id, member)
        if member is None or latest is None or new.told_ms <= latest.told_ms:
            return []
        others = [found for found in self._over(new) if found.case is not held]
        others = [found for found in others if not self._judged_two(held, found.case)]
        if others:
            return self._explain_again(held, new, max(others, key=_closeness))
        again_s = (new.told_ms - latest.told_ms) / 1000
        if self.rules.endangers(new.what) and new.system == "camera" and again_s > self.rules.repeat_s:
            return self._open_again(held, new, again_s)
        self.work.repeat(held, new)
        return self._link_again(held, new)

    def _explain_again(self, held: Case, new: Happening, found: Found) -> list[Event]:
        """Let the incident that explains a repeated member have it, and all of its old one if it can."""
        if new.id in found.case.members:
            return []
        if any(over.case is found.case for over in self._over(held.cause)) and self._may_unite(
            found.case, held
        ):
            return self._unite(held, found.case)
        told = self.work.join(found.case, new, found.tie.rule, anchor=self.rules.opens(new.what))
        return told + self.work.link(found.case, held, found.tie, new.told_ms)

    def _open_again(self, held: Case, new: Happening, again_s: float) -> list[Event]:
        """Put what a camera sees again long after with what it explains, else open another incident."""
        under = [found for found in self._under(new) if found.case is not held]
        told = self._into(new, [], under, anchor=True)
        case = self.work.case_of(new.id)
        if case is None:
            return told
        told += self.work.link(case, held, Tie("same_asset", 0.0, again_s), new.told_ms)
        return told + self._links(case, new)

    def _link_again(self, held: Case, new: Happening) -> list[Event]:
        """Say which incidents may have to do with a member's newest word, though not with its first."""
        told: list[Event] = []
        for found in self._under(new):
            back = Tie(found.tie.rule, found.tie.distance_m, -found.tie.after_s)
            told += self.work.link(held, found.case, back, new.told_ms)
        return told + self._links(held, new)

    def _into(self, new: Happening, over: list[Found], under: list[Found], *, anchor: bool) -> list[Event]:
        """Join the incident that explains a happening best, together with those that it explains."""
        best = max(over, key=_closeness, default=None)
        if best is not None and new.alarm is None and self._has(best.case, new):
            return []
        under = [found for found in under if self._may_take(new, found.case)]
        if best is None and not under:
            return self._alone(new, None, strong=True)
        cases = {found.case.id: found.case for found in ([best] if best else []) + under}
        into = min(cases.values(), key=lambda case: case.age)
        if best is not None and self._apart(into, best.case):
            into = best.case
        told: list[Event] = []
        for other in cases.values():
            if other is not into and self._may_unite(into, other):
                told += self.work.merge(into, other)
        tie = next(found.tie for found in ([best] if best else []) + under if found.case is into)
        told += self.work.join(into, new, tie.rule, anchor=anchor)
        return told + (self._sweep(into, new) if anchor else [])

    def _alone(self, new: Happening, company: Happening | None, *, strong: bool) -> list[Event]:
        """Open an incident, follow a storm, or wait."""
        stormy = self.storms.feel(new) if new.alarm and not new.critical else ()
        if stormy and (case := self._storm(new, stormy)) is not None:
            return self.work.join(case, new, "storm")
        if not (strong or company or stormy):
            self.work.pool.add(new)
            return []
        waited = [self.work.pool.by_key[key] for key in stormy if key in self.work.pool.by_key]
        first = min((*waited, new), key=self.work.order)
        case, told = self.work.begin(first, max(new.told_ms, company.told_ms if company else 0))
        for other in (*waited, new):
            if other is not first:
                told += self.work.join(case, other, "storm")
        return told + self._sweep(case, first)

    def _storm(self, new: Happening, stormy: tuple[str, ...]) -> Case | None:
        """Return the incident that a storm is part of: that of its condition, else a great one just begun.

        What no rule knows follows from what was first out.
        """
        for held in stormy:
            case = self.work.case_of(held)
            if case is not None and case.stands and new.what in case.whats:
                return case
        if self.rules.knows(new.what):
            return None
        window_ms = int(self.rules.storm.window_s * 1000)
        young = (case for case in self.work.cases.values() if 0 <= new.ms - case.opened_ms <= window_ms)
        great = [case for case in young if case.stands and len(case.members) >= self.rules.storm.count]
        return min(great, key=lambda case: (case.cause.ms, case.id), default=None)

    def _dwarfs(self, case: Case, what: str) -> bool:
        """Tell whether a graver happening would be lost among the many of an incident it lies in."""
        kinds, told = self.rules.kinds, self.rules.kind_of.get(what, "other")
        graver = kinds.get(told, Kind()).gravity > kinds.get(case.kind, Kind()).gravity
        return graver and len(case.members) >= self.rules.storm.many

    def _apart(self, one: Case, other: Case) -> bool:
        """Tell whether two incidents stay two, though something lies in both: one would hide the other."""
        return self._dwarfs(one, other.cause.what) or self._dwarfs(other, one.cause.what)

    def _may_unite(self, one: Case, other: Case) -> bool:
        """Tell whether two incidents may become one.

        Two substances at two firms stay two, and so do two sights between which nobody can have made the
        way: who is seen there later may be the one or the other. One about things goes into one about
        people only if all of it follows from that: a blackout follows from no fire beside one of its meters.
        """
        if self._apart(one, other) or self.work.differ(one, other) or self._judged_two(one, other):
            return False
        if self._is_people(one) == self._is_people(other):
            return True
        people, things = (one, other) if self._is_people(one) else (other, one)
        return self._follows_from(people.cause, things)

    def _judged_two(self, one: Case, other: Case) -> bool:
        """Tell whether two were too far apart, when first seen, to be of one who moves."""
        moves = one.kind == other.kind and self.rules.kinds.get(one.kind, Kind()).moves
        return moves and other.id in one.linked

    def _may_take(self, new: Happening, case: Case) -> bool:
        """Tell whether an incident whose cause a happening explains may be one with the happening."""
        if not self.rules.endangers(new.what) or self._is_people(case):
            return True
        return self._follows_from(new, case)

    def _is_people(self, case: Case) -> bool:
        return self.rules.kinds.get(case.kind, Kind()).people

    def _follows_from(self, cause: Happening, case: Case) -> bool:
        """Tell whether all members of an incident follow from a cause."""
        joins = self.rules.follows(cause.what)
        return all(
            any(member.what in join.what and self.where.tie(cause, member, join) for join in joins)
            for member in case.members.values()
        )

    def _links(self, case: Case, new: Happening) -> list[Event]:
        """Say which other incidents may have to do with a happening though they are not the same."""
        told: list[Event] = []
        for causes, join in self.rules.linkers.get(new.what, ()):
            for other in self.work.anchors.near(causes, new.place, self.where.reach_m(join)):
                told += self._link(case, new, other, self.where.tie(other, new, join))
        for join in self.rules.may_follow(new.what):
            for other in self.work.anchors.near(join.what, new.place, self.where.reach_m(join)):
                tie = self.where.tie(new, other, join)
                told += self._link(case, new, other, tie and Tie(tie.rule, tie.distance_m, -tie.after_s))
        return told

    def _link(self, case: Case, new: Happening, other: Happening, tie: Tie | None) -> list[Event]:
        linked = self.work.case_of(other.id)
        if tie is None or linked is None or linked is case or not linked.stands:
            return []
        return self.work.link(case, linked, tie, new.told_ms)

    def _over(self, new: Happening) -> list[Found]:
        """Find the incidents that explain a happening."""
        found = []
        for causes, join in self.rules.explainers.get(new.what, ()):
            for anchor in self.work.anchors.near(causes, new.place, self.where.reach_m(join)):
                case = self.work.case_of(anchor.id)
                tie = self.where.tie(anchor, new, join) if case and case.stands else None
                if case and tie:
                    found.append(Found(case, tie, self.rules.rank(anchor.what), self._is_people(case)))
        return found

    def _under(self, new: Happening) -> list[Found]:
        """Find the incidents whose cause a happening explains."""
        found = []
        for join in self.rules.follows(new.what):
            for anchor in self.work.anchors.near(join.what, new.place, self.where.reach_m(join)):
                case = self.work.case_of(anchor.id)
                if case and case.stands and case.cause.id == anchor.id:
                    tie = self.where.tie(new, anchor, join)
                    found += [Found(case, tie, self.rules.rank(anchor.what))] if tie else []
        return found

    def _company(self, new: Happening) -> Happening | None:
        """Return what makes a weak happening count: one of its company that it explains."""
        kind = self.rules.kind(new.what)
        if kind is None or new.what not in kind.weak:
            return None
        for join in self.rules.follows(new.what):
            whats = [what for what in join.what if what in kind.company]
            for held in (self.work.pool, self.work.anchors):
                for other in held.near(whats, new.place, self.where.reach_m(join)):
                    if other.asset != new.asset and self.where.tie(new, other, join):
                        return other
        return None

    def _sweep(self, case: Case, new: Happening) -> list[Event]:
        """Take in what waited for a new anchor of an incident."""
        told, anchors = list[Event](), [new]
        while anchors:
            anchor = anchors.pop()
            for other, tie in list(self._waiting(anchor)):
                if other.key in self.work.pool.by_key and not (
                    other.alarm is None and self._has(case, other)
                ):
                    told += self.work.join(case, other, tie.rule)
                    if other.key in self.work.anchors.by_key:
                        anchors.append(other)
        return told

    def _waiting(self, anchor: Happening) -> Iterator[tuple[Happening, Tie]]:
        """Yield what waits and follows from an anchor, or explains it with it for company."""
        pool = self.work.pool
        for join in self.rules.follows(anchor.what):
            for other in pool.near(join.what, anchor.place, self.where.reach_m(join)):
                if tie := self.where.tie(anchor, other, join):
                    yield other, tie
        for causes, join in self.rules.explainers.get(anchor.what, ()):
            weak = [what for what in causes if self.rules.accepts(what, anchor.what)]
            for other in pool.near(weak, anchor.place, self.where.reach_m(join)):
                if other.asset != anchor.asset and (tie := self.where.tie(other, anchor, join)):
                    yield other, tie

    def _has(self, case: Case, new: Happening) -> bool:
        """Tell whether an asset speaks in an incident already: a value says no more than its alarm."""
        return any(new.asset in assets for what, assets in case.whats.items() if what != FIRM)

    def _forget(self, now_ms: int) -> None:
        oldest = now_ms - int(self.rules.reach_s * 1000) - _CARE_MS
        for waiting in [held for held in self.work.pool.by_key.values() if held.told_ms < oldest]:
            self.work.pool.remove(waiting.key)
        self.work.forget(now_ms - _FORGET_MS)


def _closeness(found: Found) -> tuple[bool, bool, int, float, float]:
    """Return what puts the likeliest explanation last.

    A failed substation explains what it fed; else people come before things, then rank and distance say.
    """
    return (
        found.tie.rule == "same_grid",
        found.people,
        found.rank,
        -(found.tie.distance_m or 0.0),
        -abs(found.tie.after_s),
    )
