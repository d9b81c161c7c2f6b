"""Where a document begins: the kinds that there are, and the drafts of the office."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.desk.letters.writing.drafts import LETTERS
from exchange.desk.looking import CHUNK, key_of, place_of
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskPage
from exchange.desk.visit import DeskVisit
from exchange.documents.rules.conveyance import fits
from exchange.documents.rules.conveyance_table import RULES, Direction
from exchange.language import Words
from exchange.schemas import DocumentKind, Role
from exchange.web.drafts.store import KeptDrafts

_WAYS: Mapping[Direction, Words] = {
    Direction.UP: ("上行", "to superiors"),
    Direction.DOWN: ("下行", "to subordinates"),
    Direction.SIDE: ("平行", "to others"),
}


def _kinds(visit: DeskVisit) -> Mapping[str, object]:
    is_office = Role.WINDOW in visit.face.roles
    return {"kinds": [(kind.value, _ways(visit, kind, is_office)) for kind in DocumentKind]}


def _ways(visit: DeskVisit, kind: DocumentKind, is_office: bool) -> list[str]:
    ways = (where for where in _WAYS if where in RULES[kind].directions)
    return [visit.words(_WAYS[where]) for where in ways if fits(kind, (where,), office=is_office)]


def _drafts(visit: DeskVisit) -> Mapping[str, object]:
    after = place_of(visit.query.get("after", ""))
    with visit.node.store.reading() as tx:
        rows = tx[KeptDrafts].listed(LETTERS, after, CHUNK + 1)
    shown = rows[:CHUNK]
    last = key_of((shown[-1].changed_at, shown[-1].subject)) if len(rows) > CHUNK else ""
    return {
        "drafts": [(one.subject.removeprefix(LETTERS), one) for one in shown],
        "next": f"/documents/drafts?{urlencode({'after': last})}" if last else "",
    }


KINDS = DeskPage(
    "/documents/kinds", ("起草公文", "Write a document"), "letters/kinds.html", _kinds, DeskAction.DRAFT, every=0
)
DRAFTS = DeskPage("/documents/drafts", ("公文草稿", "Drafts"), "letters/drafts.html", _drafts, DeskAction.DRAFT)
