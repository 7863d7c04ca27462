"""Texts of the room in Korean and English; the msgid is the Korean text."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

LANGUAGES = ("ko", "en")
Translate = Callable[..., str]

_LOCALES = Path(__file__).resolve().parent.parent / "locales"


@cache
def catalogue(lang: str) -> dict[str, str]:
    """Every text of one language by msgid.

    Raises:
        ValueError: the language is none of ``LANGUAGES``.
    """
    if lang not in LANGUAGES:
        raise ValueError(f"no texts in {lang!r}")
    with (_LOCALES / lang / "LC_MESSAGES" / "gwanje.po").open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale=lang) if m.id}


def translator(lang: str) -> Translate:
    """Return ``t(msgid, **params)``; ``{name}`` in a text is replaced by the parameter of that name.

    Raises:
        ValueError: the language is none of ``LANGUAGES``.
        KeyError: from ``t``, for a msgid that the catalogue does not have.
    """
    texts = catalogue(lang)

    def translate(msgid: str, **params: object) -> str:
        text = texts[msgid]
        return text.format(**params) if params else text

    return translate
