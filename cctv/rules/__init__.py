"""Rules over tracks, one file each; a camera's file names them by ``kind``."""

from cctv.rules.intrusion import Intrusion
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.loitering import Loitering

ZoneRule = Intrusion | Loitering
LineRule = LineCrossing
PictureRule = Intrusion | Loitering

__all__ = ["Intrusion", "LineCrossing", "LineRule", "Loitering", "PictureRule", "ZoneRule"]
