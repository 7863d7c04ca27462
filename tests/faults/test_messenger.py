"""What happens to messages when their messenger is killed while it sends."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from redis import Redis

from data.record.outbox import Outbox, make_durable
from data.record.store import create_engine, migrate
from data.settings import Settings
from tests.feeds.message_servers import Inbox, mail_server, wait
from tests.workers.message_requests import ask, now

START_S = 120.0
TOLD = 120
ROOT = Path(__file__).resolve().parents[2]


def arrived(inbox: Inbox, number: int) -> bool:
    return len(inbox.mails) >= number


def test_a_claim_is_on_the_disk_before_it_counts(settings: Settings) -> None:
    engine = create_engine(settings)
    make_durable(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2  # FULL
    engine.dispose()


@contextmanager
def process(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    variables = {
        "REDIS_URL": settings.redis,
        "GWANJE_VAR": str(settings.var),
        "DATABASE_URL": settings.database_url,
        "GWANJE_SMTP": settings.smtp,
        "GWANJE_SMTP_FROM": settings.smtp_from,
    }
    argv = [sys.executable, "-m", "workers.messenger"]
    running = subprocess.Popen(argv, cwd=ROOT, env=os.environ | variables, stderr=subprocess.DEVNULL)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def test_kill_9_at_any_moment_never_doubles_and_loses_nothing(redis: Redis, settings: Settings) -> None:
    inbox, kills, names = Inbox(wait_s=0.05), 4, [f"m-{n}" for n in range(TOLD)]
    engine = create_engine(settings)
    migrate(engine)
    outbox = Outbox(engine, "changwon", "test")

    def count(*wanted: str) -> int:
        return sum(row.state in wanted for row in outbox.rows())

    with mail_server(inbox) as url:
        room = replace(settings, smtp=url, smtp_from="room@x.invalid")
        ask(redis, *names)
        for number in range(kills):
            with process(room) as running:
                wait(partial(arrived, inbox, 12 * (number + 1)), START_S)
                running.kill()
        with process(room) as running:
            wait(lambda: count("queued") == 0 and arrived(inbox, TOLD - count("sending", "unclear")), START_S)
            running.send_signal(signal.SIGTERM)
            assert running.wait(START_S) == 0
    assert max(Counter(inbox.ids).values()) == 1
    stuck = {row.message for row in outbox.rows() if row.state in ("sending", "unclear")}
    assert 0 < len(stuck) <= 8 * kills, "no kill met a message on its way"
    came = {name.strip("<>").partition("@")[0] for name in inbox.ids}
    assert came | stuck == set(names)
    outbox.abandon(now() + timedelta(seconds=100), 45.0)
    assert {row.message for row in outbox.rows() if row.state == "unclear"} == stuck
    engine.dispose()
