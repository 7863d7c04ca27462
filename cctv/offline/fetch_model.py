"""Brings the official YOLOX-nano model (Megvii, Apache-2.0) from its release, and tries it."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
import numpy as np

from cctv.detectors import ModelError
from cctv.detectors.yolox import Yolox

URL = "https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_nano.onnx"
NAME = "yolox_nano.onnx"
LARGEST_BYTES = 400 << 20
CHUNK_BYTES = 1 << 16


class FetchError(RuntimeError):
    """The model could not be brought; the message says why and what to do instead."""


def fetch(url: str, folder: Path, now: datetime, progress: Callable[[int, int | None], None]) -> Path:
    """Bring a model into ``folder``, try it, and write its origin and checksum beside it.

    Args:
        url: where it is.
        folder: where models are kept.
        now: told in the record.
        progress: called with the bytes so far and in all (None when unknown).

    Raises:
        FetchError: no way to it, cut off, too large, or no model of the YOLOX family.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{NAME}.part"
    try:
        checksum = _download(url, part, progress)
        _try(part)
        part.replace(folder / NAME)
    except httpx.HTTPError as error:
        raise FetchError(f"가져오지 못함 · could not fetch {url}: {error or type(error).__name__}") from error
    except (OSError, ModelError) as error:
        raise FetchError(f"쓸 수 없는 모델 · not usable: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    record = {"url": url, "sha256": checksum, "fetched": now.isoformat(), "licence": "Apache-2.0"}
    (folder / f"{NAME}.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")
    return folder / NAME


def _download(url: str, part: Path, progress: Callable[[int, int | None], None]) -> str:
    digest, done = hashlib.sha256(), 0
    timeout = httpx.Timeout(30.0, connect=10.0)
    with httpx.stream("GET", url, follow_redirects=True, timeout=timeout) as answer, part.open("wb") as file:
        answer.raise_for_status()
        total = int(answer.headers["content-length"]) if "content-length" in answer.headers else None
        for chunk in answer.iter_bytes(CHUNK_BYTES):
            digest.update(chunk)
            done += file.write(chunk)
            if done > LARGEST_BYTES:
                raise FetchError(f"larger than {LARGEST_BYTES} bytes: {url}")
            progress(done, total)
    return digest.hexdigest()


def _try(path: Path) -> None:
    """Run it once on a grey picture: a model that finds objects in nothing is none."""
    found = Yolox(path).find(np.full((240, 320, 3), 114, np.uint8))
    if any(sighting.score > 0.5 for sighting in found):
        raise ModelError("self-test failed: it sees objects in an empty picture")
