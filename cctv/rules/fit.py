"""Whether a rule can ever fire where a camera's file puts it: what could not is refused, not silently off."""

from typing import NamedTuple

from cctv.rules.base import Place, RuleConfig
from cctv.rules.fire import Fire
from cctv.rules.line_crossing import LineCrossing
from cctv.rules.smoke import Smoke
from cctv.rules.wrong_way import WrongWay
from park.cameras.crossings import ways

LEAST_FPS = 3.0  # fire and smoke are told from at least four pictures of their last two seconds


class Misfit(NamedTuple):
    """What of a camera's file has to be another one, and why."""

    key: str
    reason: str


def misfit(rule: RuleConfig, place: Place, analysis_fps: float) -> Misfit | None:
    """Return why a rule could never fire; None where it could."""
    if isinstance(rule, LineCrossing | WrongWay) and place.is_line:
        one, other = ways(*place.points)
        if rule.direction not in {"both", one, other}:
            words = f"line '{place.name}' is crossed {one} or {other}, never '{rule.direction}'"
            return Misfit(
                "lines.rules.direction", f"선 '{place.name}'에 없는 방향 '{rule.direction}' · {words}"
            )
    if isinstance(rule, Fire | Smoke) and analysis_fps < LEAST_FPS:
        kind = rule.__struct_config__.tag
        words = f"{kind} is told from {LEAST_FPS:g} pictures a second on, not from {analysis_fps:g}"
        return Misfit("analysis_fps", f"화재·연기는 초당 {LEAST_FPS:g}장부터 판단함 · {words}")
    return None
