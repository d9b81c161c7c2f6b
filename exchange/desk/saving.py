"""Keeping what somebody types, by itself: answered to a script, which goes on or says why it does not."""

from __future__ import annotations

from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange.desk.context import Desk, status_of
from exchange.desk.permissions import check_at_desk
from exchange.desk.section import DeskSaving
from exchange.desk.showing import Handler, visit_of
from exchange.errors import ExchangeError
from exchange.language import language
from exchange.web.door.account import Account


def saving_handler(desk: Desk, saving: DeskSaving) -> Handler:
    """Return what answers a script that keeps what is typed."""

    async def handler(request: Request) -> Response:
        account = await run_in_threadpool(desk.door.account, request)
        if account is None:
            return Response(status_code=401)
        async with request.form(max_files=0) as form:
            return await run_in_threadpool(_kept, desk, saving, account, form, request)

    return handler


def _kept(desk: Desk, saving: DeskSaving, account: Account, form: FormData, request: Request) -> Response:
    visit = replace(visit_of(desk, account, request), form=form)
    try:
        check_at_desk(account.role, saving.action)
        desk.door.check_token(request, str(form.get("token", "")))
        with visit.node.step() as step:
            return JSONResponse(saving.keep(visit, step))
    except ExchangeError as error:
        words = {"what": error.written(language()), "remedy": error.remedy_text.written(language())}
        return JSONResponse({"code": error.code, **words}, status_of(error))
