"""What the origin of a notice, or a relay office, does after it: reminds, takes it back, adds up, asks for receipts."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from itertools import islice

from exchange.desk.faults import reason_given
from exchange.desk.notices.held import expect_notice_seen, held_notice
from exchange.desk.notices.holders import HAVING, OF_READER
from exchange.desk.pages.notices.reading import NOTICE, reminders_in, shown
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.files.receipt_files import receipts_by_name
from exchange.language import Words, language
from exchange.messaging.node import Step
from exchange.notices.evidence.ask import Gathering, ask_receipts_in, last_request, not_counted
from exchange.notices.forms.aggregate import as_csv, table
from exchange.notices.forms.collecting import collected
from exchange.notices.issue import recall_in, remind_in
from exchange.notices.rules.states import NoticeSeat
from exchange.schemas import ReceiptsRequest

_ROWS = 60
"""Rows of a page."""
_REASON: Words = ("理由", "Reason")
_LINES: dict[str, tuple[str, Words]] = {
    "answer": ("", ("已报", "answered")),
    "missing": ("bad", ("未报", "missing")),
    "unheard": ("warn", ("无消息", "unheard")),
    "sum": ("info", ("小计", "sum")),
    "total": ("good", ("合计", "total")),
}


def _remind(visit: DeskVisit, step: Step) -> str:
    notice_id = expect_notice_seen(visit, step, reminders_in(step.tx, visit.path["notice"]))
    remind_in(step, notice_id)
    return f"/notices/{notice_id}?done=notice-reminded"


def _recall_form(visit: DeskVisit) -> Mapping[str, object]:
    held = held_notice(visit, visit.path["notice"])
    title = visit.say("撤回通知", "Take the notice back")
    return {**shown(visit, held), "heading": title, "reason": visit.typed("reason")}


def _recall(visit: DeskVisit, step: Step) -> str:
    reason = reason_given(visit, "reason", _REASON, "a recall needs a reason", "say why the notice is taken back")
    notice_id = expect_notice_seen(visit, step)
    recall_in(step, notice_id, reason)
    return f"/notices/{notice_id}?done=notice-recalled"


def _collected(visit: DeskVisit) -> Mapping[str, object]:
    held, found = held_notice(visit, visit.path["notice"]), collected(visit.node, visit.path["notice"])
    start = _start(visit)
    lines = list(islice(table(found.form, found.aggregate), 1 + start, 2 + start + _ROWS)) if found.aggregate else []
    totals = found.aggregate.totals if found.aggregate is not None else ()
    return {
        **shown(visit, held),
        "heading": found.form.title,
        "found": found,
        "fields": found.form.fields,
        "lines": lines[:_ROWS],
        "kinds": _LINES,
        "asked": sum(one.asked for one in totals),
        "answered": sum(one.answered for one in totals),
        "next": start + _ROWS if len(lines) > _ROWS else 0,
    }


def _start(visit: DeskVisit) -> int:
    text = visit.query.get("from", "0")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _csv(visit: DeskVisit) -> DeskFile:
    found = collected(visit.node, visit.path["notice"])
    if found.aggregate is None:
        raise NotFound("nothing has come in yet, so there is no table", remedy="wait for the relay office's first word")
    content = as_csv(found.form, found.aggregate).encode()
    return DeskFile(f"{found.row.number}.csv", "text/csv; charset=utf-8", iter((content,)))


def _receipts(visit: DeskVisit) -> Mapping[str, object]:
    """The receipts that have come in answer to the last request, each verified anew."""
    notice_id = visit.path["notice"]
    held = held_notice(visit, notice_id)
    if held.row.seat is NoticeSeat.READER:
        raise not_counted(notice_id)
    request = _last(visit, notice_id)
    evidence = Gathering(visit.node, request).look() if request is not None else None
    start = _start(visit)
    proved = evidence.proved[start : start + _ROWS] if evidence is not None else ()
    return {
        **shown(visit, held),
        "heading": visit.say("签收回执", "Receipts"),
        "request": request,
        "found": evidence,
        "proved": [(one, *HAVING[OF_READER[one.state]]) for one in proved],
        "against": [(one.domain, one.why.written(language())) for one in evidence.faults] if evidence else [],
        "next": start + _ROWS if evidence is not None and len(evidence.proved) > start + _ROWS else 0,
        "of": visit.typed("of"),
    }


def _last(visit: DeskVisit, notice_id: str) -> ReceiptsRequest | None:
    """What was asked for last; None where nothing was, or where it was read here alone, which the page says anyhow."""
    try:
        return last_request(visit.node, notice_id)
    except NotFound:
        return None


def _ask(visit: DeskVisit, step: Step) -> str:
    notice_id = visit.path["notice"]
    ask_receipts_in(step, notice_id, visit.typed("of").strip() or None)
    return f"/notices/{notice_id}/receipts?done=notice-asked"


def _originals(visit: DeskVisit) -> DeskFile:
    """All that the evidence rests on, as `exchange notice verify` takes it once it is unpacked."""
    gathering = Gathering(visit.node, last_request(visit.node, visit.path["notice"]))
    gathering.look()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in receipts_by_name(gathering.kept()):
            archive.writestr(name, content)
    return DeskFile(f"{visit.path['notice']}-receipts.zip", "application/zip", iter((packed.getvalue(),)))


RECALL = DeskPage(
    f"{NOTICE.path}/recall", ("撤回通知", "Take the notice back"), "notices/recall.html", _recall_form, every=0
)
COLLECTED = DeskPage(
    f"{NOTICE.path}/collected", ("报送汇总", "What was answered"), "notices/collected.html", _collected
)
RECEIPTS = DeskPage(f"{NOTICE.path}/receipts", ("签收回执", "Receipts"), "notices/receipts.html", _receipts, every=0)
ACTS = (
    DeskAct(f"{NOTICE.path}/remind", DeskAction.NOTICE_REMIND, _remind, NOTICE),
    DeskAct(RECALL.path, DeskAction.NOTICE_RECALL, _recall, RECALL),
    DeskAct(RECEIPTS.path, DeskAction.NOTICE_RECEIPTS, _ask, RECEIPTS),
)
FILES = (
    DeskDownload(f"{NOTICE.path}/collected.csv", _csv),
    DeskDownload(f"{RECEIPTS.path}.zip", _originals, DeskAction.NOTICE_RECEIPTS, recorded=True),
)
