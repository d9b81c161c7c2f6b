"""The list of drafts that are submitted for signature, the longest waiting first: opinions, documents and notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from exchange.approval.department.records import DeskRow
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.department_term import DeskTerm
from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.letters.writing.drafts import LETTERS
from exchange.desk.looking import CHUNK, EPOCH, having, key_of, looked_through, place_of
from exchange.desk.notices.composing import NOTICES
from exchange.desk.opinions.drafts import case_of_draft
from exchange.desk.pages.consultations import row_urgency
from exchange.desk.section import DeskSection
from exchange.desk.submitting import DRAFT_DONE
from exchange.desk.visit import DeskVisit
from exchange.language.names import matter_name
from exchange.paging import Place, every
from exchange.web.drafts.records import KeptDraft
from exchange.web.drafts.store import KeptDrafts

_PLACES = {LETTERS: "/documents/drafts", NOTICES: "/notices/drafts"}
"""Where drafts of texts are read, by how their subjects begin."""


@dataclass(frozen=True)
class SubmittedDraft:
    """A draft that waits; of an opinion with the case that it is on."""

    draft: KeptDraft
    row: DeskRow | None = None

    @property
    def number(self) -> str:
        """Return what people quote it by."""
        return self.row.case_number if self.row is not None else self.draft.fields.get("number", "")

    @property
    def title(self) -> str:
        """Return what it is about."""
        return self.row.title if self.row is not None else self.draft.fields.get("title", "")


def _page(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    has_words = having(wish.words, _text)
    with visit.node.store.reading() as tx:
        found, last, early = looked_through(_rows(tx, place_of(wish.after)), has_words)
        terms = terms_of(visit.node, tx, [one.row for one in found if one.row is not None])
    lines = [_line(visit, one, terms.get(one.number)) for one in found]
    return InboxPage(lines, key_of(_place(last.draft)) if last is not None else "", early=early)


def _text(one: SubmittedDraft) -> str:
    return f"{one.number}\n{one.title}"


def _rows(tx: Any, start: Place | None) -> Iterator[SubmittedDraft]:
    def page(last: Place | None, most: int) -> list[KeptDraft]:
        found: list[KeptDraft] = tx[KeptDrafts].submitted(last or start, most)
        tx[DepartmentDesk].read_ahead([number for number in map(case_of_draft, found) if number is not None])
        return found

    for draft in every(page, _place, CHUNK):
        number = case_of_draft(draft)
        row = tx[DepartmentDesk].get(number) if number is not None else None
        if row is not None or draft.subject.startswith(tuple(_PLACES)):
            yield SubmittedDraft(draft, row)


def _place(draft: KeptDraft) -> Place:
    return draft.submitted_at or EPOCH, draft.subject


def _line(visit: DeskVisit, one: SubmittedDraft, term: DeskTerm | None) -> InboxLine:
    draft, row = one.draft, one.row
    tags = [("info", visit.say(f"拟稿：{draft.submitted_by}", f"from {draft.submitted_by}"))]
    if draft.looked_over_by is not None:
        tags.append(("good", visit.say(f"已审核：{draft.looked_over_by}", f"looked over by {draft.looked_over_by}")))
    if row is None:
        kind = draft.fields.get("kind", "") or visit.say("通知", "Notice")
        return InboxLine(_path(draft), one.number, one.title, kind, since=draft.submitted_at, tags=tags)
    return InboxLine(
        path=f"/case/{row.case_number}/opinion/preview",
        number=row.case_number,
        title=row.title,
        matter=matter_name(row.matter, visit.face.matters()),
        urgency=row_urgency(visit, row, term),
        due_at=term.due_at if term is not None else row.due_at,
        provisional=term is not None and term.provisional,
        since=draft.submitted_at,
        holder=row.holder or "",
        tags=tags,
    )


def _path(draft: KeptDraft) -> str:
    """Where a draft of a text is read before it is signed."""
    beginning = next(one for one in _PLACES if draft.subject.startswith(one))
    return f"{_PLACES[beginning]}/{draft.subject.removeprefix(beginning)}/preview"


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[KeptDrafts].how_many_submitted(MOST_COUNTED + 1)


SECTION = DeskSection(
    baskets=(Basket("to-sign", ("待签发", "To sign"), _page, _waiting),),
    done=DRAFT_DONE,
)
