"""What machines say, in the reader's language: the words of every producer are known in Korean."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from park.incidents.event_texts import message
from park.messages.facts import MessageRequested, MessageStatus
from park.messages.message import Message
from park.texts.failures import fields, in_both

ROOT = Path(__file__).resolve().parents[3]
HANGUL = re.compile("[가-힣]")
ENGLISH = re.compile("[a-z]{2,} [a-z]{2,}")  # two words in a row: no name, code or unit
# `api/routes/events.py` speaks to feeds, in English; what it says is on no page.
PRODUCERS = [
    *(ROOT / name for name in ("workers/messenger.py", "feeds/mail.py", "feeds/webhook.py", "feeds/cap.py")),
    *(ROOT / name for name in ("data/record/outbox.py", "data/reports/fonts.py", "data/reports/requests.py")),
    *(
        ROOT / name
        for name in (
            "park/events/envelope.py",
            "park/events/validation.py",
            "park/events/control_characters.py",
            "workers/recorder.py",
        )
    ),
    *sorted(path for path in (ROOT / "api").rglob("*.py") if path.name != "events.py"),
]
SAID_BY = {
    "RejectedError", "NotSentError", "UnclearError", "HTTPException", "Outcome", "MissingFontError",
    "MessageStatus", "InvalidEventError", "Problem", "kind", "_answer",
}  # fmt: skip
ALSO = {"feeds/mail.py": {"ValueError"}}
# What stands in a placeholder where that decides how the sentence goes; elsewhere a figure does.
STANDS = {"what": "sender", "detail": "no web address", "error.path": "$.x", "error.reason": "Field required"}


def literal(node: ast.expr) -> str:
    """Return a text as it would be told; empty where it is no literal."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_part(part) for part in values)
    return ""


def _part(node: ast.expr) -> str:
    match node:
        case ast.FormattedValue(value=value):
            return STANDS.get(ast.unparse(value), "7")
    return literal(node)


def told_in(path: Path) -> Iterator[str]:
    names = SAID_BY | ALSO.get(path.relative_to(ROOT).as_posix(), set())
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        found: list[ast.expr] = []
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in names:
                found = args
            case ast.Call(func=ast.Attribute(attr="settle"), args=args):
                found = args
            case ast.Assign(
                targets=[ast.Name(id="detail" | "reason") | ast.Attribute(attr="error")], value=value
            ):
                found = [value]
            case ast.Assign(targets=[ast.Tuple()], value=ast.Tuple(elts=values)):
                found = values
            case ast.Yield(value=ast.Tuple(elts=values)):
                found = values
            case ast.Dict(keys=keys, values=values):
                found = [
                    value
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and key.value == "detail"
                ]
        for text in map(literal, found):
            if ENGLISH.search(text) and not HANGUL.search(text):
                yield text


TOLD = sorted({text for path in PRODUCERS for text in told_in(path)})


def test_the_walk_finds_the_sentences() -> None:
    expected = {
        "no SMTP server set",
        "no sender of mail set",
        "mail server away: 7",
        "sender refused: 7 7",
        "asked for 7 s ago: too late",
        "no web address; given up after 7 attempts",
        "the process ended while it was sending",
        "refused by the database: see the log",
        "the record is away",
        "no such incident",
        "sign in first",
        "no font has Korean letters: install fonts-noto-cjk",
        "the process ended before its work",
        "holds the control character U+7",
        "delivered 7 times and never recorded",
    }
    assert expected <= set(TOLD)


@pytest.mark.parametrize("text", TOLD)
def test_every_sentence_of_a_machine_is_told_in_korean(text: str) -> None:
    told = in_both(text)
    assert told.en == text
    assert HANGUL.search(told.ko)
    assert not ENGLISH.search(told.ko), told.ko


@pytest.mark.parametrize(
    ("said", "korean"),
    [
        ("no SMTP server set", "메일 서버가 설정되지 않음"),
        ("mail server away: ConnectionRefusedError; again in 10 s",
         "메일 서버에 연결할 수 없음: ConnectionRefusedError; 10초 뒤 다시 시도"),
        ("recipient refused: 550 5.1.1 User unknown", "받는 주소 거부: 550 5.1.1 User unknown"),  # quoted
        ("signing in refused: 535 no", "메일 서버 로그인 거부: 535 no"),
        ("text refused: 554 spam", "본문 거부: 554 spam"),
        ("HTTP 500; given up after 5 attempts", "HTTP 500; 5번 시도 뒤 그만둠"),
        ("$.data.ppm: Expected `float`, got `str`", "$.data.ppm: 값의 종류가 다름: `float` 자리에 `str`"),
        ("Object missing required field `time`", "꼭 있어야 할 항목이 없음: `time`"),
        ("Expected `float` >= 0.0", "맞지 않는 값: `float` >= 0.0 자리"),
        ("connection refused", "connection refused"),  # of a server outside: not ours to word
        ("", ""),
        ("시간 안에 응답 없음 · no answer in time", "시간 안에 응답 없음"),
        ("담당자가 쓴 말", "담당자가 쓴 말"),
    ],
)  # fmt: skip
def test_what_is_said_in_korean(said: str, korean: str) -> None:
    assert in_both(said).ko == korean


def test_the_fields_of_a_body_are_named() -> None:
    wrong = [("reason", "String should have at least 2 characters"), ("lang", "Input should be 'ko' or 'en'")]
    told = fields(wrong)
    assert told.ko == "reason: 2자 이상이어야 함; lang: 맞지 않는 값"
    assert told.en == "reason: String should have at least 2 characters; lang: Input should be 'ko' or 'en'"


def test_the_timeline_says_why_a_message_failed_in_both_languages() -> None:
    asked = MessageRequested("m-1", "fire_119", "email", "가스", "Gas", "", "")
    failed = MessageStatus("m-1", "failed", 1, "no SMTP server set")
    text = message(Message("m-1", asked, 0, [(0, "s-1", failed)]), {}).text
    assert text.ko.endswith(": 메일 서버가 설정되지 않음")
    assert text.en.endswith(": no SMTP server set")
