import pytest

from callbacks.shell import language


@pytest.mark.parametrize(
    ("search", "lang"),
    [
        (None, "ko"),
        ("", "ko"),
        ("?lang=en", "en"),
        ("?a=1&lang=en", "en"),
        ("?lang=fr", "ko"),
        ("?lang=../en", "ko"),
    ],
)
def test_the_address_names_the_language(search: str | None, lang: str) -> None:
    assert language(search) == lang
