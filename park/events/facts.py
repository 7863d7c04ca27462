"""The union of all facts: the whole catalogue of events.

Schemas, AsyncAPI, the table in the documents and the examples of the tests are made from ``Fact``. ``TYPE``
of a fact is its CloudEvents type; the first line of its docstring is its description.
"""

from typing import get_args

from park.alarms.facts import AlarmFact
from park.cameras.facts import CameraDetection, CameraEvent, CameraHealth, CameraScene, CameraVerdict
from park.commands.facts import CommandFact
from park.energy.facts import EssStatus, FuelCellReading, MeterReading, PvReading
from park.engine.facts import FeedHeartbeat, IdentityReused, SystemStatus
from park.environment.facts import (
    AirObservation,
    GasObservation,
    OdourObservation,
    WaterObservation,
    WeatherObservation,
)
from park.incidents.facts import IncidentFact
from park.lighting.facts import LightStatus
from park.logistics.facts import (
    DockStatus,
    GatePassage,
    GateStatus,
    ParkingStatus,
    ShipmentStatus,
    VehiclePosition,
)
from park.messages.facts import MessageFact
from park.operators.facts import OperatorAction, RoomFact

Fact = (
    LightStatus | CameraDetection | CameraEvent | CameraHealth | CameraScene | CameraVerdict | VehiclePosition
    | GatePassage | GateStatus | DockStatus | ShipmentStatus | MeterReading | PvReading | FuelCellReading
    | EssStatus | AirObservation | GasObservation | OdourObservation | WaterObservation
    | WeatherObservation | ParkingStatus | OperatorAction | FeedHeartbeat | IdentityReused
    | SystemStatus
    | AlarmFact | IncidentFact | CommandFact | MessageFact | RoomFact
)  # fmt: skip
SHOWN = frozenset(
    fact.TYPE for fact in get_args(Fact) if fact.SHOWN
)  # types that are live values of an asset
