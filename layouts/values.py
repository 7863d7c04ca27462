"""Live values of assets in words: quantities with their units, states by their names."""

from collections.abc import Mapping, Sequence
from typing import Any

from layouts.texts import Translate
from park.incidents.labels import UNITS_EN
from park.system import Quantity


def value_text(t: Translate, lang: str, quantities: Sequence[Quantity], fields: Mapping[str, Any]) -> str:
    """Return the live values of one asset as one text: its state first, then each quantity it has."""
    words = state_words(t)
    parts = []
    if "state" in fields:
        parts.append(words.get(str(fields["state"]), str(fields["state"])))
    for quantity in quantities:
        value = fields.get(quantity.field)
        if value is None:
            continue
        name = getattr(quantity.label, lang)
        if isinstance(value, bool) or not isinstance(value, int | float):
            word = str(value).lower() if isinstance(value, bool) else str(value)
            parts.append(f"{name} {words.get(word, word)}")
        else:
            unit = unit_text(lang, quantity.unit)
            parts.append(f"{name} {value:,.{quantity.decimals}f} {unit}".rstrip())
    return " · ".join(parts)


def unit_text(lang: str, unit: str) -> str:
    """Return a unit as it is written in a language."""
    return UNITS_EN.get(unit, unit) if lang == "en" else unit


def state_words(t: Translate) -> dict[str, str]:
    """Return the words for what devices say of themselves."""
    return {
        "normal": t("정상"),
        "failed": t("고장"),
        "unreachable": t("통신 두절"),
        "ok": t("정상"),
        "lost": t("신호 끊김"),
        "frozen": t("화면 멈춤"),
        "black": t("검은 화면"),
        "white": t("흰 화면"),
        "covered": t("가림"),
        "defocused": t("초점 흐림"),
        "turned": t("방향 틀어짐"),
        "slow": t("느림"),
        "free": t("비어 있음"),
        "busy": t("작업 중"),
        "closed": t("닫힘"),
        "moving": t("운행"),
        "queued": t("대기"),
        "docked": t("도크 접안"),
        "parked": t("주차 중"),
        "left": t("나감"),
        "empty": t("공차"),
        "general": t("일반 화물"),
        "dangerous": t("위험물"),
        "true": t("열림"),
        "false": t("닫힘"),
    }
