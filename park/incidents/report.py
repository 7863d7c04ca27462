"""The report of an incident in one language: all that is on its pages as words, before anything is drawn."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from park.config.label import Label
from park.config.park import Park
from park.incidents import cards, timeline
from park.incidents import labels as words
from park.incidents.incident import Incident, Life, Member
from park.messages.message import Message
from park.origins import texts as source_words
from park.origins.firms import source_of
from park.plume import sector as downwind
from park.procedures.plan import PlanStep, plan
from park.state.state import State

MOST_ROWS = 400
MOST_STILLS = 6

HEADING = Label("사건 보고서", "Incident report")
EXERCISE = Label("훈련", "EXERCISE")
FACTS: dict[str, Label] = {
    "number": Label("사건 번호", "Number"),
    "kind": Label("종류", "Kind"),
    "grade": Label("등급", "Grade"),
    "state": Label("상태", "State"),
    "verdict": Label("확인 결과", "Verdict"),
    "cause": Label("원인", "Cause"),
    "place": Label("장소", "Place"),
    "source": Label("발생 추정", "Likeliest source"),
    "others": Label("다른 후보", "Other candidates"),
    "opened": Label("발생 인지", "Opened"),
    "acked": Label("인지", "Acknowledged"),
    "closed": Label("종료", "Closed"),
    "owner": Label("담당", "Owner"),
    "why": Label("판단 근거", "Why one incident"),
    "made": Label("작성", "Made"),
    "reason": Label("작성 사유", "Reason of this report"),
}
TITLES: dict[str, Label] = {
    "map": Label("현장 지도", "Map of the place"),
    "stills": Label("현장 화면", "Stills"),
    "timeline": Label("경과", "Timeline"),
    "steps": Label("대응 절차", "Procedure"),
    "messages": Label("상황 전파", "Messages"),
    "people": Label("참여자", "People"),
    "members": Label("구성 사건", "Members"),
    "digest": Label("기록 확인값", "Digest of the record"),
}
HEADS: dict[str, tuple[Label, ...]] = {
    "timeline": (Label("시각", "Time"), Label("계통", "System"), Label("내용", "What"), Label("누가", "Who")),
    "steps": (Label("단계", "Step"), Label("상태", "State"), Label("시각", "Time"), Label("누가", "Who"),
              Label("사유", "Reason")),
    "messages": (Label("시각", "Time"), Label("받는 곳", "To"), Label("수단", "Channel"),
                 Label("상태", "State"), Label("제목", "Title")),
    "people": (Label("누가", "Who"), Label("행위", "Acts"), Label("처음", "First"), Label("마지막", "Last")),
    "members": (Label("시각", "Time"), Label("설비", "Asset"), Label("내용", "What"), Label("값", "Value"),
                Label("묶은 근거", "Rule")),
}  # fmt: skip
WIDTHS: dict[str, tuple[int, ...]] = {
    "timeline": (24, 14, 92, 20),
    "steps": (62, 18, 24, 20, 56),
    "messages": (24, 40, 18, 18, 80),
    "people": (50, 30, 50, 50),
    "members": (24, 34, 52, 30, 40),
}
STATES: dict[str, Label] = {
    "new": Label("신규", "new"),
    "acknowledged": Label("인지", "acknowledged"),
    "verified": Label("확인", "verified"),
    "merged": Label("다른 사고에 병합", "merged"),
    **words.STATES,
}
STEP_STATES: dict[str, Label] = {
    "open": Label("미착수", "open"),
    "started": Label("진행", "started"),
    "done": Label("완료", "done"),
    "skipped": Label("건너뜀", "skipped"),
    "failed": Label("실패", "failed"),
}
UNSENT = Label("전파 실패 {n}", "could not tell: {n}")
SENT: dict[str, Label] = {
    "queued": Label("대기", "queued"),
    "sending": Label("보내는 중", "sending"),
    "sent": Label("보냄", "sent"),
    "failed": Label("실패", "failed"),
    "held": Label("훈련 보류", "held"),
    "unclear": Label("불명", "unclear"),
}
_PLAIN = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
NOTHING = Label("없음", "none")
LATER = Label("수신", "known")
UNDRAWN = Label("외 {n}건은 기록에 있음", "{n} more are in the record")
UNDRAWN_LETTERS = Label(
    "이 컴퓨터의 글꼴에 없어 코드로 적은 글자",
    "Letters that no font of this machine has, written as their code",
)
LEGEND = {
    "cause": Label("원인", "Cause"),
    "members": Label("구성 설비", "Members"),
    "radius": Label("반경 {n} m", "Radius {n} m"),
    "wind": Label("풍하 {n} m", "Downwind {n} m"),
}
SEALED = Label(
    "기록의 이 사고 이벤트 {n}건(시각·기록 순, 각 JSON과 줄바꿈)의 SHA-256",
    "SHA-256 of the {n} events of this incident in the record (by time, then recording; each JSON, newline)",
)
CHAIN = Label("감사 기록 {n}행의 끝", "End of the audit trail at row {n}")


class Table(Struct, frozen=True):
    """A titled table; ``widths`` in mm; ``note`` says what was left out."""

    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


class Still(Struct, frozen=True):
    """A picture of a camera by the id of its file."""

    still: str
    caption: str


class Place(Struct, frozen=True):
    """What the map shows; degrees and metres, ``members`` are ``(lat, lon)``, ``legend`` its words."""

    title: str
    lat: float
    lon: float
    radius_m: float | None
    wind_to_deg: float | None
    length_m: float | None
    half_angle_deg: float
    members: tuple[tuple[float, float], ...]
    legend: dict[str, str]


class Sealed(Struct, frozen=True):
    """What the record holds of the incident: how many events, their digest, the end of the audit trail."""

    events: int
    digest: str
    audit_rows: int
    audit_hash: str


class Report(Struct, frozen=True):
    """A report as words; ``seal`` are the lines at its end."""

    lang: str
    heading: str
    exercise: str
    title: str
    facts: tuple[tuple[str, str], ...]
    place: Place | None
    stills_title: str
    stills: tuple[Still, ...]
    tables: tuple[Table, ...]
    seal_title: str
    seal: tuple[str, ...]
    nothing: str


class Picture(NamedTuple):
    """A still as the record tells of it."""

    still: str
    camera: str
    kind: str
    time: datetime


class Asked(NamedTuple):
    """Who asks for a report, why, in which language."""

    user: str
    reason: str
    lang: str


def report(
    park: Park,
    state: State,
    incident: Incident,
    now: datetime,
    asked: Asked,
    pictures: Sequence[Picture],
    sealed: Sealed,
) -> Report:
    """Return the report of an incident as things are ``now``."""
    write = _Writer(park, state, incident, now, asked)
    return Report(
        lang=asked.lang,
        heading=write.say(HEADING),
        exercise=write.say(EXERCISE) if incident.life.exercise else "",
        title=write.say(cards.title(park, state, incident.life, write.source)),
        facts=tuple(write.facts()),
        place=write.place(),
        stills_title=write.say(TITLES["stills"]),
        stills=tuple(write.still(picture) for picture in pictures[:MOST_STILLS]),
        tables=tuple(write.tables()),
        seal_title=write.say(TITLES["digest"]),
        seal=tuple(write.seal(sealed)),
        nothing=write.say(NOTHING),
    )


class _Writer:
    """Words of one incident in one language, times in the park's zone."""

    def __init__(self, park: Park, state: State, incident: Incident, now: datetime, asked: Asked) -> None:
        self.park = park
        self.state = state
        self.incident = incident
        self.now = now
        self.asked = asked
        self.members = incident.present()
        self.plan = plan(park, state, incident, now)
        self.source = source_of(park, state, incident, now)

    def say(self, label: Label) -> str:
        """Return the words of a label; low digits as plain ones, which Korean fonts lack."""
        return (label.en if self.asked.lang == "en" else label.ko).translate(_PLAIN)

    def at(self, moment_ms: int | None, form: str = "%m-%d %H:%M:%S") -> str:
        if moment_ms is None:
            return "–"
        return datetime.fromtimestamp(moment_ms / 1000, self.park.zone).strftime(form)

    def facts(self) -> list[tuple[str, str]]:
        life, whole = self.incident.life, "%Y-%m-%d %H:%M:%S"
        told = {
            "number": life.number,
            "kind": self.say(words.KINDS[life.kind]),
            "grade": self.say(words.GRADES[life.grade]),
            "state": self.say(STATES["merged" if life.merged_into else life.state]),
            "verdict": self._verdict(life),
            "cause": f"{words.short(life.cause)} {self._name(life.cause)}",
            "place": self._place(life),
            **self._source(),
            "opened": self.at(life.opened_ms, whole),
            "acked": f"{self.at(life.acked_ms, whole)} {life.acked_by or ''}".strip(),
            "closed": self.at(life.closed_ms, whole),
            "owner": life.owner or "–",
            "why": self.say(cards.reason(self.park, life, self.members, self._systems())),
            "made": f"{self.at(int(self.now.timestamp() * 1000), whole)} {self.asked.user}",
            "reason": self.asked.reason,
        }
        return [(self.say(FACTS[name]), value) for name, value in told.items()]

    def place(self) -> Place | None:
        where = downwind.place_of(self.park, self.incident)
        if where is None:
            return None
        area = downwind.sector(self.park, self.state, self.incident, self.now)
        radius_m = area.radius_m if area else None
        length_m = area.length_m if area else None
        legend = {"cause": self.say(LEGEND["cause"]), "members": self.say(LEGEND["members"])}
        if radius_m:
            legend["radius"] = self.say(LEGEND["radius"]).format(n=f"{radius_m:,.0f}")
        if length_m and area and area.wind_to_deg is not None:
            legend["wind"] = self.say(LEGEND["wind"]).format(n=f"{length_m:,.0f}")
        known = {member.asset: self.park.assets.get(member.asset) for member in self.members}
        points = tuple((asset.lat, asset.lon) for asset in known.values() if asset is not None)
        return Place(
            title=self.say(TITLES["map"]),
            lat=where[0],
            lon=where[1],
            radius_m=radius_m,
            wind_to_deg=area.wind_to_deg if area else None,
            length_m=length_m,
            half_angle_deg=area.half_angle_deg if area else 0,
            members=points[:MOST_ROWS],
            legend=legend,
        )

    def still(self, picture: Picture) -> Still:
        seen = self.say(words.what(self.park, picture.kind))
        when = self.at(int(picture.time.timestamp() * 1000))
        return Still(picture.still, f"{words.short(picture.camera)} · {seen} · {when}")

    def tables(self) -> list[Table]:
        return [
            self._table("timeline", self._timeline()),
            self._table("steps", [self._step(step) for step in self.plan.steps]),
            self._table("messages", map(self._message, timeline.messages(self.state, self.incident))),
            self._table("people", self._people()),
            self._table("members", map(self._member, self.members)),
        ]

    def seal(self, sealed: Sealed) -> list[str]:
        return [
            self.say(SEALED).format(n=f"{sealed.events:,}"),
            sealed.digest,
            self.say(CHAIN).format(n=f"{sealed.audit_rows:,}"),
            sealed.audit_hash,
        ]

    def _table(self, name: str, rows: Iterable[tuple[str, ...]]) -> Table:
        told = tuple(rows)
        more = len(told) - MOST_ROWS
        note = self.say(UNDRAWN).format(n=f"{more:,}") if more > 0 else ""
        heads = tuple(self.say(head) for head in HEADS[name])
        return Table(self.say(TITLES[name]), heads, WIDTHS[name], told[:MOST_ROWS], note)

    def _timeline(self) -> list[tuple[str, ...]]:
        contacts = self.park.contacts.contacts if self.park.contacts else {}
        named = {name: contact.name for name, contact in contacts.items()}
        steps = {step.id: step.name for step in self.plan.steps}
        lines = timeline.timeline(self.park, self.state, self.incident, steps, named)
        return [self._line(line) for line in lines]

    def _line(self, line: timeline.Entry) -> tuple[str, ...]:
        late = line.known_ms - line.happened_ms >= 1000
        when = self.at(line.happened_ms)
        if late:
            when += f" ({self.say(LATER)} {self.at(line.known_ms, '%H:%M:%S')})"
        count = f" × {line.count:,}" if line.count > 1 else ""
        system = self.say(words.SYSTEM_LABELS.get(line.system, Label(line.system, line.system)))
        return when, system, self.say(line.text) + count, line.user or ""

    def _step(self, step: PlanStep) -> tuple[str, ...]:
        state = self.say(STEP_STATES.get(step.state, Label(step.state, step.state)))
        unsent = self.say(UNSENT).format(n=step.unsent) if step.unsent else ""
        why = " · ".join(filter(None, (unsent, step.reason)))
        return self.say(step.name), state, self.at(step.at_ms), step.user or "", why

    def _message(self, message: Message) -> tuple[str, ...]:
        asked = message.requested
        if asked is None:
            return ("–", "–", "–", "–", "–")
        contacts = self.park.contacts.contacts if self.park.contacts else {}
        held = contacts.get(asked.recipient.partition("/")[0])
        to = self.say(held.name) if held else asked.recipient
        state = self.say(SENT.get(message.state, Label(message.state, message.state)))
        title = self.say(Label(asked.title_ko, asked.title_en))
        return self.at(message.requested_ms), to, asked.channel, state, title

    def _people(self) -> list[tuple[str, ...]]:
        acts: dict[str, list[int]] = {}
        for event in self.incident.history():
            if user := getattr(event.data, "user", None):
                acts.setdefault(user, []).append(int(event.time.timestamp() * 1000))
        return [(user, f"{len(at):,}", self.at(at[0]), self.at(at[-1])) for user, at in acts.items()]

    def _member(self, member: Member) -> tuple[str, ...]:
        value = "" if member.value is None else f"{member.value:g} {member.unit}"
        rule = self.say(words.RULES.get(member.rule, Label(member.rule, member.rule)))
        what = self.say(words.what(self.park, member.what))
        return self.at(member.happened_ms), words.short(member.asset), what, value, rule

    def _verdict(self, life: Life) -> str:
        if life.verdict is None:
            return "–"
        by = life.verified_by or ""
        return f"{self.say(words.VERDICTS[life.verdict])} {self.at(life.verified_ms)} {by}".strip()

    def _place(self, life: Life) -> str:
        where = downwind.place_of(self.park, self.incident)
        position = f" ({where[0]:.5f}, {where[1]:.5f})" if where else ""
        return self.say(source_words.place(self.park, life.cause, self.source)) + position

    def _source(self) -> dict[str, str]:
        """Return the candidates and why, where somebody else's works may be the source."""
        if self.source is None or not self.source.candidates:
            return {}
        first, *others = self.source.candidates
        told = {"source": self.say(source_words.line(self.park, first))}
        if others:
            told["others"] = self.say(source_words.lines(self.park, tuple(others)))
        return told

    def _name(self, asset: str) -> str:
        known = self.park.assets.get(asset)
        return self.say(known.name) if known else ""

    def _systems(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for member in self.members:
            counted[member.system] = counted.get(member.system, 0) + 1
        return counted
