"""Rules over what pictures showed, one file each; a camera's file names them by ``kind``."""

from cctv.rules.crowd import Crowd
from cctv.rules.fall import Fall
from cctv.rules.intrusion import Intrusion
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.loitering import Loitering
from cctv.rules.person_on_carriageway import PersonOnCarriageway
from cctv.rules.stopped_vehicle import StoppedVehicle
from cctv.rules.wrong_way import WrongWay

PictureRule = Crowd | Fall | Intrusion | Loitering | StoppedVehicle
ZoneRule = PictureRule | PersonOnCarriageway | WrongWay
LineRule = LineCrossing | WrongWay

__all__ = [
    "Crowd",
    "Fall",
    "Intrusion",
    "LineCrossing",
    "LineRule",
    "Loitering",
    "PersonOnCarriageway",
    "PictureRule",
    "StoppedVehicle",
    "WrongWay",
    "ZoneRule",
]
