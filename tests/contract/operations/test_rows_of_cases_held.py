"""Edited rows of filings, hearings, supplements, case clocks, licences and desks are named by what contradicts them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.acceptance import officers
from exchange.approval.department import requesting
from exchange.approval.window.after.reopening import Reopening, reopen
from exchange.approval.window.clock.owed import deliver
from exchange.approval.window.clock.watching import look_at_clocks
from exchange.approval.window.hearing import holding
from exchange.approval.window.hearing.holding import CalledHearing
from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.approval.window.licensing.issuing import LicenceWanted, issue
from exchange.approval.window.store import Cases
from exchange.approval.window.supplementing import answering
from exchange.licences.asking import QueryWanted, ask
from exchange.portal import drafting, handing_in, speaking
from exchange.schemas import (
    AcceptanceOutcome,
    HearingMode,
    LicenceChange,
    Material,
    MissingItem,
    OrderedBy,
    WantedPaper,
)
from tests.contract.operations.row_edits import A_DAY, AN_HOUR, Edit, check_edit, edit, found
from tests.hand_to_hand import hand_city, seal_journals
from tests.journeys.city import City
from tests.journeys.portal import TRUTH, arrive, file, offer, tell

MEMBERS = ("window", "planning", "transport", "portal", "monitor")
OFFICER = "李四"
MATERIALS = (Material(code="plan", name="施工方案"), Material(code="sketch", name="交通组织图", required=False))


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Cases from a portal: completed, heard, supplemented, extended, decided, licensed, taken up again, withdrawn."""
    folder: Path = tmp_path_factory.mktemp("cases")
    url = f"sqlite:///{folder}/{{member}}.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    domain = f"held{secrets.token_hex(3)}"
    with hand_city(folder, url, domain, ("planning", "transport"), ("portal",)) as city:
        _heard(city)
        _licensed(city)
        _ended(city)
        seal_journals(city)
        yield city


def _accepted(city: City) -> tuple[str, str]:
    asked = (city.approver("planning", days=20), city.approver("transport", days=20, silent=True))
    number = file(city, offer(city, *asked, materials=MATERIALS, hearing=HearingMode.ON_REQUEST))
    case = officers.accept(city.window, number, OFFICER)
    arrive(city)
    return number, case


def _hand_in(city: City, number: str, material: str, content: bytes) -> None:
    handing_in.reopen(city.node("portal"), number)
    drafting.attach(city.node("portal"), number, material, f"{material}.txt", "text/plain", content)
    handing_in.hand_in(city.node("portal"), number, TRUTH)
    arrive(city)


def _heard(city: City) -> None:
    """Of two hearings the first was put off; one department's request for a supplement has come in, another's was
    declined.
    """
    asked = (city.approver("planning"), city.approver("transport", silent=True))
    number = file(city, offer(city, *asked, materials=MATERIALS, hearing=HearingMode.ON_REQUEST), with_plan=False)
    officers.tell_incomplete(city.window, number, [MissingItem(what="施工方案", remedy="补交")], OFFICER)
    arrive(city)
    _later(city)
    _hand_in(city, number, "plan", b"plan")
    _later(city)
    case = officers.accept(city.window, number, OFFICER)
    arrive(city)
    speaking.state_view(city.node("portal"), number, "请求听证", hearing=True)
    arrive(city)
    sketch = (WantedPaper(material="sketch", what="交通组织图"),)
    for name in ("planning", "transport"):
        requesting.request_supplement(city.node(name), case, sketch, "有燃气管线", ("条例第三十七条",), OFFICER)
    arrive(city)
    _later(city)
    answering.pass_on(city.window, case, city.address("planning"), OFFICER)
    answering.decline(city.window, case, city.address("transport"), "与本事项无关", OFFICER)
    arrive(city)
    _hand_in(city, number, "sketch", b"sketch")
    holding.call(city.window, case, _hearing(city, 14))
    _later(city)
    holding.put_off(city.window, case, _hearing(city, 15))
    arrive(city)
    city.through(4)
    tell(city)
    look_at_clocks(city.window)
    city.clock.step_to(city.clock.now() + timedelta(days=12))
    holding.record(city.window, case, city.clock.now().date(), "双方陈述意见。")
    arrive(city)


def _hearing(city: City, days: int) -> CalledHearing:
    return CalledHearing(city.clock.now() + timedelta(days=days), "三号室", "王敏", "李伟", "临近住宅")


def _later(city: City) -> None:
    city.clock.step_to(city.clock.now() + timedelta(minutes=10))


def _licensed(city: City) -> None:
    """A case that was decided and delivered, and its licence, revoked and asked about."""
    _, case = _accepted(city)
    with city.window.store.reading() as tx:
        held = tx[Cases].get(case)
    assert held is not None
    for name in ("planning", "transport"):
        city.reply(name, held)
    tell(city)
    _later(city)
    deliver(city.window, case, OFFICER, "申请人自取")
    licence = issue(city.window, case, LicenceWanted(OFFICER))
    tell(city)
    enter(city.window, licence.number, EntryWanted(LicenceChange.REVOKED, OFFICER, "以欺骗手段取得"))
    ask(city.node("planning"), QueryWanted("核查", ("许可法",), number=licence.number))
    arrive(city)


def _ended(city: City) -> None:
    """One that was withdrawn before its acceptance, one turned down, one withdrawn and taken up again."""
    first = file(city, offer(city, materials=MATERIALS))
    speaking.withdraw(city.node("portal"), first)
    arrive(city)
    second = file(city, offer(city, materials=MATERIALS))
    officers.refuse(city.window, second, AcceptanceOutcome.NOT_NEEDED, "不属于许可事项", OFFICER)
    arrive(city)
    number, case = _accepted(city)
    speaking.withdraw(city.node("portal"), number)
    arrive(city)
    _later(city)
    reopen(city.window, case, Reopening(OFFICER, "判决撤销", ("行政诉讼法",), OrderedBy.COURT, "判决书一号"))
    tell(city)


@pytest.mark.parametrize("cases", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", MEMBERS)
def test_untouched_rows_contradict_nothing(cases: City, name: str) -> None:
    assert found(cases, cases.node(name).store, name) == []


EDITS: dict[str, Edit] = {
    # filings
    "filed earlier": edit("window", f"UPDATE filing SET received_at = received_at - {A_DAY}", "filing.received_at"),
    "complete earlier": edit("window", f"UPDATE filing SET complete_at = complete_at - {A_DAY}",
                             "filing.complete_at"),
    "told in time": edit("window", f"UPDATE filing SET tell_by = tell_by + {A_DAY}", "filing.tell_by"),
    "told later": edit("window", f"UPDATE filing SET told_at = told_at + {AN_HOUR} WHERE told_at IS NOT NULL",
                       "filing.told_at"),
    "accepted earlier": edit(
        "window", f"UPDATE filing SET ended_at = ended_at - {AN_HOUR} WHERE state = 'accepted'", "filing.ended_at"
    ),
    "another applicant": edit("window", "UPDATE filing SET applicant = '别家'", "filing.applicant"),
    "another project": edit("window", "UPDATE filing SET project = '别处'", "filing.project"),
    "another channel": edit("window", "UPDATE filing SET channel = 'counter'", "filing.channel"),
    "another matter": edit("window", "UPDATE filing SET matter = 'other'", "filing.matter"),
    "turned down as accepted": edit(
        "window", "UPDATE filing SET state = 'accepted', outcome = 'accepted' WHERE state = 'not-accepted'",
        "filing.state", "filing.outcome",
    ),
    "case of a filing": edit("window", "UPDATE filing SET case_number = 'X-2026-000009' WHERE told_at IS NOT NULL",
                             "filing.case_number", "case_file.opened_at"),
    "withdrawal undone": edit(
        "window", "UPDATE filing SET state = 'received', ended_at = NULL WHERE state = 'withdrawn'", "filing.state",
        "filing.ended_at",
    ),
    "withdrawn without a word": edit(
        "window", "UPDATE filing SET state = 'withdrawn' WHERE state = 'not-accepted'", "filing.state"
    ),
    "no hearing asked for": edit(
        "window", "UPDATE filing SET hearing_at = NULL WHERE hearing_at IS NOT NULL", "filing.hearing_at"
    ),
    "hearing asked for": edit("window", "UPDATE filing SET hearing_at = received_at WHERE hearing_at IS NULL",
                              "filing.hearing_at"),
    "supplement dropped": edit("window", "UPDATE filing SET last_id = filing_id WHERE last_id <> filing_id",
                               "filing.last_id"),
    "not served": edit("window", "UPDATE filing SET served_id = NULL WHERE served_id IS NOT NULL",
                       "filing.served_id"),
    "filing deleted": edit("window", "DELETE FROM filing WHERE state = 'not-accepted'", "filing.number"),
    # hearings
    "hearing moved": edit("window", f"UPDATE hearing SET held_at = held_at + {A_DAY}", "hearing.held_at"),
    "hearing elsewhere": edit("window", "UPDATE hearing SET place = '一号室'", "hearing.place"),
    "called earlier": edit(
        "window", f"UPDATE hearing SET called_at = called_at - {AN_HOUR} WHERE position = 2", "hearing.called_at"
    ),
    "another chair": edit("window", "UPDATE hearing SET chair = '李伟'", "hearing.chair"),
    "hearing not held": edit(
        "window", "UPDATE hearing SET state = 'called', record_id = NULL, ended_at = NULL WHERE state = 'held'",
        "hearing.record_id",
    ),
    "put off as called": edit(
        "window", "UPDATE hearing SET state = 'called', ended_at = NULL WHERE state = 'called-off'", "hearing.state"
    ),
    "held without a record": edit(
        "window", "UPDATE hearing SET state = 'held' WHERE state = 'called-off'", "hearing.record_id"
    ),
    "hearing ended earlier": edit("window", f"UPDATE hearing SET ended_at = ended_at - {AN_HOUR}",
                                  "hearing.ended_at"),
    "hearing deleted": edit("window", "DELETE FROM hearing WHERE position = 2", "hearing.called_at",
                            "hearing.record_id"),
    # requests for supplements
    "declined as passed on": edit(
        "window", "UPDATE supplement_request SET state = 'passed-on' WHERE state = 'declined'",
        "supplement_request.state",
    ),
    "why it was declined": edit(
        "window", "UPDATE supplement_request SET reasons = '其他' WHERE state = 'declined'",
        "supplement_request.reasons",
    ),
    "asked earlier": edit(
        "window", f"UPDATE supplement_request SET asked_at = asked_at - {A_DAY}", "supplement_request.asked_at"
    ),
    "answered earlier": edit(
        "window", f"UPDATE supplement_request SET answered_at = answered_at - {AN_HOUR}",
        "supplement_request.answered_at",
    ),
    "nothing came in": edit(
        "window", "UPDATE supplement_request SET state = 'passed-on', came_at = NULL WHERE state = 'come-in'",
        "supplement_request.paper_id",
    ),
    "request deleted": edit("window", "DELETE FROM supplement_request WHERE state = 'declined'",
                            "supplement_request.department"),
    "came in by another paper": edit(
        "planning", "UPDATE supplement_request SET paper_id = answer_id WHERE state = 'come-in'",
        "supplement_request.paper_id",
    ),
    "invited by another paper": edit(
        "planning", "UPDATE supplement_request SET invitation_id = answer_id", "supplement_request.invitation_id"
    ),
    "answer denied": edit(
        "transport", "UPDATE supplement_request SET state = 'asked', answer_id = NULL, answered_at = NULL, "
        "reasons = NULL", "supplement_request.answer_id",
    ),
    "sent back": edit(
        "transport", "UPDATE supplement_request SET state = 'returned', answer_id = NULL",
        "supplement_request.state", "supplement_request.answer_id",
    ),
    # clocks of cases
    "delivered earlier": edit(
        "window", f"UPDATE case_clock SET delivered_at = delivered_at - {A_DAY} WHERE delivered_at IS NOT NULL",
        "case_clock.delivered_at",
    ),
    "delivered to another": edit(
        "window", "UPDATE case_clock SET delivered_to = '他人' WHERE delivered_to IS NOT NULL",
        "case_clock.delivered_to",
    ),
    "delivered without a word": edit(
        "window", "UPDATE case_clock SET delivered_at = look_at WHERE delivered_at IS NULL AND look_at IS NOT NULL",
        "case_clock.delivered_at",
    ),
    "overrun": edit("window", "UPDATE case_clock SET overrun_at = look_at WHERE look_at IS NOT NULL",
                    "case_clock.overrun_at"),
    "explained": edit("window", "UPDATE case_clock SET explained_at = look_at WHERE look_at IS NOT NULL",
                      "case_clock.explained_at"),
    "lead reminded": edit("window", "UPDATE case_clock SET reminded_stage = 50, reminded_at = look_at "
                          "WHERE look_at IS NOT NULL AND reminded_at IS NULL",
                          "case_clock.reminded_stage", "case_clock.reminded_at"),
    "term of a case": edit(
        "window", "UPDATE case_ledger SET entry = replace(entry, '\"days\"\\:1', '\"days\"\\:2')",
        "case_ledger.entry",
    ),
    "entry deleted": edit("window", "DELETE FROM case_ledger WHERE position = 0", "case_ledger.entry"),
    # licences, at the window and at a department
    "revoked as valid": edit("window", "UPDATE licence SET state = 'in-force', entries = 0",
                             "licence.state", "licence.entries"),
    "another holder": edit("planning", "UPDATE licence SET shown_name = '别家', identifier = 'X'",
                           "licence.shown_name", "licence.identifier"),
    "licence of another case": edit("planning", "UPDATE licence SET case_number = 'X'", "licence.case_number"),
    "licence issued earlier": edit("portal", f"UPDATE licence SET issued_at = issued_at - {A_DAY}",
                                   "licence.issued_at"),
    "another code": edit("portal", "UPDATE licence SET code = 'AAAA'", "licence.code"),
    "licence deleted": edit("transport", "DELETE FROM licence", "licence.number"),
    "entry taken off": edit("window", "DELETE FROM licence_entry", "licence_entry.position", "licence.state",
                            "licence.entries"),
    "cancelled instead": edit("window", "UPDATE licence_entry SET change = 'cancelled'", "licence_entry.change"),
    "nobody was told": edit("window", "DELETE FROM licence_told", "licence_told.number"),
    "told earlier": edit("window", f"UPDATE licence_told SET at = at - {AN_HOUR}", "licence_told.at"),
    # desks
    "reminded of more": edit("transport", "UPDATE desk SET reminded = 80 WHERE reminded <> 0", "desk.reminded"),
    "reminded of nothing": edit(
        "planning", "UPDATE desk SET reminded = 0 WHERE reminded <> 0 AND state = 'waiting'", "desk.reminded"
    ),
    "reminded without a word": edit("transport", "UPDATE desk SET reminded = 50 WHERE reminded = 0",
                                    "desk.reminded"),
    # cases taken up again
    "taken up again earlier": edit("window", f"UPDATE reopening SET at = at - {AN_HOUR}", "reopening.at"),
    "ordered by another": edit("window", "UPDATE reopening SET ordered_by = 'lead'", "reopening.ordered_by"),
    "order of another": edit("window", "UPDATE reopening SET order_named = '判决书二号'", "reopening.order_named"),
    "never taken up again": edit("window", "DELETE FROM reopening", "reopening.notice_id", "case_file.withdrawn_at"),
}  # fmt: skip
ON_A_SERVER = ("accepted earlier", "hearing moved", "nothing came in", "delivered to another", "revoked as valid")


@pytest.mark.parametrize("cases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", EDITS)
def test_an_edited_row_is_named_and_nothing_else(cases: City, name: str) -> None:
    check_edit(cases, EDITS[name])


@pytest.mark.parametrize("cases", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ON_A_SERVER)
def test_an_edited_row_is_named_on_a_server(cases: City, name: str) -> None:
    check_edit(cases, EDITS[name])
