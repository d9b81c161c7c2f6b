"""What department systems do through the API, in the audit log: each call that changes something, failed ones too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from exchange.api.door.context import Api, Caller
from exchange.audit.source import of_token
from exchange.errors import DatabaseUnavailable
from exchange.machine.logger import get_logger
from exchange.operations.audit.store import AuditLog

log = get_logger()

_LOOKING = frozenset({"GET", "HEAD", "OPTIONS"})
_TAKING = "/inbox/leases"
"""Taking in what has come is done every few seconds, and is on record by its receipt."""


def install(app: FastAPI, api: Api) -> None:
    """Record calls once they are answered."""

    async def recorded(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        path = request.scope.get("path", "").removeprefix(request.scope.get("root_path", ""))
        caller = getattr(request.state, "caller", None)
        if caller is not None and request.method not in _LOOKING and not path.startswith(_TAKING):
            await run_in_threadpool(_record, api, caller, request, path, response.status_code)
        return response

    app.middleware("http")(recorded)


def _record(api: Api, caller: Caller, request: Request, path: str, status: int) -> None:
    """The action is done by now: that it cannot be recorded is said in the log, and changes no answer."""
    came = of_token(caller.name, caller.token_id, request.client.host if request.client else "")
    outcome = "done" if status < 400 else str(status)
    what = f"{request.method} {path}"
    try:
        with api.view.console.transaction() as tx:
            entry = tx[AuditLog].append(api.clock.now(), caller.member, "rest", what, outcome, came)
    except DatabaseUnavailable:
        log.exception("console.audit", action="rest", what=what, outcome=outcome)
        return
    log.info("console.audit", entry=f"{entry.seq}:{entry.hash}", action="rest", outcome=outcome, source=entry.source)
