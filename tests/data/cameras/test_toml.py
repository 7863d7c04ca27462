"""A camera's TOML: read back as written; what people remarked in it stays where it stood."""

import tomllib
from typing import Any

import pytest

from data.cameras.toml import remarks, written

TEXT = """# head

id = "a"  # the id
name = { ko = "가", en = "a" }
frame = [640, 480]
source = "rtsp://x/y#z"

# the yard
[[zones]]
name = "yard"  # named by the shift
polygon = [[0, 0], [10, 0], [10, 10]]  # measured
rules = [
  { kind = "loitering", dwell_s = 15.0 },  # the standard
  # people only
  { kind = "intrusion", classes = ["person"] },
]

# behind it
[[zones]]
name = "gate"  # gone soon
polygon = [[0, 0], [10, 0], [10, 10]]

# whole picture
[[rules]]
kind = "fall"  # always
"""


def table() -> dict[str, Any]:
    return tomllib.loads(TEXT)


def test_what_has_not_changed_is_not_touched() -> None:
    assert written(table(), TEXT) == TEXT


def test_remarks_stay_with_what_they_are_about() -> None:
    new = table() | {"heading_deg": 12, "masks": [{"polygon": [[0, 0], [1, 0], [1, 1]]}]}
    new["zones"][0]["polygon"] = [[0, 0], [20, 0], [20, 20], [1, 1]]
    new["zones"][0]["rules"][0]["dwell_s"] = 20
    new["zones"][0]["rules"].append({"kind": "crowd", "people": 5})
    new["zones"].append({"name": "new", "polygon": [[1, 2], [3, 4], [5, 6]]})
    text = written(new, TEXT)
    assert tomllib.loads(text) == new
    assert [one for one in remarks(TEXT) if one not in remarks(text)] == []
    for line in (
        'source = "rtsp://x/y#z"\nheading_deg = 12\n\n# the yard\n[[zones]]',
        "polygon = [[0, 0], [20, 0], [20, 20], [1, 1]]  # measured",
        '{ kind = "loitering", dwell_s = 20 },  # the standard\n  # people only',
    ):
        assert line in text


def test_what_goes_takes_its_own_remark_alone() -> None:
    new = table()
    del new["zones"][1]
    text = written(new, TEXT)
    assert tomllib.loads(text) == new
    assert set(remarks(TEXT)) - set(remarks(text)) == {"gone soon"}
    assert "# whole picture\n[[rules]]" in text
    del new["zones"]
    assert tomllib.loads(written(new, TEXT)) == new


def test_places_in_another_order_are_what_they_are() -> None:
    new = table()
    new["zones"].reverse()
    new["zones"][0]["rules"] = [{"kind": "intrusion"}, {"kind": "intrusion", "classes": ["car"]}]
    assert tomllib.loads(written(new, TEXT)) == new
    assert tomllib.loads(written(new, written(new, TEXT))) == new


@pytest.mark.parametrize(
    "before", ["", "# head\nid = ", "# head\n[[zones", "zones = 3\n", "[rules]\na = 1\n"]
)
def test_what_stood_there_before_never_stops_it(before: str) -> None:
    text = written(table(), before)
    assert tomllib.loads(text) == table()
    assert text.startswith("# head") == before.startswith("# head")


def test_what_is_written_is_read_back() -> None:
    odd = {
        "id": "a",
        "name": {"ko": '따옴표 " \\ 줄\n', "en": "\x7f\t\u0001"},
        "n": 1.5,
        "yes": True,
        "zones": [{"name": "z", "polygon": [[1, 2.5], [3, 4]], "rules": [{"kind": "x", "a b": [1]}]}],
        "rules": [{"kind": "fall"}],
    }
    assert tomllib.loads(written(odd)) == odd
    assert tomllib.loads(written(odd, TEXT)) == odd


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), object()])
def test_what_has_no_toml_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no "):
        written({"a": value}, TEXT)
