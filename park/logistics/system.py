"""The logistics system."""

from park.commands.kind import CommandKind, Release
from park.config.label import Label
from park.logistics.checks import dock_overrun
from park.logistics.facts import DockStatus, GatePassage, GateStatus, VehiclePosition
from park.logistics.memory import LogisticsMemory
from park.logistics.summary import summary
from park.system import AssetKind, Chart, Quantity, System

_SIGN_OFF = Release(0.0)


def _sign_refusal(value: float | None, text: str) -> str | None:
    if value != _SIGN_OFF.value and not text.strip():
        return "표시할 문구를 적어 주세요"
    return None


_QUEUE = Quantity("queue_vehicles", Label("대기 차량", "Queue"), "대")
_WAIT = Quantity("wait_s", Label("대기 시간", "Wait"), "s")
_PARKED = Quantity("occupied", Label("주차", "Parked"), "대")
_SPEED = Quantity("speed_kmh", Label("속도", "Speed"), "km/h")

LOGISTICS = System(
    name="logistics",
    label=Label("물류", "Logistics"),
    kinds=(
        AssetKind("vehicle", Label("차량", "Vehicle"), layer="vehicle"),
        AssetKind("gate", Label("출입문", "Gate")),
        AssetKind("dock", Label("도크", "Dock")),
        AssetKind("site", Label("물류 거점", "Logistics site")),
        AssetKind("parking", Label("주차장", "Parking")),
    ),
    quantities=(
        _QUEUE,
        _WAIT,
        _PARKED,
        Quantity("capacity", Label("주차 면수", "Spaces"), "대"),
        Quantity("open", Label("개방", "Open")),
        Quantity("vehicle", Label("차량", "Vehicles")),
        _SPEED,
        Quantity("heading_deg", Label("진행 방향", "Heading"), "°"),
        Quantity("cargo", Label("화물", "Cargo")),
    ),
    charts=(
        Chart(Label("출입문 대기 차량", "Queue at gates"), _QUEUE, ("gate",)),
        Chart(Label("출입문 대기 시간", "Wait at gates"), _WAIT, ("gate",)),
        Chart(Label("도크 대기 차량", "Queue at docks"), _QUEUE, ("dock",)),
        Chart(Label("주차 대수", "Parked vehicles"), _PARKED, ("parking",)),
        Chart(Label("차량 속도", "Vehicle speed"), _SPEED, ("vehicle",)),
    ),
    memory=LogisticsMemory,
    summary=summary,
    checks={"dock": dock_overrun},
    commands=(
        CommandKind(
            "gate.hold",
            Label("출입문 고정", "Gate hold"),
            Label("출입문 {n}곳 진입 통제", "{n} gates held"),
            targets=frozenset({"gate"}),
            release=Release(0.0),
        ),
        CommandKind(
            "vehicle.reroute",
            Label("차량 우회", "Vehicle rerouting"),
            Label("차량 {n}대 우회", "{n} vehicles rerouted"),
            targets=frozenset({"vehicle"}),
            release=Release(0.0),
        ),
        CommandKind(
            "sign.show",
            Label("전광판 표시", "Sign"),
            Label("전광판 {n}곳 표출", "{n} signs"),
            targets=frozenset({"factory", "gate", "site"}),
            release=_SIGN_OFF,
            value_refusal=_sign_refusal,
        ),
    ),
    observations={
        GatePassage.TYPE: Label("출입", "Passage"),
        GateStatus.TYPE: Label("출입문 상태", "Gate"),
        VehiclePosition.TYPE: Label("차량 위치", "Vehicle"),
        DockStatus.TYPE: Label("도크 상태", "Dock"),
        "dg_standing": Label("위험물 차량 정차", "Dangerous goods standing"),
    },
)
