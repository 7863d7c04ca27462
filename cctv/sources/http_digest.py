"""HTTP Digest (RFC 7616, and RFC 2069 as old cameras speak it): a login that never shows its password."""

import hashlib
import re
import secrets
from collections.abc import Generator, Sequence
from urllib.parse import quote
from urllib.request import parse_http_list

import httpx
from msgspec import Struct

from cctv.sources.soap import Login

# The stronger first; each also as a session's (-SESS), whose first hash takes both nonces in.
ALGORITHMS = {"SHA-512-256": "sha512_256", "SHA-256": "sha256", "MD5": "md5"}
SESSION = "-SESS"
_BEGINS = re.compile(r"([A-Za-z][\w-]*)\s+([\w*-]+)\s*=\s*(.*)", re.DOTALL)
_GOES_ON = re.compile(r"([\w*-]+)\s*=\s*(.*)", re.DOTALL)


class Challenge(Struct, frozen=True):
    """What a device asks to be shown."""

    realm: str
    nonce: str
    opaque: str | None
    algorithm: str  # as the device wrote it; empty where it did not
    qop: str  # "auth", "auth-int", or empty where the device knows none

    @property
    def strength(self) -> int:
        """How good its hash is; the smaller the better."""
        return list(ALGORITHMS).index(self.hash_name)

    @property
    def hash_name(self) -> str:
        """Its hash, of :data:`ALGORITHMS`."""
        return self.algorithm.upper().removesuffix(SESSION) or "MD5"

    def hashed(self, text: str | bytes) -> str:
        """Return the hash of a text."""
        data = text if isinstance(text, bytes) else text.encode()
        return hashlib.new(ALGORITHMS[self.hash_name], data, usedforsecurity=False).hexdigest()


class DigestLogin(httpx.Auth):
    """Answers each challenge once; ``offered``: the schemes that the device named, ``answered``: whether."""

    requires_request_body = True

    def __init__(self, login: Login | None) -> None:
        """Take who asks; None answers nothing and only listens to what is offered."""
        self._login = login
        self._challenge: Challenge | None = None
        self._count = 0
        self.offered: frozenset[str] = frozenset()
        self.answered = False

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send a request; where it is challenged, send it once more with the answer."""
        self.answered = False
        if self._login and self._challenge:
            self._sign(request, self._login, self._challenge)
        response = yield request
        if response.status_code != httpx.codes.UNAUTHORIZED:
            return
        headers = response.headers.get_list("www-authenticate")
        self.offered |= {scheme.lower() for scheme, _ in challenges(headers)}
        found = best(headers)
        if self._login and found:
            self._challenge, self._count = found, 0
            self._sign(request, self._login, found)
            yield request

    def _sign(self, request: httpx.Request, login: Login, challenge: Challenge) -> None:
        self._count += 1
        self.answered = True
        request.headers["Authorization"] = answer(
            challenge,
            login,
            request.method,
            request.url.raw_path.decode("ascii"),
            request.content,
            self._count,
            secrets.token_hex(8),
        )


def challenges(headers: Sequence[str]) -> list[tuple[str, dict[str, str]]]:
    """Return scheme and values of every challenge; one header may hold several."""
    found = list[tuple[str, dict[str, str]]]()
    for item in (item for header in headers for item in parse_http_list(header)):
        if begins := _BEGINS.fullmatch(item):
            found.append((begins[1], {begins[2].lower(): _bare(begins[3])}))
        elif goes_on := _GOES_ON.fullmatch(item):
            if found:
                found[-1][1][goes_on[1].lower()] = _bare(goes_on[2])
        elif item.strip():
            found.append((item.strip(), {}))
    return found


def best(headers: Sequence[str]) -> Challenge | None:
    """Return the challenge of the best hash that can be answered."""
    usable = list[Challenge]()
    for scheme, values in challenges(headers):
        asked = {one.strip().lower() for one in values.get("qop", "").split(",") if one.strip()}
        qop = next((one for one in ("auth", "auth-int") if one in asked), "")
        one = Challenge(
            values.get("realm", ""),
            values.get("nonce", ""),
            values.get("opaque"),
            values.get("algorithm", ""),
            qop,
        )
        known = one.hash_name in ALGORITHMS and ALGORITHMS[one.hash_name] in hashlib.algorithms_available
        if scheme.lower() == "digest" and known and one.nonce and bool(asked) == bool(qop):
            usable.append(one)
    return min(usable, key=lambda one: one.strength, default=None)


def answer(
    challenge: Challenge,
    login: Login,
    method: str,
    uri: str,
    body: bytes,
    count: int,
    own_nonce: str,
) -> str:
    """Return the header that answers a challenge; ``count``: how often its nonce was used, from 1."""
    hashed = challenge.hashed
    first = hashed(f"{login.user}:{challenge.realm}:{login.password}")
    if challenge.algorithm.upper().endswith(SESSION):
        first = hashed(f"{first}:{challenge.nonce}:{own_nonce}")
    second = hashed(f"{method}:{uri}" + (f":{hashed(body)}" if challenge.qop == "auth-int" else ""))
    used = [f"{count:08x}", own_nonce, challenge.qop] if challenge.qop else []
    response = hashed(":".join([first, challenge.nonce, *used, second]))
    plain = login.user.isascii()
    values = [
        f"username={_quoted(login.user)}" if plain else f"username*=UTF-8''{quote(login.user, safe='')}",
        f"realm={_quoted(challenge.realm)}",
        f"nonce={_quoted(challenge.nonce)}",
        f"uri={_quoted(uri)}",
        f'response="{response}"',
    ]
    if challenge.opaque is not None:
        values.append(f"opaque={_quoted(challenge.opaque)}")
    if challenge.algorithm:
        values.append(f"algorithm={challenge.algorithm}")
    if challenge.qop:
        values += [f"qop={challenge.qop}", f"nc={count:08x}", f'cnonce="{own_nonce}"']
    return f"Digest {', '.join(values)}"


def _bare(value: str) -> str:
    value = value.strip()
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return re.sub(r"\\(.)", r"\1", value[1:-1])
    return value


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
