"""Lists that are gone through page by page are whole: of every row once, in order, whatever the size of a page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.approval.held import endangered
from exchange.approval.records import PartRow
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.leading.store import LeadCases
from exchange.approval.window.store import Cases
from exchange.joint.records import JointRow
from exchange.joint.store import JointDocuments
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.rules.holding import Hold
from exchange.notices.forms.records import CollectionRow
from exchange.notices.forms.store import Collections
from exchange.notices.records import BranchRow, NoticeRow, ReaderRow
from exchange.notices.store import Notices
from exchange.operations.records.store import Search
from exchange.operations.troubles.kinds import Alert, AlertKind, Change, Severity
from exchange.operations.troubles.store import Alerts
from exchange.paging import Place, every
from exchange.store import Store
from tests.contract.rows import LATER, NOW, PLANNING, TRANSPORT, WINDOW, case_row, entry, new_id, outgoing, part_row
from tests.contract.rows import signed_for as receipt_for

MORE_THAN_WAS_LOOKED_AT = 120
SIZES = pytest.mark.parametrize("size", [1, 2, 3, 7])


def notice(seat: str = "reader", state: str = "open", minutes: int = 0) -> NoticeRow:
    id = new_id()
    return NoticeRow(
        notice_id=id, seat=seat, state=state, origin="a.planning", source="a.relay", digest="", title="通知", number="",
        treatment="转发", audience="all", forwarding_id=id, received_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


@SIZES
def test_notices_of_one_seat_and_state(store: Store, size: int) -> None:
    rows = [notice(minutes=minutes) for minutes in (3, 1, 1, 1, 2, 0)]
    with store.transaction() as tx:
        for row in (*rows, notice("relay"), notice(state="signed")):
            tx[Notices].add(row)
        found = list(every(lambda after, most: tx[Notices].page("reader", "open", after, most), _place, size))
        assert tx[Notices].count() == 8
    assert found == sorted(rows, key=_place)


@SIZES
def test_notices_by_the_day_to_act_by_and_those_whose_form_is_to_be_answered(store: Store, size: int) -> None:
    days = ("2026-03-05", "2026-03-03", None, "2026-03-03", None)
    rows = [replace(notice(minutes=at), act_by=day) for at, day in enumerate(days)]
    asking = [replace(notice(state="signed"), act_by="2026-03-20") for _ in range(4)]
    with store.transaction() as tx:
        for row in (*rows, *asking):
            tx[Notices].add(row)
        for at, row in enumerate(asking):
            tx[Collections].open(CollectionRow(row.notice_id, "{}"))
            tx[Collections].await_answer(row.notice_id, f"2026-03-1{3 - at}")
        tx[Collections].await_none(asking[2].notice_id)
        of = ("reader", "open")
        dated = list(every(lambda last, most: tx[Notices].by_day(*of, last, most), _day_place, size))
        undated = list(every(lambda last, most: tx[Notices].undated(*of, last, most), _place, size))
        newest = list(every(lambda last, most: tx[Notices].newest(*of, last, most), _place, size))
        found = list(every(tx[Notices].to_answer, lambda one: (one[0], one[1].notice_id), size))
        counted = [tx[Notices].how_many(*of, most) for most in (2, 9)]
        awaited = [tx[Notices].how_many_to_answer(most) for most in (2, 9)]
    assert dated == sorted((one for one in rows if one.act_by), key=_day_place)
    assert undated == [rows[2], rows[4]]
    assert newest == sorted(rows, key=_place, reverse=True)
    assert found == [("2026-03-10", asking[3]), ("2026-03-12", asking[1]), ("2026-03-13", asking[0])]
    assert (counted, awaited) == ([2, 5], [2, 3])


def _day_place(row: NoticeRow) -> tuple[str, str]:
    return row.act_by or "", row.notice_id


@SIZES
def test_joint_documents_of_one_seat_and_state(store: Store, size: int) -> None:
    rows = [
        JointRow(new_id(), "signer", "open", "a.lead", "", "报告", "", NOW + timedelta(minutes=m)) for m in (2, 0, 0)
    ]
    with store.transaction() as tx:
        for row in (*rows, replace(rows[0], joint_id=new_id(), state="issued")):
            tx[JointDocuments].open(row)
        found = list(
            every(
                lambda after, most: tx[JointDocuments].page("signer", "open", after, most), lambda one: one.place, size
            )
        )
        assert tx[JointDocuments].count() == 4
    assert found == sorted(rows, key=lambda one: one.place)


@SIZES
def test_parts_that_run_those_due_first_in_front_and_those_without_a_due_behind(store: Store, size: int) -> None:
    dues = (NOW, None, LATER, NOW, None)
    with store.transaction() as tx:
        for number, due in enumerate(dues):
            case = f"HF-{number}"
            tx[Cases].open(case_row(case), [part_row(name, case, state=PartState.ISSUED, due_at=due)
                                           for name in (TRANSPORT, PLANNING)])  # fmt: skip
        tx[Cases].open(case_row("HF-9"), [part_row(PLANNING, "HF-9", state=PartState.ANSWERED)])
        found = list(every(lambda after, most: tx[Cases].running(None, after, most), _self, size))
        of_one = list(every(lambda after, most: tx[Cases].running(PLANNING, after, most), _self, size))
    order = [("HF-0", NOW), ("HF-3", NOW), ("HF-2", LATER), ("HF-1", None), ("HF-4", None)]
    assert [(part.case_number, part.due_at) for part in of_one] == order
    assert [(part.case_number, part.department) for part in found] == [
        (number, name) for number, _ in order for name in (PLANNING, TRANSPORT)
    ]


@SIZES
def test_cases_that_wait_for_their_lead(store: Store, size: int) -> None:
    with store.transaction() as tx:
        for number in range(6):
            opened = NOW + timedelta(minutes=number // 2)
            case = case_row(f"HF-{number}", opened_at=opened, state=CaseState.READY if number % 3 else CaseState.OPEN)
            tx[Cases].open(case, [part_row(number=case.number, state=PartState.ESCALATED)])
        tx[Cases].open(case_row("HF-9", state=CaseState.WITHDRAWN), [part_row(number="HF-9")])
        found = list(every(lambda after, most: tx[LeadCases].awaiting(NOW, after, most), lambda case: case.place, size))
    assert [case.number for case in found] == [f"HF-{number}" for number in range(6)]


def test_a_hold_names_every_consultation_that_it_touches(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(MORE_THAN_WAS_LOOKED_AT):
            case = f"HF-{number:03}"
            tx[Cases].open(case_row(case), [part_row(PLANNING, case, state=PartState.ISSUED, due_at=LATER)])
    hold = Hold(new_id(), PLANNING, None, "维护", "ops", NOW)
    assert len(endangered(store, WINDOW, [], hold)) == MORE_THAN_WAS_LOOKED_AT


def test_copies_that_were_sent_back_are_found_behind_any_number_of_others(store: Store) -> None:
    back, others = outgoing(), [outgoing() for _ in range(MORE_THAN_WAS_LOOKED_AT)]
    with store.transaction() as tx:
        tx[Outbox].add([back, *others, outgoing(kind="tally")], NOW)
        tx[Outbox].mark_signed([receipt_for(back, accepted=False, reason="不属本单位")], LATER)
        found = tx[Outbox].returned(LATER, ("document", "notice"))
        assert tx[Outbox].returned(LATER + timedelta(seconds=1), ("document",)) == []
        assert tx[Outbox].returned(LATER, ("notice",)) == []
    assert [(copy.message_id, copy.last_error) for copy in found] == [(back.header.message_id, "不属本单位")]


def test_notices_not_signed_for_are_counted_in_full_and_named_as_far_as_asked(store: Store) -> None:
    done, *open_ = [notice("relay", minutes=minutes) for minutes in range(4)]
    with store.transaction() as tx:
        tx[Notices].add(done, [ReaderRow(done.notice_id, "a.b1", "signed")])
        for row in open_:
            readers = [ReaderRow(row.notice_id, f"a.b{n}", state) for n, state in enumerate(("none", "has", "signed"))]
            tx[Notices].add(row, readers, [BranchRow(row.notice_id, "a")])
        found, number = tx[Search].unsigned_notices(2, 1)
    assert number == 3
    assert [(one.notice.notice_id, one.missing, one.missing_number, one.authorities) for one in found] == [
        (row.notice_id, ("a.b0",), 2, 3) for row in (open_[2], open_[1])
    ]


def test_all_standing_alerts_and_all_failed_deliveries_are_counted(store: Store) -> None:
    alerts = [Alert(AlertKind.ROLE_DOWN, f"a.m{n}", Severity.CRITICAL, "甲", "A", "/") for n in range(250)]
    with store.transaction() as tx:
        tx[Alerts].record(Change(tuple(alerts), (), ()), ["ops"], NOW, NOW)
        taken = tx[Alerts].take_together(NOW, "ops", 1_000)
        for due in taken[:30]:
            tx[Alerts].failed(due.id, due.attempts, "no answer", NOW)
        assert tx[Alerts].counts() == {AlertKind.ROLE_DOWN: 250}
        assert len(tx[Alerts].standing()) == 250
        assert tx[Alerts].troubled() == len(tx[Alerts].troubles()) == 30


def test_received_documents_are_counted_by_their_kind(store: Store) -> None:
    with store.transaction() as tx:
        tx[Inbox].record([entry(), entry(), entry(kind="notice")], NOW)
        assert tx[Documents].count("received", "document") == 2
        assert tx[Documents].count("sent", "document") == 0


def _place(row: NoticeRow) -> Place:
    return row.place


def _self(part: PartRow) -> PartRow:
    return part
