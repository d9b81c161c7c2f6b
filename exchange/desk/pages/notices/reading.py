"""Lists of notices and the page of one: read, signed for, sent back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from exchange.desk.faults import reason_given
from exchange.desk.letters.texts import issuing_faults, letter_file, letter_files
from exchange.desk.notices.for_whom import for_whom
from exchange.desk.notices.form_fields import draft_of_answer
from exchange.desk.notices.held import HeldNotice, expect_notice_seen, held_notice, letter_of, notice_facts
from exchange.desk.notices.holders import HAVING, holders_tree
from exchange.desk.notices.listing import LISTS, lists_of, notices_page
from exchange.desk.notices.particulars import (
    done_here,
    form_asked,
    form_rows,
    particulars,
    signatures,
    tags_of,
    turn_of,
)
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskGroup, DeskPage
from exchange.desk.seen import mark_of
from exchange.desk.visit import DeskVisit
from exchange.directory.hierarchy import relay_of
from exchange.errors import NotFound
from exchange.language import Words
from exchange.language.names import LEVELS, NOTICE_STATES
from exchange.messaging.documents import Documents
from exchange.messaging.node import Step
from exchange.notices.rules.covering import verb_of
from exchange.notices.rules.states import NoticeSeat, NoticeState
from exchange.notices.sign_for import sign_for_in
from exchange.notices.store import Notices
from exchange.schemas import NoticeReminder
from exchange.web.drafts.store import KeptDrafts

_LONGEST = 80
_REASON: Words = ("理由", "Reason")
_READ = (NoticeState.OPEN, NoticeState.SIGNED)


def _list(visit: DeskVisit) -> Mapping[str, object]:
    names = lists_of(visit)
    which, words = visit.query.get("list", names[0]), visit.query.get("words", "").strip()[:_LONGEST]
    found = notices_page(visit, which, words, visit.query.get("after", ""))
    wanted = {"list": which, **({"words": words} if words else {})}
    return {
        "which": which,
        "search": words,
        "found": found,
        "for_whom": {line.notice_id: for_whom(visit, line.audience) for line in found.lines},
        "lists": [(name, visit.words(LISTS[name])) for name in names],
        "states": NOTICE_STATES,
        "can_issue": can_issue(visit),
        "next": f"/notices?{urlencode({**wanted, 'after': found.next})}" if found.next else "",
    }


def can_issue(visit: DeskVisit) -> bool:
    """Return whether notices are issued here: there is a relay office, and this is none."""
    relay = relay_of(visit.node.directory.domain)
    return relay != visit.node.address and relay in {one.address for one in visit.node.directory.everyone}


def _notice(visit: DeskVisit) -> Mapping[str, object]:
    held = held_notice(visit, visit.path["notice"])
    urgency, asks, more = turn_of(visit, held)
    return {
        **shown(visit, held),
        "tags": tags_of(visit, held),
        "urgency": urgency,
        "asks": asks,
        "asks_more": more,
        "rows": particulars(visit, held),
        "covers": _covers(visit, held),
        "document": held.text.notice.document if held.text is not None else None,
        "faults_of_issuing": list(issuing_faults(visit, held.letter.issuing)) if held.letter is not None else [],
        "files": letter_files(held.letter, f"/notices/{held.row.notice_id}") if held.letter is not None else [],
        "signatures": signatures(visit, held),
        "way": done_here(visit, held),
        "form_rows": _form_rows(visit, held),
        "tree": holders_tree(visit.node, held.row, held.form is not None, visit.query.get("from", "")),
        "having": HAVING,
        "levels": [visit.words(one) for one in LEVELS],
        **_offered(visit, held),
    }


def shown(visit: DeskVisit, held: HeldNotice) -> dict[str, object]:
    """Return what all pages of a notice show."""
    return {
        "heading": held.row.title,
        "held": held,
        "row": held.row,
        "notice": held.row.notice_id,
        "mark": held.mark,
    }


def _form_rows(visit: DeskVisit, held: HeldNotice) -> list[tuple[str, str, str]]:
    """What was answered here last; before that, what is asked for."""
    if held.form is None:
        return []
    return form_rows(visit, held.form, held.answers[-1]) if held.answers else form_asked(visit, held.form)


def _covers(visit: DeskVisit, held: HeldNotice) -> list[dict[str, object]]:
    found = held.text.covers if held.text is not None else ()
    return [
        {
            "verb": visit.say(verb_of(held.row.origin, one.relay), "Passed on by"),
            "relay": one.relay,
            "at": one.at,
            "document": one.cover.document,
            "act_by": one.cover.act_by,
        }
        for one in found
    ]


def _offered(visit: DeskVisit, held: HeldNotice) -> dict[str, object]:
    """Which acts make sense as it stands; whether the account may do them, the template asks."""
    row, state = held.row, held.read.state if held.read is not None else None
    stands = row.seat is NoticeSeat.ORIGIN and row.state is NoticeState.OPEN
    with visit.node.store.reading() as tx:
        kept = tx[KeptDrafts].get(draft_of_answer(row.notice_id))
        to_remind = mark_of(*notice_facts(tx, visit.node, row.notice_id), reminders_in(tx, row.notice_id))
    return {
        "can_sign": state is NoticeState.OPEN,
        "can_return": state is NoticeState.OPEN,
        "can_answer": held.asked is not None and state in _READ,
        "can_cover": row.seat is NoticeSeat.RELAY and row.state is NoticeState.WAITING,
        "can_follow": stands,
        "counts": row.seat is not NoticeSeat.READER,
        "collects": row.seat is not NoticeSeat.READER and held.form is not None,
        "kept": kept,
        "remind_mark": to_remind,
    }


def reminders_in(tx: Any, notice_id: str) -> int:
    """Count the reminders that went out before: two officers remind once."""
    return len(tx[Documents].named(notice_id, NoticeReminder.KIND))


def _return_form(visit: DeskVisit) -> Mapping[str, object]:
    held = held_notice(visit, visit.path["notice"])
    return {
        **shown(visit, held),
        "heading": visit.say("退回通知", "Send the notice back"),
        "reason": visit.typed("reason"),
    }


def _sign(visit: DeskVisit, step: Step) -> str:
    notice_id = expect_notice_seen(visit, step)
    sign_for_in(step, notice_id)
    return f"/notices/{notice_id}?done=notice-signed"


def _return(visit: DeskVisit, step: Step) -> str:
    reason = reason_given(
        visit, "reason", _REASON, "what is sent back needs a reason", "say why the notice is sent back"
    )
    notice_id = expect_notice_seen(visit, step)
    sign_for_in(step, notice_id, accepted=False, reason=reason)
    step.tx[KeptDrafts].drop(draft_of_answer(notice_id))
    return f"/notices/{notice_id}?done=notice-returned"


def _file(visit: DeskVisit) -> DeskFile:
    with visit.node.store.reading() as tx:
        row = tx[Notices].get(visit.path["notice"])
    letter = letter_of(visit.node, row) if row is not None else None
    if letter is None:
        raise NotFound("there is no such file with this document", remedy="look at its page again")
    return letter_file(visit, letter, visit.path["digest"])


LIST = DeskPage(
    "/notices", ("通知", "Notices"), "notices/list.html", _list, in_menu=True, group=DeskGroup.DOCUMENTS, every=5
)
NOTICE = DeskPage("/notices/{notice}", ("通知", "Notice"), "notices/notice.html", _notice, every=3)
RETURN = DeskPage(
    "/notices/{notice}/return", ("退回通知", "Send the notice back"), "notices/return.html", _return_form, every=0
)

ACTS = (
    DeskAct(f"{NOTICE.path}/sign", DeskAction.NOTICE_SIGN, _sign, NOTICE),
    DeskAct(RETURN.path, DeskAction.NOTICE_RETURN, _return, RETURN),
)
FILES = (DeskDownload(f"{NOTICE.path}/files/{{digest}}", _file),)
