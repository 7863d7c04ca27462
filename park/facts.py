"""What can be said about a park: one frozen struct per event type, units in the field names.

The union ``Fact`` at the end is the whole catalogue: schemas, AsyncAPI, the docs table and the
examples used in tests are made from it. ``TYPE`` is the CloudEvents type; the docstring's first
line is its description.
"""

from typing import Annotated, Literal

from msgspec import Meta

from park.alarm_facts import AlarmFact
from park.fact_base import (
    LARGEST_COUNT,
    AwareTime,
    Box,
    Count,
    FactBase,
    Latitude,
    Longitude,
    MeasuredBearing,
    MeasuredCount,
    MeasuredNumber,
    MeasuredPercent,
    MeasuredPositive,
    NonNegative,
    Share,
    Text,
)  # fmt: skip
from park.response_facts import CommandFact, IncidentFact, MessageFact, RoomFact, Verdict

CameraEventKind = Literal[
    "intrusion", "loitering", "abandonment", "removal", "fall", "fight", "fire", "smoke", "crowd",
    "line_crossing", "wrong_way", "stopped_vehicle", "dumping", "person_on_carriageway",
]  # fmt: skip
Track = Annotated[int, Meta(ge=-LARGEST_COUNT, le=LARGEST_COUNT)]
Side = Annotated[int, Meta(ge=0, le=100_000)]  # of a picture, pixels
CameraState = Literal[
    "ok", "lost", "frozen", "black", "white", "covered", "defocused", "turned", "slow",
]  # fmt: skip


class LightStatus(FactBase, frozen=True):
    """State of one street light."""

    TYPE = "park.light.status"
    state: Literal["normal", "failed", "unreachable"]
    dim_pct: MeasuredPercent
    power_w: MeasuredPositive


class CameraDetection(FactBase, frozen=True):
    """Objects a camera sees now; boxes are x, y, w, h in pixels of ``frame`` (w, h)."""

    TYPE = "park.camera.detection"
    frame: tuple[Side, Side]
    boxes: tuple[Box, ...]
    labels: tuple[str, ...]
    tracks: tuple[Track, ...]
    scores: tuple[Share, ...]
    model: str


class CameraEvent(FactBase, frozen=True):
    """A rule of a camera fired; boxes are x, y, w, h in pixels of ``frame`` (w, h).

    ``label``: what the track is, where one thing did it (``object`` when motion alone tells).
    """

    TYPE = "park.camera.event"
    kind: CameraEventKind
    camera: Text
    model: str
    rule: str
    score: Share
    boxes: tuple[Box, ...] = ()
    frame: tuple[Side, Side] | None = None
    track: Track | None = None
    label: str | None = None
    zone: str | None = None
    line: str | None = None
    direction: str | None = None
    t_s: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    still: str | None = None
    clip: str | None = None


class CameraHealth(FactBase, frozen=True):
    """Whether a camera can be trusted.

    ``before`` and ``after``: stills of the last good and the first bad picture.
    ``rules_off``: rules that this camera or model cannot give now, each with its reason.
    ``clock_off_s``: how far the camera's own time is ahead of ours, where it tells one.
    """

    TYPE = "park.camera.health"
    state: CameraState
    fps: MeasuredPositive
    detail: str = ""
    before: str | None = None
    after: str | None = None
    clock_off_s: float | None = None
    rules_off: tuple[str, ...] = ()


class CameraScene(FactBase, frozen=True):
    """The whole picture changed at once: no motion and no alarm; ``share`` is how much of it."""

    TYPE = "park.camera.scene"
    change: Literal["light", "shake", "cut"]
    share: Share


class CameraVerdict(FactBase, frozen=True):
    """A person judged an event of a camera; ``event`` is its id, the subject is the camera."""

    TYPE = "park.camera.verdict"
    event: Text
    verdict: Verdict
    user: Text
    reason: str = ""


class VehiclePosition(FactBase, frozen=True):
    """Where a vehicle is; ``un_number`` only with dangerous goods."""

    TYPE = "park.vehicle.position"
    lat: Latitude | None
    lon: Longitude | None
    speed_kmh: MeasuredPositive
    heading_deg: MeasuredBearing
    state: Literal["moving", "queued", "docked", "parked", "left"]
    cargo: Literal["empty", "general", "dangerous"]
    un_number: str | None = None
    off_route: bool = False


class GatePassage(FactBase, frozen=True):
    """A vehicle passed a gate; on the way out the trip is told (distances inside and outside)."""

    TYPE = "park.gate.passage"
    vehicle: Text
    direction: Literal["in", "out"]
    turnaround_s: NonNegative | None = None
    total_km: NonNegative | None = None
    empty_km: NonNegative | None = None


class GateStatus(FactBase, frozen=True):
    """Queue at a gate."""

    TYPE = "park.gate.status"
    queue_vehicles: MeasuredCount
    wait_s: MeasuredPositive
    open: bool = True


class DockStatus(FactBase, frozen=True):
    """State of one dock."""

    TYPE = "park.dock.status"
    state: Literal["free", "busy", "closed"]
    queue_vehicles: MeasuredCount = 0
    vehicle: str | None = None


class ShipmentStatus(FactBase, frozen=True):
    """One vehicle's slot at a dock: planned, then actual times."""

    TYPE = "park.shipment.status"
    vehicle: Text
    dock: Text
    state: Literal["planned", "arrived", "docked", "done", "cancelled"]
    planned_start: AwareTime
    planned_end: AwareTime
    actual_start: AwareTime | None = None
    actual_end: AwareTime | None = None


class MeterReading(FactBase, frozen=True):
    """Electric meter of a firm or of the substation (grid import positive)."""

    TYPE = "park.meter.reading"
    power_kw: MeasuredNumber
    energy_kwh: MeasuredPositive
    reactive_kvar: float | None = None


class PvReading(FactBase, frozen=True):
    """Photovoltaic generation."""

    TYPE = "park.pv.reading"
    power_kw: MeasuredPositive
    energy_kwh: MeasuredPositive


class FuelCellReading(FactBase, frozen=True):
    """Fuel cell generation."""

    TYPE = "park.fuelcell.reading"
    power_kw: MeasuredPositive
    energy_kwh: MeasuredPositive


class EssStatus(FactBase, frozen=True):
    """Battery: discharge positive, charge negative."""

    TYPE = "park.ess.status"
    power_kw: MeasuredNumber
    soc_pct: MeasuredPercent
    charged_kwh: MeasuredPositive
    discharged_kwh: MeasuredPositive


class AirObservation(FactBase, frozen=True):
    """Outdoor air, the six pollutants of the CAI."""

    TYPE = "park.air.observation"
    pm10_ugm3: MeasuredPositive
    pm25_ugm3: MeasuredPositive
    o3_ppm: MeasuredPositive
    no2_ppm: MeasuredPositive
    co_ppm: MeasuredPositive
    so2_ppm: MeasuredPositive


class GasObservation(FactBase, frozen=True):
    """Concentration of one hazardous gas."""

    TYPE = "park.gas.observation"
    substance: Annotated[str, Meta(min_length=1, max_length=40)]
    ppm: MeasuredPositive


class OdourObservation(FactBase, frozen=True):
    """Complex odour as dilution ratio, with its two usual gases."""

    TYPE = "park.odour.observation"
    dilution_ratio: MeasuredPositive
    h2s_ppm: MeasuredPositive
    nh3_ppm: MeasuredPositive


class WaterObservation(FactBase, frozen=True):
    """Stream or outfall water."""

    TYPE = "park.water.observation"
    level_m: MeasuredNumber
    ph: Annotated[float, Meta(ge=0, le=14)] | None
    turbidity_ntu: MeasuredPositive


class WeatherObservation(FactBase, frozen=True):
    """Weather point; wind is where it comes from, degrees clockwise from north."""

    TYPE = "park.weather.observation"
    temperature_c: MeasuredNumber
    humidity_pct: MeasuredPercent
    wind_speed_ms: MeasuredPositive
    wind_from_deg: MeasuredBearing
    rain_mmh: MeasuredPositive
    ghi_wm2: MeasuredPositive


class ParkingStatus(FactBase, frozen=True):
    """Occupation of a parking area."""

    TYPE = "park.parking.status"
    occupied: MeasuredCount
    capacity: MeasuredCount


class OperatorAction(FactBase, frozen=True):
    """What a person did: the audit trail; ``session`` is the start of the SHA-256 of the session's token."""

    TYPE = "park.operator.action"
    user: Text
    action: Text
    origin: str = ""
    object: str = ""
    reason: str = ""
    role: str = ""
    session: str = ""
    result: Literal["done", "refused", "failed"] = "done"


class FeedHeartbeat(FactBase, frozen=True):
    """A feed or worker is alive; ``period_s`` until the next beat."""

    TYPE = "park.feed.heartbeat"
    period_s: Annotated[float, Meta(gt=0, le=86_400)]
    sent: Count


class IdentityReused(FactBase, frozen=True):
    """The record met an identity again with other content; ``kept_as`` is the id it is kept under."""

    TYPE = "park.identity.reused"
    event: Text
    feed: Text
    kept_as: Text


class SystemStatus(FactBase, frozen=True):
    """A part of the room itself works or fails: a rule, a system of the watch, a panel."""

    TYPE = "park.system.status"
    state: Literal["ok", "failed"]
    detail: str = ""


Fact = (
    LightStatus | CameraDetection | CameraEvent | CameraHealth | CameraScene | CameraVerdict | VehiclePosition
    | GatePassage | GateStatus | DockStatus | ShipmentStatus | MeterReading | PvReading | FuelCellReading
    | EssStatus | AirObservation | GasObservation | OdourObservation | WaterObservation
    | WeatherObservation | ParkingStatus | OperatorAction | FeedHeartbeat | IdentityReused
    | SystemStatus
    | AlarmFact | IncidentFact | CommandFact | MessageFact | RoomFact
)  # fmt: skip
