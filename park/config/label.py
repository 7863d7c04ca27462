"""A name in Korean and English."""

from msgspec import Struct


class Label(Struct, frozen=True):
    """A name in both languages."""

    ko: str
    en: str
