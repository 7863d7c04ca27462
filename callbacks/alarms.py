"""The page of the alarm system: figures of a month out of the record, and the definitions."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from dash import Dash, Input, Output, State, html
from sqlalchemy.exc import SQLAlchemyError

from callbacks.guard import needs
from callbacks.shell import language
from data.record.alarm_history import alarm_report
from data.services import Services
from layouts.alarms import definitions_page, load_page
from layouts.texts import translator


def register(app: Dash, services: Services) -> None:
    """Fill the page when it is laid out."""

    @app.callback(Output("alarm-load", "children"), Input("alarm-load", "id"), State("location", "search"))
    @needs("viewer")
    async def load(_id: str, search: str | None) -> list[Any]:
        lang, park = language(search), services.park
        t = translator(lang)
        try:
            told = await asyncio.to_thread(alarm_report, services.engine, park, datetime.now(UTC))
        except SQLAlchemyError:
            return [html.P(t("기록에 연결할 수 없음"), className="calm blind")]
        return list(load_page(t, lang, told, park))

    @app.callback(
        Output("alarm-definitions", "children"),
        Input("alarm-definitions", "id"),
        State("location", "search"),
    )
    @needs("viewer")
    async def definitions(_id: str, search: str | None) -> html.Table:
        lang = language(search)
        return definitions_page(translator(lang), lang, services.park.alarms)
