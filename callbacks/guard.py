"""Who may call what: every callback names its least role, and nobody without it gets in."""

import functools
from collections.abc import Awaitable, Callable
from typing import ParamSpec, TypeVar

from dash.exceptions import PreventUpdate

from data.operators.accounts import ROLES, current

P = ParamSpec("P")
R = TypeVar("R")


def needs(least: str) -> Callable[[Callable[P, Awaitable[R]]], Callable[P, Awaitable[R]]]:
    """Let a callback run only for a signed-in person of at least the role ``least``.

    Raises:
        ValueError: ``least`` is no role.
    """
    if least not in ROLES:
        raise ValueError(f"no role {least!r}")

    def guard(callback: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
        @functools.wraps(callback)
        async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            session = current.get()
            if session is None or not session.reaches(least):
                raise PreventUpdate
            return await callback(*args, **kwargs)

        guarded.__dict__["least_role"] = least
        return guarded

    return guard
