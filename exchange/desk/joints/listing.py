"""Lists of joint documents: what this member was asked to sign, what it leads, and what is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from itertools import product
from typing import Any

from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.looking import CHUNK, having, key_of, looked_through, place_of
from exchange.desk.urgency import DeskUrgency
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError
from exchange.joint.records import JointRow
from exchange.joint.states import OVER, JointSeat, JointState
from exchange.joint.store import JointDocuments
from exchange.language import Words
from exchange.paging import Place, every

Kinds = Sequence[tuple[JointSeat, JointState]]
LISTS: Mapping[str, tuple[Words, Kinds]] = {
    "asked": (
        ("请本单位会签", "Asked of us"),
        ((JointSeat.SIGNER, JointState.OPEN), (JointSeat.SIGNER, JointState.SIGNED)),
    ),
    "proposed": (("本单位牵头", "Proposed by us"), ((JointSeat.LEAD, JointState.OPEN),)),
    "finished": (("已办结", "Finished"), tuple(product(JointSeat, sorted(OVER)))),
}
"""The lists by their names in addresses; each is made of a few seats and states, and every one of these by an index."""
STATE_TONES: Mapping[JointState, str] = {
    JointState.OPEN: "info",
    JointState.SIGNED: "info",
    JointState.ISSUED: "good",
    JointState.REFUSED: "warn",
    JointState.WITHDRAWN: "",
}
_TO_SIGN = DeskUrgency("info", ("待会签", "to be signed"))


def joints_page(visit: DeskVisit, which: str, words: str, after: str) -> tuple[list[JointRow], str, bool]:
    """Read a page of a list, newest first: its rows, the key of the next page, and whether the search ended early.

    Raises CallerError for a list that is not there.
    """
    if which not in LISTS:
        raise CallerError("there is no list {which!r}", remedy="choose one above", which=which)
    kinds, start = LISTS[which][1], place_of(after)
    with visit.node.store.reading() as tx:
        rows = merge(*(_newest(tx, *kind, start) for kind in kinds), key=lambda row: row.place, reverse=True)
        found, last, early = looked_through(rows, having(words, _text))
    return found, key_of(last.place) if last is not None else "", early


def _newest(tx: Any, seat: JointSeat, state: JointState, start: Place | None) -> Iterator[JointRow]:
    return every(
        lambda last, most: tx[JointDocuments].newest(seat, state, last or start, most), lambda row: row.place, CHUNK
    )


def _text(row: JointRow) -> str:
    return f"{row.title}\n{row.number}\n{row.lead}"


def _to_sign(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    """What waits for this member's signature, the longest first."""
    start = place_of(wish.after)
    with visit.node.store.reading() as tx:
        rows = every(
            lambda last, most: tx[JointDocuments].page(JointSeat.SIGNER, JointState.OPEN, last or start, most),
            lambda row: row.place,
            CHUNK,
        )
        found, last, early = looked_through(rows, having(wish.words, _text))
    names = visit.face.names()
    lines = [
        InboxLine(
            path=f"/joint/{row.joint_id}",
            number=row.number,
            title=row.title,
            matter=visit.words(names.get(row.lead, (row.lead, row.lead))),
            urgency=_TO_SIGN,
            since=row.received_at,
        )
        for row in found
    ]
    return InboxPage(lines, key_of(last.place) if last is not None else "", early=early)


def _waiting(visit: DeskVisit) -> int:
    with visit.node.store.reading() as tx:
        return tx[JointDocuments].how_many(JointSeat.SIGNER, JointState.OPEN, MOST_COUNTED + 1)


TO_SIGN = Basket("joint", ("待会签", "To sign jointly"), _to_sign, _waiting)
