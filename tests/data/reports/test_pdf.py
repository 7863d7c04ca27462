"""The report of an incident as PDF: its words, its map, its stills, in Korean and English."""

import asyncio
import gc
import subprocess
import sys
import unicodedata
from datetime import timedelta
from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
from pypdf import PdfReader

from data.reports import fonts
from data.reports.fonts import MissingFontError
from data.reports.pdf import make
from data.reports.requests import Reports
from data.settings import Settings
from park.environment.facts import GasObservation
from park.incidents.facts import (
    IncidentAcknowledged,
    IncidentJoined,
    IncidentNoted,
    IncidentOpened,
    IncidentStep,
    IncidentVerified,
)
from park.incidents.report import Asked, Picture, Report, Sealed, report
from park.messages.facts import MessageRequested, MessageStatus
from park.state.state import State
from park.systems import new_state
from tests.park.sample_incidents import LEAK, NOW, PARK, wind
from tests.park.small_park import event

SEALED = Sealed(7, "ab" * 32, 41, "cd" * 32)
ROOT = Path(__file__).resolve().parents[3]
SUBJECT = "changwon/incident/i-1"


def state(members: int = 3) -> State:
    made = new_state(PARK.assets)
    others = [asset.id for asset in PARK.assets.values() if asset.kind in ("gas", "camera")][:members]
    facts = [
        (SUBJECT, IncidentOpened("i-1", "2026-0042", "gas_leak", LEAK, "serious")),
        (SUBJECT, IncidentAcknowledged("i-1", "김관제")),
        (SUBJECT, IncidentVerified("i-1", "true", "김관제")),
        (SUBJECT, IncidentStep("i-1", "notify", "done", "김관제")),
        (SUBJECT, IncidentNoted("i-1", "김관제", "B-12 도료공장 담당자와 통화함")),
        *(
            (
                SUBJECT,
                IncidentJoined(
                    "i-1", f"m-{n}", other, "gas", "gas_stel", NOW, "same_place", value=36.0, unit="ppm"
                ),
            )
            for n, other in enumerate(others)
        ),
    ]
    messages = (
        MessageRequested(
            "m-1", "fire_119", "email", "가스 누출 통보", "Gas leak", "본문", "body", incident="i-1"
        ),
        MessageStatus("m-1", "sent", 1, incident="i-1"),
    )
    weather = [(LEAK, GasObservation("NH3", 41.7)), *wind(270.0)]
    told = [*weather, *facts, *(("changwon/message/m-1", fact) for fact in messages)]
    for second, (subject, fact) in enumerate(told):
        made.apply(event(fact, subject, NOW + timedelta(seconds=second)))
    return made


def words(lang: str, members: int = 3, pictures: tuple[Picture, ...] = ()) -> Report:
    asked = Asked("lee", "소방서 제출용", lang)
    held = state(members)
    return report(PARK, held, held.incidents["i-1"], NOW + timedelta(seconds=40), asked, pictures, SEALED)


def text(path: Path) -> str:
    """The text of every page, without the blanks and zeroes that reading back puts between letters."""
    said = "".join(page.extract_text() for page in PdfReader(path).pages)
    return "".join(said.replace("\0", "").split())


@pytest.fixture
def stills(tmp_path: Path) -> Path:
    folder = tmp_path / "stills"
    folder.mkdir()
    picture = np.full((432, 768, 3), (90, 120, 60), np.uint8)
    cv2.putText(picture, "CAM", (200, 240), cv2.FONT_HERSHEY_SIMPLEX, 3, (255, 255, 255), 6)
    assert cv2.imwrite(str(folder / "s-1.jpg"), picture)
    return folder


SEEN = (
    Picture("s-1", "changwon/camera/CAM-001", "loitering", NOW),
    Picture("gone", "c/camera/C", "fall", NOW),
)


def test_a_korean_report_says_everything(tmp_path: Path, stills: Path) -> None:
    out, heard = tmp_path / "out.pdf", list[float]()
    make(words("ko", pictures=SEEN), Settings().park_dir, stills, out, heard.append)
    said = text(out)
    for expected in (
        "사건보고서", "2026-0042", "가스누출", "심각", "도료공장", "사실", "소방서제출용", "현장지도",
        "풍하", "경과", "대응절차", "상황전파", "가스누출통보", "참여자", "김관제", "구성사건", "가까운곳",
        "기록확인값", "ab" * 32, "cd" * 32, "B-12도료공장담당자와통화함",
    ):  # fmt: skip
        assert expected in said, expected
    assert heard == sorted(heard)
    assert (heard[-1], len(heard) >= 6) == (1.0, True)
    pages = PdfReader(out).pages
    assert sum(len(page.images) for page in pages) == 1


def test_an_english_report_says_it_in_english(tmp_path: Path, stills: Path) -> None:
    out = tmp_path / "out.pdf"
    make(words("en"), Settings().park_dir, stills, out, lambda _done: None)
    said = text(out)
    for expected in (
        "Incidentreport",
        "Gasleak",
        "Mapoftheplace",
        "Procedure",
        "Digestoftherecord",
        "Stillsnone",
    ):
        assert expected in said, expected
    assert "사건보고서" not in said


NOWHERE = "\U0010fffd"  # for private use: no font has it
ODD = f"대피 🔥 Оператор 뷁 避 \u1112\u119e\u11ab สวัสดี café {NOWHERE}\0"


@pytest.mark.parametrize(
    ("lang", "note"), [("ko", "글꼴에없어코드로적은글자"), ("en", "nofontofthismachinehas")]
)
def test_no_letter_vanishes_from_a_report(tmp_path: Path, stills: Path, lang: str, note: str) -> None:
    out = tmp_path / "out.pdf"
    told = msgspec.structs.replace(words(lang), title=unicodedata.normalize("NFD", ODD))
    make(told, Settings().park_dir, stills, out, lambda _done: None)
    said = text(out)
    for letter in unicodedata.normalize("NFC", ODD).replace(" ", ""):
        assert letter in said or f"[U+{ord(letter):04X}]" in said, repr(letter)
    assert "[U+10FFFD]" in said
    assert "[U+0000]" in said
    assert note in said
    assert "Оператор뷁避" in said


def test_a_report_whose_letters_are_all_there_has_no_such_note(tmp_path: Path, stills: Path) -> None:
    out = tmp_path / "out.pdf"
    make(words("ko"), Settings().park_dir, stills, out, lambda _done: None)
    assert "코드로적은글자" not in text(out)


def test_a_letter_that_another_font_has_is_borrowed_and_hebrew_runs_leftwards(
    tmp_path: Path, stills: Path
) -> None:
    out = tmp_path / "out.pdf"
    told = msgspec.structs.replace(words("ko"), title="대피 שלום")
    make(told, Settings().park_dir, stills, out, lambda _done: None)
    said = text(out)
    if list(fonts.others("ש")):
        assert "대피שלום" in said  # as read; what is not drawn from right to left is read backwards
    else:
        assert "[U+05E9]" in said


def test_a_flood_of_members_says_what_was_left_out() -> None:
    held = words("ko")
    many = report_with_many()
    (members,) = [table for table in many.tables if table.title == "구성 사건"]
    assert len(members.rows) == 400
    assert members.note == "외 100건은 기록에 있음"
    assert all(not table.note for table in held.tables)


def report_with_many() -> Report:
    made = state(0)
    for n in range(500):
        fact = IncidentJoined("i-1", f"x-{n}", LEAK, "gas", "gas_stel", NOW, "storm")
        made.apply(event(fact, SUBJECT, NOW + timedelta(seconds=n)))
    asked = Asked("lee", "x", "ko")
    return report(PARK, made, made.incidents["i-1"], NOW + timedelta(minutes=5), asked, (), SEALED)


def test_without_a_korean_font_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingFontError, match="fontconfig"):
        fonts.korean()
    fake = tmp_path / "fc-list"
    fake.write_text("#!/bin/sh\nexit 0\n")
    fake.chmod(0o755)
    with pytest.raises(MissingFontError, match="fonts-noto-cjk"):
        make(words("ko"), Settings().park_dir, tmp_path, tmp_path / "out.pdf", lambda _done: None)
    assert not (tmp_path / "out.pdf").exists()


def test_a_process_makes_it_and_tells_how_far_it_is(tmp_path: Path, stills: Path) -> None:
    source, out = tmp_path / "in.json", tmp_path / "out.pdf"
    source.write_bytes(msgspec.json.encode(words("ko", pictures=SEEN)))
    places = map(str, (source, Settings().park_dir, stills, out))
    command = [sys.executable, "-m", "data.reports.pdf", *places]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert [float(line) for line in done.stdout.splitlines()][-1] == 1.0
    assert "사건보고서" in text(out)
    assert not source.exists()
    source.write_bytes(msgspec.json.encode(words("ko")))
    command[4] = str(tmp_path / "no-park")
    failed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert failed.stdout.splitlines()[-1].startswith("error ")


async def test_a_room_that_ends_takes_the_making_with_it(tmp_path: Path) -> None:
    reports = Reports(Settings(var_dir=str(tmp_path)))
    both = [reports.start("i-1", report_with_many(), "kim", "why") for _ in range(2)]
    await asyncio.sleep(0.3)  # in the midst of it
    await reports.stop()
    assert [job.task.done() for job in both if job.task] == [True, True]
    assert not any(job.done for job in both)
    left = [one for one in gc.get_objects() if isinstance(one, asyncio.SubprocessTransport)]
    assert [one for one in left if not one.is_closing()] == []
