"""An officer's deadlines at an address of their own, for calendars: whoever has it reads them, and nothing else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from exchange.desk.context import Desk, status_of
from exchange.desk.permissions import DeskAction, check_at_desk
from exchange.desk.telling.gathering import open_deadlines
from exchange.desk.visit import DeskVisit
from exchange.errors import ExchangeError, NotFound, TooManyRequests
from exchange.language import language, speaking
from exchange.web.door.account import Account
from exchange.web.door.attempts import Attempts
from exchange.web.door.store import Accounts
from exchange.web.door.tokens import hashed
from exchange.web.origins import place_of
from exchange.web.telling.records import CalendarSubscription
from exchange.web.telling.store import CalendarSubscriptions

OF_ONE_PLACE = 30
"""Addresses that do not exist, asked for from one place within a minute."""
_READ_EVERY = timedelta(hours=1)
"""How exactly it is kept when a calendar was read, so that a look does not cost a write."""
_PATH = "/calendar"


def feed_route(desk: Desk) -> Route:
    """Return the route of the calendars; its address has the token, so that calendars need no way to sign in."""
    attempts = Attempts(of_one_token=OF_ONE_PLACE, of_one_place=OF_ONE_PLACE)
    return Route(f"{_PATH}/{{token}}/deadlines.ics", _handler(desk, attempts), methods=["GET"])


def _handler(desk: Desk, attempts: Attempts) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        return await run_in_threadpool(_answer, desk, attempts, request)

    return handler


def _answer(desk: Desk, attempts: Attempts, request: Request) -> Response:
    try:
        attempts.check(place_of(request))
        return _calendar(desk, request)
    except TooManyRequests as error:
        headers = {"retry-after": str(error.seconds)}
        return PlainTextResponse(error.diagnostics(language()), 429, headers)
    except NotFound as error:
        attempts.failed(place_of(request))
        desk.door.strange(request, DeskAction.CALENDAR, _PATH, error.code)
        return PlainTextResponse(error.diagnostics(language()), 404)
    except ExchangeError as error:
        return PlainTextResponse(error.diagnostics(language()), status_of(error))


def _calendar(desk: Desk, request: Request) -> Response:
    from exchange.web.telling.calendar_file import FILE_NAME, MEDIA_TYPE, calendar_of  # 30 ms, and seldom wanted

    subscription, account = _subscriber(desk, request.path_params["token"])
    check_at_desk(account.role, DeskAction.LOOK)
    desk.face.node.renew()
    with speaking(subscription.language):
        visit = DeskVisit(desk.face, account, subscription.language, QueryParams(), {})
        deadlines = open_deadlines(visit, desk.baskets)
        site = f"{request.url.scheme}://{request.url.netloc}"
        made = calendar_of(
            deadlines, desk.face.node.address, desk.face.office(), subscription.language, site, desk.face.now()
        )
    headers = {"content-disposition": f"attachment; filename={FILE_NAME}"}
    return Response(made, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _subscriber(desk: Desk, token: str) -> tuple[CalendarSubscription, Account]:
    """Whose address this is. Raises NotFound alike for one that never was, is revoked, or whose account is locked."""
    key, now = hashed(token), desk.face.gate.clock.now()
    with desk.face.node.store.reading() as tx:
        found = tx[CalendarSubscriptions].by_token(key)
        row = tx[Accounts].get(found.account) if found is not None else None
    if found is None or row is None or row.locked_at is not None:
        raise NotFound("there is no calendar here", remedy="ask for a new address under Calendar and mail")
    if found.read_at is None or now - found.read_at >= _READ_EVERY:
        with desk.face.node.store.transaction() as tx:
            tx[CalendarSubscriptions].read(found.account, now)
    return found, Account(row.name, row.role)
