"""On which street a place lies."""

import msgspec
import pytest

from park.config.label import Label
from park.config.streets import Street, nearest_street, read_streets

MAIN = Street(Label("중앙대로", "Main"), ((128.60, 35.20), (128.70, 35.20)))
SIDE = Street(Label("산단로", "Side"), ((128.65, 35.21), (128.65, 35.25)))
POINT = Street(Label("막다른길", "Dead end"), ((128.69, 35.24), (128.69, 35.24)))


@pytest.mark.parametrize(
    ("lat", "lon", "name"),
    [
        (35.201, 128.61, "Main"),  # beside the middle of a long piece, far from both its ends
        (35.209, 128.65, "Side"),  # off its end, 111 m; the other is 1 km away
        (35.204, 128.65, "Main"),
        (35.24, 128.66, "Side"),
        (35.24, 128.688, "Dead end"),
        (35.20, 128.80, "Main"),  # beyond its end
    ],
)
def test_the_nearest_piece_counts_not_the_nearest_end(lat: float, lon: float, name: str) -> None:
    found = nearest_street([MAIN, SIDE, POINT], lat, lon)
    assert found is not None
    assert found.en == name


def test_no_streets_no_name() -> None:
    assert nearest_street([], 35.2, 128.6) is None


def test_streets_are_read_or_the_fault_is_named() -> None:
    line = (
        b'{"geometry":{"coordinates":[[128.6,35.2],[128.7,35.2]]},"properties":{"name":{"ko":"a","en":"b"}}}'
    )
    assert read_streets(b'{"features":[' + line + b"]}") == (
        Street(Label("a", "b"), ((128.6, 35.2), (128.7, 35.2))),
    )
    with pytest.raises(msgspec.ValidationError, match=r"missing required field `name`.*features\[0\]"):
        read_streets(b'{"features":[' + line.replace(b'"name"', b'"nom"') + b"]}")
