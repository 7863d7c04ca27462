"""What all facts are made of: their base and the bounds of their fields."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

Percent = Annotated[float, Meta(ge=0, le=100)]
Share = Annotated[float, Meta(ge=0, le=1)]
NonNegative = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Bearing = Annotated[float, Meta(ge=0, lt=360)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]
AwareTime = Annotated[datetime, Meta(tz=True)]
Box = tuple[float, float, float, float]

Priority = Literal["critical", "high", "medium", "low"]


class FactBase(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of all facts."""

    TYPE: ClassVar[str]
