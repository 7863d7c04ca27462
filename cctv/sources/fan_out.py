"""Strangers asked side by side within one deadline: who is silent holds nobody else up."""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")
ABREAST = 32


def side_by_side(
    asked: Iterable[A], ask: Callable[[A], B], until_s: float, abreast: int = ABREAST
) -> Iterator[tuple[A, B | None]]:
    """Ask each as soon as it is known; yield what it said, then whoever said nothing in time, with None.

    The threads are daemons, so that who never comes to an end does not hold the process up, either.

    Args:
        asked: whom; may take its time to tell them.
        ask: what to do; an exception is no answer.
        until_s: the deadline, of ``time.monotonic``.
        abreast: the most that are asked at once.
    """
    todo = queue.SimpleQueue[tuple[int, A] | None]()
    said = queue.SimpleQueue[tuple[int, B]]()
    silent, threads = dict[int, A](), 0

    def work() -> None:
        while (one := todo.get()) is not None:
            if time.monotonic() < until_s:
                said.put((one[0], ask(one[1])))

    try:
        for number, one in enumerate(asked):
            silent[number] = one
            todo.put((number, one))
            if threads < abreast:
                threading.Thread(target=work, daemon=True).start()
                threads += 1
        while silent:
            try:
                number, answer = said.get(timeout=max(0.0, until_s - time.monotonic()))
            except queue.Empty:
                break
            yield silent.pop(number), answer
    finally:
        for _ in range(threads):
            todo.put(None)
    yield from ((one, None) for one in silent.values())
