"""One detector, many cameras, real threads."""

import threading
import time
from collections import Counter

import numpy as np
import pytest

from cctv.detectors import BusyError, Detector
from cctv.detectors.budget import Budget
from cctv.detectors.scheduler import Lookout
from cctv.sources.base import Image
from cctv.tracking.tracker import Sighting, Tracker
from cctv.vision.motion import Moved

PICTURE = np.zeros((48, 64, 3), np.uint8)
LOOK_S = 0.01


class Slow(Detector):
    """Takes its time, and knows how many use it at once."""

    name = "slow"

    def __init__(self) -> None:
        self.now = self.most = 0
        self._lock = threading.Lock()

    def find(self, image: Image) -> list[Sighting]:
        assert image.size
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(LOOK_S)
        with self._lock:
            self.now -= 1
        return []


def run(budget: Budget, rests_s: dict[str, float], for_s: float) -> tuple[Counter[str], Counter[str]]:
    """Let cameras look, each resting between two looks; return who was served how often, and who was not."""
    served, passed = Counter[str](), Counter[str]()
    until_s = time.monotonic() + for_s

    def watch(name: str, rest_s: float) -> None:
        share = budget.share(name)
        while time.monotonic() < until_s:
            try:
                share.find(PICTURE)
                served[name] += 1
            except BusyError:
                pass
            time.sleep(rest_s)
        passed[name] = share.passed

    threads = [threading.Thread(target=watch, args=item) for item in rests_s.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return served, passed


def test_a_busy_camera_starves_nobody() -> None:
    slow = Slow()
    quiet = {f"quiet{n}": 0.1 for n in range(4)}
    greedy = {f"greedy{n}": 0.0 for n in range(3)}
    served, passed = run(Budget(slow, slots=1, patience_s=1.0), quiet | greedy, 1.5)
    assert slow.most == 1
    assert all(served[name] >= 6 for name in quiet)  # each about 1.5 s / (0.1 s + its turn)
    assert not any(passed[name] for name in quiet)
    counts = [served[name] for name in greedy]
    assert min(counts) >= 0.7 * max(counts)


def test_too_many_cameras_share_what_there_is() -> None:
    served, passed = run(Budget(Slow(), slots=1, patience_s=0.05), {f"c{n}": 0.0 for n in range(12)}, 1.5)
    assert sum(passed.values())
    assert min(served.values()) >= 0.4 * max(served.values())
    assert len(served) == 12


def test_slots_run_at_once() -> None:
    slow = Slow()
    run(Budget(slow, slots=2), {f"c{n}": 0.0 for n in range(4)}, 0.5)
    assert slow.most == 2


class Broken(Detector):
    """Fails."""

    name = "broken"

    def find(self, image: Image) -> list[Sighting]:
        raise ValueError(image.shape)


def test_a_failing_look_gives_its_turn_back() -> None:
    share = Budget(Broken(), slots=1).share("a")
    for _ in range(3):
        with pytest.raises(ValueError, match="48"):
            share.find(PICTURE)


def test_out_of_budget_a_camera_goes_on_without() -> None:
    budget = Budget(Slow(), slots=1, patience_s=0.0)
    holding = threading.Thread(target=budget.find, args=("other", PICTURE))
    holding.start()
    moved = Moved(((8.0, 8.0, 16.0, 16.0),), np.zeros((48, 64), np.uint8), 1.0)
    share = budget.share("mine")
    found = Lookout(share, Tracker()).find(PICTURE, moved, 1.0, (64, 48))
    holding.join()
    assert not found.seen
    assert share.passed == 1


class OneLook(Detector):
    """Gives one look a picture; the next is somebody else's turn."""

    name = "one look"

    def __init__(self) -> None:
        self.seen: list[Sighting] = []
        self.used = False

    def find(self, image: Image) -> list[Sighting]:
        assert image.size
        if self.used:
            raise BusyError
        self.used = True
        return self.seen


def test_what_was_seen_upright_counts_though_nobody_has_time_to_look_for_who_lies() -> None:
    detector, tracker = OneLook(), Tracker()
    still = Moved((), np.zeros((48, 64), np.uint8), 1.0)
    for n in range(8):
        fallen = Sighting((4.0 + n, 8.0, 8.0, 24.0), "person", 0.9)
        other = Sighting((44.0, 8.0 + n / 2, 8.0, 24.0), "person", 0.9)
        tracker.update([fallen, other], n / 5, lambda _: 1.0)
    detector.seen = [other]
    found = Lookout(detector, tracker).find(
        PICTURE, still._replace(boxes=((11.0, 8.0, 8.0, 24.0),)), 2.0, (64, 48)
    )
    assert [s.box for s in found.seen] == [other.box]
    with pytest.raises(BusyError):
        detector.find(PICTURE)
