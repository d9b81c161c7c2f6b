"""The list of drafts that are submitted for signature, the longest waiting first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.department_term import DeskTerm
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, EPOCH, having, key_of, looked_through, place_of
from exchange.desk.opinions.drafts import case_of_draft
from exchange.desk.pages.consultations import row_urgency
from exchange.desk.visit import DeskVisit
from exchange.language.names import matter_name
from exchange.paging import Place, every
from exchange.schemas import Role
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts

Submitted = tuple[KeptDraft, DeskRow]


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    has_words = having(wish.words, _text)
    with visit.node.store.reading() as tx:
        found, last, early = looked_through(_rows(tx, place_of(wish.after)), has_words)
        terms = terms_of(visit.node, tx, [row for _, row in found])
    matters = visit.face.matters()
    lines = [
        _line(visit, draft, row, terms.get(row.case_number), matter_name(row.matter, matters)) for draft, row in found
    ]
    return InboxPage(lines, key_of(_place(last[0])) if last is not None else "", early=early)


def _text(one: Submitted) -> str:
    return f"{one[1].case_number}\n{one[1].title}"


def _rows(tx: Any, start: Place | None) -> Iterator[Submitted]:
    for draft in every(lambda last, most: tx[KeptDrafts].submitted(last or start, most), _place, CHUNK):
        number = case_of_draft(draft)
        row = tx[DepartmentDesk].get(number) if number is not None else None
        if row is not None:
            yield draft, row


def _place(draft: KeptDraft) -> Place:
    return draft.submitted_at or EPOCH, draft.subject


def _line(visit: DeskVisit, draft: KeptDraft, row: DeskRow, term: DeskTerm | None, matter: str) -> InboxLine:
    tags = [("info", visit.say(f"拟稿：{draft.submitted_by}", f"from {draft.submitted_by}"))]
    if draft.looked_over_by is not None:
        tags.append(("good", visit.say(f"已审核：{draft.looked_over_by}", f"looked over by {draft.looked_over_by}")))
    return InboxLine(
        path=f"/case/{row.case_number}/opinion/preview",
        number=row.case_number,
        title=row.title,
        matter=matter,
        urgency=row_urgency(visit, row, term),
        due_at=term.due_at if term is not None else row.due_at,
        provisional=term is not None and term.provisional,
        since=draft.submitted_at,
        holder=row.holder or "",
        tags=tags,
    )


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[KeptDrafts].how_many_submitted(MOST_COUNTED + 1)


BASKET = Basket("to-sign", ("待签发", "To sign"), _page, _waiting, roles=frozenset({Role.DEPARTMENT}))
