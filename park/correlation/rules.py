"""What a park knows of incidents: which happenings open one, which follow from it, how far and how long.

Read from ``correlation.toml``. A happening is known by its *what*: the condition of an alarm, or the
name of an evidence (:mod:`park.correlation.evidence`). Distances in metres, times in seconds of event time.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Meta, Struct

from park.incidents.facts import Grade, IncidentKind

Metres = Annotated[float, Meta(ge=0)]
Seconds = Annotated[float, Meta(ge=0)]
By = Literal["near", "moving", "downwind", "plume", "carried", "firm", "site", "grid", "park"]


class Join(Struct, frozen=True, forbid_unknown_fields=True):
    """Happenings that follow from a cause; any of ``by`` is reason enough.

    near: within ``radius_m``. moving: somebody gets from one to the other at ``speed_ms``, give or take
    ``slack_m`` (how far a camera sees), within ``radius_m``. downwind: in the wind's sector, within the
    reach of the substance (``downwind.toml``). plume: the same substance downwind, within ``radius_m``:
    it was measured there. carried: what the wind takes along, within ``radius_m``. firm, site: at the
    same one. grid: the cause is a substation, which feeds all. park: anywhere.

    ``of`` names the causes it holds for, where not for all of the kind. ``after_s`` the cause, or up
    to ``before_s`` before it, because causes are often noticed later than what they lead to; with
    ``early`` so much longer as the substance harms people before a sensor tells (``early_s``).
    ``substance``: ``same`` refuses another substance at another firm, ``burnt`` all at another firm but
    what fires give off.
    """

    what: tuple[str, ...]
    of: tuple[str, ...] = ()
    by: tuple[By, ...] = ("near",)
    radius_m: Metres = 300.0
    after_s: Seconds = 120.0
    before_s: Seconds = 120.0
    speed_ms: Annotated[float, Meta(gt=0)] = 1.5
    slack_m: Metres = 150.0
    early: bool = False
    substance: Literal["any", "same", "burnt"] = "any"


class Kind(Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of incident.

    ``opens`` are happenings that open one alone, ``weak`` those that need ``company``; both with
    their causal rank: of several in one incident the highest explains the rest, of equals the first;
    what the incident is, says the gravest kind (``gravity``) of them all
    (``first_by`` name where the order of weak ones says nothing about the order of things; the asset
    kinds ``upstream`` before all others). ``grade`` is where it starts, ``verified`` where it rises to
    once confirmed. With ``firm`` the firm it happens at belongs to it. One that is over within
    ``hold_s`` opens nothing; ``closes_s`` after all its alarms are over it closes by itself.

    With ``people`` its happenings endanger people: they are never members of a kind that is about
    things, only linked to it (``links``: what may have to do with it, but is another incident).
    """

    gravity: int = 0
    opens: dict[str, int] = {}
    weak: dict[str, int] = {}
    company: tuple[str, ...] = ()
    joins: tuple[Join, ...] = ()
    grade: Grade = "attention"
    verified: Grade = "attention"
    first_by: Literal["time", "name"] = "time"
    upstream: tuple[str, ...] = ()
    firm: bool = False
    people: bool = False
    links: tuple[Join, ...] = ()
    hold_s: Seconds = 0.0
    closes_s: Seconds | None = None

    @property
    def moves(self) -> bool:
        """Whether who is seen twice must have made the way between."""
        return any("moving" in join.by and set(join.what) & self.opens.keys() for join in self.joins)

    @property
    def anchors(self) -> dict[str, int]:
        """Causal rank of all happenings that can be the cause of this kind."""
        return self.opens | self.weak


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """When a value that is no alarm says something: against the asset's own recent median.

    ``drop_share`` and ``jump_share`` of power (at ``dead_kw`` an alarm says it); ``part_share`` of the
    park's rise makes a firm a part of a peak; fine dust by ``air_factor`` and at least
    ``air_rise_ugm3``; gas by ``gas_factor`` and at least ``gas_share`` of its 8-hour limit.
    ``memory_s`` is how far the median reaches. Power must also leave by ``beyond_share`` all it was in
    ``long_memory_s``: the end of a surge is no loss, the end of an outage no jump.
    """

    memory_s: Seconds = 900.0
    long_memory_s: Seconds = 7200.0
    beyond_share: Annotated[float, Meta(gt=0, lt=1)] = 0.7
    drop_share: float = 0.3
    jump_share: float = 2.0
    dead_kw: float = 0.5
    part_share: float = 0.15
    air_factor: float = 2.0
    air_rise_ugm3: float = 35.0
    gas_factor: float = 3.0
    gas_share: float = 0.5


class Storm(Struct, frozen=True, forbid_unknown_fields=True):
    """From ``count`` alarms of one condition within ``window_s`` on they are one thing.

    What is graver is no part of an incident of ``many`` members: it would be lost among them.
    """

    count: Annotated[int, Meta(ge=2)] = 10
    many: Annotated[int, Meta(ge=2)] = 100
    window_s: Seconds = 120.0


class Correlations(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """``correlation.toml``.

    ``early_s`` is how long a substance may harm people before a sensor tells, ``burnt`` are the
    substances that fires give off, ``measures`` the substance that a condition is about.
    ``repeat_s`` after its last word the same camera seeing the same again is another incident.
    """

    kinds: dict[IncidentKind, Kind] = {}
    early_s: dict[str, Seconds] = {}
    burnt: tuple[str, ...] = ()
    measures: dict[str, str] = {}
    repeat_s: Seconds = 1800.0
    confirm_m: Metres = 300.0
    confirm_s: Seconds = 30.0
    evidence: Evidence = Evidence()
    storm: Storm = Storm()

    def __post_init__(self) -> None:
        """Refuse a happening that belongs to two kinds, company that never joins, people under things."""
        seen: dict[str, str] = {}
        for name, kind in self.kinds.items():
            for what in kind.anchors:
                if what in seen:
                    raise ValueError(f"[kinds.{name}] {what!r} opens {seen[what]} already")
                seen[what] = name
            if kind.weak and not kind.company:
                raise ValueError(f"[kinds.{name}] `weak` needs `company`")
        for name, kind in self.kinds.items():
            hidden = {what for join in kind.joins for what in join.what if self.endangers(what)}
            if hidden and not kind.people:
                reason = f"{min(hidden)!r} endangers people: it belongs in `links`"
                raise ValueError(f"[kinds.{name}] {reason}")

    @cached_property
    def kind_of(self) -> dict[str, IncidentKind]:
        """The kind that a happening opens, alone or in company."""
        return {what: name for name, kind in self.kinds.items() for what in kind.anchors}

    @cached_property
    def linkers(self) -> dict[str, list[tuple[tuple[str, ...], Join]]]:
        """What may have to do with a happening in another incident: causes, and the rule."""
        return self._by_effect((kind, kind.links) for kind in self.kinds.values())

    @cached_property
    def explainers(self) -> dict[str, list[tuple[tuple[str, ...], Join]]]:
        """What explains a happening: causes, and the rule."""
        return self._by_effect((kind, kind.joins) for kind in self.kinds.values())

    @cached_property
    def reaching(self) -> frozenset[str]:
        """Happenings that open nothing, though something may follow from them."""
        named = (what for kind in self.kinds.values() for join in kind.joins for what in join.of)
        return frozenset(what for what in named if what not in self.kind_of)

    def _by_effect(
        self, rules: Iterable[tuple[Kind, tuple[Join, ...]]]
    ) -> dict[str, list[tuple[tuple[str, ...], Join]]]:
        found: dict[str, list[tuple[tuple[str, ...], Join]]] = {}
        for kind, joins in rules:
            for join in joins:
                for effect in join.what:
                    found.setdefault(effect, []).append((join.of or tuple(kind.anchors), join))
        return found

    def endangers(self, what: str) -> bool:
        """Tell whether a happening alone means that people are in danger."""
        kind = self.kind(what)
        return kind is not None and kind.people and what in kind.opens

    def follows(self, what: str) -> list[Join]:
        """Return the rules of what follows from a happening."""
        return self._following.get(what, [])

    def may_follow(self, what: str) -> list[Join]:
        """Return the rules of what may have to do with a happening in another incident."""
        kind = self.kind(what)
        return [join for join in kind.links if not join.of or what in join.of] if kind else []

    @cached_property
    def _following(self) -> dict[str, list[Join]]:
        found: dict[str, list[Join]] = {}
        for kind in self.kinds.values():
            for join in kind.joins:
                for what in join.of or tuple(kind.anchors):
                    found.setdefault(what, []).append(join)
        return found

    def accepts(self, weak: str, company: str) -> bool:
        """Tell whether a weak happening counts in the company of another."""
        kind = self.kind(weak)
        return kind is not None and weak in kind.weak and company in kind.company

    def knows(self, what: str) -> bool:
        """Tell whether any kind says something of a happening."""
        return what in self.kind_of or what in self.explainers

    @cached_property
    def reach_s(self) -> float:
        """How long a happening may wait for what it belongs to."""
        joins = [join for kind in self.kinds.values() for join in kind.joins]
        early_s = max(self.early_s.values(), default=0.0)
        return max((max(join.after_s, join.before_s + early_s * join.early) for join in joins), default=0.0)

    def kind(self, what: str) -> Kind | None:
        """Return the kind of which a happening can be the cause."""
        name = self.kind_of.get(what)
        return self.kinds[name] if name else None

    def rank(self, what: str) -> int:
        """Return the causal rank of a happening; 0 when it can be no cause."""
        kind = self.kind(what)
        return kind.anchors[what] if kind else 0

    def opens(self, what: str) -> bool:
        """Tell whether a happening opens an incident alone."""
        kind = self.kind(what)
        return kind is not None and what in kind.opens

    def hold_s(self, what: str) -> float:
        """Return how long a happening must go on before it opens one, seconds."""
        kind = self.kind(what)
        return kind.hold_s if kind else 0.0
