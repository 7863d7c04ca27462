"""Procedures as a park writes them down (``parks/<park>/sop/*.toml``): steps, targets, clocks, escalation."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from park.config.label import Label
from park.incidents.facts import Grade, IncidentKind

Positive = Annotated[float, Meta(gt=0)]
Auto = Literal["", "cameras", "lights", "downwind", "notify"]
StepAct = Literal["", "acknowledge", "verify", "grade", "responding", "controlled"]


class When(Struct, frozen=True, forbid_unknown_fields=True):
    """When a step applies: every list that is not empty holds the incident's; verdict ``none`` before any.

    ``member``: one of these happenings (``fall``) is a member of it.
    """

    kind: tuple[IncidentKind, ...] = ()
    grade: tuple[Grade, ...] = ()
    verdict: tuple[Literal["none", "true", "false", "unclear"], ...] = ()
    substance: tuple[str, ...] = ()
    member: tuple[str, ...] = ()


class StepRule(Struct, frozen=True, forbid_unknown_fields=True):
    """One step; ``target_s`` counts from when the room noticed.

    ``act``: it is done when the incident's life says so (acknowledged, verified …). ``auto``: the room does
    it, as soon as it applies. ``notify``: roles of contacts that are told when it is done. ``report``: it
    stops the report clock.
    """

    id: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]*$")]
    name: Label
    mandatory: bool = False
    target_s: Positive | None = None
    when: When = When()
    act: StepAct = ""
    auto: Auto = ""
    notify: tuple[str, ...] = ()
    report: bool = False
    radius_m: Positive = 300.0
    count: Annotated[int, Meta(ge=1)] = 4
    dim_pct: Annotated[float, Meta(gt=0, le=100)] = 100.0

    def __post_init__(self) -> None:
        """Refuse a step that could not be carried out."""
        if self.auto and self.act:
            raise ValueError(f"`{self.id}`: `auto` and `act` exclude each other")
        if self.auto == "notify" and not self.notify:
            raise ValueError(f"`{self.id}`: auto 'notify' needs `notify`")
        if self.mandatory and self.act == "grade":
            raise ValueError(f"`{self.id}`: a grade is always there, the step cannot be mandatory")


class Escalation(Struct, frozen=True, forbid_unknown_fields=True):
    """Told to the role ``to`` when nobody took notice within ``after_s``: of these grades, or if critical."""

    level: Annotated[int, Meta(ge=1, le=9)]
    to: Literal["operator", "manager", "admin"]
    after_s: Positive
    grades: tuple[Grade, ...] = ("serious",)
    critical: bool = True


class Sop(Struct, frozen=True, forbid_unknown_fields=True):
    """The procedure of some kinds of incident.

    ``report_due_s`` is the legal clock, which runs from when the room noticed.
    """

    kinds: Annotated[tuple[IncidentKind, ...], Meta(min_length=1)]
    name: Label
    source: str
    step: Annotated[tuple[StepRule, ...], Meta(min_length=1)]
    report_due_s: Positive | None = None
    report_source: str = ""
    escalate: tuple[Escalation, ...] = ()

    def __post_init__(self) -> None:
        """Refuse doubled steps and levels, and a clock that nothing stops or no law winds up."""
        ids = [step.id for step in self.step]
        if doubled := next((name for name in ids if ids.count(name) > 1), None):
            raise ValueError(f"`{doubled}`: second step of this id")
        levels = [rule.level for rule in self.escalate]
        if levels != sorted(set(levels)):
            raise ValueError("`escalate`: levels rise, each once")
        if self.report_due_s is not None and not self.report_source:
            raise ValueError("`report_source` is missing: which law sets the clock")
        if (self.report_due_s is not None) != any(step.report for step in self.step):
            raise ValueError("`report_due_s` and a step with `report` go together")

    def find(self, step: str) -> StepRule | None:
        """Return a step by its id."""
        return next((rule for rule in self.step if rule.id == step), None)
