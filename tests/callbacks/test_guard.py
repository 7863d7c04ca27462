import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from dash import Dash
from dash.exceptions import PreventUpdate

import callbacks
from callbacks.guard import needs
from data.operators.accounts import ROLES, Session, current
from data.services import Services
from layouts.shell import document

SignIn = Callable[[str], None]


@pytest.fixture
def app() -> Dash:
    """The app with every callback; no service is asked for while they are registered."""
    app = Dash("room", backend="fastapi", suppress_callback_exceptions=True)
    app.layout = document()
    callbacks.register(app, cast("Services", None))
    return app


@pytest.fixture
def as_role() -> Iterator[SignIn]:
    """Sign somebody in for this test."""
    token = current.set(None)

    def sign_in(role: str) -> None:
        current.set(Session("kim", role, datetime.now(UTC) + timedelta(hours=1)))

    yield sign_in
    current.reset(token)


async def answer(value: int) -> int:
    return value


def test_every_callback_is_async_and_names_a_role(app: Dash) -> None:
    assert len(app.callback_map) >= 2
    for output, entry in app.callback_map.items():
        assert inspect.iscoroutinefunction(entry["callback"]), f"{output} would block the loop"
        assert getattr(entry["callback"], "least_role", None) in ROLES, f"{output} names no role"


def test_acknowledging_needs_an_operator(app: Dash) -> None:
    assert app.callback_map["acknowledged.children"]["callback"].least_role == "operator"


@pytest.mark.parametrize("least", ROLES)
@pytest.mark.parametrize("role", ROLES)
async def test_a_role_reaches_what_is_not_above_it(as_role: SignIn, role: str, least: str) -> None:
    as_role(role)
    guarded = needs(least)(answer)
    if ROLES.index(role) >= ROLES.index(least):
        assert await guarded(7) == 7
    else:
        with pytest.raises(PreventUpdate):
            await guarded(7)


@pytest.mark.parametrize("role", ["", "root", "ADMIN"])
async def test_an_unknown_role_reaches_nothing(as_role: SignIn, role: str) -> None:
    as_role(role)
    with pytest.raises(PreventUpdate):
        await needs("viewer")(answer)(7)


async def test_nobody_signed_in_reaches_nothing() -> None:
    assert current.get() is None
    with pytest.raises(PreventUpdate):
        await needs("viewer")(answer)(7)


def test_a_role_that_does_not_exist_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="chief"):
        needs("chief")
