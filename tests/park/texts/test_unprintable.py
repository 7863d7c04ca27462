"""What cannot be written is shown by its code, never left out and never in the way of the rest."""

from xml.etree import ElementTree as ET

import msgspec
import pytest

from park.messages import cap
from park.texts.unprintable import sign, writable

BAD = "a\0b\x1bc\ud83dd\ufffee"
SHOWN = "a[U+0000]b[U+001B]c[U+D83D]d[U+FFFE]e"


def test_what_no_document_can_hold_is_its_code_point() -> None:
    assert writable(BAD) == SHOWN
    assert sign("\U0001f525") == "[U+1F525]"


@pytest.mark.parametrize(
    "text",
    [
        "대피\n지금\t여기",
        "\U0001f525 🚨",
        "\u1112\u119e\u11ab",
        "שלום",
        "สวัสดี",
        "e\u0301",
        "뷁",
        "<&>",
        "\u202e",
    ],
)
def test_all_else_stays_as_it_is(text: str) -> None:
    assert writable(text) == text


def test_an_alert_with_such_a_text_is_a_document_all_the_same() -> None:
    root = ET.Element("alert", xmlns=cap.NAMESPACE)
    cap._add(root, "headline", f"대피 🔥 {BAD}")
    said = ET.fromstring(ET.tostring(root, encoding="unicode").encode())[0].text  # noqa: S314
    assert said == f"대피 🔥 {SHOWN}"
    assert msgspec.json.decode(msgspec.json.encode(said)) == said
