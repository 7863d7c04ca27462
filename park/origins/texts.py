"""Where something comes from, in both languages: at, or at or upwind of whom, the candidates and why."""

from park.config.label import Label
from park.config.park import Park
from park.incidents import labels as words
from park.origins.firms import Candidate, Reason, Relation, Source

# {place} is where the sensor or camera is
_PLACES: dict[Relation, Label] = {
    "at": Label("{place}", "{place}"),
    "upwind": Label("{place} 또는 그 풍상측", "at or upwind of {place}"),
    "around": Label("{place} 또는 그 주변", "at or around {place}"),
    "beside": Label("{place} 또는 그 옆", "at or beside {place}"),
    "near": Label("{place}", "{place}"),  # the name of a camera at a crossing blames nobody
}
_REASONS: dict[str, Label] = {
    "own_sensor": Label("자체 감지기", "its own sensor"),
    "own_camera": Label("자체 카메라가 봄", "its own camera saw it"),
    "own_camera_elsewhere": Label(
        "자체 카메라이나 다른 사업장을 봄", "its own camera, which looks at other works"
    ),
    "faces": Label("{detail} 카메라가 보는 곳", "camera {detail} looks at it"),
    "on_ground": Label("감지 지점에서 {m} m", "{m} m from where it was noticed"),
    "in_view": Label("카메라 시야 안 {m} m", "in the view of the camera, {m} m away"),
    "near": Label("카메라에서 {m} m", "{m} m from the camera"),
    "not_in_view": Label("카메라 시야 밖 {m} m", "outside the view of the camera, {m} m away"),
    "upwind": Label("감지 지점의 풍상측 {m} m, 풍속 {ms} m/s", "upwind of the sensor by {m} m at {ms} m/s"),
    "calm": Label("무풍, 감지 지점에서 {m} m", "calm, {m} m from the sensor"),
    "wind_unknown": Label("바람 모름, 감지 지점에서 {m} m", "wind not known, {m} m from the sensor"),
    "handles": Label("{detail} 취급", "handles {detail}"),
    "unhandled": Label("{detail} 취급 기록 없음", "not known to handle {detail}"),
    "carries": Label("위험물 UN {detail} 적재", "carries dangerous goods UN {detail}"),
    "standing": Label("이 사건에 속한 차량", "vehicle that is part of it"),
    "power": Label("전력 급감", "power fell"),
}
_GOODS_UNKNOWN = Label("위험물 적재(번호 모름)", "carries dangerous goods, number not known")
_NEAR_VEHICLE = Label("감지 지점에서 {m} m", "{m} m from where it was noticed")


def place(park: Park, cause: str, source: Source | None) -> Label:
    """Return where it is: the works if that is sure, else where it was noticed and how it may lie to it."""
    if source is None:
        return words.place(park, cause)
    sure = source.relation == "at" and source.candidates
    here = name(park, source.candidates[0].asset) if sure else words.place(park, source.observer)
    form = _PLACES[source.relation]
    return Label(form.ko.replace("{place}", here.ko), form.en.replace("{place}", here.en))


def name(park: Park, asset: str) -> Label:
    """Return the name of works or of a vehicle."""
    known = park.assets.get(asset)
    return known.name if known else Label(words.short(asset), words.short(asset))


def why(candidate: Candidate) -> Label:
    """Return the reasons for a candidate, in one line."""
    parts = [_reason(reason) for reason in candidate.reasons]
    if candidate.has("carries") and not candidate.has("upwind", "calm", "wind_unknown"):
        parts.append(_fill(_NEAR_VEHICLE, Reason("carries", candidate.distance_m)))
    return Label(", ".join(part.ko for part in parts), ", ".join(part.en for part in parts))


def line(park: Park, candidate: Candidate) -> Label:
    """Return a candidate with its reasons: ``G-10 금속공장 (HF 취급, …)``."""
    called, reasons = name(park, candidate.asset), why(candidate)
    return Label(f"{called.ko} ({reasons.ko})", f"{called.en} ({reasons.en})")


def lines(park: Park, candidates: tuple[Candidate, ...]) -> Label:
    """Return several candidates with their reasons, in one line."""
    found = [line(park, candidate) for candidate in candidates]
    return Label(" / ".join(one.ko for one in found), " / ".join(one.en for one in found))


def _reason(reason: Reason) -> Label:
    if reason.code == "carries" and not reason.detail:
        return _GOODS_UNKNOWN
    return _fill(_REASONS[reason.code], reason)


def _fill(form: Label, reason: Reason) -> Label:
    m, ms = f"{reason.distance_m or 0:,.0f}", f"{reason.wind_ms or 0:.1f}"
    detail = words.short(reason.detail)

    def filled(text: str) -> str:
        return text.replace("{m}", m).replace("{ms}", ms).replace("{detail}", detail)

    return Label(filled(form.ko), filled(form.en))
