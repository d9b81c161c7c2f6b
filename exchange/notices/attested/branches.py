"""What levels below have told of a notice and of its form, against the tallies and aggregates signed there."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import ValidationError

from exchange.directory.hierarchy import relay_of
from exchange.errors import SenderError
from exchange.messaging.attested.contradiction import RowAt, RowContradiction
from exchange.messaging.attested.rule import PaperRule, RowRule
from exchange.messaging.attested.view import RecordedPaper, RowsView
from exchange.notices.attested.reading import notice_row
from exchange.notices.counting import tally_in
from exchange.notices.rules.states import NoticeSeat
from exchange.notices.store import Notices
from exchange.notices.tables import collection_branch, notice, notice_branch
from exchange.schemas import Aggregate, Tally
from exchange.store.rows import Row

_Told = Tally | Aggregate
_COLUMNS: dict[str, tuple[str, type[Tally] | type[Aggregate]]] = {
    notice_branch.name: ("tally", Tally), collection_branch.name: ("aggregate", Aggregate),
}  # fmt: skip


def _check(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    column, model = _COLUMNS[at.table]
    if row["serial"] == 0 or row[column] is None:
        if row[column] is not None or row["serial"] != 0:
            yield at.unproved("serial", row["serial"])
        return
    for named in reversed(view.named(row["notice_id"], model.KIND, relay_of(row["domain"]))):
        paper = view.paper(*named)
        body = paper.body if paper is not None else None
        if paper is not None and isinstance(body, _Told) and body.serial == row["serial"]:
            if _read(model, row[column]) != body:
                yield from at.differs(column, _shown(_read(model, row[column])), _shown(body, True), paper.ref)
            return
    yield at.unproved("serial", row["serial"])


def _read(model: type[Tally] | type[Aggregate], text: str) -> _Told | None:
    try:
        return model.model_validate_json(text)
    except ValidationError:
        return None


def _shown(told: _Told | None, signed: bool = False) -> str | None:
    if told is None:
        return None
    if isinstance(told, Tally):
        named = " ".join(f"{one.level}:{one.meant}/{one.has}/{one.signed}/{one.returned}" for one in told.counts)
    else:
        named = f"{sum(one.asked for one in told.totals)}/{sum(one.answered for one in told.totals)}"
    return f"{told.serial}: {named}" + (" (signed)" if signed else "")


def _told(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """What a lower level has told, and was taken in, is on record, or something newer is."""
    body = paper.body
    if not isinstance(body, _Told) or not view.accepted(paper):
        return
    table = notice_branch if isinstance(body, Tally) else collection_branch
    at = RowAt(view.member, table.name, f"{body.notice_id} · {body.domain}")
    row = next(iter(view.rows.where(table, "domain", (body.domain,), notice_id=body.notice_id)), None)
    if row is None:
        yield at.left_out("domain", None, body.domain, paper.ref)
    elif row["serial"] < body.serial:
        yield at.left_out("serial", row["serial"], body.serial, paper.ref)


def told_above(view: RowsView, at: RowAt, row: Row) -> Iterator[RowContradiction]:
    """Hold the record of a relay office against its own last tally, once that has told all there is."""
    if row["seat"] != NoticeSeat.RELAY or row["serial"] == 0:
        return
    sent = view.named(row["notice_id"], Tally.KIND, view.member)
    paper = view.paper(*sent[-1]) if sent else None
    if paper is None:
        yield at.unproved("serial", row["serial"])
    elif isinstance(paper.body, Tally):
        yield from at.differs("serial", row["serial"], paper.body.serial, paper.ref)
        if not row["changed"] and row["serial"] == paper.body.serial:
            yield from _counted(view, at, paper, paper.body)


def _counted(view: RowsView, at: RowAt, paper: RecordedPaper, told: Tally) -> Iterator[RowContradiction]:
    """Whom it has counted, and on which receipts: what is kept of them amounts to what was told."""
    notices = view.tx[Notices]
    kept = notices.get(told.notice_id)
    if kept is None:
        return
    try:
        now = tally_in(view.tx, kept, told.domain)
    except (SenderError, ValueError):  # counts that cannot be: the rows themselves are named
        return
    if (now.counts, now.root) != (told.counts, told.root):
        yield from at.differs("tally", _shown(now.model_copy(update={"serial": told.serial})), _shown(told, True),
                              paper.ref)  # fmt: skip


def _sent(view: RowsView, paper: RecordedPaper) -> Iterator[RowContradiction]:
    """A tally that was sent upward is of a notice here, which counts no fewer."""
    body = paper.body
    if not isinstance(body, Tally):
        return
    at, row = RowAt(view.member, notice.name, body.notice_id), notice_row(view, body.notice_id)
    if row is None:
        yield at.left_out("notice_id", None, body.notice_id, paper.ref)
    elif row["serial"] < body.serial:
        yield at.left_out("serial", row["serial"], body.serial, paper.ref)


NOTICE_BRANCHES = RowRule(notice_branch, ("notice_id", "domain"), _check)
COLLECTION_BRANCHES = RowRule(collection_branch, ("notice_id", "domain"), _check)
TALLIES = (
    PaperRule(Tally.KIND, "received", _told),
    PaperRule(Aggregate.KIND, "received", _told),
    PaperRule(Tally.KIND, "sent", _sent),
)
