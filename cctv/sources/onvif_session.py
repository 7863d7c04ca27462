"""A conversation with one ONVIF device: a request is asked in every way the standard knows, then given up.

Ways in (ONVIF Core, access control): as nobody, by HTTP Digest, which needs no clock, and with a WS-Security
token of the password's digest, which only counts near the device's own time. The way that was taken once is
taken again. The password itself is never sent: no HTTP Basic, no token with the plain password.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx

from cctv.sources.http_digest import DigestLogin
from cctv.sources.onvif_clock import OWN, Reading, of_header, readings
from cctv.sources.soap import Login, Node, RefusedError, SilentError, SoapError, call, envelope


class Way(NamedTuple):
    """One way to ask: with a token by a reading of the device's clock, or without a token."""

    reading: Reading | None = None


PLAIN = Way()
MOST_UNCLEAR = 2  # faults of another kind: as nobody, which may be the reason, and as somebody


class Session:
    """Asks one device, as one login or as nobody."""

    def __init__(self, client: httpx.Client, login: Login | None, now: datetime) -> None:
        """Ask nothing yet; ``now`` is our time."""
        self._client, self._login = client, login
        self._ours = now - datetime.now(UTC)  # of the caller's clock, ahead of this machine's
        self._digest = DigestLogin(login)
        self._told: Node | None = None
        self._told_at = now
        self._http_ahead: timedelta | None = None
        self._taken = PLAIN
        client.event_hooks = {"response": [self._hear]}

    def ask(self, address: str, body: str) -> Node:
        """Return the body of the answer of a service to a request.

        Raises:
            SilentError: when nothing answers.
            RefusedError: when it is refused in every way, saying which were tried.
            SoapError: when the device cannot answer it.
        """
        tried = dict[str, str]()  # Korean: English
        refused = RefusedError("로그인이 거절됨 · the login is refused")
        unclear = 0
        for way in self._ways():
            try:
                answer = self._once(address, body, way)
            except SilentError:
                raise
            except RefusedError as error:
                refused = error
            except SoapError:
                unclear += 1
                if unclear == MOST_UNCLEAR or not self._login or self._is_let_in(way):
                    raise
            else:
                self._taken = way
                return answer
            korean, english = self._named(way)
            tried[korean] = english
        raise RefusedError(self._in_words(refused, tried)) from refused

    def _is_let_in(self, way: Way) -> bool:
        """Tell whether a login was surely taken, so that a fault is no refusal of it."""
        return self._digest.answered or (way == self._taken and way != PLAIN)

    def learn_time(self, body: Node | None) -> None:
        """Take what the device says of its time, None where it says nothing."""
        self._told, self._told_at = body, self._now()

    @property
    def clock_off_s(self) -> float | None:
        """How far the device's clock is ahead of ours; None where it is not known."""
        if self._taken.reading:
            return self._seconds(self._taken.reading)
        told = self._readings()[0]
        return self._seconds(told) if told != OWN else None

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ours

    def _seconds(self, reading: Reading) -> float:
        return round(reading.ahead.total_seconds(), 1)

    def _ways(self) -> Iterator[Way]:
        """Yield the ways, few: a device may lock who fails too often."""
        done = set[Way]()
        while way := next((way for way in self._order() if way not in done), None):
            done.add(way)
            yield way

    def _order(self) -> list[Way]:
        tokens = [Way(reading) for reading in self._readings()] if self._login else []
        return [self._taken, PLAIN, *tokens]

    def _readings(self) -> list[Reading]:
        return readings(self._told, self._told_at, self._http_ahead)

    def _once(self, address: str, body: str, way: Way) -> Node:
        token = (self._login, self._now() + way.reading.ahead) if way.reading else (None, None)
        return call(self._client, address, envelope(body, *token), self._digest)

    def _hear(self, response: httpx.Response) -> None:
        at = of_header(response.headers.get("date", ""))
        if self._http_ahead is None and at is not None:
            self._http_ahead = at - self._now()

    def _named(self, way: Way) -> tuple[str, str]:
        """Return what was tried, in Korean and in English."""
        parts = list[tuple[str, str]]()
        if way.reading:
            parts.append((f"WS 토큰({way.reading.korean})", f"WS token by {way.reading.english}"))
        if self._digest.answered:
            parts.append(("HTTP 다이제스트", "HTTP Digest"))
        if not parts:
            parts.append(("로그인 없이", "without a login"))
        return " + ".join(korean for korean, _ in parts), " + ".join(english for _, english in parts)

    def _in_words(self, refused: RefusedError, tried: dict[str, str]) -> str:
        said = str(refused).replace(" · ", " ")
        korean = f"로그인이 거절됨 (카메라의 답: {said}; 시도한 방법: {', '.join(tried)}"
        english = f"the login is refused (the camera: {said}; tried: {', '.join(tried.values())}"
        if "basic" in self._digest.offered and "digest" not in self._digest.offered:
            korean += "; HTTP Basic은 암호를 드러내므로 쓰지 않음"
            english += "; HTTP Basic would show the password and is not used"
        return f"{korean}) · {english})"
