"""What a door finds in its request: the services of the room and who is asking."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from data.operators.accounts import Session, current
from data.services import Services


def _services(connection: HTTPConnection) -> Services:
    found: Services = connection.app.state.services
    return found


def _visitor() -> Session:
    session = current.get()
    if session is None:
        raise PermissionError("a door without a session was opened; api/rules.py is wrong")
    return session


Room = Annotated[Services, Depends(_services)]
Visitor = Annotated[Session, Depends(_visitor)]
