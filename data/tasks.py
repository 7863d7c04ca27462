"""The end of tasks that live until they are told to."""

import asyncio

ONCE_MORE_S = 0.2


async def end(*tasks: "asyncio.Future[None]") -> None:
    """Cancel tasks until all are over; not for those that take long to clean up, as jobs do: it is cut short.

    A word may be lost: ``asyncio.wait_for`` of Python 3.11, by which the Redis client sends, takes no notice
    of a cancellation in the moment in which what it waits for is done.
    """
    while left := [task for task in tasks if not task.done()]:
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=ONCE_MORE_S)
