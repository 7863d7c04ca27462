"""What is defined as an alarm (``alarms.toml``)."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from msgspec import Struct

from park.cameras.facts import CameraEventKind
from park.config.label import Label
from park.events.base import Priority
from park.events.envelope import CATALOGUE

# What a watch cannot do without; those of a system, which run by the clock, need a limit
_NEEDED: dict[str, tuple[str, ...]] = {
    "value": ("type", "field"),
    "state": ("type", "field", "states"),
    "event": ("type", "kind", "off_delay_s"),
    "substance": ("type", "field"),
    "reused": ("type", "off_delay_s"),
    "quality": (),
    "clock": ("off_delay_s",),
    "group": ("type", "field", "states", "trait", "limit"),
    "silence": ("limit",),
    "absence": ("limit",),
}


class Parent(Struct, frozen=True, forbid_unknown_fields=True):
    """A condition whose alarm suppresses another: at the same asset, or at the one its trait names."""

    condition: str
    trait: str = ""


class Definition(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One entry of ``alarms.toml``; ``watch`` says how the condition is found.

    value: ``field`` of ``type`` at or beyond ``limit`` (``below`` turns it round; ``limit_from``
    takes the limit of the substance from ``limits.toml``). state: ``field`` is one of ``states``.
    event: it happened; it returns by itself after ``off_delay_s``. group: at least ``limit`` of the
    assets that share ``trait`` are in ``states``. silence: a feed missed ``limit`` of its beats.
    absence: a worker of the room was not heard for ``limit`` seconds, or never. substance: a gas sensor tells
    a substance that has no limit here, or another than its own. reused: an identity came with other content.
    quality: a value of ``type`` (none: of any type that is measured) is none
    (``park/values/plausibility.py``).
    clock: the time that a source tells is far from when it is heard.

    Systems add words of their own (``System.checks``: cai, peak, dock), which run by the clock.

    ``latching``: stays after its return until it is reset. ``re_alarm_s``: annunciated again that long
    after its acknowledgement while it is still active (0: never). ``suppress_by``: hidden while one of
    these is active.
    """

    name: Label
    watch: str
    priority: Priority
    cause: Label
    consequence: Label
    response: Label
    reason: Label
    type: str = ""
    field: str = ""
    where: dict[str, Any] = {}
    limit: float | None = None
    limit_from: Literal["", "twa", "stel"] = ""
    below: bool = False
    unit: str = ""
    dead_band: float = 0.0
    states: tuple[str, ...] = ()
    kind: CameraEventKind | None = None
    trait: str = ""
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    latching: bool = False
    re_alarm_s: float = 0.0
    suppress_by: tuple[Parent, ...] = ()

    @property
    def shelvable(self) -> bool:
        """Whether it may be shelved: what asks for an answer within minutes may not."""
        return self.priority != "critical"

    def __post_init__(self) -> None:
        """Refuse a definition that could never fire, or not as it says."""
        for name in _NEEDED.get(self.watch, ("limit",)):
            if not getattr(self, name) and getattr(self, name) != 0.0:
                raise ValueError(f"watch {self.watch!r} needs `{name}`")
        if self.watch == "value" and (self.limit is None) == (not self.limit_from):
            raise ValueError("watch 'value' needs one of `limit` and `limit_from`")
        if self.type:
            fact = CATALOGUE.get(self.type)
            if fact is None:
                raise ValueError(f"`type`: unknown event type {self.type!r}")
            for field in (self.field, *self.where):
                if field and field not in fact.__struct_fields__:
                    raise ValueError(f"`field`: {self.type} has no {field!r}")
        for name in ("dead_band", "on_delay_s", "off_delay_s", "re_alarm_s"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"`{name}`: is finite and not negative")


def suppression_flaw(definitions: Mapping[str, Definition]) -> tuple[str, str] | None:
    """Return the definition whose ``suppress_by`` cannot work, and why; None when all can.

    Two conditions that suppress each other would hide both.
    """
    for name, definition in definitions.items():
        for parent in definition.suppress_by:
            if parent.condition not in definitions:
                return name, f"`suppress_by`: no condition {parent.condition!r}"
        above, seen = [name], set[str]()
        while above:
            parents = {parent.condition for parent in definitions[above.pop()].suppress_by} - seen
            if name in parents:
                return name, "`suppress_by`: suppresses itself"
            seen |= parents
            above += parents & definitions.keys()
    return None


def watch_problem(watch: object, checks: Iterable[str]) -> str | None:
    """Return why ``watch`` is no word, None when it is one; ``checks`` are those of the systems."""
    known = {*_NEEDED, *checks}
    return None if watch in known else f"`watch`: {watch!r} is none of {', '.join(sorted(known))}"
