"""Edited rows of notices, joint documents and requests are named by the documents that contradict them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.documents.forward import forward_request
from exchange.documents.returning import return_document
from exchange.documents.send import send_document
from exchange.joint.lead import propose_joint, withdraw_joint
from exchange.joint.signer import refuse_joint, sign_joint
from exchange.notices import counting
from exchange.notices.answer import answer_form
from exchange.notices.cover import cover_notice
from exchange.notices.forms import collecting
from exchange.notices.issue import issue_notice, recall
from exchange.notices.rules.covering import Covering
from exchange.notices.sign_for import sign_for
from exchange.runtime.work import work_for
from exchange.schemas import (
    Document,
    DocumentKind,
    DocumentNumber,
    FieldType,
    Form,
    FormField,
    Notice,
    Role,
    Treatment,
)
from exchange.trials.local import Seat
from tests.contract.operations.row_edits import A_DAY, AN_HOUR, Edit, check_edit, edit, found
from tests.hand_to_hand import hand_tree, seal_journals
from tests.journeys.city import MONDAY, City

MEMBERS = ("office", "health", "transport", "relay", "y.relay", "y.office", "y.health", "y.planning")
FORM = Form(title="物资", fields=(FormField(name="pumps", label="水泵", type=FieldType.INTEGER),), due_days=5)
_SERIAL = iter(range(1, 100))


@pytest.fixture(scope="module")
def letters(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Two levels in which notices went down and were counted, texts were signed together, and requests went up."""
    folder: Path = tmp_path_factory.mktemp("letters")
    url = f"sqlite:///{folder}/{{member}}.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    top = f"held{secrets.token_hex(3)}"
    relay = work_for((Role.RELAY,), covering=Covering.ASK)
    department, window = Seat((Role.DEPARTMENT,)), Seat((Role.WINDOW,))
    seats = {
        top: {f"{top}.relay": Seat((Role.RELAY,)), f"{top}.office": window} | {
            f"{top}.{name}": department for name in ("health", "transport")
        },
        f"{top}.y": {f"{top}.y.relay": Seat((Role.RELAY,), relay), f"{top}.y.office": window} | {
            f"{top}.y.{name}": department for name in ("health", "planning")
        },
    }  # fmt: skip
    with hand_tree(folder, url, seats) as city:
        _notices(city)
        _joints(city)
        _requests(city)
        seal_journals(city)
        yield city


def _document(kind: DocumentKind, **fields: object) -> Document:
    said: dict[str, object] = {
        "number": DocumentNumber(agency="皖政办", year=2026, serial=next(_SERIAL)), "kind": kind, "issuer": "办公厅",
        "title": "关于防汛工作", "addressees": ("各有关单位",), "body": "要切实做好防汛工作。", "date": MONDAY.date(),
        "signatory": "王某",
    }  # fmt: skip
    return Document(**(said | fields))  # type: ignore[arg-type]


def _issue(city: City, **fields: object) -> str:
    said = {"treatment": Treatment.ACTION, "act_by": date(2026, 3, 20), "audience": "all"} | fields
    notice = Notice(document=_document(DocumentKind.NOTICE), **said)  # type: ignore[arg-type]
    notice_id = issue_notice(city.node("office"), notice)
    _settle(city)
    return notice_id


def _settle(city: City) -> None:
    """Everything arrives, and every relay office tells the level above what it knows, the lowest first."""
    city.local.settle()
    for name in ("y.relay", "relay"):
        counting.tell(city.node(name))
        collecting.tell(city.node(name))
        city.local.settle()
    city.clock.step_to(city.clock.now() + timedelta(seconds=30))


def _notices(city: City) -> None:
    """One with a form that is answered, one that is recalled, one that is replaced."""
    asked = _issue(city, form=FORM)
    cover_notice(city.node("y.relay"), asked, None)
    _settle(city)
    for name in ("health", "y.health"):
        sign_for(city.node(name), asked)
    sign_for(city.node("y.planning"), asked, accepted=False, reason="不属于本单位职责")
    for name in ("health", "y.health"):
        answer_form(city.node(name), asked, {"pumps": "12"})
    _settle(city)
    taken_back = _issue(city, audience=city.address("health"))
    recall(city.node("office"), taken_back, "文号有误")
    _settle(city)
    _issue(city, audience=city.address("health"), replaces=_issue(city, audience=city.address("health")))
    _issue(city)  # waits at the lower level


def _joints(city: City) -> None:
    """One that all have signed, one that was refused, one that was withdrawn, one that waits."""
    text = _document(DocumentKind.REPORT, date=None)
    lead, other, to = city.node("health"), city.address("transport"), [city.address("office")]
    ids = [propose_joint(lead, text, [other], to) for _ in range(4)]
    _settle(city)
    sign_joint(city.node("transport"), ids[0])
    refuse_joint(city.node("transport"), ids[1], "内容有出入")
    withdraw_joint(lead, ids[2], "另行发文")
    _settle(city)


def _requests(city: City) -> None:
    """One that went up and was answered, one that was sent back."""
    lower, office, top = city.node("y.health"), city.node("y.office"), city.node("office")
    asked = send_document(lower, _document(DocumentKind.REQUEST), [office.address])
    _settle(city)
    forward_request(office, asked, _document(DocumentKind.OPINION))
    _settle(city)
    send_document(top, _document(DocumentKind.REPLY), [lower.address], in_reply_to=asked)
    back = send_document(lower, _document(DocumentKind.REQUEST), [office.address])
    _settle(city)
    return_document(office, back, "缺少附件", "陈某")
    _settle(city)


@pytest.mark.parametrize("letters", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", MEMBERS)
def test_untouched_rows_contradict_nothing(letters: City, name: str) -> None:
    assert found(letters, letters.node(name).store, name) == []


EDITS: dict[str, Edit] = {
    # a notice at its origin
    "title of a notice": edit("office", "UPDATE notice SET title = '别的通知'", "notice.title"),
    "a day more": edit("office", "UPDATE notice SET act_by = '2026-04-20'", "notice.act_by"),
    "audience": edit("office", "UPDATE notice SET audience = 'none'", "notice.audience"),
    "issued earlier": edit("office", f"UPDATE notice SET received_at = received_at - {AN_HOUR}", "notice.received_at"),
    "recalled without a recall": edit(
        "office", "UPDATE notice SET state = 'recalled' WHERE state = 'open'", "notice.state"
    ),
    "recall undone": edit("office", "UPDATE notice SET state = 'open' WHERE state = 'recalled'", "notice.state"),
    "recalled earlier": edit(
        "office", f"UPDATE notice SET settled_at = settled_at - {AN_HOUR} WHERE state = 'recalled'",
        "notice.settled_at",
    ),
    "reason of a recall": edit(
        "office", "UPDATE notice SET reason = '其他' WHERE state = 'recalled'", "notice.reason"
    ),
    "replaced without another": edit(
        "office", f"UPDATE notice SET state = 'replaced', settled_at = received_at + {AN_HOUR} WHERE state = 'open'",
        "notice.state",
    ),
    "replacing undone": edit("office", "UPDATE notice SET state = 'open' WHERE state = 'replaced'", "notice.state"),
    "notice deleted": edit(
        "office", "DELETE FROM notice WHERE state = 'recalled'", "notice.notice_id",
    ),
    "tally of an origin": edit(
        "office", "UPDATE notice_branch SET tally = replace(tally, '\"signed\"\\:1', '\"signed\"\\:0') "
        "WHERE tally LIKE '%\"signed\"\\:1%'", "notice_branch.tally",
    ),
    "older tally": edit("office", "UPDATE notice_branch SET serial = 1 WHERE serial > 1",
                        "notice_branch.serial", "notice_branch.tally"),
    "branch deleted": edit("office", "DELETE FROM notice_branch WHERE serial > 1", "notice_branch.domain"),
    "aggregate": edit(
        "office", "UPDATE collection_branch SET aggregate = replace(aggregate, '\"12\"', '\"13\"')",
        "collection_branch.aggregate",
    ),
    "what a form asks": edit("office", "UPDATE collection SET form = replace(form, 'pumps', 'boats')",
                             "collection.form"),
    # at a relay office
    "reader signed": edit(
        "y.relay", "UPDATE notice_reader SET state = 'signed' WHERE state = 'returned'", "notice_reader.state"
    ),
    "reader's reason": edit(
        "y.relay", "UPDATE notice_reader SET reason = '同意' WHERE state = 'returned'", "notice_reader.reason"
    ),
    "reader never had it": edit(
        "relay", "UPDATE notice_reader SET state = 'none', has_at = NULL, proof = NULL, proof_id = NULL "
        "WHERE state = 'has'",
        "notice_reader.state", "notice_reader.has_at", "notice.tally",
    ),
    "reader has not signed": edit(
        "relay", "UPDATE notice_reader SET state = 'none', has_at = NULL, settled_at = NULL, proof = NULL, "
        "proof_id = NULL WHERE state = 'signed'",
        "notice_reader.state", "notice_reader.has_at", "notice.tally",
    ),
    "signed earlier": edit(
        "relay", f"UPDATE notice_reader SET settled_at = settled_at - {AN_HOUR} WHERE state = 'signed'",
        "notice_reader.settled_at",
    ),
    "had it earlier": edit(
        "relay", f"UPDATE notice_reader SET has_at = has_at - {AN_HOUR} WHERE has_at IS NOT NULL",
        "notice_reader.has_at",
    ),
    "another proof": edit("relay", "UPDATE notice_reader SET proof = :digest WHERE state = 'signed'",
                          "notice_reader.proof", "notice.tally"),
    "reader deleted": edit("relay", "DELETE FROM notice_reader WHERE state = 'signed'", "notice_reader.address",
                           "notice.tally"),
    "reader invented": edit(
        "relay", "INSERT INTO notice_reader (notice_id, address, state) SELECT notice_id, origin, 'none' "
        "FROM notice WHERE state = 'open' LIMIT 1", "notice_reader.address", "notice.tally",
    ),
    "tally of a level below": edit(
        "relay", "UPDATE notice_branch SET tally = replace(tally, '\"signed\"\\:1', '\"signed\"\\:0') "
        "WHERE tally LIKE '%\"signed\"\\:1%'", "notice_branch.tally",
    ),
    "serial of a tally": edit("relay", "UPDATE notice SET serial = serial - 1 WHERE serial > 1", "notice.serial"),
    "digest of a notice": edit("relay", "UPDATE notice SET digest = :digest", "notice.digest"),
    "cover invented": edit("y.relay", "UPDATE notice SET act_by = '2026-03-10'", "notice.act_by"),
    "passed on without a message": edit(
        "y.relay", "UPDATE notice SET state = 'open' WHERE state = 'waiting'", "notice_reader.address",
    ),
    "answer to a form": edit(
        "y.relay", "UPDATE collection_answer SET answer = replace(answer, '12', '13')", "collection_answer.answer"
    ),
    "answer dated back": edit(
        "y.relay", f"UPDATE collection_answer SET at = at - {AN_HOUR}", "collection_answer.at"
    ),
    "answer deleted": edit("y.relay", "DELETE FROM collection_answer", "collection_answer.body"),
    "aggregates told": edit("y.relay", "UPDATE collection SET serial = 9", "collection.serial"),
    # at a reader
    "sign-off denied": edit(
        "y.health", "UPDATE notice SET state = 'open', settled_at = NULL WHERE state = 'signed'",
        "notice.state", "notice.settled_at",
    ),
    "sign-off dated back": edit(
        "y.health", f"UPDATE notice SET settled_at = settled_at - {A_DAY} WHERE state = 'signed'", "notice.settled_at"
    ),
    "sent back as signed": edit(
        "y.planning", "UPDATE notice SET state = 'signed' WHERE state = 'returned'", "notice.state"
    ),
    "signed without a signature": edit(
        "health", f"UPDATE notice SET state = 'signed', settled_at = received_at + {AN_HOUR} WHERE state = 'open'",
        "notice.state", "notice.settled_at",
    ),
    "received earlier": edit(
        "y.health", f"UPDATE notice SET received_at = received_at - {AN_HOUR}", "notice.received_at"
    ),
    "answer awaited": edit("y.health", "UPDATE collection SET answer_by = '2026-03-30'", "collection.answer_by"),
    # joint documents
    "joint refused": edit(
        "health", "UPDATE joint SET state = 'refused', ended_by = lead WHERE state = 'issued'", "joint.state",
        "joint.issue_id", "joint.issued_on",
    ),
    "joint issued": edit("health", "UPDATE joint SET state = 'issued' WHERE state = 'open'", "joint.issue_id"),
    "joint dated": edit("health", "UPDATE joint SET issued_on = '2026-01-01' WHERE state = 'issued'",
                        "joint.issued_on"),
    "joint withdrawn": edit(
        "health", "UPDATE joint SET state = 'withdrawn', ended_by = lead, reasons = '-' WHERE state = 'open'",
        "joint.state",
    ),
    "reasons of a refusal": edit("health", "UPDATE joint SET reasons = '其他' WHERE state = 'refused'",
                                 "joint.reasons"),
    "joint text": edit("health", "UPDATE joint SET digest = :digest WHERE state = 'open'", "joint.digest"),
    "signature dated back": edit(
        "health", f"UPDATE joint_signature SET at = at - {A_DAY} WHERE at IS NOT NULL", "joint_signature.at"
    ),
    "signature taken away": edit(
        "health", "UPDATE joint_signature SET signature = NULL, at = NULL, proof_id = NULL "
        "WHERE position = 1 AND joint_id IN (SELECT joint_id FROM joint WHERE state = 'issued') ",
        "joint_signature.signature",
    ),
    "signature of another": edit(
        "health", "UPDATE joint_signature SET signature = :bytes WHERE position = 1 AND at IS NOT NULL",
        "joint_signature.signature",
    ),
    "signer deleted": edit("health", "DELETE FROM joint_signature WHERE position = 1 AND at IS NOT NULL",
                           "joint_signature.signer"),
    "own signature denied": edit(
        "transport", "UPDATE joint SET state = 'open', answer_id = NULL, settled_at = NULL, issue_id = NULL, "
        "issued_on = NULL WHERE state = 'issued'", "joint.state", "joint.answer_id",
    ),
    "signed without signing": edit("transport", "UPDATE joint SET state = 'signed' WHERE state = 'open'",
                                   "joint.state"),
    "refusal denied": edit(
        "transport", "UPDATE joint SET state = 'open', ended_by = NULL, reasons = NULL WHERE state = 'refused'",
        "joint.state",
    ),
    "joint deleted": edit("transport", "DELETE FROM joint WHERE state = 'withdrawn'", "joint.joint_id"),
    # requests
    "request not answered": edit(
        "y.health", "UPDATE request SET state = 'forwarded', answer_id = NULL, answered_by = NULL, "
        "answered_at = NULL WHERE state = 'answered'", "request.answer_id",
    ),
    "answered by another": edit(
        "y.health", "UPDATE request SET answered_by = 'nobody' WHERE state = 'answered'", "request.answered_by"
    ),
    "answered earlier": edit(
        "y.health", f"UPDATE request SET answered_at = answered_at - {AN_HOUR} WHERE state = 'answered'",
        "request.answered_at",
    ),
    "request sent earlier": edit(
        "y.health", f"UPDATE request SET recorded_at = recorded_at - {AN_HOUR}", "request.recorded_at"
    ),
    "request taken as returned": edit(
        "y.office", "UPDATE request SET state = 'returned', answer_id = NULL, answered_by = NULL, answered_at = NULL "
        "WHERE state = 'answered'", "request.state", "request.answer_id",
    ),
    "origin of a request": edit("y.office", "UPDATE request SET origin = 'nobody'", "request.origin"),
    "way of a request": edit("office", "UPDATE request SET path = '[]'", "request.path"),
    "request deleted": edit("office", "DELETE FROM request", "request.request_id"),
    "passed on to another": edit("y.office", "UPDATE request_forward SET passed_to = 'nobody'",
                                 "request_forward.passed_to"),
    "passed on earlier": edit(
        "y.health", f"UPDATE request_forward SET passed_at = passed_at - {AN_HOUR}", "request_forward.passed_at"
    ),
    "passing on deleted": edit("y.office", "DELETE FROM request_forward", "request_forward.passed_by"),
    "reason of a return": edit("y.office", "UPDATE document_handling SET reason = '其他'", "document_handling.reason"),
    "returned by another": edit(
        "y.office", "UPDATE document_handling SET officer = '王某'", "document_handling.officer"
    ),
    "return as filed": edit(
        "y.health", "UPDATE document_handling SET state = 'filed'", "document_handling.state",
        "document_handling.return_id", "request.state",
    ),
    "return deleted": edit("y.health", "DELETE FROM document_handling", "document_handling.handled_by",
                           "request.state"),
}  # fmt: skip
ON_A_SERVER = ("title of a notice", "reader has not signed", "older tally", "signature dated back", "request deleted")


@pytest.mark.parametrize("letters", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", EDITS)
def test_an_edited_row_is_named_and_nothing_else(letters: City, name: str) -> None:
    check_edit(letters, EDITS[name])


@pytest.mark.parametrize("letters", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ON_A_SERVER)
def test_an_edited_row_is_named_on_a_server(letters: City, name: str) -> None:
    check_edit(letters, EDITS[name])
