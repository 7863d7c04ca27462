"""What finds objects in a picture; one file a family of models."""

from cctv.detectors.base import BusyError, Detector, ModelError

__all__ = ["BusyError", "Detector", "ModelError"]
