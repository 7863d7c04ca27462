"""What the doors and the callbacks share: one value built at the start of a web process."""

import asyncio
import functools
import logging
from dataclasses import dataclass, field

import redis.asyncio
import sqlalchemy as sa

from data.build import build_id, new_epoch
from data.cameras.retention import Sweep
from data.jobs import Jobs
from data.live.hub import Hub
from data.live.panels import Panels
from data.operators.accounts import Accounts, FeedKeys, Session, current
from data.operators.alarm_actions import Operations
from data.operators.handover import Handovers
from data.operators.incident_actions import Responses
from data.park_files.park import load_park
from data.record.replay import rebuild
from data.record.store import Store, create_engine
from data.reports.requests import Reports
from data.settings import Settings
from data.stream.redis_stream import AsyncStream
from data.tasks import end
from park.config.park import Park

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a door needs; made by :meth:`create`, alive between start and stop."""

    settings: Settings
    park: Park
    engine: sa.Engine
    redis: redis.asyncio.Redis
    stream: AsyncStream
    hub: Hub
    accounts: Accounts
    feeds: FeedKeys
    operations: Operations
    handovers: Handovers
    reports: Reports
    jobs: Jobs
    sweep: Sweep
    responses: Responses
    build: str
    epoch: str
    running: list[asyncio.Task[None]] = field(default_factory=list)
    viewings: dict[tuple[str, ...], float] = field(default_factory=dict)  # who, what, why: begun, monotonic s

    @classmethod
    def create(cls, settings: Settings) -> "Services":
        """Make the services of a web process; neither Redis nor the database is touched."""
        park, engine = load_park(settings), create_engine(settings)
        client = redis.asyncio.Redis.from_url(settings.redis, socket_timeout=10, socket_connect_timeout=2)
        accounts = Accounts(engine)
        panels = Panels(client, park, functools.partial(dead_letters, engine))
        hub = Hub(client, park, functools.partial(rebuild, engine, client, park), panels.show)
        stream = AsyncStream(client, park.id)
        return cls(
            settings=settings,
            park=park,
            engine=engine,
            redis=client,
            stream=stream,
            hub=hub,
            accounts=accounts,
            feeds=FeedKeys(accounts),
            operations=Operations(stream, hub),
            handovers=Handovers(engine, stream, hub),
            reports=Reports(settings),
            jobs=Jobs(settings),
            sweep=Sweep(settings, lambda: hub.state),
            responses=Responses(stream, hub),
            build=build_id(),
            epoch=new_epoch(),
        )

    async def start(self) -> None:
        """Bring the hub to life, which waits for Redis by itself, and the sweep of the clips."""
        await asyncio.to_thread(self.jobs.clear)
        self.running.extend((*self.hub.run(), asyncio.create_task(self.sweep.run())))
        for task in self.running:
            task.add_done_callback(_told)

    async def stop(self) -> None:
        """End the hub and let go of Redis and the database."""
        await end(*self.running)
        await self.jobs.stop()
        await self.reports.stop()
        await self.redis.aclose()
        await asyncio.to_thread(self.engine.dispose)

    async def acknowledge(self, alarm: str) -> bool:
        """Let the person of this request take notice of an alarm; see ``Operations.acknowledge``."""
        session = current.get()
        if session is None:
            raise PermissionError("nobody is signed in")
        return await self.operations.acknowledge(alarm, session)

    async def act(self, name: str, object_: str, who: Session, reason: str = "", **fields: object) -> str:
        """Let ``who`` do an act of ``park/operators/permissions.py`` and return what it came to.

        See ``Responses.act``.
        """
        if not name.startswith("alarm."):
            return await self.responses.act(name, object_, who, reason, **fields)
        await self.operations.act(name, object_, who, reason, **fields)
        return object_

    def dead_letters(self) -> int:
        """Return how many dead letters wait; blocks."""
        return dead_letters(self.engine)


def dead_letters(engine: sa.Engine) -> int:
    """Return how many dead letters wait; 0 while the database is away."""
    try:
        return Store(engine).waiting()
    except sa.exc.SQLAlchemyError as error:
        _log.warning("record away: %s", type(error).__name__)
        return 0


def _told(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception():
        _log.critical("the live hub or the sweep died", exc_info=task.exception())
