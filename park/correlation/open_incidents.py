"""What is done with incidents: opened, joined, corrected, confirmed, merged, ended."""

from msgspec.structs import replace

from park.config.park import Park
from park.correlation.open_incident import GRADES, Case, Teller, case_id, happening_of
from park.correlation.relations import Happening, Map, Tie, distance_m, same_firm, system_of
from park.correlation.rules import Kind
from park.correlation.spatial_index import Cell, Cells, cell_of
from park.events.envelope import Event
from park.incidents.facts import (
    IncidentAdvanced,
    IncidentCorrected,
    IncidentGraded,
    IncidentKind,
    IncidentLeft,
    IncidentMerged,
    IncidentOpened,
    IncidentVerified,
)
from park.incidents.incident import Incident, Life, Member
from park.state.state import State

FIRM = "firm"
_SPOT = 2  # anchors of one what, incident and cell: the first and the newest
Order = tuple[int, int, str, int, str, str]


class Casework:
    """The incidents at work, found by their members and by where their causes lie."""

    def __init__(self, park: Park, state: State, where: Map) -> None:
        """Begin with no incident."""
        self.park = park
        self.state = state
        self.rules = park.correlation
        self.where = where
        self.cases: dict[str, Case] = {}
        self.anchors, self.pool = Cells(), Cells()
        self._of: dict[str, str] = {}
        self._teller = Teller(park)
        self._spots: dict[tuple[str, str, Cell | None], list[str]] = {}
        self._numbers: dict[str, int] = {}

    def case_of(self, member: str) -> Case | None:
        """Return the incident a happening was put to, even if a person took it out again."""
        return self.cases.get(self._of.get(member, ""))

    def begin(self, first: Happening, ms: int) -> tuple[Case, list[Event]]:
        """Open an incident with a happening as its cause, known from ``ms`` on."""
        kind = self.rules.kind_of.get(first.what, "other")
        known = self.rules.kinds.get(kind, Kind())
        case = Case(case_id(first), kind, first, known.grade, ms, ms - 1)
        self.cases[case.id] = case
        number, drill = self._number(ms), self.state.exercise
        fact = IncidentOpened(
            case.id, number, kind, first.asset, known.grade, *self._spot(first), exercise=drill
        )
        told = [self._teller.tell(case, fact, ms)]
        return case, told + self.join(case, first, "cause", anchor=True)

    def join(
        self, case: Case, new: Happening, rule: str, metres: float | None = None, *, anchor: bool = False
    ) -> list[Event]:
        """Take a happening into an incident; it becomes the cause if it explains more."""
        if metres is None and new.place and case.cause.place:
            metres = distance_m(new.place, case.cause.place)
        told = [self._teller.joined(case, new, rule, metres)]
        self._hold(case, new)
        told += self._confirm(case, new)
        if anchor or self._is_anchor(case, new):
            self._anchor(case, new)
            told += self._firm(case, new) + self._explain(case, new)
        elif new.what in self.rules.reaching:
            self._anchor(case, new)
        return told + self._raise(case, new)

    def repeat(self, case: Case, again: Happening) -> None:
        """Remember that a member was told again: what follows may follow from its newest word, too."""
        former = case.repeated.get(again.id)
        if former is not None:
            self.anchors.remove(former.key)
        case.repeated[again.id] = replace(again, alarm=None)
        if self.rules.kind(again.what) is not None:
            self.anchors.add(case.repeated[again.id])

    def link(self, case: Case, other: Case, tie: Tie, ms: int) -> list[Event]:
        """Say of two incidents, once, that one may have to do with the other."""
        if case is other or (other.id in case.linked and case.id in other.linked):
            return []
        case.linked.add(other.id)
        other.linked.add(case.id)
        back = Tie(tie.rule, tie.distance_m, -tie.after_s)
        return [self._teller.linked(case, other, tie, ms), self._teller.linked(other, case, back, ms)]

    def differ(self, one: Case, other: Case) -> bool:
        """Tell whether two incidents are about different substances let out at different firms."""
        substances = {self.where.substance(case.cause) for case in (one, other)} - {""}
        return len(substances) > 1 and not same_firm(one.cause.place, other.cause.place)

    def merge(self, into: Case, other: Case) -> list[Event]:
        """Put an incident into another one, with its members."""
        fact = IncidentMerged(other.id, into.id, "같은 원인의 사건")
        told = [self._teller.tell(other, fact, max(other.last_ms, into.opened_ms), into.id)]
        return told + self.move(into, other)

    def move(self, into: Case, other: Case) -> list[Event]:
        """Tell the members of a merged incident into the other one."""
        told = []
        other.stands = False
        for member in other.members.values():
            # the firm is that of the other cause; what lies in both incidents is told once
            if member.what != FIRM and member.id not in into.members:
                told.append(self._teller.joined(into, member, "merged", None))
                self._hold(into, member)
        told += self._explain(into, other.cause)
        into.verified |= other.verified
        return told + self._raise(into, other.cause)

    def adopt(self, incident: Incident) -> None:
        """Go on with an incident of the record; one whose opening was never told is left alone."""
        life = incident.life
        if life.opened_ms is None:
            return
        members = {member.id: self._again(member) for member in incident.present()}
        cause = self._cause(life, list(members.values()))
        last_ms = max(int(event.time.timestamp() * 1000) for event in incident.told.values())
        case = Case(incident.id, life.kind, cause, life.grade, life.opened_ms, last_ms)
        case.stands, case.verified = life.stands, life.verdict is not None
        case.answered = life.state != "new"
        case.by_hand = any(event.data.user for event in incident.history("corrected"))
        case.linked = {event.data.other for event in incident.history("linked")}
        self.cases[case.id] = case
        if life.merged_into is None:
            for name in incident.members:  # of those that left only if no other incident holds them
                self._of.setdefault(name, case.id)
        self._count(life.number)
        for member in members.values():
            self._hold(case, member, keep=life.merged_into is None)
        for member in members.values():
            if case.stands and (member.id == cause.id or self._is_anchor(case, member)):
                self._anchor(case, member)

    def _again(self, member: Member) -> Happening:
        """Return a member of the record as the happening it was, as critical as its alarm."""
        alarm = self.state.alarms.get(member.alarm or "")
        critical = alarm is not None and alarm.priority == "critical"
        return replace(happening_of(member, self.where), critical=critical)

    def complete(self, case: Case) -> list[Event]:
        """Tell again what follows from the members, for what was lost between them and a kill."""
        told = [event for held in list(case.members.values()) for event in self._settle(case, held)]
        return told + self._firm(case, case.cause)

    def _settle(self, case: Case, held: Happening) -> list[Event]:
        known = held.key in self.anchors.by_key
        return (self._explain(case, held) if known else []) + self._raise(case, held)

    def end(self, case: Case) -> None:
        """Let an incident take nothing more."""
        case.stands = False
        for member in case.members.values():
            if self.case_of(member.id) is case:
                self.anchors.remove(member.key)
        for again in case.repeated.values():
            self.anchors.remove(again.key)

    def close(self, case: Case, ms: int) -> list[Event]:
        """End an incident that is over and that nobody took up."""
        reason = "모든 경보 정상 복귀 후 자동 종료"
        unclear = IncidentVerified(case.id, "unclear", None, reason)
        closed = IncidentAdvanced(case.id, "closed", None, reason)
        told = [self._teller.tell(case, unclear, ms, "over"), self._teller.tell(case, closed, ms, "over")]
        self.end(case)
        return told

    def forget(self, before_ms: int) -> None:
        """Forget the incidents that ended before a moment, with all that was put to them."""
        for case in [case for case in self.cases.values() if not case.stands and case.last_ms < before_ms]:
            del self.cases[case.id]
            for member in case.members:
                if self._of.get(member) == case.id:
                    del self._of[member]
        self._spots = {spot: keys for spot, keys in self._spots.items() if spot[0] in self.cases}

    def release(self, case: Case, member: str) -> None:
        """Let go of a member that a person took out; it comes back by itself no more."""
        gone = case.members.pop(member, None)
        if gone is None:
            return
        self.anchors.remove(gone.key)
        if not any((held.what, held.asset) == (gone.what, gone.asset) for held in case.members.values()):
            case.whats.get(gone.what, set()).discard(gone.asset)

    def take_in(self, case: Case, member: Happening) -> None:
        """Hold a member that a person put in; of what a person split off it is the cause if it says so."""
        self._hold(case, member)
        if case.cause.what == "" and member.asset == case.cause.asset:
            case.cause = member
        if self._is_anchor(case, member):
            self._anchor(case, member)

    def order(self, what: Happening) -> Order:
        """Return the key that puts the most causal happening first."""
        kind = self.rules.kind(what.what)
        if kind is None:
            return 0, 0, "", what.ms, what.asset, what.id
        known = self.state.assets.get(what.asset)
        up = (
            kind.upstream.index(known.kind) - len(kind.upstream)
            if known and known.kind in kind.upstream
            else 0
        )
        name = what.asset if kind.first_by == "name" and what.what in kind.weak else ""
        return -kind.anchors[what.what], up, name, what.ms, what.asset, what.id

    def _hold(self, case: Case, new: Happening, *, keep: bool = True) -> None:
        case.members[new.id] = new
        case.whats.setdefault(new.what, set()).add(new.asset)
        case.normal_ms = None
        if keep:
            self._of[new.id] = case.id
            self.pool.remove(new.key)

    def _is_anchor(self, case: Case, new: Happening) -> bool:
        kind = self.rules.kind(new.what)
        if kind is None or new.what in kind.opens:
            return kind is not None
        return any(case.whats.get(what, set()) - {new.asset} for what in kind.company)

    def _anchor(self, case: Case, new: Happening) -> None:
        held = self._spots.setdefault((case.id, new.what, cell_of(new.place)), [])
        if len(held) >= _SPOT:
            self.anchors.remove(held.pop())
        held.append(new.key)
        self.anchors.add(new)

    def _explain(self, case: Case, new: Happening) -> list[Event]:
        """Let a happening be the cause if it explains more than the one so far; say what it is at all."""
        old, kind = case.cause, case.kind
        if case.by_hand:
            return []
        if self.order(new) < self.order(old):
            case.cause = new
        case.kind = self._gravest(case, new)
        if case.cause.asset == old.asset and case.kind == kind:
            return []
        reason = "더 근본적인 원인 확인" if case.cause.asset != old.asset else "사건 종류 확인"
        fact = IncidentCorrected(case.id, case.kind, case.cause.asset, reason, *self._spot(case.cause))
        return [self._teller.tell(case, fact, new.told_ms, new.id), *self._firm(case, case.cause)]

    def _gravest(self, case: Case, new: Happening) -> IncidentKind:
        """Return the graver kind of what it was and what a happening makes it; of equals the cause's."""
        told = self.rules.kind_of.get(new.what, case.kind)
        was, now = (self.rules.kinds.get(name, Kind()).gravity for name in (case.kind, told))
        if was == now:
            return self.rules.kind_of.get(case.cause.what, case.kind) if told != case.kind else told
        return told if now > was else case.kind

    def _firm(self, case: Case, new: Happening) -> list[Event]:
        """Join the firm at whose sensor it began: it happens there."""
        kind = self.rules.kinds.get(case.kind)
        if kind is None or not kind.firm or new is not case.cause or new.place is None:
            return []
        firm = new.place.firm
        member = f"{case.id} {firm}"
        if not firm or member in case.members:
            return []
        told = [self._leave(case, held) for held in list(case.members.values()) if held.what == FIRM]
        system, place = system_of(new.asset), self.where.place(firm)
        works = Happening(member, firm, FIRM, new.ms, new.told_ms, system, place)
        self._hold(case, works)
        return [*told, self._teller.joined(case, works, "parent", self._metres(works, case.cause))]

    def _leave(self, case: Case, firm: Happening) -> Event:
        """Let the firm of a former cause go."""
        del case.members[firm.id]
        fact = IncidentLeft(case.id, firm.id, "cause")
        return self._teller.tell(case, fact, case.last_ms, firm.id)

    def _confirm(self, case: Case, new: Happening) -> list[Event]:
        """Verify what one camera saw when another sensor says so nearby and at once."""
        cause, metres = case.cause, self._metres(new, case.cause)
        kind = self.rules.kinds.get(case.kind)
        if case.verified or kind is None or new.asset == cause.asset or metres is None:
            return []
        if metres > self.rules.confirm_m or abs(new.ms - cause.ms) > self.rules.confirm_s * 1000:
            return []
        case.verified = True
        seen = IncidentVerified(case.id, "true", None, "가까운 다른 감지기가 확인")
        return [self._teller.tell(case, seen, new.told_ms, new.id), *self._grade(case, kind, new)]

    def _raise(self, case: Case, new: Happening) -> list[Event]:
        """Raise the grade by a critical alarm of a sensor: it needs no second one."""
        kind = self.rules.kinds.get(case.kind)
        if kind is None or not new.critical or new.system == "camera":
            return []
        return self._grade(case, kind, new)

    def _grade(self, case: Case, kind: Kind, new: Happening) -> list[Event]:
        if GRADES.index(case.grade) >= GRADES.index(kind.verified):
            return []
        case.grade = kind.verified
        reason = "위험 기준 초과" if new.critical and new.system != "camera" else "가까운 다른 감지기가 확인"
        fact = IncidentGraded(case.id, case.grade, reason)
        return [self._teller.tell(case, fact, new.told_ms, new.id, case.grade)]

    def _cause(self, life: Life, members: list[Happening]) -> Happening:
        own = [member for member in members if member.asset == life.cause]
        if own:
            return min(own, key=self.order)
        place, ms = self.where.place(life.cause), life.opened_ms or 0
        return Happening(f"cause {life.number}", life.cause, "", ms, ms, system_of(life.cause), place)

    def _metres(self, a: Happening, b: Happening) -> float | None:
        return distance_m(a.place, b.place) if a.place and b.place else None

    def _spot(self, what: Happening) -> tuple[float | None, float | None]:
        known = self.state.assets.get(what.asset)
        return (known.lat, known.lon) if known else (None, None)

    def _number(self, ms: int) -> str:
        day = self._teller.day(ms)
        self._numbers[day] = self._numbers.get(day, 0) + 1
        return f"{day}-{self._numbers[day]:02d}"

    def _count(self, number: str) -> None:
        day, _, running = number.rpartition("-")
        if running.isdigit():
            self._numbers[day] = max(self._numbers.get(day, 0), int(running))
