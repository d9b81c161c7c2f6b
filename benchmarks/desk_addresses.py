"""Under which addresses the pages of a desk are measured: all that its sections have, with their lists and filters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from benchmarks.desk_office import BusyOffice
from benchmarks.desk_store import SOUGHT
from exchange.desk.context import baskets_at
from exchange.desk.joints.listing import LISTS as JOINT_LISTS
from exchange.desk.letters.listing import LISTS as LETTER_LISTS
from exchange.desk.notices.listing import LISTS as NOTICE_LISTS
from exchange.desk.section import DeskPage
from exchange.desk.sections import SECTIONS
from exchange.schemas import Role

ROLES = {"planning": Role.DEPARTMENT, "window": Role.WINDOW, "relay": Role.RELAY, "portal": Role.PORTAL}
"""The desks that are looked at, and what their members are."""
_NAMED = re.compile(r"{(\w+)}")
RARE, MISSING = f"{SOUGHT:07d}", "没有这个名字"
"""Words that some rows have, and that none has: of the latter a list looks through all that it may."""
MORE = (
    *(f"/documents?list={name}{words}" for name in LETTER_LISTS for words in ("", f"&words={quote(MISSING)}")),
    "/documents?list=received&unfiled=yes",
    "/documents?list=received&after=2025.30000",
    *(f"/notices?list={name}{words}" for name in NOTICE_LISTS for words in ("", f"&words={quote(MISSING)}")),
    *(f"/joint?list={name}{words}" for name in (*JOINT_LISTS, "drafts") for words in ("", f"&words={quote(MISSING)}")),
    "/audit?account=sun",
    "/audit?account=nobody",
    "/audit?before=130000",
    f"/lead/licences?words={RARE}",
    f"/lead/licences?words={quote('建设工程')}",
    f"/lead/licences?words={quote(MISSING)}",
    "/documents/write?kind=%E5%87%BD",
)
"""Further addresses, at the desks that have the page."""
OTHERWISE = {
    "/lead/case/{number}/confirm": "ready",
    "/lead/case/{number}/licence": "granted",
    "/lead/case/{number}/deliver": "granted",
    "/notices/{notice}/collected": "issued",
    "/notices/{notice}/receipts": "issued",
    "/notices/{notice}/recall": "issued",
    "/notices/{notice}/return": "asked",
    "/notices/{notice}/answer": "asked",
    "/notices/{notice}/answer/preview": "asked",
    "/notices/{notice}/cover": "waiting",
    "/notices/{notice}/cover/preview": "waiting",
}
"""Pages that are of another case or notice than the rest, or at one desk alone."""
QUERIES = {"/counter/begin": "?matter={matter}"}
"""What a page is asked for beside its path."""
REFUSED = {("relay", "/notices/write")}
"""Pages that a desk has and whose member may not do what they are for."""


def pages_of(desk: str) -> list[DeskPage]:
    """The pages that a desk has."""
    return [page for section in SECTIONS if section.is_at(frozenset({ROLES[desk]})) for page in section.pages]


def addresses(busy: BusyOffice, desk: str) -> list[tuple[str, str]]:
    """The addresses of a desk, each with its name in the table."""
    pages, roles = pages_of(desk), frozenset({ROLES[desk]})
    whole = [one for page in pages if (one := _address(busy, desk, page.path))]
    plain = {page.path for page in pages}
    lists = [f"/?list={one.key}" for one in baskets_at(SECTIONS, roles)]
    for basket in baskets_at(SECTIONS, roles):
        lists += [f"/?list={basket.key}&only={word}" for word, _ in basket.filters]
        lists += [f"/?list={basket.key}&words={quote(MISSING)}"]
    further = [one for one in MORE if one.partition("?")[0] in plain]
    downloads = {one.path for section in SECTIONS if section.is_at(roles) for one in section.downloads}
    further += [one for one in ("/account/calendar/deadlines.ics",) if one in downloads]
    return [*whole, *((one, shown(one)) for one in (*lists, *further))]


def shown(path: str) -> str:
    """An address as the table has it."""
    return path.replace(quote(MISSING), "NOWHERE").replace(quote("建设工程"), "建设工程").replace("%E5%87%BD", "函")


def _address(busy: BusyOffice, desk: str, path: str) -> tuple[str, str] | None:
    """The address of a page, and its name; None where this desk has nothing to show on it."""
    known = busy.ids.get(desk, {})
    ids: dict[str, str] = {}
    for beginning in sorted(known, key=len):
        if path.startswith(f"{beginning}/"):
            ids = known[beginning]
    if other := OTHERWISE.get(path):
        ids = {**ids, _NAMED.findall(path)[0]: ids.get(other, "")}
    whole = path + QUERIES.get(path, "")
    names = _NAMED.findall(whole)
    if (desk, path) in REFUSED or not all(ids.get(name) for name in names):
        return None
    return whole.format(**ids), path


def unmeasured(busy: BusyOffice) -> Iterator[str]:
    """Pages of which no desk knows an address."""
    for section in SECTIONS:
        for page in section.pages:
            if not any(_address(busy, desk, page.path) for desk in ROLES if section.is_at(frozenset({ROLES[desk]}))):
                yield page.path
