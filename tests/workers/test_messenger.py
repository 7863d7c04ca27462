"""The messenger on a real Redis, record, mail and web server: each message at most once, nothing dropped."""

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from redis import Redis
from redis.exceptions import RedisError

from data.outbox import Outbox, make_durable
from data.parks import read_contacts
from data.settings import Settings
from data.store import AWAY, Store, create_engine, migrate
from data.stream import Stream, stream_key
from park.contacts import Contact, Contacts, Delivery
from park.events import decode
from park.messages import Message
from park.response_facts import Channel, ExerciseStatus
from tests.feeds.doors import Hook, Inbox, mail_server, request, wait, web_server
from tests.park.small import event
from tests.postgres import free_port
from workers.messenger import Carrier, Messenger
from workers.recorder import Recorder

START_S = 120.0
TOLD = 120
ROOT = Path(__file__).resolve().parents[2]
REAL = read_contacts(Settings().park_dir / "contacts.toml")
GARBAGE = b'\xff{"type":"park.message.requested"'
QUICK = Delivery(
    attempts=4, first_wait_s=0.1, longest_wait_s=0.2, timeout_s=1.0, lease_s=2.0, stale_s=3600, source="test"
)


def now() -> datetime:
    return datetime.now(UTC)


def contacts(web: str = "", **delivery: float) -> Contacts:
    fire = Contact(REAL.contacts["fire_119"].name, {"email": "119@x.invalid", "webhook": web, "cap": web})
    quick = msgspec.structs.replace(QUICK, **delivery)
    told = REAL.contacts | {"fire_119": fire}
    return msgspec.structs.replace(REAL, contacts=told, delivery=quick)


def ask(
    redis: Redis,
    *messages: str,
    channel: Channel = "email",
    exercise: bool = False,
    source: str = "watch/changwon",
    at: datetime | None = None,
    **changed: str,
) -> None:
    """Ask for messages, as the watch does."""
    Stream(redis, "changwon").append(
        event(
            request(name, channel, exercise=exercise, **changed),
            f"changwon/message/{name}",
            at or now(),
            name,
            source,
        )
        for name in messages
    )


def drill(redis: Redis, *, active: bool) -> None:
    fact = ExerciseStatus(active=active, user="lee", reason="drill")
    Stream(redis, "changwon").append([event(fact, "changwon/room/exercise", now(), source="gwanje/room")])


def statuses(redis: Redis, message: str = "m-1") -> list[str]:
    """Return the states of a message as everybody folds them from the stream."""
    return [fact.state for _, _, fact in folded(redis)[message].statuses]


def folded(redis: Redis) -> dict[str, Message]:
    entries: Any = redis.xrange(stream_key("changwon"))
    found: dict[str, Message] = {}
    for told in (decode(fields[b"ce"]) for _, fields in entries if fields[b"ce"] != GARBAGE):
        if told.type.startswith("park.message."):
            found.setdefault(told.data.message, Message(told.data.message)).apply(told)
    return found


def detail(redis: Redis, message: str = "m-1") -> str:
    return folded(redis)[message].statuses[-1][2].detail


@pytest.fixture
def started() -> Iterator[list[Messenger]]:
    made: list[Messenger] = []
    yield made
    for messenger in made:
        messenger._pool.shutdown(wait=True)


@pytest.fixture
def messenger(redis: Redis, engine: sa.Engine, started: list[Messenger]) -> Callable[..., Messenger]:
    def make(smtp: str = "", web: str = "", key: str = "s", name: str = "one", **quick: float) -> Messenger:
        settings = Settings(smtp=smtp, smtp_from="room@x.invalid", webhook_secret=key)
        outbox = Outbox(engine, "changwon", name)
        started.append(Messenger(redis, outbox, Carrier(settings, contacts(web, **quick))))
        return started[-1]

    return make


def until(running: Messenger, done: Callable[[], bool]) -> None:
    """Let a messenger work until something is so and it has no more to do."""

    def step() -> bool:
        running.once()
        return done() and not running.busy

    wait(step)


def states(running: Messenger) -> Counter[str]:
    return Counter(row.state for row in running.outbox.rows())


def idle(running: Messenger) -> None:
    """Let it work until nothing is queued or under way."""
    until(
        running, lambda: not states(running).keys() & {"queued", "sending"} and not running.outbox.untold(1)
    )


def test_a_mail_arrives_once_and_how_far_it_came_is_told(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    inbox = Inbox()
    ask(redis, "m-1", "m-1")
    with mail_server(inbox) as url:
        running = messenger(url)
        until(running, lambda: bool(inbox.mails))
        ask(redis, "m-1")
        idle(running)
    assert inbox.ids == ["<m-1@x.invalid>"]
    assert "농도: 41.7 ppm" in inbox.mails[0].get_content()
    assert inbox.to == [["119@x.invalid"]]
    assert statuses(redis) == ["sending", "sent"]
    assert detail(redis) == "250 taken"
    assert running.group.lag().pending == 0


def test_while_the_server_is_down_it_is_tried_again_and_then_arrives(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    port, inbox = free_port(), Inbox()
    ask(redis, "m-1")
    running = messenger(f"smtp://127.0.0.1:{port}", attempts=50)
    until(running, lambda: any(row.attempt >= 2 and row.state == "queued" for row in running.outbox.rows()))
    assert "again in" in next(iter(running.outbox.rows())).detail
    with mail_server(inbox, port):
        idle(running)
    assert len(inbox.mails) == 1
    told = statuses(redis)
    assert told[:2] == ["sending", "failed"]
    assert told[-2:] == ["sending", "sent"]
    assert told.count("sent") == 1


def test_it_gives_up_after_so_many_attempts(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    ask(redis, "m-1")
    running = messenger(f"smtp://127.0.0.1:{free_port()}")
    idle(running)
    assert statuses(redis) == ["sending", "failed"] * 4
    assert "given up after 4 attempts" in detail(redis)


def test_a_refusal_for_good_is_not_tried_again(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    inbox = Inbox("554 not wanted")
    ask(redis, "m-1")
    with mail_server(inbox) as url:
        idle(messenger(url))
    assert (statuses(redis), detail(redis)) == (["sending", "failed"], "text refused: 554 not wanted")


def test_no_answer_is_unclear_and_never_sent_again(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    hook = Hook(0)
    ask(redis, "m-1", channel="webhook")
    with web_server(hook) as url:
        running = messenger(web=url)
        idle(running)
        for _ in range(5):
            running.once()
    assert len(hook.posts) == 1
    assert statuses(redis) == ["sending", "unclear"]


def test_webhook_and_cap_go_out(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    hook = Hook()
    ask(redis, "m-1", channel="webhook")
    ask(redis, "m-2", channel="cap", document="<alert/>")
    with web_server(hook) as url:
        idle(messenger(web=url))
    assert {post.headers["Idempotency-Key"] for post in hook.posts} == {"m-1", "m-2"}
    assert {post.headers["Content-Type"] for post in hook.posts} == {
        "application/json",
        "application/cap+xml; charset=utf-8",
    }
    assert (statuses(redis, "m-1")[-1], statuses(redis, "m-2")[-1]) == ("sent", "sent")


@pytest.mark.parametrize(
    ("channel", "recipient", "words"),
    [
        ("email", "fire_119", "no SMTP server set"),
        ("webhook", "fire_119", "no webhook secret set"),
        ("email", "mayor", "no address of mayor for email"),
        ("cap", "kepco", "no address of kepco for cap"),
    ],
)
def test_what_has_no_channel_fails_where_it_shows(
    redis: Redis, messenger: Callable[..., Messenger], channel: Channel, recipient: str, words: str
) -> None:
    ask(redis, "m-1", channel=channel, recipient=recipient)
    idle(messenger(key=""))
    assert (statuses(redis)[-1], detail(redis)) == ("failed", words)


def test_a_wrong_setting_shows_and_tells_no_password(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    ask(redis, "m-1")
    idle(messenger("smtp://kim:secret@mail.example.invalid"))
    assert statuses(redis)[-1] == "failed"
    assert "GWANJE_SMTP" in detail(redis)
    assert "secret" not in detail(redis)


def test_what_stays_in_the_room_is_shown(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    ask(redis, "m-1", channel="room", recipient="supervisor", exercise=True)
    idle(messenger())
    assert (statuses(redis)[-1], detail(redis)) == ("sent", "shown in the room")


@pytest.mark.parametrize("by", ["message", "room", "room, while it waits", "room, by the record"])
def test_in_an_exercise_nothing_leaves(
    redis: Redis, engine: sa.Engine, messenger: Callable[..., Messenger], by: str
) -> None:
    inbox, hook, port = Inbox(), Hook(), free_port()
    with web_server(hook) as web:
        running = messenger(f"smtp://127.0.0.1:{port}", web=web, attempts=50)
        if by == "room, while it waits":
            ask(redis, "m-1")
            until(running, lambda: states(running)["queued"] == 1 and statuses(redis)[-1:] == ["failed"])
        if by.startswith("room"):
            drill(redis, active=True)
        if by == "room, by the record":
            recorder = Recorder(redis, Store(engine), "changwon", threading.Event())
            recorder.save(recorder.gather())
            redis.flushall()
            running.outbox.recall_exercise()
        with mail_server(inbox, port):
            ask(redis, "m-1", exercise=by == "message")
            ask(redis, "m-2", channel="webhook", exercise=by == "message")
            ask(redis, "m-3", channel="cap", exercise=by == "message", document="<alert/>")
            idle(running)
    assert (inbox.mails, hook.posts) == ([], [])
    assert states(running) == {"held": 3}
    assert {statuses(redis, name)[-1] for name in ("m-1", "m-2", "m-3")} == {"held"}


def test_after_an_exercise_messages_leave_again(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    inbox = Inbox()
    with mail_server(inbox) as url:
        running = messenger(url)
        drill(redis, active=True)
        ask(redis, "m-1")
        idle(running)
        drill(redis, active=False)
        ask(redis, "m-2")
        until(running, lambda: bool(inbox.mails))
        idle(running)
    assert inbox.ids == ["<m-2@x.invalid>"]
    assert statuses(redis, "m-1") == ["held"]  # what was held is not sent afterwards


def test_only_the_room_itself_may_ask(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    ask(redis, "m-1", source="simulator/gas")
    ask(redis, "m-2", source="watchdog/x")
    running = messenger()
    until(running, lambda: running.group.lag().lag == 0)
    assert list(running.outbox.rows()) == []


def test_what_was_asked_for_long_ago_is_sent_no_more(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    inbox = Inbox()
    ask(redis, "m-1", at=now() - timedelta(hours=2))
    with mail_server(inbox) as url:
        idle(messenger(url))
    assert inbox.mails == []
    assert "too late" in detail(redis)


def test_garbage_disturbs_nothing(redis: Redis, messenger: Callable[..., Messenger]) -> None:
    redis.xadd(stream_key("changwon"), {"ce": GARBAGE})
    ask(redis, "m-1", channel="room", recipient="supervisor")
    ask(redis, "m\0", channel="room", recipient="supervisor")
    running = messenger()
    until(running, lambda: running.group.lag().lag == 0)
    idle(running)
    assert statuses(redis)[-1] == "sent"
    assert running.group.lag().pending == 0


def test_a_hundred_messages_by_two_messengers_arrive_once_each(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    inbox = Inbox()
    names = [f"m-{n}" for n in range(100)]
    with mail_server(inbox) as url:
        two = [messenger(url, name=name, lease_s=60) for name in ("one", "two")]
        enough = threading.Event()

        def work(running: Messenger) -> None:
            while not enough.is_set():
                try:
                    running.once()
                except (RedisError, *AWAY):  # a busy SQLite
                    continue

        threads = [threading.Thread(target=work, args=(running,)) for running in two]
        for thread in threads:
            thread.start()
        ask(redis, *names)
        ask(redis, *reversed(names))
        wait(lambda: states(two[0])["sent"] == 100 and not two[0].outbox.untold(1), 60)
        enough.set()
        for thread in threads:
            thread.join()
    assert sorted(inbox.ids) == sorted(f"<{name}@x.invalid>" for name in names)
    assert all(statuses(redis, name)[-1] == "sent" for name in names)


def test_one_that_ended_while_it_sent_leaves_it_unclear(
    redis: Redis, messenger: Callable[..., Messenger]
) -> None:
    inbox = Inbox()
    ask(redis, "m-1")
    with mail_server(inbox) as url:
        dying = messenger(url, name="dying")
        for entry in dying.group.read(10, 100):
            dying._take(entry)
        (row,) = dying.outbox.claim(now(), 8)  # claimed, and killed here
        idle(messenger(url, name="next"))
        assert inbox.mails == []
        assert statuses(redis) == ["sending", "unclear"]
        assert detail(redis) == "the process ended while it was sending"
        dying.outbox.settle(row, "sent", "250 taken", now())  # it was only slow
        idle(messenger(url, name="third"))
    assert statuses(redis) == ["sending", "unclear", "sent"]
    assert inbox.mails == []


def test_what_came_of_an_attempt_is_kept_when_the_database_is_back(
    redis: Redis, messenger: Callable[..., Messenger], monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox()
    ask(redis, "m-1")
    with mail_server(inbox) as url:
        running = messenger(url)
        settle = running.outbox.settle
        monkeypatch.setattr(running.outbox, "settle", away)
        with pytest.raises(OSError, match="away"):
            until(running, lambda: False)
        assert len(inbox.mails) == 1
        monkeypatch.setattr(running.outbox, "settle", settle)
        idle(running)
    assert len(inbox.mails) == 1
    assert statuses(redis) == ["sending", "sent"]


def away(*_told: object) -> None:
    raise OSError("away")


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
