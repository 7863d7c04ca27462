"""What a machine says of a failure, in both languages: processes tell it in English, pages show the reader's.

The record keeps the English words; :func:`in_both` is asked where they are shown. The words of a server
outside are a quotation and stay as they are, and so does what is not known here.
tests/park/texts/test_failures.py walks the producers.
"""

import re
from collections.abc import Iterable

from park.config.label import Label

_HANGUL = re.compile("[가-힣]")

# English as it is told, Korean as it is shown; `{…}` is what stands there, taken over as it is.
_SAYINGS: tuple[tuple[str, str], ...] = (
    # messages out (workers/messenger.py, feeds/, data/record/outbox.py)
    ("no SMTP server set", "메일 서버가 설정되지 않음"),
    ("no sender of mail set", "보내는 메일 주소가 설정되지 않음"),
    ("no webhook secret set", "웹훅 서명 열쇠가 설정되지 않음"),
    ("no address of {who} for {channel}", "받는 곳 주소 없음: {who} ({channel})"),
    ("shown in the room", "관제실 화면에 표시함"),
    ("the attempt broke: {kind}", "보내는 중 내부 오류: {kind}"),
    ("asked for {n} s ago: too late", "{n}초 전에 요청되어 너무 늦음"),
    ("given up after {n} attempts", "{n}번 시도 뒤 그만둠"),
    ("again in {n} s", "{n}초 뒤 다시 시도"),
    ("the process ended while it was sending", "보내는 중에 프로세스가 끝남"),
    ("refused by the database: see the log", "데이터베이스가 받지 않음: 로그 확인"),
    ("mail server away: {kind}", "메일 서버에 연결할 수 없음: {kind}"),
    ("mail server went away: {kind}", "메일 서버 연결이 끊김: {kind}"),
    ("no answer to the text: {kind}", "본문을 보낸 뒤 응답 없음: {kind}"),
    ("signing in refused: {said}", "메일 서버 로그인 거부: {said}"),
    ("sender refused: {said}", "보내는 주소 거부: {said}"),
    ("recipient refused: {said}", "받는 주소 거부: {said}"),
    ("text refused: {said}", "본문 거부: {said}"),
    ("{field}: not one mail address", "{field}: 메일 주소 하나가 아님"),
    ("GWANJE_SMTP: begins with none of {names}", "GWANJE_SMTP: {names} 가운데 하나로 시작해야 함"),
    ("GWANJE_SMTP: not a port", "GWANJE_SMTP: 포트가 아님"),
    ("GWANJE_SMTP: no host", "GWANJE_SMTP: 호스트가 없음"),
    (
        "GWANJE_SMTP: a password goes over smtp+tls:// or smtps:// only",
        "GWANJE_SMTP: 비밀번호는 smtp+tls:// 또는 smtps:// 로만 보냄",
    ),
    ("the message carries no CAP document", "메시지에 CAP 문서가 없음"),
    ("receiver away: {kind}", "받는 서버에 연결할 수 없음: {kind}"),
    ("no web address", "웹 주소가 아님"),
    ("no answer: {kind}", "응답 없음: {kind}"),
    ("HTTP {code}", "HTTP {code}"),
    ("{code} taken", "{code} 받음"),
    # refusals of doors (api/)
    ("the record is away", "기록 장치에 연결할 수 없음"),
    ("the stream is away", "이벤트 흐름에 연결할 수 없음"),
    ("the stream or the record is away", "이벤트 흐름이나 기록 장치에 연결할 수 없음"),
    (
        "the record is away: what is not on record does not leave",
        "기록 장치에 연결할 수 없음: 기록되지 않는 반출은 하지 않음",
    ),
    (
        "the stream is away: nobody to compare the end of the trail with",
        "이벤트 흐름에 연결할 수 없음: 감사 기록의 끝을 견줄 수 없음",
    ),
    ("no such {thing}", "찾는 것이 없음"),
    ("sign in first", "먼저 로그인하십시오"),
    (
        "unknown host name: add it to GWANJE_TRUSTED_HOSTS",
        "모르는 호스트 이름: GWANJE_TRUSTED_HOSTS에 추가하십시오",
    ),
    ("request from a foreign origin", "다른 사이트에서 온 요청"),
    ("the record is away: nobody can be recognised", "기록 장치에 연결할 수 없어 누구인지 알 수 없음"),
    ("no layer {name}", "그런 지도 층이 없음: {name}"),
    ("not made yet", "아직 만들어지지 않음"),
    ("may not sign", "서명할 권한이 없음"),
    ("needs the role {role}", "권한 필요: {role}"),
    ("already put back", "이미 다시 보냄"),
    ("the month is still to come", "아직 오지 않은 달"),
    ("no cursor", "이어 볼 자리가 맞지 않음"),
    ("one person or one picture, not both", "한 사람과 한 장면 가운데 하나만"),
    ("no copy: {why}", "사본을 만들 수 없음: {why}"),
    ("at: between 1970 and now", "at: 1970년과 지금 사이"),
    ("this is {park}", "다른 산단: {park}"),
    # reports, their jobs and fonts, all of data/
    ("no font has Korean letters: install {what}", "한글 글꼴이 없음: {what} 설치"),
    ("fontconfig is missing: install {what}", "fontconfig 없음: {what} 설치"),
    ("the process ended before its work", "프로세스가 일을 마치기 전에 끝남"),
    ("TimeoutError", "시간 초과"),
    # what a body or an event has wrong (pydantic, msgspec, park/events/validation.py)
    ("Field required", "꼭 있어야 함"),
    ("String should have at least {n} character", "{n}자 이상이어야 함"),
    ("String should have at least {n} characters", "{n}자 이상이어야 함"),
    ("String should have at most {n} characters", "{n}자까지만"),
    ("String should match pattern {pattern}", "꼴이 맞지 않음: {pattern}"),
    ("Input should be {what}", "맞지 않는 값"),
    ("Expected {wanted}, got {given}", "값의 종류가 다름: {wanted} 자리에 {given}"),
    ("Object missing required field {field}", "꼭 있어야 할 항목이 없음: {field}"),
    ("Object contains unknown field {field}", "모르는 항목: {field}"),
    ("Invalid enum value {value}", "정해진 값이 아님: {value}"),
    ("JSON is malformed: {why}", "JSON 문법에 맞지 않음"),
    ("Expected {wanted}", "맞지 않는 값: {wanted} 자리"),
    ("Invalid {kind}", "맞지 않는 값: {kind}"),
    (
        "expected a time from {first} until before {last}: {time}",
        "{first}부터 {last} 전까지의 시각이어야 함: {time}",
    ),
    ("expected a time from {first} until before {last}", "{first}부터 {last} 전까지의 시각이어야 함"),
    ("unknown event type {name}", "모르는 이벤트 종류: {name}"),
    ("holds the control character {code}", "제어 문자가 있음: {code}"),
    ("name holds the control character {code}", "이름에 제어 문자가 있음: {code}"),
    ("refused by the database: {why}", "데이터베이스가 받지 않음: {why}"),
    ("delivered {n} times and never recorded", "{n}번 배달되었으나 기록되지 않음"),
    ("not UTF-8: {why}", "UTF-8이 아님: {why}"),
    ("Input data was truncated", "데이터가 중간에 끊김"),
)
_NAMED = re.compile(r"\\\{(\w+)\\\}")


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(_NAMED.sub(r"(?P<\1>.+)", re.escape(english)))


_KNOWN = tuple((_pattern(english), korean) for english, korean in _SAYINGS)


def in_both(said: str) -> Label:
    """Return what a machine said in both languages; what is Korean and English already is taken apart."""
    if _HANGUL.search(said):
        return _parted(said)
    return Label("; ".join(_korean(part) for part in said.split("; ")) if said else "", said)


def fields(errors: Iterable[tuple[str, str]]) -> Label:
    """Return what is wrong with the fields of a body, ``(field, words)`` each."""
    told = [(field, in_both(words)) for field, words in errors]
    return Label(
        "; ".join(f"{field}: {words.ko}" for field, words in told),
        "; ".join(f"{field}: {words.en}" for field, words in told),
    )


def _korean(said: str) -> str:
    path, colon, words = said.partition(": ")
    if colon and path.startswith("$"):  # where in an event, then what is wrong there
        return f"{path}: {_korean(words)}"
    for pattern, korean in _KNOWN:
        if found := pattern.fullmatch(said):
            return korean.format_map(found.groupdict())
    return said


def _parted(said: str) -> Label:
    """Part a text told as ``Korean · English``; a reason after the English colon belongs to both."""
    korean, dot, english = said.partition(" · ")
    if not dot or _HANGUL.search(english):
        return Label(said, said)
    return Label(korean, english)
