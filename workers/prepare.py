"""What must be there before the processes start: schema, first sign-in, map base. Safe to repeat."""

import contextlib
import time
from collections.abc import Iterator

from data.operators.accounts import Accounts
from data.park_files import basemap
from data.record.store import create_engine, migrate
from data.settings import Settings
from workers.supervise import Console


class PrepareError(RuntimeError):
    """A step failed; the message says which and why."""


@contextlib.contextmanager
def step(console: Console, korean: str, english: str) -> Iterator[None]:
    """Say what is done and, after more than a second, how long it took; a failure is told plainly.

    Raises:
        PrepareError: with what was being done and the reason.
    """
    began = time.monotonic()
    console.say(f"  {korean} · {english}")
    try:
        yield
    except Exception as error:
        raise PrepareError(f"{korean} 실패 · {english} failed: {error}") from error
    if (took_s := time.monotonic() - began) > 1:
        console.say(f"    {took_s:.1f} s")


def prepare(settings: Settings, console: Console) -> None:
    """Bring the schema up to date, make the first sign-in once, build the map base.

    Raises:
        PrepareError: when a step fails.
    """
    settings.var.mkdir(parents=True, exist_ok=True)
    with step(console, "데이터베이스 준비", "preparing the database"):
        engine = create_engine(settings)
        migrate(engine)
    with step(console, "계정 준비", "preparing accounts"):
        password = Accounts(engine).ensure_admin(settings.admin_password)
        engine.dispose()
    if password and password != settings.admin_password:
        console.say(
            f"\n    첫 로그인 · first sign-in:  admin / {password}   (한 번만 보입니다 · shown once)\n"
        )
    with step(console, "지도 준비", "preparing the map"):
        basemap.build(settings)


def main() -> int:
    """Prepare and end; the exit code is 1 after a failure that was told."""
    console = Console()
    try:
        prepare(Settings.read(), console)
    except (PrepareError, ValueError) as error:
        console.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
