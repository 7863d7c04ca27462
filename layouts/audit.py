"""The page of the audit trail: its rows with filters, whether it is sound, the review of a month, exports."""

from dash import html

from layouts.panel import panel
from layouts.texts import Translate


def audit(t: Translate) -> html.Div:
    """Return the empty panels that ``audit.mjs`` and ``audit_review.mjs`` of ``assets/record/`` fill."""
    side = [
        panel("audit-verdict", t("기록 검증")),
        panel("audit-month", t("월간 점검")),
        panel("audit-export", t("내보내기")),
    ]
    return html.Div(
        [panel("audit-trail", t("감사 기록")), html.Div(side, className="audit-side")], className="audit-page"
    )
