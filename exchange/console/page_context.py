"""What a page's template gets: what all pages share, the page's own facts, or the error in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from starlette.requests import Request

from exchange.console.section import GROUPS, Page, Visit
from exchange.errors import BrokerUnavailable, DatabaseUnavailable, Denied, ExchangeError, NotFound
from exchange.language import Language
from exchange.operations.domain_view import DomainView
from exchange.web import render
from exchange.web.door.account import Account
from exchange.web.door.door import Door
from exchange.web.door.permissions import PERMISSIONS, check_allowed


def context_of(
    view: DomainView, door: Door, page: Page, menu: Sequence[Page], account: Account, request: Request
) -> tuple[Mapping[str, object], int]:
    """Return what a page's template gets, and the status; errors of the tree are shown as what they are."""
    language = render.language_of(request)
    visit = Visit(view, account, language, request.query_params, request.path_params)
    common = common_context(visit, door, page, menu, request)
    try:
        check_allowed(account.role, page.action)
        return {**common, **page.view(visit)}, 200
    except ExchangeError as error:
        return {**common, "error": error}, status_of(error)


def common_context(visit: Visit, door: Door, page: Page, menu: Sequence[Page], request: Request) -> dict[str, object]:
    """Return what every page's template gets: account, menu, language, what was just done."""
    allowed = PERMISSIONS[visit.account.role]
    return {
        "account": visit.account,
        "actions": allowed,
        "language": visit.language.value,
        "say": visit.say,
        "token": door.token(request),
        "title": page.title[visit.language is Language.ENGLISH],
        "menu": _grouped(visit, [one for one in menu if one.action in allowed]),
        "domain": visit.view.domain(),
        "here": page.path,
        "query": request.query_params,
        "live": f"/live{request.url.path}?{request.url.query}" if page.every else "",
        "said": request.query_params.get("said", ""),
        "now": visit.view.clock.now(),
        "member_names": visit.view.names(),
        "matter_names": cache(visit.view.matters),
        "request_path": request.url.path,
        "origin": f"{request.url.scheme}://{request.url.netloc}",
    }


def _grouped(visit: Visit, menu: Sequence[Page]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The menu by groups, with their names; what stands before all groups comes first, without one."""
    found = []
    for group in (None, *GROUPS):
        pages = [(one.path, visit.say(*one.title)) for one in menu if one.group is group]
        if pages:
            found.append((visit.say(*GROUPS[group]) if group else "", pages))
    return found


def status_of(error: ExchangeError) -> int:
    """Return the HTTP status of a page that shows this error."""
    for kind, status in ((Denied, 403), (NotFound, 404), (BrokerUnavailable, 503), (DatabaseUnavailable, 503)):
        if isinstance(error, kind):
            return status
    return 409 if error.exit_code in (2, 4) else 500
