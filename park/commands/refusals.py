"""Why devices cannot be asked for something, as Korean msgids."""

from collections.abc import Mapping, Sequence

from park.config.asset import Asset
from park.systems import COMMAND_KINDS


def value_refusal(kind: str, value: float | None, text: str) -> str | None:
    """Return why devices cannot be asked for such a value, None when they can."""
    known = COMMAND_KINDS.get(kind)
    if known is None or known.value_refusal is None:
        return None
    return known.value_refusal(value, text)


def target_refusal(assets: Mapping[str, Asset], kind: str, targets: Sequence[str]) -> str | None:
    """Return why devices cannot be asked for this, None when they can."""
    known = COMMAND_KINDS.get(kind)
    if known is None:
        return "그런 명령 종류가 없습니다"
    if not targets:
        return "명령 대상을 골라 주세요"
    fit = all(target in assets and assets[target].kind in known.targets for target in targets)
    return None if fit else "명령 대상이 올바르지 않습니다"
