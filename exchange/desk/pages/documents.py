"""Official documents at a desk: lists, one document with its receipts and its chain, circulation within the office."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from exchange.desk.basket import MOST_COUNTED, Basket, InboxLine, InboxPage, InboxWish
from exchange.desk.letters.chain import called, chain_of, progress_words, related
from exchange.desk.letters.drawing import only_one, paper_file
from exchange.desk.letters.listing import LISTS, documents_page, open_requests
from exchange.desk.letters.texts import elements, issuing_faults, letter_file, letter_files
from exchange.desk.pages.views import views_of
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskGroup, DeskPage, DeskSection
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.documents.circulate import CARRIERS, circulate_in, mark_read_in
from exchange.documents.rules.handling import HandlingState, is_returnable
from exchange.documents.rules.request_states import RequestProgress
from exchange.documents.store import Circulations
from exchange.language.names import CIRCULATION_STATES, COPIES
from exchange.messaging.node import Step
from exchange.messaging.records import OutboxState
from exchange.messaging.resend import resend_in
from exchange.notices.store import Notices
from exchange.operations.trace.dossier import Filed, document_in, filed
from exchange.schemas import Document, Forwarding, Notice
from exchange.schemas.titles import kind_name
from exchange.web.door.store import Accounts
from exchange.web.words import TONES

_LONGEST = 80


def _list(visit: DeskVisit) -> Mapping[str, object]:
    which, words = visit.query.get("list", "received"), visit.query.get("words", "").strip()[:_LONGEST]
    unfiled = bool(visit.query.get("unfiled"))
    found = documents_page(visit, which, words, visit.query.get("after", ""), unfiled=unfiled)
    wanted = {"list": which, **({"words": words} if words else {}), **({"unfiled": "yes"} if unfiled else {})}
    return {
        "which": which,
        "search": words,
        **views_of(visit, "documents", which),
        "unfiled": unfiled,
        "may_be_filed": which in ("received", "sent"),
        "found": found,
        "lists": [(name, visit.words(title)) for name, title in LISTS.items()],
        "next": f"/documents?{urlencode({**wanted, 'after': found.next})}" if found.next else "",
    }


def _requests(visit: DeskVisit, wish: InboxWish) -> InboxPage:
    found = documents_page(visit, "asked", wish.words, wish.after)
    names = visit.face.names()
    lines = [
        InboxLine(
            f"/documents/{one.message_id}", one.number, one.title,
            "、".join(visit.words(names.get(who, (who, who))) for who in one.who), since=one.at,
        )
        for one in found.lines
    ]  # fmt: skip
    return InboxPage(lines, found.next, early=found.early)


def _message(visit: DeskVisit) -> Filed:
    """The message under the id in the path, of the sender that the address names, if it does. Raises NotFound."""
    return only_one(filed(visit.node, visit.path["message"]), visit.query.get("sender", ""))


def _read(visit: DeskVisit) -> Mapping[str, object]:
    item = _message(visit)
    document, message = document_in(item), item.stored.message_id
    request, way = chain_of(visit, message)
    came = item.stored.direction == "received"
    with visit.node.store.reading() as tx:
        accounts = [row.name for row in tx[Accounts].all() if row.locked_at is None]
    readers = item.readers
    is_open = request is not None and request.came_at is not None and request.state is RequestProgress.RECEIVED
    back = any(one.state is HandlingState.RETURNED for one in item.handled)
    refused = any(one.state is OutboxState.RETURNED for one in item.copies)
    return {
        "heading": document.title if document is not None else kind_name(item.stored.kind),
        "item": item,
        "stored": item.stored,
        "document": document,
        "what": kind_name(item.stored.kind),
        "rows": elements(visit, document) if document is not None else [],
        "faults_of_issuing": list(issuing_faults(visit, item.issuing)),
        "files": letter_files(item, f"/documents/{message}"),
        "request": request,
        "progress": progress_words(visit, request) if request is not None else "",
        "way": way,
        "related": related(visit, item),
        "copies": COPIES,
        "tones": TONES,
        "reader_states": CIRCULATION_STATES,
        "came": came,
        "can_answer": came and document is not None and not back and (request is None or is_open),
        "can_return": came
        and item.stored.kind == Document.KIND
        and document is not None
        and not item.handled
        and visit.node.address not in document.copies
        and is_returnable(document.kind)
        and (request is None or is_open),
        "can_file": not any(one.handled_by == visit.node.address for one in item.handled) and not is_open,
        "handled": item.handled,
        "written_anew": not came and document is not None and item.joint is None and (back or refused),
        "called": called(visit, item.replaces),
        "standing": mark_of(_standing(visit, message)),
        "reason": visit.typed("reason"),
        "can_forward": is_open,
        "can_circulate": came and item.stored.kind in CARRIERS,
        "others": [one for one in accounts if one not in {reader.officer for reader in readers}],
        "to_read": any(one.officer == visit.who and one.read_at is None for one in readers),
        "mark": mark_of(*readers),
        "resendable": any(copy.state.value in ("sent", "failed", "written") for copy in item.copies),
        "officers": visit.typed("officers"),
        "ticked": visit.chosen("officer"),
        "message": message,
        "notice": _notice_in(visit, item),
    }


def _notice_in(visit: DeskVisit, item: Filed) -> str:
    """The id of the notice that a message brought here, or issued or passed on from here; empty for any other."""
    if item.stored.kind not in (Notice.KIND, Forwarding.KIND):
        return ""
    message = item.stored.message_id
    with visit.node.store.reading() as tx:
        row = tx[Notices].get(message) or tx[Notices].forwarded_by([message]).get(message)
    return row.notice_id if row is not None else ""


def expect_unhandled(visit: DeskVisit, step: Step, message: str) -> None:
    """Raise Changed where somebody has sent a document back, filed or answered it since its page was loaded."""
    expect_seen(visit, _standing(visit, message))


def _standing(visit: DeskVisit, message: str) -> object:
    """What its officers go by when they send a document back."""
    return [(one.handled, chain_of(visit, message)[0]) for one in filed(visit.node, message)]


def _circulate(visit: DeskVisit, step: Step) -> str:
    message = visit.path["message"]
    _expect_readers(visit, step, message)
    named = (one.strip() for one in visit.typed("officers").replace("，", ",").replace("、", ",").split(","))
    officers = [*visit.chosen("officer"), *(one for one in named if one)]
    circulate_in(step, message, officers, visit.who)
    return f"/documents/{message}?done=circulated"


def _has_read(visit: DeskVisit, step: Step) -> str:
    message = visit.path["message"]
    mark_read_in(step, message, visit.who)
    return f"/documents/{message}?done=read"


def _expect_readers(visit: DeskVisit, step: Step, message: str) -> None:
    sender = next((one.stored.sender for one in filed(visit.node, message) if one.stored.direction == "received"), "")
    expect_seen(visit, *step.tx[Circulations].readers(sender, message))


def _again(visit: DeskVisit, step: Step) -> str:
    message = visit.path["message"]
    resend_in(step, message)
    return f"/documents/{message}?done=resent"


def _file(visit: DeskVisit) -> DeskFile:
    return letter_file(visit, _message(visit), visit.path["digest"])


def _paper(visit: DeskVisit) -> DeskFile:
    return paper_file(visit, _message(visit))


LIST = DeskPage(
    "/documents", ("公文", "Documents"), "documents.html", _list, in_menu=True, group=DeskGroup.DOCUMENTS, every=5
)
PAGE = DeskPage("/documents/{message}", ("公文", "Document"), "document.html", _read, every=3)

REQUESTS = Basket("requests", LISTS["asked"], _requests, lambda visit: open_requests(visit, MOST_COUNTED + 1))

SECTION = DeskSection(
    pages=(LIST, PAGE),
    baskets=(REQUESTS,),
    acts=(
        DeskAct("/documents/{message}/circulate", DeskAction.CIRCULATE, _circulate, PAGE),
        DeskAct("/documents/{message}/read", DeskAction.CIRCULATE, _has_read, PAGE),
        DeskAct("/documents/{message}/resend", DeskAction.RESEND, _again, PAGE),
    ),
    downloads=(
        DeskDownload("/documents/{message}/files/{digest}", _file),
        DeskDownload("/documents/{message}/paper.pdf", _paper),
    ),
    done={
        "circulated": ("已送传阅。", "It goes round now."),
        "read": ("已记为您已阅。", "It is recorded that you have read it."),
        "resent": (
            "即刻再发；已签收的收件人不会重复办理。",
            "It goes out again at once; whoever has it already does nothing twice.",
        ),
    },
)
