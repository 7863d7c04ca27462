"""Rules over tracks, one file each; a camera's file names them by ``kind``."""

from cctv.rules.fall import Fall
from cctv.rules.intrusion import Intrusion
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.loitering import Loitering

ZoneRule = Fall | Intrusion | Loitering
LineRule = LineCrossing
PictureRule = Fall | Intrusion | Loitering

__all__ = ["Fall", "Intrusion", "LineCrossing", "LineRule", "Loitering", "PictureRule", "ZoneRule"]
