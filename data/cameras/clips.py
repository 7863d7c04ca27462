"""The shelf of clips: what lies there, what is held and why, and what goes first.

A clip is three files under ``var/clips``: the pictures ``<id>.mp4``, what was seen in them
``<id>.track.json`` (:class:`Course`) and, written last, its card ``<id>.json`` (:class:`Card`): without a
card there is no clip. ``<id>.hold.json`` says who holds it and why. Files survive whatever dies.
"""

import contextlib
from collections import deque
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from data.cameras.stills import Still

KEEP_DAYS = 30  # retention where a camera's file says nothing
MOST_DAYS = 3650.0  # what a file or card says beyond it is a mistake
PART_S = 3600.0  # an unfinished file older than this is of a process that died
WARN_PART = 0.9
_CARD, _HOLD = ".json", ".hold.json"


class Moment(Struct, frozen=True):
    """An event of a clip, ``t_s`` seconds after its first picture."""

    t_s: float
    kind: str
    rule: str
    score: float
    track: int | None = None
    place: str | None = None
    still: str | None = None


class Drawn(Struct, frozen=True):
    """A zone or a line of the camera, points in pixels of the card's frame."""

    name: str
    points: tuple[tuple[float, float], ...]


class Card(Struct, frozen=True):
    """What a clip is; ``camera`` is the asset's id, ``sample``: footage that shows no scene of the park."""

    id: str
    camera: str
    began: datetime
    length_s: float
    frame: tuple[int, int]
    model: str
    moments: tuple[Moment, ...] = ()
    zones: tuple[Drawn, ...] = ()
    lines: tuple[Drawn, ...] = ()
    keep_days: float = KEEP_DAYS
    sample: bool = False

    @property
    def ended(self) -> datetime:
        """When its last picture was taken."""
        return self.began + timedelta(seconds=self.length_s)


class Thing(Struct, frozen=True, array_like=True):
    """A tracked thing in a picture; x, y, w, h in pixels of the card's frame."""

    track: int
    label: str
    score: float
    x: float
    y: float
    w: float
    h: float


class Course(Struct, frozen=True):
    """All through a clip: the times of its pictures, and of the analysed ones what was seen in them."""

    pictures: tuple[float, ...]
    seen: tuple[tuple[float, tuple[Thing, ...]], ...]


class Hold(Struct, frozen=True):
    """Why a clip does not go, and who said so."""

    user: str
    reason: str
    since: datetime


class Kept(Struct, frozen=True):
    """A clip on the shelf; ``size_bytes`` of all its files, its stills too."""

    card: Card
    size_bytes: int
    hold: Hold | None = None

    @property
    def id(self) -> str:
        """The clip's."""
        return self.card.id

    @property
    def camera(self) -> str:
        """The asset that took it."""
        return self.card.camera

    @property
    def began(self) -> datetime:
        """When its first picture was taken."""
        return self.card.began

    @property
    def ended(self) -> datetime:
        """When its last picture was taken."""
        return self.card.ended

    @property
    def stills(self) -> set[str]:
        """The ids of the stills of its moments."""
        return {moment.still for moment in self.card.moments if moment.still}


class Plan(Struct, frozen=True):
    """What a sweep comes to: what goes and why, which clip would go next, and how full the shelf is then.

    ``stills`` are those of no clip that go.
    """

    expired: tuple[str, ...]
    crowded: tuple[str, ...]
    stills: tuple[str, ...]
    next: Kept | None
    used_bytes: int
    budget_bytes: int

    @property
    def tight(self) -> bool:
        """Whether less than a tenth of the budget is left."""
        return self.used_bytes > WARN_PART * self.budget_bytes


class Shelf:
    """The clips under a data folder; every method blocks. Cards are read once."""

    def __init__(self, var: Path) -> None:
        """Look at nothing yet."""
        self.folder, self.stills = var / "clips", var / "stills"
        self._cards: dict[str, tuple[Card, int]] = {}

    def all(self) -> list[Kept]:
        """Return every clip, the newest first; what cannot be read is no clip."""
        names, holds = set[str](), set[str]()
        for path in self.folder.glob(f"*{_CARD}"):
            name, _, rest = path.name.partition(".")
            (holds if rest == "hold.json" else names if rest == "json" else set()).add(name)
        self._cards = {name: held for name, held in self._cards.items() if name in names}
        for name in names - self._cards.keys():
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                self._cards[name] = self._read(name)
        kept = [
            Kept(card, size, self.hold_of(name) if name in holds else None)
            for name, (card, size) in list(self._cards.items())
        ]
        return sorted(kept, key=lambda one: (one.began, one.id), reverse=True)

    def one(self, name: str) -> Kept | None:
        """Return a clip, None where there is none."""
        try:
            card, size = self._cards.get(name) or self._read(name)
        except (OSError, msgspec.MsgspecError):
            return None
        return Kept(card, size, self.hold_of(name))

    def hold(self, name: str, hold: Hold) -> None:
        """Hold a clip, whole or not at all; raises OSError."""
        part = self.folder / f".{name}.hold.part"
        part.write_bytes(msgspec.json.encode(hold))
        part.replace(self.folder / f"{name}{_HOLD}")

    def release(self, name: str) -> None:
        """Hold a clip no longer."""
        (self.folder / f"{name}{_HOLD}").unlink(missing_ok=True)

    def hold_of(self, name: str) -> Hold | None:
        """Return why a clip is held, None when nobody holds it; a hold that is no JSON holds as well."""
        try:
            raw = (self.folder / f"{name}{_HOLD}").read_bytes()
            return msgspec.json.decode(raw, type=Hold)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            return Hold("?", str(error), datetime.fromtimestamp(0, UTC))

    def sweep(self, name: str) -> None:
        """Take a clip away unless somebody has come to hold it meanwhile; raises OSError."""
        if not self.hold_of(name):
            self.remove(name)

    def remove(self, name: str) -> None:
        """Take a clip away with its stills, its card first: nobody finds half of it; raises OSError."""
        kept = self.one(name)
        for suffix in (_CARD, ".mp4", ".track.json", _HOLD):
            (self.folder / f"{name}{suffix}").unlink(missing_ok=True)
        for still in kept.stills if kept else ():
            self.drop(still)
        self._cards.pop(name, None)

    def drop(self, still: str) -> None:
        """Take a still away; raises OSError."""
        (self.stills / f"{still}.jpg").unlink(missing_ok=True)

    def tidy(self, now: datetime) -> None:
        """Take away what dead processes left unfinished."""
        files = [path for path in self.folder.glob("*.*") if not path.name.startswith(".")]
        cards = {path.stem for path in files if path.name == f"{path.stem}{_CARD}"}
        for path in files:
            if path.name.partition(".")[0] not in cards:
                _drop(path, now, PART_S)
        for path in [*self.folder.glob(".*.part"), *self.stills.glob(".*.part")]:
            _drop(path, now, PART_S)

    def _read(self, name: str) -> tuple[Card, int]:
        card = msgspec.json.decode((self.folder / f"{name}{_CARD}").read_bytes(), type=Card)
        if card.began.tzinfo is None:
            raise msgspec.ValidationError(f"{name}: its time has no zone")
        files = [self.folder / f"{name}{suffix}" for suffix in (_CARD, ".mp4", ".track.json")]
        size = sum(path.stat().st_size for path in files)
        for still in Kept(card, size).stills:
            with contextlib.suppress(FileNotFoundError):
                size += (self.stills / f"{still}.jpg").stat().st_size
        return card, size


def plan(
    kept: Iterable[Kept],
    held: Collection[str],
    days: dict[str, float],
    now: datetime,
    budget_bytes: int,
    stills: Iterable[Still] = (),
) -> Plan:
    """Return what is to go: what is past its days, then the oldest until the rest fits the budget.

    ``stills`` are those of no clip: they fill the shelf as well. ``held`` are ids that an open incident
    needs; these, and whatever has a hold, never go. ``days`` is what the cameras' files say now, by asset id;
    a clip of another camera keeps its own.
    """
    clips = list(kept)
    everything: list[Kept | Still] = [*clips, *stills]
    oldest = sorted(everything, key=lambda one: one.began)
    staying = {one.id for one in clips if one.hold} | set(held)
    free = [one for one in oldest if one.id not in staying]
    expired = [one for one in free if expiry(one, days) <= now]
    used = sum(one.size_bytes for one in oldest) - sum(one.size_bytes for one in expired)
    rest = deque(one for one in free if expiry(one, days) > now)
    crowded = []
    while rest and used > budget_bytes:
        crowded.append(rest.popleft())
        used -= crowded[-1].size_bytes
    return Plan(
        tuple(one.id for one in expired if isinstance(one, Kept)),
        tuple(one.id for one in crowded if isinstance(one, Kept)),
        tuple(one.id for one in expired + crowded if isinstance(one, Still)),
        next((one for one in rest if isinstance(one, Kept)), None),
        used,
        budget_bytes,
    )


def expiry(one: Kept | Still, days: dict[str, float]) -> datetime:
    """Return when the time of a clip or still is up; ``MOST_DAYS`` at the latest."""
    own = one.card.keep_days if isinstance(one, Kept) else KEEP_DAYS
    return one.ended + timedelta(days=min(MOST_DAYS, days.get(one.camera, own)))


def _drop(path: Path, now: datetime, older_s: float) -> None:
    with contextlib.suppress(FileNotFoundError):
        if now.timestamp() - path.stat().st_mtime > older_s:
            path.unlink()
