"""The messenger on a real Redis, record, mail and web server: each message at most once, nothing dropped."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from redis import Redis
from redis.exceptions import RedisError

from data.record.outbox import Outbox
from data.record.store import AWAY, Store
from data.settings import Settings
from data.stream.redis_stream import stream_key
from park.messages.facts import Channel
from tests.feeds.message_servers import Hook, Inbox, mail_server, wait, web_server
from tests.postgres import free_port
from tests.workers.message_requests import GARBAGE, ask, contacts, detail, drill, now, statuses
from workers.messenger import Carrier, Messenger
from workers.recorder import Recorder


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


REFUSING = {  # how a database is made to refuse one message
    "postgresql": "ALTER TABLE outbox ADD CONSTRAINT no_poison CHECK (message <> 'm-1')",
    "sqlite": "CREATE TRIGGER no_poison BEFORE INSERT ON outbox WHEN NEW.message = 'm-1'"
    " BEGIN SELECT RAISE(ABORT, 'poison'); END",
}


def test_what_the_database_refuses_is_told_as_failed_and_others_go_out(
    redis: Redis, engine: sa.Engine, messenger: Callable[..., Messenger]
) -> None:
    inbox, bad = Inbox(), "m-1"
    with engine.begin() as connection:
        connection.execute(sa.text(REFUSING[engine.dialect.name]))
    ask(redis, bad)
    ask(redis, "m-2")
    with mail_server(inbox) as url:
        running = messenger(url)
        until(running, lambda: bool(inbox.mails))
    assert statuses(redis, bad) == ["failed"]
    assert "refused by the database" in detail(redis, bad)
    assert inbox.ids == ["<m-2@x.invalid>"]


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
        two = [messenger(url, name=name, lease_s=60, timeout_s=30) for name in ("one", "two")]
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
        try:
            ask(redis, *names)
            ask(redis, *reversed(names))
            wait(lambda: states(two[0])["sent"] == 100 and not two[0].outbox.untold(1), 60)
        finally:
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
