"""Which model the room uses."""

from pathlib import Path

from data.settings import Settings


def model_path(settings: Settings) -> Path | None:
    """Return the model that the settings name, else the one brought by ``fetch-model``, else None."""
    if settings.detector:
        return Path(settings.detector)
    return next(iter(sorted((settings.var / "models").glob("*.onnx"))), None)
