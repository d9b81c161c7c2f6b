"""Files that scripts send in parts, by the open protocol tus 1.0 (core, creation, termination, expiration).

What is announced is looked at before any octet is taken; octets go to disk as they come; when all of them are there the
file joins the draft as one of a plain form does.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from io import FileIO

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from exchange.clock import RealClock
from exchange.errors import BadApplication, BadFile, ExchangeError, IntakeStopped, NotFound, TooLarge, TooManyRequests
from exchange.language import language
from exchange.portal.uploads.file_names import file_name
from exchange.portal.uploads.joining import is_there
from exchange.portal.uploads.limits import FILE_MOST
from exchange.portal.uploads.partial import Announced, PartialFile, key_of_file
from exchange.portal.uploads.room import expect_room, expect_size
from exchange.window.forms.lacking import step_path
from exchange.window.forms.steps import MATERIALS
from exchange.window.guest import Guest, SignedOut, goto
from exchange.window.pages.drafts.common import OpenDraft, material_of, opened
from exchange.window.pages.failing import status_of
from exchange.window.route import GuestRoute, RawRoute

_VERSION = "1.0.0"
_HEADERS = {"tus-resumable": _VERSION}
_OCTETS = "application/offset+octet-stream"
_NUMBER = re.compile(r"\d{1,15}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
Answering = Callable[[Guest], Awaitable[Response]]


def _in_words(answer: Answering) -> Answering:
    """Have what goes wrong told to the script in words, for whoever sits before it."""

    async def answering(guest: Guest) -> Response:
        request = guest.request
        if request.method != "OPTIONS" and request.headers.get("tus-resumable") != _VERSION:
            return Response(status_code=412, headers={**_HEADERS, "tus-version": _VERSION})
        try:
            return await answer(guest)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it: what has come is kept
        except ExchangeError as error:
            words = {"what": error.written(language()), "remedy": error.remedy_text.written(language())}
            more = {"retry-after": str(error.seconds)} if isinstance(error, TooManyRequests | IntakeStopped) else {}
            return JSONResponse({"code": error.code, **words}, _status(error), {**_HEADERS, **more})

    return answering


def _status(error: ExchangeError) -> int:
    if isinstance(error, SignedOut):
        return 401
    return 422 if isinstance(error, BadFile | BadApplication) else status_of(error)


async def offered(guest: Guest) -> Response:
    """Say what of the protocol there is."""
    more = {"tus-version": _VERSION, "tus-extension": "creation,termination,expiration"}
    return Response(status_code=204, headers={**_HEADERS, **more, "tus-max-size": str(FILE_MOST)})


@dataclass(frozen=True)
class _Place:
    """A file as an address names it."""

    one: OpenDraft
    key: str
    partial: PartialFile | None
    """None where it is whole, and there."""

    @property
    def path(self) -> str:
        return f"/drafts/{self.one.number}/uploads/{self.key}"

    @property
    def size(self) -> int:
        if self.partial is not None:
            return self.partial.announced.size
        return next(file.size for file in self.one.draft.files if key_of_file(self.one.number, file) == self.key)

    def headers(self) -> dict[str, str]:
        if self.partial is None:
            return {**_HEADERS, "upload-offset": str(self.size), "upload-length": str(self.size)}
        until = format_datetime(self.partial.until.astimezone(UTC), usegmt=True)
        stands = {"upload-offset": str(self.partial.offset), "upload-expires": until}
        return {**_HEADERS, **stands, "upload-length": str(self.size)}


async def announce(guest: Guest) -> Response:
    """Take the announcement of a file; the same one again leads to where it stands."""
    place = await run_in_threadpool(_announced, guest)
    return Response(status_code=201, headers={**place.headers(), "location": place.path})


def _announced(guest: Guest) -> _Place:
    one = opened(guest)
    guest.check_script(one.number)
    told = _metadata(guest.request.headers.get("upload-metadata", ""))
    size, digest = _number(guest, "upload-length"), told.get("sha256", "")
    material = material_of(one, told.get("material", ""))
    if not _DIGEST.fullmatch(digest):
        raise BadFile("the file was announced without its SHA-256", remedy="choose it again")
    name = file_name(told.get("filename", "")).name
    announced = Announced(number=one.number, material=material.code, name=name, size=size, digest=digest)
    if is_there(one.draft, announced.key):
        return _Place(one, announced.key, None)
    if size == 0:
        raise BadFile("the file is empty", remedy="open it to see whether it was saved, and choose it again")
    expect_size(size)
    expect_room(one.draft, material, size)
    guest.face.node.intake()
    return _Place(one, announced.key, guest.face.partials.begin(announced, RealClock().now()))


async def stands(guest: Guest) -> Response:
    """Say how much of a file has come."""
    place = await run_in_threadpool(_found, guest)
    return Response(headers=place.headers())


async def take(guest: Guest) -> Response:
    """Take octets as they come; the last of them makes the file whole."""
    place = await run_in_threadpool(_found, guest, checked=True)
    if guest.request.headers.get("content-type") != _OCTETS:
        return Response(status_code=415, headers=_HEADERS)
    offset = _number(guest, "upload-offset")
    if place.partial is None:
        return Response(status_code=204 if offset == place.size else 409, headers=place.headers())
    material = material_of(place.one, place.partial.announced.material)
    expected = guest.request.headers.get("content-length", "0")
    if not _NUMBER.fullmatch(expected) or offset + int(expected) > place.size:
        raise _beyond(place)
    with place.partial.alone(offset) as file:
        await _write(guest, place, file, offset)
        if place.partial.offset == place.size:
            await run_in_threadpool(guest.face.joining.join, place.partial, material)
            return Response(status_code=204, headers={**_HEADERS, "upload-offset": str(place.size)})
    return Response(status_code=204, headers=place.headers())


async def _write(guest: Guest, place: _Place, file: FileIO, offset: int) -> None:
    try:
        async for part in guest.request.stream():
            offset += len(part)
            if offset > place.size:
                raise _beyond(place)
            await run_in_threadpool(_write_all, file, part)
    finally:
        await run_in_threadpool(os.fsync, file.fileno())


def _write_all(file: FileIO, part: bytes) -> None:
    left = memoryview(part)
    while left:
        left = left[file.write(left) or 0 :]


def _beyond(place: _Place) -> TooLarge:
    return TooLarge("more came than the {size:,} octets that were announced", size=place.size)


async def drop(guest: Guest) -> Response:
    """Forget a file that is under way."""
    place = await run_in_threadpool(_found, guest, checked=True)
    if place.partial is not None:
        with place.partial.alone(place.partial.offset):
            place.partial.drop()
    return Response(status_code=204, headers=_HEADERS)


def remove(guest: Guest) -> Response:
    """Forget a file that is under way, by a plain form."""
    one = opened(guest)
    guest.check_form(one.number)
    partial = guest.face.partials.find(one.number, guest.request.path_params["key"])
    if partial is not None:
        partial.drop()
    return goto(f"{step_path(one.number, MATERIALS)}?done=detached")


def _found(guest: Guest, *, checked: bool = False) -> _Place:
    one, key = opened(guest), str(guest.request.path_params["key"])
    if checked:
        guest.check_script(one.number)
    partial = guest.face.partials.find(one.number, key)
    if is_there(one.draft, key):
        return _Place(one, key, None)
    if partial is None:
        raise NotFound("this file is not under way", remedy="choose it again")
    return _Place(one, key, partial)


def _number(guest: Guest, header: str) -> int:
    text = guest.request.headers.get(header, "")
    if not _NUMBER.fullmatch(text):
        raise BadFile(
            "{header} is no number", remedy="load the page again, and choose the file once more", header=header
        )
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """What is said of a file: names, each with its value in base64."""
    found: dict[str, str] = {}
    for pair in header.split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("utf-8")
        except ValueError:
            continue
    return found


_ALL, _ONE = "/drafts/{number}/uploads", "/drafts/{number}/uploads/{key}"
ROUTES = (
    RawRoute(_ALL, _in_words(offered), "OPTIONS"),
    RawRoute(_ALL, _in_words(announce), "POST"),
    RawRoute(_ONE, _in_words(stands), "GET"),
    RawRoute(_ONE, _in_words(take), "PATCH"),
    RawRoute(_ONE, _in_words(drop), "DELETE"),
    GuestRoute(f"{_ONE}/remove", remove, "POST"),
)
