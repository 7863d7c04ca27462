"""By what rules the works are found that a leak, a fire or a smell comes from (``sources.toml``)."""

from typing import Annotated

from msgspec import Meta, Struct

Metres = Annotated[float, Meta(gt=0)]
Degrees = Annotated[float, Meta(gt=0, le=180)]
Weight = Annotated[float, Meta(ge=0, lt=1)]


class Weights(Struct, frozen=True, forbid_unknown_fields=True):
    """How much each reason says that it is these works, 0 to 1; reasons add up as independent ones do.

    ``upwind``, ``around``, ``in_view`` and ``near`` are those of works right at the place: they fall with
    the distance, and of ``upwind`` with the angle.
    """

    own_sensor: Weight = 0.6
    own_camera: Weight = 0.7
    own_camera_elsewhere: Weight = 0.3
    faces: Weight = 0.8
    in_view: Weight = 0.5
    near: Weight = 0.25
    not_in_view: Weight = 0.15
    upwind: Weight = 0.35
    around: Weight = 0.25
    handles: Weight = 0.3
    carries: Weight = 0.5
    standing: Weight = 0.4
    power: Weight = 0.5


class SourceRules(Struct, frozen=True, forbid_unknown_fields=True):
    """``sources.toml``; metres, degrees, metres a second, seconds.

    Works are a point with the ground ``ground_m`` around it. A camera sees works up to ``view_m``, what
    stands within ``near_m`` is near. A gas, a smell or smoke comes from at most ``upwind_m``, in a calm from
    ``around_m``; a vehicle counts up to ``vehicle_m``, with a position not older than ``vehicle_age_s``.
    Candidates of less than ``least_share`` of the best score are left out, and more than ``most``.
    ``un_numbers`` are the dangerous goods that a substance is.
    """

    ground_m: Metres = 80.0
    view_m: Metres = 200.0
    near_m: Metres = 150.0
    upwind_m: Metres = 1500.0
    around_m: Metres = 500.0
    vehicle_m: Metres = 300.0
    vehicle_age_s: Annotated[float, Meta(gt=0)] = 600.0
    half_angle_deg: Degrees = 30.0
    calm_ms: Annotated[float, Meta(gt=0)] = 0.5
    least_share: Weight = 0.25
    most: Annotated[int, Meta(ge=1)] = 4
    weights: Weights = Weights()
    un_numbers: dict[str, tuple[str, ...]] = {}
    source: str = ""
