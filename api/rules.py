"""Who may open which door: the whole table. What is not in it does not exist for anybody."""

import re
from typing import NamedTuple

from park.systems import PAGES

PUBLIC = "public"


class Rule(NamedTuple):
    """The least role for a method (``WS`` for a socket) on paths that match wholly; first match wins."""

    method: str
    path: re.Pattern[str]
    role: str


def _rule(method: str, path: str, role: str) -> Rule:
    return Rule(method, re.compile(path), role)


RULES = (
    _rule("GET", r"/healthz|/readyz|/metrics", PUBLIC),
    _rule("GET", r"/sign-in|/sign-in\.css|/screen", PUBLIC),
    _rule("POST", r"/sign-in", PUBLIC),
    _rule("POST", r"/api/v1/events", PUBLIC),  # asks for the key of a feed itself
    _rule("POST", r"/sign-out", "viewer"),
    _rule("GET", r"/api/openapi\.json", "viewer"),
    _rule("GET", r"/api/v1/dead-letters", "operator"),
    _rule("POST", r"/api/v1/dead-letters/[^/]+/replay", "manager"),
    _rule("GET", r"/api/v1/(state|events|alarms|incidents|assets|trend|park)", "viewer"),
    _rule("GET", r"/api/v1/incidents/[^/]+|/api/v1/alarms/shelf", "viewer"),
    _rule("GET", r"/api/v1/cameras/(figures|outlines|shelf|crossings/[A-Za-z0-9_-]{1,64})", "viewer"),
    _rule("GET", r"/api/v1/(base|clips|stills)/[^/]+|/api/v1/clips(/[^/]+/track)?", "viewer"),
    _rule("POST", r"/api/v1/clips/[^/]+/hold", "operator"),
    _rule("POST", r"/api/v1/clips/[^/]+/release", "manager"),
    _rule("GET", r"/api/v1/audit(/verdict|/months/[^/]+)?", "manager"),
    _rule("POST", r"/api/v1/audit/months/[^/]+/review", "manager"),
    _rule("GET", r"/api/v1/export/[^/]+|/api/v1/clips/[^/]+/download", "manager"),
    _rule("GET", r"/api/v1/handover|/api/v1/handovers(/[^/]+)?", "viewer"),
    _rule("POST", r"/api/v1/handovers|/api/v1/handover/notes", "operator"),
    _rule("POST", r"/api/v1/incidents/[^/]+/report", "operator"),
    _rule("GET", r"/api/v1/reports/[^/]+(/file)?", "operator"),
    _rule("GET", r"/audit", "manager"),
    _rule("GET", r"/handover", "viewer"),
    _rule("GET", r"/cameras/setup(/[A-Za-z0-9_-]{1,64})?", "manager"),
    _rule("GET", r"/api/v1/cameras/setup(/[A-Za-z0-9_-]{1,64})?", "manager"),
    _rule("POST", r"/api/v1/cameras/setup/[A-Za-z0-9_-]{1,64}(/(check|look|try))?", "manager"),
    _rule("POST", r"/api/v1/cameras/discover|/api/v1/cameras/trials/[^/]+/cancel", "manager"),
    _rule("GET", r"/api/v1/cameras/trials/[^/]+(/pictures/[^/]+)?", "manager"),
    _rule("WS", r"/push|/video", "viewer"),
    _rule("GET", r"/|/wall|/tablet|/dead-letters|/alarms|/incident/[^/]+|/cameras|/camera/[^/]+", "viewer"),
    _rule("GET", "|".join(f"/{name}" for name in PAGES), "viewer"),
    _rule("GET", r"/assets/.+|/_dash-component-suites/.+|/_favicon\.ico", "viewer"),
    _rule("GET", r"/_dash-layout|/_dash-dependencies", "viewer"),
    _rule("POST", r"/_dash-update-component", "viewer"),  # every callback names its own least role
)


def least_role(method: str, path: str) -> str | None:
    """Return the least role for a request, ``PUBLIC`` for anybody, None where no door is."""
    asked = "GET" if method == "HEAD" else method
    for rule in RULES:
        if rule.method == asked and rule.path.fullmatch(path):
            return rule.role
    return None
