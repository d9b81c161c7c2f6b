"""What a template of the desk gets: what all pages share, the page's own facts, or the error in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import urlencode

from starlette.datastructures import QueryParams
from starlette.requests import Request

from exchange.desk.basket import Basket
from exchange.desk.face import DeskFace
from exchange.desk.faults import FormFault, FormFaults, at_fields
from exchange.desk.permissions import check_at_desk, may_at_desk
from exchange.desk.section import DESK_GROUPS, DeskPage, DeskSection
from exchange.desk.terms import in_desk_terms
from exchange.desk.visit import DeskVisit, OnceKey
from exchange.errors import BrokerUnavailable, DatabaseUnavailable, Denied, ExchangeError, IntakeStopped, NotFound
from exchange.language import Words
from exchange.language.names import DESK_ROLES
from exchange.schemas import Role
from exchange.web.door.door import Door


def baskets_at(sections: Sequence[DeskSection], roles: frozenset[Role]) -> list[Basket]:
    """Return the lists that a member with these roles has, of sections."""
    found = [basket for section in sections if section.is_at(roles) for basket in section.baskets]
    return [one for one in found if not one.roles or one.roles & roles]


@dataclass(frozen=True)
class Desk:
    """A desk with its door and the sections that its member has."""

    face: DeskFace
    door: Door
    sections: Sequence[DeskSection]

    @property
    def menu(self) -> list[DeskPage]:
        """Return the pages of the menu."""
        return [page for section in self.sections for page in section.pages if page.in_menu]

    @property
    def baskets(self) -> list[Basket]:
        """Return the lists of its inbox that the member has."""
        return baskets_at(self.sections, self.face.roles)

    @property
    def done(self) -> dict[str, Words]:
        """Return what is said after an act, by its name in the address."""
        return {name: words for section in self.sections for name, words in section.done.items()}


def page_context(desk: Desk, page: DeskPage, visit: DeskVisit, request: Request) -> tuple[Mapping[str, object], int]:
    """Return what a page's template gets, and the status; errors of ours are shown as what they are.

    A form that is shown again has its fault in ``visit.error``.
    """
    common = common_context(desk, page, visit, request)
    try:
        check_at_desk(visit.account.role, page.action)
        own = page.view(visit)
        status = 200 if visit.error is None else status_of(visit.error)
        heading = own.get("heading")
        return {**common, **own, **({"title": heading} if heading else {})}, status
    except ExchangeError as error:
        shown = visit.error or error  # what a form was refused for tells more than that its page is there no more
        passes, back = isinstance(shown, BrokerUnavailable | DatabaseUnavailable), _before(request.url.path)
        faults = [replace(one, path=back) for one in _faults(visit)]
        told = {"error": shown, "fault": None, "faults": faults, "passes": passes, "back": back}
        return {**common, **told}, status_of(shown)


def common_context(desk: Desk, page: DeskPage, visit: DeskVisit, request: Request) -> dict[str, object]:
    """Return what every page's template gets."""
    allowed, face, query = may_at_desk(visit.account.role), visit.face, request.query_params
    live = page.every and visit.form is None
    done = desk.done.get(query.get("done", ""))
    faults = _faults(visit)
    return {
        "account": visit.account,
        "account_role": visit.words(DESK_ROLES.get(visit.account.role.value, ("", ""))),
        "actions": allowed,
        "language": visit.language.value,
        "say": visit.say,
        "words": visit.words,
        "token": desk.door.token(request),
        "once": OnceKey(visit.typed("once")),
        "title": visit.words(page.title),
        "menu": _grouped(visit, [one for one in desk.menu if one.action in allowed]),
        "office": visit.words(face.office()),
        "domain": face.node.domain,
        "here": page.path,
        "kept_query": _kept(query) if visit.form is None else None,
        "live": f"/live{request.url.path}?{query}" if live else "",
        "done": visit.words(done) if done else "",
        "back": "",
        "fault": visit.error,
        "fault_at": at_fields(visit.say, faults),
        "faults": faults,
        "passes": False,
        "in_desk_terms": lambda remedy: in_desk_terms(remedy, visit.say),
        "now": visit.now,
        "member_names": face.names(),
        "matter_names": cache(face.matters),
        "request_path": request.url.path,
        "origin": visit.site,
    }


def _kept(query: QueryParams) -> str:
    """What stays in the address where its page is read in the other language; of a form nothing would."""
    return urlencode([(name, value) for name, value in query.multi_items() if name not in ("language", "done")])


_LAST_STEPS = frozenset({"preview", "sign", "send", "forward", "propose", "submit", "look-over", "send-back"})
"""Last parts of the addresses at which something written is read over, or signed; what is before them is its form."""


def _before(path: str) -> str:
    """Where to go on from a page that cannot be shown: the form before it, or what a file is with; empty where there is
    neither.
    """
    whose, files, _ = path.partition("/files/")
    if files:
        return whose
    before, _, last = path.rpartition("/")
    return before if last in _LAST_STEPS else ""


def _faults(visit: DeskVisit) -> Sequence[FormFault]:
    """What is wrong with a form, each remedy in the desk's own terms."""
    found = visit.error.faults if isinstance(visit.error, FormFaults) else ()
    return [replace(one, remedy=in_desk_terms(one.remedy, visit.say)) for one in found]


def _grouped(visit: DeskVisit, menu: Sequence[DeskPage]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The menu by groups, with their names; what stands before all groups comes first, without one."""
    found = []
    for group in (None, *DESK_GROUPS):
        pages = [(one.path, visit.words(one.title)) for one in menu if one.group is group]
        if pages:
            found.append((visit.words(DESK_GROUPS[group]) if group else "", pages))
    return found


def status_of(error: ExchangeError) -> int:
    """Return the HTTP status of an answer that shows this error."""
    if isinstance(error, FormFaults):
        return 422
    for kind, status in (
        (Denied, 403),
        (NotFound, 404),
        (BrokerUnavailable, 503),
        (DatabaseUnavailable, 503),
        (IntakeStopped, 503),
    ):
        if isinstance(error, kind):
            return status
    return 409 if error.exit_code in (2, 4) else 500


def again_in(error: ExchangeError | None) -> dict[str, str]:
    """Return the header that says when it is worth coming again, where the error knows."""
    return {"retry-after": str(error.seconds)} if isinstance(error, IntakeStopped) else {}
