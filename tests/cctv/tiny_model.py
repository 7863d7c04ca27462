"""A model of the YOLOX family small enough to be made here: mean colours through one layer, 64×64 pixels.

Written as ONNX by hand (protocol buffers, onnx.proto3), so that no test needs a download.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SIDE = 64
COLUMNS = 85
INTS, FLOAT, INT64 = 7, 1, 7


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def _put(field: int, value: int | bytes | str) -> bytes:
    """Write one field: a number, or a text or message with its length."""
    if isinstance(value, int):
        return _varint(field << 3) + _varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(raw)) + raw


def _tensor(name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> bytes:
    kind = INT64 if values.dtype == np.int64 else FLOAT
    dims = b"".join(_put(1, n) for n in values.shape)
    return _put(5, dims + _put(2, kind) + _put(8, name) + _put(9, values.tobytes()))


def _node(kind: str, inputs: list[str], output: str, **attributes: list[int] | int) -> bytes:
    body = b"".join(_put(1, name) for name in inputs) + _put(2, output) + _put(3, output) + _put(4, kind)
    for name, value in attributes.items():
        if isinstance(value, int):
            body += _put(5, _put(1, name) + _put(3, value) + _put(20, 2))
        else:
            body += _put(5, _put(1, name) + b"".join(_put(8, n) for n in value) + _put(20, INTS))
    return _put(1, body)


def _value(field: int, name: str, shape: tuple[int, ...]) -> bytes:
    dims = b"".join(_put(1, _put(1, n)) for n in shape)
    return _put(field, _put(1, name) + _put(2, _put(1, _put(1, FLOAT) + _put(2, dims))))


def tiny_yolox(path: Path, strides: tuple[int, ...] = (8, 16, 32)) -> Path:
    """Write the model; with other strides than 8, 16, 32 it is none of the family."""
    dice = np.random.default_rng(3)
    weights = dice.normal(0, 0.02, (COLUMNS, 3, 1, 1)).astype(np.float32)
    biases = dice.normal(0, 0.5, COLUMNS).astype(np.float32)
    nodes, made, cells = b"", [], 0
    shapes = b""
    for stride in strides:
        n, count = str(stride), (SIDE // stride) ** 2
        pool = {"kernel_shape": [stride, stride], "strides": [stride, stride]}
        nodes += _node("AveragePool", ["images"], f"mean{n}", **pool)
        nodes += _node("Conv", [f"mean{n}", "weights", "biases"], f"conv{n}", kernel_shape=[1, 1])
        nodes += _node("Reshape", [f"conv{n}", f"shape{n}"], f"rows{n}")
        shapes += _tensor(f"shape{n}", np.array([1, COLUMNS, count], np.int64))
        made.append(f"rows{n}")
        cells += count
    nodes += _node("Concat", made, "all", axis=2) + _node("Transpose", ["all"], "turned", perm=[0, 2, 1])
    nodes += _node("Sigmoid", ["turned"], "output")
    graph = nodes + _put(2, "tiny") + _tensor("weights", weights) + _tensor("biases", biases) + shapes
    graph += _value(11, "images", (1, 3, SIDE, SIDE)) + _value(12, "output", (1, cells, COLUMNS))
    path.write_bytes(_put(1, 8) + _put(8, _put(1, "") + _put(2, 13)) + _put(7, graph))
    return path
