"""What all facts are made of: their base and the bounds of their fields."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Percent = Annotated[float, Meta(ge=0, le=100)]
Share = Annotated[float, Meta(ge=0, le=1)]
NonNegative = Annotated[float, Meta(ge=0)]
LARGEST_COUNT = 2**53 - 1  # what a number of JSON holds exactly everywhere
Count = Annotated[int, Meta(ge=0, le=LARGEST_COUNT)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Bearing = Annotated[float, Meta(ge=0, lt=360)]
LONGEST_NAME = 200  # of an id, a source, a subject
LONGEST_TEXT = 500
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
# What is measured may have no value: null, or a code of the trade (park/events/bounds.py),
# which is read as null.
MeasuredNumber = float | None
MeasuredPositive = NonNegative | None
MeasuredPercent = Percent | None
MeasuredCount = Count | None
MeasuredBearing = Bearing | None
AwareTime = Annotated[datetime, Meta(tz=True)]
Pixel = Annotated[float, Meta(ge=-100_000, le=100_000)]  # a box may reach over the edge of its picture
Box = tuple[Pixel, Pixel, Pixel, Pixel]

Priority = Literal["critical", "high", "medium", "low"]


class FactBase(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all facts; ``SHOWN``: the newest one of an asset is a live value of it on the screens."""

    TYPE: ClassVar[str]
    SHOWN: ClassVar[bool] = False

    def gravity(self) -> int:
        """Return how grave the fact is by itself: 0 normal … 4 critical. What is an alarm adds its own."""
        return 0
