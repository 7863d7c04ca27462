"""What finds objects in a picture; one file a family of models."""

from cctv.detectors.base import Detector, ModelError

__all__ = ["Detector", "ModelError"]
