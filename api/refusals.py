"""Refusals of doors in words of the reader: beside ``detail`` an answer has ``said`` in both languages."""

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from park.config.label import Label
from park.texts.failures import fields, in_both


def speak(server: FastAPI) -> None:
    """Let every refusal of a server say why in both languages."""
    server.add_exception_handler(HTTPException, _refused)
    server.add_exception_handler(RequestValidationError, _not_understood)


async def _refused(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return _answer(error.status_code, error.detail, in_both(str(error.detail)), error.headers)


async def _not_understood(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = error.errors()
    said = fields((str(one["loc"][-1]) if one["loc"] else "", str(one["msg"])) for one in wrong)
    return _answer(422, jsonable_encoder(wrong), said)


def _answer(status: int, detail: object, said: Label, headers: object = None) -> Response:
    content = {"detail": detail, "said": {"ko": said.ko, "en": said.en}}
    return JSONResponse(content, status, dict(headers) if isinstance(headers, dict) else None)
