"""Rules over what pictures showed, one file each; a camera's file names them by ``kind``."""

from cctv.rules.abandonment import Abandonment
from cctv.rules.crowd import Crowd
from cctv.rules.dumping import Dumping
from cctv.rules.fall import Fall
from cctv.rules.fight import Fight
from cctv.rules.fire import Fire
from cctv.rules.intrusion import Intrusion
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.loitering import Loitering
from cctv.rules.person_on_carriageway import PersonOnCarriageway
from cctv.rules.removal import Removal
from cctv.rules.smoke import Smoke
from cctv.rules.stopped_vehicle import StoppedVehicle
from cctv.rules.wrong_way import WrongWay

PictureRule = (
    Crowd
    | Fall
    | Fight
    | Intrusion
    | Loitering
    | StoppedVehicle
    | Fire
    | Smoke
    | Abandonment
    | Removal
    | Dumping
)
ZoneRule = PictureRule | PersonOnCarriageway | WrongWay
LineRule = LineCrossing | WrongWay

__all__ = [
    "Abandonment",
    "Crowd",
    "Dumping",
    "Fall",
    "Fight",
    "Fire",
    "Intrusion",
    "LineCrossing",
    "LineRule",
    "Loitering",
    "PersonOnCarriageway",
    "PictureRule",
    "Removal",
    "Smoke",
    "StoppedVehicle",
    "WrongWay",
    "ZoneRule",
]
