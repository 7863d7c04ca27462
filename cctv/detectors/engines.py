"""What runs a model: one small interface, by onnxruntime or by OpenCV's dnn, both on the CPU.

onnxruntime is about twice as fast; OpenCV needs no further package. ``GWANJE_ENGINE`` chooses.
"""

import re
import threading
from abc import ABC, abstractmethod
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from cctv.detectors.base import ModelError
from cctv.detectors.onnx_shape import set_free

Floats = NDArray[np.float32]
Shape = tuple[int, ...]
_SHAPES = re.compile(r"// <(Input|Output)> \S+ \[([\dx ]+)\]")


class Engine(ABC):
    """A loaded model of one input and one output; safe to share between threads.

    ``takes``, ``gives``: shapes of input and output as the model says; empty where it has several.
    """

    takes: Shape = ()
    gives: Shape = ()

    def is_free(self, height: int, width: int) -> bool:
        """Tell whether the model also runs at another size, by running it."""
        try:
            rows = self.run(np.zeros((1, self.takes[1], height, width), np.float32)).shape[-2]
        except ModelError:
            return False
        return bool(rows * self.takes[2] * self.takes[3] == self.gives[-2] * height * width)

    @abstractmethod
    def run(self, tensor: Floats) -> Floats:
        """Return the output for an input of shape ``takes``; ModelError when it does not fit the model."""


class OnnxRuntime(Engine):
    """By onnxruntime."""

    def __init__(self, raw: bytes, threads: int) -> None:
        """Load a model; ModelError says why not."""
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = threads
        options.log_severity_level = 3
        try:
            strict: Any = onnxruntime.InferenceSession(raw, options, ["CPUExecutionProvider"])
            free: Any = onnxruntime.InferenceSession(set_free(raw), options, ["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no common class for what it raises
            raise ModelError(f"no ONNX model: {_first_line(error)}") from error
        self.takes, self.gives = _fixed(strict.get_inputs()), _fixed(strict.get_outputs())
        self._session, self._input = free, free.get_inputs()[0].name

    def run(self, tensor: Floats) -> Floats:
        """Return the output."""
        try:
            return np.asarray(self._session.run(None, {self._input: tensor})[0], np.float32)
        except Exception as error:  # onnxruntime has no common class for what it raises
            raise ModelError(f"the model cannot run: {_first_line(error)}") from error


class OpenCv(Engine):
    """By OpenCV's dnn; a net is one at a time, so callers wait for each other."""

    def __init__(self, raw: bytes, threads: int) -> None:
        """Load a model; ModelError says why not. OpenCV's ``threads`` are those of the whole process."""
        cv2.setNumThreads(threads)
        try:
            self._net = cv2.dnn.readNetFromONNX(np.frombuffer(raw, np.uint8))
            told = self._net.dump()
        except cv2.error as error:
            raise ModelError(f"no ONNX model: {_first_line(error)}") from error
        self.takes, self.gives = (_told(told, which) for which in ("Input", "Output"))
        self._lock = threading.Lock()

    def run(self, tensor: Floats) -> Floats:
        """Return the output."""
        with self._lock:
            try:
                self._net.setInput(tensor)
                return np.array(self._net.forward(), np.float32)
            except cv2.error as error:
                raise ModelError(f"the model cannot run: {_first_line(error)}") from error


ENGINES: dict[str, type[OnnxRuntime] | type[OpenCv]] = {"onnxruntime": OnnxRuntime, "opencv": OpenCv}
DEFAULT = "onnxruntime"


def open_engine(name: str, raw: bytes, threads: int) -> Engine:
    """Load a model.

    Raises:
        ModelError: an engine of no such name, or what the engine has against the model.
    """
    if name not in ENGINES:
        raise ModelError(f"GWANJE_ENGINE: {name!r} is not one of {', '.join(ENGINES)}")
    return ENGINES[name](raw, threads)


def _fixed(values: list[Any]) -> Shape:
    shape = values[0].shape if len(values) == 1 else []
    return tuple(shape) if all(isinstance(n, int) for n in shape) else ()


def _told(text: str, which: str) -> Shape:
    """Read a shape from OpenCV's description of a net, which has no other way to tell it."""
    head = text.split("layers:", 1)[0]
    shapes = [shape for kind, shape in _SHAPES.findall(head) if kind == which]
    return tuple(int(n) for n in shapes[0].split("x")) if len(shapes) == 1 else ()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
