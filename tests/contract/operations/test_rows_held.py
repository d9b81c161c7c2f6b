"""Whoever edits a row of a finished case is named, with the document that contradicts the row, and nobody else is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.approval.window.terms.amending import Amendment, amend
from exchange.messaging.attested.walking import RowWalk
from exchange.operations.reconciliation.row_rules import ROW_RULES
from exchange.schemas import EntryKind, Verdict
from tests.contract.operations.row_edits import AN_HOUR, Edit, check_edit
from tests.hand_to_hand import hand_city, seal_journals
from tests.journeys.city import City

MEMBERS = ("window", "planning", "transport", "monitor")


@pytest.fixture(scope="module")
def finished(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A case that one department has answered, another was silent on, and its lead has decided."""
    folder: Path = tmp_path_factory.mktemp("rows")
    url = f"sqlite:///{folder}/{{member}}.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    domain = f"held{secrets.token_hex(3)}"  # a server of databases outlives a module
    with hand_city(folder, url, domain, ("planning", "transport")) as city:
        city.matter(city.approver("planning"), city.approver("transport", silent=True))
        case = city.submit()
        city.reply("planning", case, Verdict.AGREE_WITH_CONDITIONS, conditions="夜间施工", reasons="可行")
        longer = Amendment(kind=EntryKind.EXTEND, days=1, reason="复杂", basis=("四十二条",), actor=city.window.address)
        amend(city.window, case.number, city.address("transport"), longer)
        city.through(7)
        assert city.case(case).outcome is not None
        seal_journals(city)
        yield city
        if request.param == "postgresql":
            for node in city.local.nodes.values():
                with node.store.transaction() as tx:
                    tx._db.execute(text(f'DROP SCHEMA "{tx._db.scalar(text("SELECT current_schema()"))}" CASCADE'))


@pytest.mark.parametrize("finished", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", MEMBERS)
def test_untouched_rows_contradict_nothing(finished: City, name: str) -> None:
    looked: list[tuple[str, int]] = []
    node = finished.node(name)
    walk = RowWalk(
        node.store, node.address, node.directory, node.calendar,
        lambda member, table, rows: looked.append((table, rows)),
    )  # fmt: skip
    assert list(walk.all(ROW_RULES)) == []
    assert dict(looked)["document"] > 5


_ENTRY = "UPDATE ledger SET entry = replace(entry, '\"days\"\\:1', '\"days\"\\:2') WHERE entry LIKE '%extend%'"
EDITS = {
    # the window
    "verdict": ("window", "UPDATE part SET verdict = 'agree' WHERE verdict IS NOT NULL", {("part", "verdict")}),
    "conditions": ("window", "UPDATE part SET conditions = '无' WHERE verdict IS NOT NULL", {("part", "conditions")}),
    "arrival of an opinion": (
        "window", f"UPDATE part SET answered_at = answered_at - {AN_HOUR} WHERE verdict IS NOT NULL",
        {("part", "answered_at")},
    ),
    "due moment": (
        "window", f"UPDATE part SET due_at = due_at - {AN_HOUR} WHERE deemed_id IS NOT NULL", {("part", "due_at")}
    ),
    "start of a term": (
        "window", f"UPDATE part SET started_at = started_at + {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "started_at")},
    ),
    "when it was asked": (
        "window", f"UPDATE part SET issued_at = issued_at - {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "issued_at")},
    ),
    "receipt of the request": (
        "window", "UPDATE part SET receipt_id = opinion_id WHERE opinion_id IS NOT NULL", {("part", "receipt_id")}
    ),
    "signed for early": (
        "window", f"UPDATE part SET signed_at = signed_at - 24 * {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "signed_at")},
    ),
    "reminder": (
        "window", f"UPDATE part SET reminded_at = reminded_at - {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "reminded_at")},
    ),
    "silence as an answer": (
        "window", "UPDATE part SET state = 'answered', verdict = 'agree' WHERE deemed_id IS NOT NULL",
        {("part", "state"), ("part", "verdict")},
    ),
    "consent as refusal": (
        "window", "UPDATE part SET state = 'deemed-refusal' WHERE deemed_id IS NOT NULL", {("part", "state")}
    ),
    "silence dated back": (
        "window", f"UPDATE part SET deemed_at = deemed_at - {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "deemed_at")},
    ),
    "paper owed later": (
        "window", f"UPDATE part SET paper_by = paper_by + 24 * {AN_HOUR} WHERE deemed_id IS NOT NULL",
        {("part", "paper_by")},
    ),
    "an opinion dropped": (
        "window",
        "UPDATE part SET state = 'moot', opinion_id = NULL, verdict = NULL, answered_at = NULL "
        "WHERE verdict IS NOT NULL",
        {("part", "opinion_id"), ("part", "conditions"), ("part", "reasons")},
    ),
    "a part deleted": (
        "window", "DELETE FROM part WHERE deemed_id IS NOT NULL",
        {("part", "department"), ("ledger", "department")},
    ),
    "entry of a ledger": ("window", _ENTRY, {("ledger", "entry")}),
    "entry deleted": (
        "window", "DELETE FROM ledger WHERE entry LIKE '%extend%'", {("ledger", "entry"), ("part", "due_at")}
    ),
    "entry invented": (
        "window",
        "INSERT INTO ledger (case_number, department, position, entry) SELECT case_number, department, 7, "
        "replace(entry, '\"days\"\\:1', '\"days\"\\:9') FROM ledger WHERE entry LIKE '%extend%'",
        {("ledger", "entry")},
    ),
    "outcome": ("window", "UPDATE case_file SET outcome = 'refuse'", {("case_file", "outcome")}),
    "decision dated back": (
        "window", f"UPDATE case_file SET decided_at = decided_at - {AN_HOUR}", {("case_file", "decided_at")}
    ),
    "decision taken away": (
        "window",
        "UPDATE case_file SET state = 'open', decision_id = NULL, outcome = NULL, decided_at = NULL",
        {("case_file", "decision_id"), ("case_file", "by_rule")},
    ),
    "no decision": ("window", "UPDATE case_file SET state = 'withdrawn'", {("case_file", "state")}),
    "opened earlier": (
        "window", f"UPDATE case_file SET opened_at = opened_at - {AN_HOUR}", {("case_file", "opened_at")}
    ),
    "another applicant": ("window", "UPDATE case_file SET applicant = '别家公司'", {("case_file", "applicant")}),
    "application": ("window", "UPDATE case_file SET application = :bytes", {("case_file", "application")}),
    "case deleted": (
        "window", "DELETE FROM case_file", {("case_file", "number"), ("case_clock", "case_number")},
    ),
    # messages, at whoever has them
    "swapped signed bytes": (
        "planning", "UPDATE document SET signed = :bytes WHERE kind = 'opinion'",
        {("document", "signed")},
    ),
    "kind of a document": (
        "planning", "UPDATE document SET kind = 'decision' WHERE kind = 'consultation'", {("document", "kind")}
    ),
    "digest in the inbox": (
        "planning", "UPDATE inbox SET digest = :digest WHERE kind = 'consultation'", {("inbox", "digest")}
    ),
    "arrival": (
        "planning", f"UPDATE inbox SET arrived_latest = arrived_latest - {AN_HOUR}, "
        f"arrived_earliest = arrived_earliest - {AN_HOUR} WHERE kind = 'consultation'",
        {("inbox", "arrived_latest")},
    ),
    "taken for returned": (
        "planning", "UPDATE inbox SET accepted = :no WHERE kind = 'consultation'", {("inbox", "accepted")}
    ),
    "inbox row deleted": (
        "planning", "DELETE FROM inbox WHERE kind = 'decision'", {("inbox", "message_id")}
    ),
    "delivered as returned": (
        "planning", "UPDATE outbox_copy SET state = 'returned' WHERE needs_receipt", {("outbox_copy", "state")}
    ),
    "receipt denied": (
        "planning", "UPDATE outbox_copy SET state = 'sent', receipt_id = NULL WHERE needs_receipt",
        {("outbox_copy", "receipt_id")},
    ),
    "delivered earlier": (
        "planning", f"UPDATE outbox_copy SET delivered_at = delivered_at - 24 * {AN_HOUR} WHERE needs_receipt",
        {("outbox_copy", "delivered_at")},
    ),
    "copy deleted": ("planning", "DELETE FROM outbox_copy WHERE needs_receipt", {("outbox_copy", "message_id")}),
    # a department's desk
    "desk answered": (
        "planning", f"UPDATE desk SET answered_at = answered_at - {AN_HOUR}", {("desk", "answered_at")}
    ),
    "desk waits": (
        "planning", "UPDATE desk SET state = 'waiting', opinion_id = NULL, answered_at = NULL",
        {("desk", "opinion_id")},
    ),
    "desk received": ("planning", f"UPDATE desk SET received_at = received_at - {AN_HOUR}", {("desk", "received_at")}),
    "desk deleted": ("planning", "DELETE FROM desk", {("desk", "case_number")}),
    "desk defaulted": ("transport", "UPDATE desk SET state = 'closed'", set()),
    "desk owes a paper": (
        "transport", f"UPDATE desk SET paper_by = paper_by + {AN_HOUR}", {("desk", "paper_by")}
    ),
    # the monitor
    "watch told otherwise": (
        "monitor", "UPDATE watch SET deadline = replace(deadline, '\"days\"\\:3', '\"days\"\\:2')",
        {("watch", "deadline")},
    ),
    "watch due": (
        "monitor", f"UPDATE watch SET due_at = due_at - {AN_HOUR} WHERE due_at IS NOT NULL", {("watch", "due_at")}
    ),
    "watch fired": (
        "monitor", "UPDATE watch SET state = 'escalated' WHERE state = 'deemed'", {("watch", "state")}
    ),
    "reminder dated back": ("monitor", f"UPDATE reminder SET at = at - {AN_HOUR}", {("reminder", "at")}),
    "reminder of another stage": ("monitor", "UPDATE reminder SET rung = 100", {("reminder", "stage")}),
    "reminder deleted": ("monitor", "DELETE FROM reminder", {("reminder", "message_id")}),
}  # fmt: skip


ON_A_SERVER = ("verdict", "entry deleted", "arrival", "receipt denied", "desk waits", "watch fired")


@pytest.mark.parametrize("finished", ["sqlite"], indirect=True)
@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_row_is_named_and_nothing_else(finished: City, edit: str) -> None:
    check_edit(finished, Edit(EDITS[edit][0], EDITS[edit][1], frozenset(EDITS[edit][2])))


@pytest.mark.parametrize("finished", ["postgresql"], indirect=True)
@pytest.mark.parametrize("edit", ON_A_SERVER)
def test_an_edited_row_is_named_on_a_server(finished: City, edit: str) -> None:
    check_edit(finished, Edit(EDITS[edit][0], EDITS[edit][1], frozenset(EDITS[edit][2])))
