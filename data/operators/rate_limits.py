"""Rates: how often something may be tried, counted in this process."""

import threading
from collections import OrderedDict, deque
from ipaddress import IPv4Address, ip_address, ip_network

from msgspec import Struct

_REMEMBERED = 10_000
WINDOW_S = 300.0
PER_PERSON = 5  # failures of one account from one address: a person who has forgotten (assumed)
PER_ACCOUNT = 10  # of one account from everywhere; NIST SP 800-63B 5.2.2 allows at most 100 in a row
PER_ADDRESS = 20  # of all accounts from one address: a shift of twenty that mistypes once each (assumed)
IPV6_NETWORK_BITS = 64  # what one household or host is given (RFC 6177): one address for the limits


class TooManyError(Exception):
    """Tried too often; ``wait_s`` until the next try is heard."""

    def __init__(self, wait_s: float) -> None:
        """Say how long to wait."""
        super().__init__(f"too many attempts, wait {wait_s:.0f} s")
        self.wait_s = wait_s


class Failures:
    """Failed tries per name within a window; beyond ``limit`` all are refused until it has passed."""

    def __init__(self, limit: int, window_s: float) -> None:
        """Allow ``limit`` failures in ``window_s`` seconds."""
        self.limit = limit
        self.window_s = window_s
        self._failed: OrderedDict[str, deque[tuple[float, str]]] = OrderedDict()

    def check(self, name: str, now_s: float) -> None:
        """Raise TooManyError while ``name`` has failed too often; ``now_s`` from a steady clock."""
        failed = self._failed.get(name)
        while failed and now_s - failed[0][0] > self.window_s:
            failed.popleft()
        if failed and len(failed) >= self.limit:
            raise TooManyError(self.window_s - (now_s - failed[0][0]))

    def failed(self, name: str, now_s: float, by: str = "") -> None:
        """Count a failure of ``name``; ``by`` tells whose it is, so that theirs alone can be forgiven."""
        self._failed.setdefault(name, deque(maxlen=self.limit)).append((now_s, by))
        self._failed.move_to_end(name)
        while len(self._failed) > _REMEMBERED:
            self._failed.popitem(last=False)

    def forgive(self, name: str, by: str = "") -> None:
        """Forget the failures of ``name`` that are of ``by`` after a success."""
        left = [failure for failure in self._failed.pop(name, ()) if failure[1] != by]
        if left:
            self._failed[name] = deque(left, maxlen=self.limit)


class SignInLimits:
    """How often passwords may be tried: by person, by account from everywhere, by address for all accounts.

    A person is an account at an address. Who has signed in there before is held to the first limit only, so
    that neither a neighbour who guesses nor guessing from elsewhere keeps them out. Safe for several threads.
    """

    def __init__(self) -> None:
        """Know nobody."""
        self._persons = Failures(PER_PERSON, WINDOW_S)
        self._accounts = Failures(PER_ACCOUNT, WINDOW_S)
        self._addresses = Failures(PER_ADDRESS, WINDOW_S)
        self._known: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, account: str, address: str, now_s: float) -> None:
        """Count a try as failed until it is known to be right: many at once are no more than one by one.

        Raises:
            TooManyError: beyond a limit; the try is not counted.
        """
        place = network(address)
        person = f"{account}\n{place}"
        with self._lock:
            self._persons.check(person, now_s)
            if person not in self._known:
                self._accounts.check(account, now_s)
                self._addresses.check(place, now_s)
            self._persons.failed(person, now_s)
            self._accounts.failed(account, now_s, place)
            self._addresses.failed(place, now_s, account)

    def right(self, account: str, address: str) -> None:
        """Note that the password was right: what this person failed before is forgiven."""
        self.forgive(account, address)
        with self._lock:
            person = f"{account}\n{network(address)}"
            self._known[person] = None
            self._known.move_to_end(person)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def forgive(self, account: str, address: str) -> None:
        """Forget what this person failed, with every limit."""
        place = network(address)
        with self._lock:
            self._persons.forgive(f"{account}\n{place}")
            self._accounts.forgive(account, place)
            self._addresses.forgive(place, account)


def network(address: str) -> str:
    """Return what counts as one address: IPv4 as it is, IPv6 by its network; what is none, unchanged."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv4Address):
        return str(read)
    if read.ipv4_mapped:
        return str(read.ipv4_mapped)
    return str(ip_network((int(read), IPV6_NETWORK_BITS), strict=False))


class _Level(Struct):
    left: float
    at_s: float


class Bucket:
    """A token bucket per name: ``rate`` a second, ``burst`` at once."""

    def __init__(self, rate: float, burst: float) -> None:
        """Fill every bucket to ``burst``."""
        self.rate = rate
        self.burst = burst
        self._levels: dict[str, _Level] = {}

    def take(self, name: str, count: int, now_s: float) -> None:
        """Take ``count`` tokens of ``name``, or raise TooManyError and take none.

        A single request larger than the burst is let through a full bucket, which it overdraws.
        """
        level = self._levels.setdefault(name, _Level(self.burst, now_s))
        level.left = min(self.burst, level.left + (now_s - level.at_s) * self.rate)
        level.at_s = now_s
        needed = min(float(count), self.burst)
        if level.left < needed:
            raise TooManyError((needed - level.left) / self.rate)
        level.left -= count
