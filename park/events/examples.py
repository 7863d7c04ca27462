"""One event of every type: for the documents, and for tests that want a plausible one."""

from datetime import UTC, datetime

from park.alarms.facts import (
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    AlarmRemoved,
    AlarmReset,
    AlarmRestored,
    AlarmShelved,
    AlarmSuppressed,
    AlarmUnshelved,
    AlarmUnsuppressed,
)
from park.cameras.facts import CameraDetection, CameraEvent, CameraHealth, CameraScene, CameraVerdict
from park.commands.facts import CommandAnswered, CommandConfirmed, CommandFinished, CommandRequested
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.engine.facts import FeedHeartbeat, IdentityReused, SystemStatus
from park.environment.facts import (
    AirObservation,
    GasObservation,
    OdourObservation,
    WaterObservation,
    WeatherObservation,
)
from park.events.envelope import Event
from park.events.facts import Fact
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentAdvanced,
    IncidentAssigned,
    IncidentCorrected,
    IncidentEscalated,
    IncidentGraded,
    IncidentJoined,
    IncidentLeft,
    IncidentLinked,
    IncidentMerged,
    IncidentNoted,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
)
from park.lighting.facts import LightStatus
from park.logistics.facts import (
    DockStatus,
    GatePassage,
    GateStatus,
    ParkingStatus,
    ShipmentStatus,
    VehiclePosition,
)
from park.messages.facts import MessageRequested, MessageStatus
from park.operators.facts import ExerciseStatus, HandoverSigned, OperatorAction

TIME = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 22, 0, 40, tzinfo=UTC)
CAUSE = "changwon/gas/GAS-001"
INCIDENT = "incident/i-1"
COMMAND = "command/c-1"
MESSAGE = "message/m-1"
BOX = (312.0, 188.0, 41.0, 96.0)

_EXAMPLES: tuple[tuple[str, Fact], ...] = (
    ("light/LT-0412", LightStatus(state="failed", dim_pct=60, power_w=0)),
    (
        "camera/CAM-031",
        CameraDetection(
            frame=(768, 432),
            boxes=(BOX,),
            labels=("person",),
            tracks=(17,),
            scores=(0.87,),
            model="yolox_nano",
        ),
    ),
    (
        "camera/CAM-031",
        CameraEvent(
            kind="intrusion",
            camera="CAM-031",
            model="yolox_nano",
            rule="intrusion",
            score=0.87,
            boxes=(BOX,),
            frame=(768, 432),
            track=17,
            zone="tank_yard",
        ),
    ),
    ("camera/CAM-044", CameraHealth(state="frozen", fps=0, detail="same picture for 10 s")),
    ("camera/CAM-044", CameraScene(change="light", share=0.93)),
    (
        "camera/CAM-031",
        CameraVerdict(event="0193-42", verdict="false", user="kim", reason="갈매기 · a gull"),
    ),
    (
        "vehicle/VEH-014",
        VehiclePosition(
            lat=35.2103,
            lon=128.6611,
            speed_kmh=28,
            heading_deg=74,
            state="moving",
            cargo="dangerous",
            un_number="1017",
        ),
    ),
    (
        "gate/GATE-2",
        GatePassage(vehicle="VEH-014", direction="out", turnaround_s=2760, total_km=5.2, empty_km=1.9),
    ),
    ("gate/GATE-2", GateStatus(queue_vehicles=4, wait_s=190)),
    ("dock/LOG-3-D2", DockStatus(state="busy", queue_vehicles=1, vehicle="VEH-014")),
    (
        "site/LOG-3",
        ShipmentStatus(
            vehicle="VEH-014",
            dock="LOG-3-D2",
            state="docked",
            planned_start=TIME,
            planned_end=LATER,
            actual_start=TIME,
        ),
    ),
    ("meter/FAC-017", MeterReading(power_kw=412.5, energy_kwh=88_210.3, reactive_kvar=96.1)),
    ("pv/PV-05", PvReading(power_kw=148.2, energy_kwh=51_002.7)),
    ("fuelcell/FC-1", FuelCellReading(power_kw=880, energy_kwh=1_204_331)),
    ("ess/ESS-1", EssStatus(power_kw=-500, soc_pct=61.5, charged_kwh=40_210, discharged_kwh=36_480)),
    (
        "air/AIR-03",
        AirObservation(pm10_ugm3=41, pm25_ugm3=22, o3_ppm=0.031, no2_ppm=0.024, co_ppm=0.5, so2_ppm=0.003),
    ),
    ("gas/GAS-001", GasObservation(substance="NH3", ppm=3.0)),
    ("odour/ODR-02", OdourObservation(dilution_ratio=8, h2s_ppm=0.004, nh3_ppm=0.2)),
    ("water/WTR-01", WaterObservation(level_m=0.62, ph=7.3, turbidity_ntu=4.1)),
    (
        "weather/WX-1",
        WeatherObservation(
            temperature_c=8.4, humidity_pct=57, wind_speed_ms=2.6, wind_from_deg=310, rain_mmh=0, ghi_wm2=402
        ),
    ),
    ("parking/PK-04", ParkingStatus(occupied=61, capacity=80)),
    (
        "gas/GAS-001",
        AlarmRaised(alarm="gas_high", condition="NH3", priority="high", value=31, limit=25, unit="ppm"),
    ),
    ("gas/GAS-001", AlarmCleared(alarm="gas_high", condition="NH3")),
    ("gas/GAS-001", AlarmAcknowledged(alarm="gas_high", condition="NH3", user="kim")),
    ("gas/GAS-001", AlarmReset(alarm="gas_high", condition="NH3", user="kim")),
    (
        "gas/GAS-001",
        AlarmShelved("gas_high", mode="timed", until=LATER, user="kim", reason="calibration"),
    ),
    ("gas/GAS-001", AlarmUnshelved("gas_high", user="kim")),
    (
        "light/LT-0412",
        AlarmSuppressed("light_failed", "cabinet down", by="changwon/cabinet/CAB-001"),
    ),
    ("light/LT-0412", AlarmUnsuppressed("light_failed")),
    ("gas/GAS-001", AlarmRemoved("gas_high", user="lee", reason="sensor sent for repair")),
    ("gas/GAS-001", AlarmRestored("gas_high", user="lee")),
    (
        INCIDENT,
        IncidentOpened("i-1", "2026-1122-03", "gas_leak", CAUSE, "serious", 35.2, 128.66),
    ),
    (
        INCIDENT,
        IncidentJoined(
            "i-1",
            member="a-1",
            asset=CAUSE,
            system="gas",
            what="gas_stel",
            happened=TIME,
            rule="cause",
            alarm="a-1",
            value=42,
            limit=35,
            unit="ppm",
            distance_m=0,
            after_s=0,
        ),
    ),
    (INCIDENT, IncidentLeft("i-1", member="a-1", rule="split", user="kim")),
    (INCIDENT, IncidentCorrected("i-1", "gas_leak", CAUSE, "earlier", 35.2, 128.66)),
    (INCIDENT, IncidentMerged("i-2", into="i-1", reason="same leak", user="kim")),
    (INCIDENT, IncidentLinked("i-1", other="i-3", rule="same_grid", distance_m=850, after_s=120)),
    (INCIDENT, IncidentAcknowledged("i-1", user="kim")),
    (INCIDENT, IncidentVerified("i-1", "true", user="kim")),
    (INCIDENT, IncidentGraded("i-1", "serious", "over STEL", user="kim")),
    (INCIDENT, IncidentAdvanced("i-1", "responding", user="kim")),
    (INCIDENT, IncidentAssigned("i-1", user="park", by="kim")),
    (INCIDENT, IncidentStep("i-1", "call_119", "done", user="kim")),
    (INCIDENT, IncidentNoted("i-1", user="kim", text="wind turned")),
    (INCIDENT, IncidentEscalated("i-1", level=1, to="manager", reason="not acknowledged")),
    (
        COMMAND,
        CommandRequested(
            "c-1", "light.dim", ("changwon/light/L-0001",), value=100, until=LATER, incident="i-1"
        ),
    ),
    (COMMAND, CommandConfirmed("c-1", user="kim")),
    (COMMAND, CommandAnswered("c-1", "changwon/light/L-0001", ok=True)),
    (COMMAND, CommandFinished("c-1", "done", answered=1, targets=1)),
    (
        MESSAGE,
        MessageRequested(
            "m-1",
            "fire_119",
            "email",
            "암모니아 누출",
            "Ammonia leak",
            "창원대로 812",
            "812 Changwon-daero",
            incident="i-1",
            step="call_119",
            user="kim",
        ),
    ),
    (MESSAGE, MessageStatus("m-1", "sent", attempt=1, incident="i-1")),
    ("room/web", ExerciseStatus(active=True, user="lee", reason="monthly drill")),
    (
        "room/web",
        HandoverSigned(shift="2026-11-22 1", leaving="kim", taking="park", digest="9f86d081"),
    ),
    (
        "gas/GAS-001",
        OperatorAction(
            user="kim", action="acknowledge", origin="127.0.0.1", object="gas_high", reason="patrol sent"
        ),
    ),
    ("feed/plc-7", FeedHeartbeat(period_s=10, sent=1200)),
    ("panel/energy", SystemStatus(state="failed", detail="OverflowError: math range error")),
    (
        "gas/GAS-001",
        IdentityReused(event="1", feed="plc-7", kept_as="1~9f86d081884c7d65"),
    ),
)


def examples() -> dict[str, Event]:
    """Return one event of every type, by type, all of the same moment and the park ``changwon``."""
    return {
        fact.TYPE: Event(
            id=f"example-{number}",
            source="plc/7",
            type=fact.TYPE,
            subject=f"changwon/{subject}",
            time=TIME,
            park="changwon",
            data=fact,
        )
        for number, (subject, fact) in enumerate(_EXAMPLES, start=1)
    }
