"""Repeatable chance: the same seed, thing and time give the same number, in whatever order one asks."""

import math
import zlib
from functools import lru_cache


def unit(*key: object) -> float:
    """Return a number in [0, 1) that depends on the key alone."""
    return zlib.crc32("/".join(map(str, key)).encode()) / 2**32


def noise(*key: object) -> float:
    """Return a number in about [-1, 1], near zero more often than not."""
    return unit("a", *key) + unit("b", *key) + unit("c", *key) - 1.5


def drift(time_s: float, period_s: float, *key: object) -> float:
    """Return a slow wave in [-1, 1] around the given period; three sines out of step."""
    first, second, third = _phases(*key)
    turn = 2 * math.pi * time_s / period_s
    return (
        0.5 * math.sin(turn + first)
        + 0.2 * math.sin(turn / 0.37 + second)
        + 0.3 * math.sin(turn / 2.3 + third)
    )


@lru_cache(maxsize=8192, typed=True)
def _phases(*key: object) -> tuple[float, float, float]:
    first, second, third = (2 * math.pi * unit(ratio, *key) for ratio in (1.0, 0.37, 2.3))
    return first, second, third
