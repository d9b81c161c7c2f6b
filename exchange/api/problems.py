"""Every error as problem details (RFC 9457): code, what to do, and which field, from the error tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from exchange import errors
from exchange.api.model import InvalidField, Problem
from exchange.api.terms import in_api_terms
from exchange.api.unfit import UnfitApplication
from exchange.language import Joined, Language, Text
from exchange.machine.logger import get_logger
from exchange.web.render import preferred

log = get_logger()

MEDIA_TYPE = "application/problem+json"
_MOST = 50
"""Fields of a request that are named at once."""
_STATUS: tuple[tuple[type[errors.ExchangeError], int], ...] = (
    (errors.Unauthenticated, 401),
    (errors.Denied, 403),
    (errors.NotFound, 404),
    (errors.Changed, 412),
    (errors.Conflict, 409),
    (errors.TooLarge, 413),
    (errors.MisdirectedRequest, 421),
    (errors.TooManyRequests, 429),
    (errors.IntakeStopped, 503),
    (errors.CallerError, 422),
    (errors.SenderError, 422),
    (errors.DatabaseUnavailable, 503),
    (errors.BrokerError, 503),
)
"""The first that fits."""


def status_of(error: errors.ExchangeError) -> int:
    """Return the HTTP status of an error of the tree."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def install(app: FastAPI) -> None:
    """Has every error answered as a problem."""
    app.add_exception_handler(errors.ExchangeError, problem_of)
    app.add_exception_handler(RequestValidationError, _of_form)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _unexpected)


def documented(*statuses: int, headers: Mapping[int, Any] = MappingProxyType({})) -> dict[int | str, dict[str, Any]]:
    """Return the problems an operation may answer with, for its OpenAPI entry; those of every operation are added.

    ``headers`` of good answers, by status.
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    every = {400, 401, 403, 422, 429, 500, 503, *statuses}
    good: dict[int | str, dict[str, Any]] = {
        status: {"description": HTTPStatus(status).phrase, "headers": said} for status, said in headers.items()
    }
    return good | {status: {"description": HTTPStatus(status).phrase, "content": content} for status in sorted(every)}


def problem_of(request: Request, error: Exception) -> Response:
    """Answer with an error of the tree."""
    assert isinstance(error, errors.ExchangeError)  # noqa: S101
    faults: Sequence[InvalidField] = ()
    if isinstance(error, errors.BadRequest):
        faults = tuple(InvalidField(pointer=pointer, detail=what) for pointer, what in error.faults[:_MOST])
    if isinstance(error, UnfitApplication):
        faults = error.told(in_chinese=_in_chinese(request))
    headers = {}
    if isinstance(error, errors.Unauthenticated):
        headers["www-authenticate"] = 'Bearer realm="yizhan"'
    if isinstance(error, errors.TooManyRequests | errors.IntakeStopped):
        headers["retry-after"] = str(error.seconds)
    status = status_of(error)
    if status >= 500 and not isinstance(error, errors.IntakeStopped):
        log.error("api.failed", path=request.url.path, code=error.code, reason=str(error))
        # The operator's part is in the log: what a database or a key file says is not for every token's eyes.
        cannot, later = Text("the exchange cannot do this now"), Text("try again later")
        return _answer(request, status, error.code, cannot, later, (), headers)
    return _answer(request, status, error.code, error.text, error.remedy_text, faults, headers)


def _of_form(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    told = error.errors()[:_MOST]
    faults = [InvalidField(pointer="/".join(map(str, one["loc"])), detail=str(one["msg"])) for one in told]
    found = errors.BadRequest("the request is invalid")
    return _answer(request, 422, found.code, found.text, found.remedy_text, faults)


def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = {404: "not-found", 405: "method"}.get(error.status_code, errors.BadRequest.code)
    return _answer(
        request,
        error.status_code,
        code,
        Text(str(error.detail)),
        Text("/api/v1/docs lists the operations"),
        headers=error.headers or {},
    )


def _unexpected(request: Request, error: Exception) -> Response:
    failed, again = Text("the exchange has failed"), Text("try again; the operators find the reason in the log")
    return _answer(request, 500, "error", failed, again)


def _in_chinese(request: Request) -> bool:
    return preferred(request.headers.get("accept-language", "")) is Language.CHINESE


def _answer(
    request: Request,
    status: int,
    code: str,
    detail: Text | Joined,
    remedy: Text | Joined,
    faults: Sequence[InvalidField] = (),
    headers: Any = None,
) -> Response:
    in_chinese = _in_chinese(request)
    problem = Problem(
        type=f"/api/v1/docs#problem-{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=str(detail),
        remedy=in_api_terms(str(remedy)),
        errors=tuple(faults),
        detail_zh=detail.written(Language.CHINESE) if in_chinese else None,
        remedy_zh=in_api_terms(remedy.written(Language.CHINESE)) if in_chinese else None,
    )
    return Response(problem.model_dump_json(exclude_none=True), status, dict(headers or {}), MEDIA_TYPE)
