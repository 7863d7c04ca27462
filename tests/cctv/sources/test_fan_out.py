"""Asking side by side: as it comes, in time, and never too many at once."""

import threading
import time

from cctv.sources.fan_out import side_by_side


def test_who_answers_first_is_first_and_who_does_not_is_last() -> None:
    never = threading.Event()

    def ask(asked: float) -> str:
        never.wait(asked)
        return f"{asked:g}"

    began_s = time.monotonic()
    found = list(side_by_side([600.0, 0.4, 500.0, 0.0], ask, began_s + 2.0))
    assert time.monotonic() - began_s < 20
    assert found == [(0.0, "0"), (0.4, "0.4"), (600.0, None), (500.0, None)]
    never.set()


def test_at_most_so_many_are_asked_at_once_and_all_in_the_end() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def ask(asked: int) -> int:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with lock:
            now -= 1
        return asked * asked

    found = dict(side_by_side(range(20), ask, time.monotonic() + 60, abreast=3))
    assert found == {n: n * n for n in range(20)}
    assert most == 3


def test_after_the_deadline_nobody_new_is_asked() -> None:
    asked = list[int]()
    assert list(side_by_side([1, 2], asked.append, time.monotonic() - 1)) == [(1, None), (2, None)]
    assert asked == []
