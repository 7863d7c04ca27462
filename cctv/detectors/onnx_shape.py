"""Setting a model's height and width free, so that a wide picture need not be padded to a square.

An ONNX file is protocol buffers (onnx.proto3). Only the sizes that its graph declares for input, output and
inner values are touched; nodes that have a size built in fail when they run at another, which a caller tries.
"""

from collections.abc import Callable, Iterator, Mapping

Change = Callable[[bytes], bytes]  # from the body of a field to the whole of it
GRAPH = 7
INPUT = 11
OUTPUT = 12
INNER = 13
TYPE = 2
TENSOR = 1
SHAPE = 2
DIM = 1
NAME = 2
LENGTH = {0: None, 1: 8, 2: None, 5: 4}  # wire types: number, 8 bytes, counted bytes, 4 bytes


def set_free(raw: bytes) -> bytes:
    """Return the model with height and width of its input and the rows of its output left open.

    Raises:
        ValueError: when the bytes are no protocol buffers.
    """
    values: dict[int, Change] = {
        INPUT: lambda body: _counted(INPUT, _named(body, (None, None, "height", "width"))),
        OUTPUT: lambda body: _counted(OUTPUT, _named(body, (None, "rows", None))),
        INNER: lambda _: b"",  # found again when the model is loaded
    }
    try:
        return _changed(raw, {GRAPH: lambda body: _counted(GRAPH, _changed(body, values))})
    except (IndexError, KeyError) as error:
        raise ValueError("no protocol buffers") from error


def _named(value: bytes, names: tuple[str | None, ...]) -> bytes:
    """Name the sizes of a value; None leaves one as it is."""
    left = iter(names)

    def dim(body: bytes) -> bytes:
        name = next(left, None)
        return _counted(DIM, body if name is None else _counted(NAME, name.encode()))

    def inside(field: int, change: Mapping[int, Change]) -> dict[int, Change]:
        return {field: lambda body: _counted(field, _changed(body, change))}

    return _changed(value, inside(TYPE, inside(TENSOR, inside(SHAPE, {DIM: dim}))))


def _changed(raw: bytes, changes: Mapping[int, Change]) -> bytes:
    parts = (changes[field](body) if field in changes else whole for field, whole, body in _fields(raw))
    return b"".join(parts)


def _fields(raw: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, whole and body of every field."""
    at = 0
    while at < len(raw):
        begin = at
        key, at = _number(raw, at)
        size = LENGTH[key & 7]
        if size is None:
            count, at = _number(raw, at)
            size = count if key & 7 == 2 else 0
        if at + size > len(raw):
            raise IndexError(at)
        yield key >> 3, raw[begin : at + size], raw[at : at + size]
        at += size


def _number(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = raw[at]
        number = number | (byte & 0x7F) << shift
        shift = shift + 7
        at = at + 1
        if byte < 0x80:
            return number, at


def _counted(field: int, body: bytes) -> bytes:
    return _written(field << 3 | 2) + _written(len(body)) + body


def _written(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
