"""Tables of pages: sorted, filtered, paged, with columns to choose, in the language of the page."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_ag_grid as dag

from layouts.texts import Translate

_PAGE_ROWS = 50


Rows = Sequence[Mapping[str, Any]]


def grid(t: Translate, id_: str, columns: Rows, rows: Rows, csv_name: str) -> dag.AgGrid:
    """Return a table; ``columns`` are AG Grid's column definitions, ``rows`` plain values by field.

    Its CSV has the name ``csv_name`` and begins with a byte order mark, so that Excel reads Korean.
    """
    return dag.AgGrid(
        id=id_,
        columnDefs=[dict(column) for column in columns],
        rowData=[dict(row) for row in rows],
        defaultColDef={"sortable": True, "filter": True, "resizable": True, "minWidth": 90},
        columnSize="responsiveSizeToFit",
        className="ag-theme-quartz-dark grid",
        dashGridOptions={
            "pagination": True,
            "paginationPageSize": _PAGE_ROWS,
            "paginationPageSizeSelector": [50, 200, 1000],
            "animateRows": False,
            "enableCellTextSelection": True,
            "localeText": _locale(t),
            "suppressDragLeaveHidesColumns": True,
        },
        csvExportParams={"fileName": csv_name, "prependContent": "\ufeff"},
        style={"height": "100%"},
    )


def _locale(t: Translate) -> dict[str, str]:
    """Return the words of the grid itself (its own keys, see AG Grid, Localisation)."""
    return {
        "page": t("쪽"),
        "to": "–",
        "of": "/",
        "pageSizeSelectorLabel": t("한 쪽에"),
        "noRowsToShow": t("없음"),
        "loadingOoo": t("불러오는 중"),
        "filterOoo": t("거르기"),
        "equals": t("같음"),
        "notEqual": t("같지 않음"),
        "contains": t("포함"),
        "notContains": t("포함하지 않음"),
        "startsWith": t("으로 시작"),
        "endsWith": t("으로 끝남"),
        "lessThan": t("보다 작음"),
        "greaterThan": t("보다 큼"),
        "lessThanOrEqual": t("이하"),
        "greaterThanOrEqual": t("이상"),
        "inRange": t("사이"),
        "blank": t("빈칸"),
        "notBlank": t("빈칸 아님"),
        "andCondition": t("그리고"),
        "orCondition": t("또는"),
        "firstPage": t("첫 쪽"),
        "previousPage": t("앞 쪽"),
        "nextPage": t("다음 쪽"),
        "lastPage": t("끝 쪽"),
    }
