"""The alarm events of the record, for the figures of a month."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from data.record.history import replay
from park.alarms.monthly_report import Report, report
from park.config.park import Park
from park.state.state import ALARMS

MONTH_DAYS = 30


def alarm_report(engine: sa.Engine, park: Park, now: datetime, span_days: int = MONTH_DAYS) -> Report:
    """Return how the alarm system did in the last days; blocks.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is away.
    """
    since = now - timedelta(days=span_days)
    events = replay(engine, since, now, sorted(ALARMS))
    return report((event for event in events if event.park == park.id), park, now, span_days)
