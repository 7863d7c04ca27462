"""The cameras."""

from park.cameras.facts import CameraHealth
from park.commands.kind import CommandKind
from park.config.label import Label
from park.system import AssetKind, Quantity, System

CAMERAS = System(
    name="camera",
    label=Label("영상", "Cameras"),
    kinds=(AssetKind("camera", Label("카메라", "Camera")),),
    quantities=(Quantity("fps", Label("초당 장면", "Frame rate"), "fps"),),
    commands=(
        CommandKind(
            "camera.point",
            Label("카메라 지향", "Camera pointing"),
            Label("카메라 {n}대 현장 방향", "{n} cameras pointed"),
            targets=frozenset({"camera"}),
        ),
    ),
    observations={CameraHealth.TYPE: Label("카메라 상태", "Camera health")},
)
