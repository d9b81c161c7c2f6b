"""The body of a request: bounded, of the right media type, read strictly."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from exchange.errors import BadRequest, TooLarge
from exchange.schemas import Wire
from exchange.schemas.written import faults_in
from exchange.tomlfile import faults_of

LARGEST = 8 * 1024 * 1024
"""Octets of a request: twenty attachments of the largest size in base64, and the text."""
LARGEST_CASE = 20 * 1024 * 1024
"""Of an application: fifty of them."""
Files = list[tuple[str, str | None, bytes]]
"""What was attached to a request as files of a form: name, media type, content."""
M = TypeVar("M", bound=Wire)


async def read_octets(request: Request, largest: int = LARGEST) -> bytes:
    """Read the whole body. Raises TooLarge before it has read more than may come."""
    parts, total = [], 0
    async for part in request.stream():
        total += len(part)
        if total > largest:
            raise TooLarge("more than {largest:,} octets", largest=largest)
        parts.append(part)
    request._body = b"".join(parts)  # so that a form can be read from it
    return request._body


def strictly(model: type[M], data: bytes) -> M:
    """Parse the body by a model. Raises BadRequest naming every field."""
    try:
        found = model.model_validate_json(data)
    except ValidationError as error:
        raise invalid_request(error) from None
    if isinstance(found, Wire) and (faults := tuple(map(_pointed, faults_in(found)))):
        raise BadRequest("the request has text that others cannot read", faults=faults)
    return found


def invalid_request(error: ValidationError) -> BadRequest:
    """Return what a model complains of, as a problem."""
    return BadRequest("the request is invalid", faults=tuple(map(_pointed, faults_of(error))))


def _pointed(fault: tuple[tuple[str | int, ...], object]) -> tuple[str, str]:
    place, what = fault
    return "".join(f"/{_escaped(part)}" for part in place), str(what)


def only_known_parameters(request: Request) -> None:
    """Refuse parameters that an operation does not have: one that is misspelt would choose nothing, and say nothing of
    it. Raises BadRequest naming each.
    """
    route = request.scope.get("route")
    known = set(_parameters_of(route.dependant)) if route is not None else set()
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        faults = tuple((f"query/{_escaped(name)}", "there is no such parameter") for name in unknown)
        raise BadRequest("the request is invalid", faults=faults)


def _parameters_of(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias for one in dependant.query_params)
    for other in dependant.dependencies:
        yield from _parameters_of(other)


def json_of(model: type[M]) -> Any:
    """Return the request's body, which must be JSON; a dependency. Raises BadRequest or TooLarge."""

    async def read(request: Request) -> M:
        if _media_type(request) != "application/json":
            raise HTTPException(415, "send application/json")
        return strictly(model, await read_octets(request))

    return Depends(read)


async def json_or_form(request: Request) -> tuple[bytes, Files]:
    """Return the JSON of a request, and what was attached to it as files of a form."""
    return await _json_or_form(request, LARGEST, 20)


async def json_or_case_form(request: Request) -> tuple[bytes, Files]:
    """Do as `json_or_form` for an application, whose materials may be more."""
    return await _json_or_form(request, LARGEST_CASE, 50)


async def _json_or_form(request: Request, largest: int, files_at_most: int) -> tuple[bytes, Files]:
    kind = _media_type(request)
    if kind == "application/json":
        return await read_octets(request, largest), []
    if kind != "multipart/form-data":
        raise HTTPException(415, "send application/json or multipart/form-data")
    await read_octets(request, largest)
    async with request.form(max_files=files_at_most + 1, max_fields=1, max_part_size=largest) as form:
        unknown = set(form) - {"message", "attachment"}
        message = form.get("message")
        if unknown or message is None:
            raise BadRequest("a form has one part `message` (JSON), and any number of files `attachment`")
        data = await message.read() if isinstance(message, UploadFile) else message.encode()
        files = [one for one in form.getlist("attachment") if isinstance(one, UploadFile)]
        return data, [(_named(one), _plain(one.content_type), await one.read()) for one in files]


def _named(file: UploadFile) -> str:
    """The name of a file of a form. Raises BadRequest for one that is not UTF-8: it would be signed as another."""
    try:
        dict(file.headers.raw).get(b"content-disposition", b"").decode()
    except UnicodeDecodeError:
        fault = ("/attachment", "its file name is not written in UTF-8")
        raise BadRequest("a file name that is not UTF-8", faults=(fault,), remedy="send the name in UTF-8") from None
    return file.filename or "attachment"


_taken: dict[type[Wire], None] = {}
"""Every model that an operation takes, as they are declared: a list by hand would lack the next one."""


def taken() -> tuple[type[Wire], ...]:
    """Return the models of all bodies that operations declared so far take."""
    return tuple(_taken)


def body_of(*models: type[Wire], form: bool = False) -> dict[str, Any]:
    """Return what an operation takes, for its OpenAPI entry; `taken` knows its models from then on."""
    _taken.update(dict.fromkeys(models))
    content: dict[str, Any] = {"application/json": {"schema": {"$ref": f"#/components/schemas/{models[0].__name__}"}}}
    if form:
        properties = {
            "message": {"type": "string", "contentMediaType": "application/json"},
            "attachment": {"type": "array", "items": {"type": "string", "format": "binary"}},
        }
        content["multipart/form-data"] = {
            "schema": {
                "type": "object",
                "required": ["message"],
                "properties": properties,
                "additionalProperties": False,
            }
        }
    return {"requestBody": {"required": True, "content": content}}


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _plain(media_type: str | None) -> str | None:
    """A part's media type without its parameters, which an attachment does not have."""
    return (media_type or "").partition(";")[0].strip().lower() or None


def _escaped(part: object) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")


Form = Annotated[tuple[bytes, Files], Depends(json_or_form)]
CaseForm = Annotated[tuple[bytes, Files], Depends(json_or_case_form)]
__all__ = [
    "CaseForm", "Files", "Form", "body_of", "invalid_request", "json_of", "only_known_parameters", "read_octets",
    "strictly",
]  # fmt: skip
