"""A department asks for licence information, and the window answers by itself: within bounds, signed, on record."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest

from exchange.approval.window.licensing.entering import EntryWanted, enter
from exchange.broker.admin.node_info import NodeInfo
from exchange.errors import BadOpinion, CallerError
from exchange.licences.answering import told_of
from exchange.licences.asking import QueryWanted, answers, ask
from exchange.licences.register import licence_of
from exchange.messaging.documents import Documents
from exchange.operations.said.message import said_in
from exchange.operations.said.names import SaidNames
from exchange.operations.trace.dossier import filed
from exchange.portal.asked_about import asked_about
from exchange.schemas import (
    AcceptanceMode,
    AnswerResult,
    ApplicantSees,
    LicenceAnswer,
    LicenceChange,
    LicenceDisclosed,
    LicenceQuery,
    Visibility,
)
from exchange.schemas.filings.sharing import MOST_SHARED
from tests.journeys.approval.test_licences import COMPANY, OFFICER, PERSON, came_back, case_of, decided, issued
from tests.journeys.city import City, wait_until
from tests.journeys.portal import arrive, file, make_portal_city, offer, row, tell, view

pytestmark = pytest.mark.broker

BASIS = ("行政许可法第三十三条",)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


def answered(city: City, name: str, **asked: str | None) -> LicenceAnswer:
    """Ask in a department's name, and wait for the answer."""
    query = ask(city.node(name), QueryWanted("核实占道许可", BASIS, **asked))
    city.wake(name)
    wait_until(lambda: bool(answers(city.node(name), query)), what="the answer")
    (found,) = answers(city.node(name), query)
    assert found.window == city.window.address
    assert found.answer.query_id == query
    return found.answer


def damage(city: City, name: str, message_id: str) -> None:
    """Have a document of a member verify no more."""
    (file,) = city.local.folder.rglob(f"{city.address(name)}/*.db")
    with closing(sqlite3.connect(file, timeout=15)) as connection, connection:
        spoilt = "UPDATE document SET signed = x'00' WHERE message_id = ?"
        assert connection.execute(spoilt, (message_id,)).rowcount == 1


def test_a_department_that_had_no_part_in_it_is_told_of_a_licence_and_of_what_became_of_it(city: City) -> None:
    licence = issued(city, decided(city), valid_until=city.clock.now().date() + timedelta(days=30))
    told = answered(city, "planning", number=licence.number)
    (one,) = told.licences
    assert (told.result, one.number, one.digest, one.standing) == ("found", licence.number, licence.digest, "valid")
    assert (one.holder.name, one.masked, one.permits) == (COMPANY.name, False, "黄山路供热管道")
    enter(city.window, licence.number, EntryWanted(LicenceChange.REVOKED, OFFICER, "以欺骗手段取得"))
    assert answered(city, "planning", number=licence.number).licences[0].standing == "revoked"
    assert {one.number for one in answered(city, "transport", holder=COMPANY.identifier.lower()).licences} >= {
        licence.number
    }


def test_what_is_not_in_the_register_is_told_to_be_not_there(city: City) -> None:
    told = answered(city, "planning", number="HJX-NONE-1")
    assert (told.result, told.licences, told.number) == (AnswerResult.NONE, (), "HJX-NONE-1")


def test_a_person_is_told_of_as_the_public_register_shows_it_unless_the_matter_allows_more(city: City) -> None:
    case = decided(city, PERSON)
    licence = issued(city, case)
    masked = "*" * 14 + PERSON.identifier[-4:]
    for holder in (PERSON.identifier, masked):
        (one,) = answered(city, "planning", holder=holder).licences
        assert (one.holder.name, one.holder.identifier, one.masked, one.permits) == ("张**", masked, True, "")
    matter = city.local.catalogue[case.matter]
    city.local.catalogue[case.matter] = matter.model_copy(update={"shares_persons": True})
    (one,) = answered(city, "planning", number=licence.number).licences
    assert (one.holder.name, one.masked) == (PERSON.name, False)
    told = answered(city, "planning", holder="*****")
    assert (told.result, told.licences) == (AnswerResult.REFUSED, ())
    assert "have to be known" in (told.reason or "")


def test_answers_are_bounded_and_say_that_there_is_more(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.licences.answering.MOST_SHARED", 1)
    for _ in range(2):
        issued(city, decided(city))
    told = answered(city, "planning", holder=COMPANY.identifier)
    assert (len(told.licences), told.more) == (1, True)
    assert MOST_SHARED == 20


def test_who_asked_and_for_what_is_on_record_at_the_window(city: City) -> None:
    licence = issued(city, decided(city))
    answered(city, "transport", number=licence.number)
    (one,) = told_of(city.window, licence.number)
    assert (one.asker, one.purpose, one.basis) == (city.address("transport"), "核实占道许可", BASIS)
    assert one.answer.licences[0].number == licence.number
    with city.window.store.reading() as tx:
        noted = [line for line in tx.recent_journal(50) if line.event == "licence-told"]
    assert noted[-1].detail["asker"] == city.address("transport")
    assert "占道" not in str(noted[-1].detail), "the journal has no content"
    damage(city, "window", one.query_id)
    (left,) = told_of(city.window, licence.number)
    assert (left.asker, left.purpose, left.basis) == (city.address("transport"), "", ()), (
        "who asked is shown all the same"
    )


def test_nothing_is_asked_without_purpose_and_basis_nor_for_two_things_and_no_portal_or_monitor_is_told(
    city: City,
) -> None:
    node = city.node("planning")
    for wrong in (
        QueryWanted(" ", BASIS, number="X-1-26"),
        QueryWanted("核实", (), number="X-1-26"),
        QueryWanted("核实", BASIS),
        QueryWanted("核实", BASIS, number="X-1-26", holder="91340100X"),
    ):
        with pytest.raises(CallerError):
            ask(node, wrong)
    query = LicenceQuery(number="X-1-26", purpose="核实", basis=BASIS, at=city.clock.now())
    assert came_back(city, "monitor", query, "window") == ""
    told = [one for one in told_of(city.window) if one.asker == city.address("monitor")]
    assert [one.answer.result for one in told] == [AnswerResult.REFUSED]
    forged = LicenceAnswer(query_id=told[0].query_id, number="X-1-26", result=AnswerResult.NONE, at=city.clock.now())
    assert "unknown-query" in came_back(city, "window", forged, "planning")


def answer_held(city: City, name: str, number: str) -> str:
    """The id of a department's answer about a licence, or about none of that number."""
    told = answered(city, name, number=number)
    (found,) = [one for one in answers(city.node(name)) if one.answer == told]
    return found.message_id


def test_an_opinion_names_the_answer_it_rests_on_only_where_its_department_has_it(city: City) -> None:
    shut = Visibility(sees=ApplicantSees.VERDICT)
    asked = city.approver("planning"), city.approver("transport", visible=shut)
    number = file(city, offer(city, *asked, mode=AcceptanceMode.AUTOMATIC))
    case = case_of(city, row(city, number).case_number or "")
    mine, theirs = (answer_held(city, name, "HJX-NONE-2") for name in ("planning", "transport"))
    refused = answered(city, "planning", holder="*****")
    (kept,) = [one.message_id for one in answers(city.node("planning")) if one.answer == refused]
    for wrong in (theirs, refused.query_id, kept, "11111111-1111-4111-8111-111111111111"):
        with pytest.raises(BadOpinion, match="no answer about licences"):
            city.reply("planning", case, licence_answer=wrong)
    given = city.reply("planning", case, licence_answer=mine)
    city.reply("transport", case, licence_answer=theirs)
    tell(city)
    [item] = filed(city.window, given)
    assert ("rests on the licence answer", mine) in list(said_in(item, SaidNames({}, dict)))
    told = view(city, number).progress
    assert told is not None
    by_name = {part.department.rpartition(".")[2]: part.licence_answer for part in told.parts}
    assert by_name == {"planning": mine, "transport": None}, "as far as its reasons may be seen"


def test_a_holder_reads_who_asked_as_it_was_signed_unless_the_law_lets_it_not_be_told(city: City) -> None:
    licence = issued(city, decided(city))
    kept = licence_of(city.node("portal"), licence.number)
    answered(city, "transport", number=licence.number)
    city.clock.step_to(city.clock.now() + timedelta(minutes=1))
    answered(city, "planning", number=licence.number, untold="个人信息保护法第三十五条")
    arrive(city)
    (one,) = asked_about(city.node("portal"), kept)
    assert (one.asker, one.purpose, one.basis) == (city.address("transport"), "核实占道许可", BASIS)
    assert [told.untold for told in told_of(city.window, licence.number)] == ["个人信息保护法第三十五条", None]
    (asked,) = [told for told in told_of(city.window, licence.number) if told.untold is None]
    with city.window.store.reading() as tx:
        query = tx[Documents].get(city.address("transport"), asked.query_id)
    assert query is not None
    said = {"number": licence.number, "query_id": asked.query_id, "digest": hashlib.sha256(query.signed).hexdigest()}
    right = LicenceDisclosed(**said, asker=city.address("transport"), at=city.clock.now())
    for wrong, code in (({"digest": "ab" * 32}, "altered"), ({"asker": city.address("planning")}, "origin")):
        made_up = right.model_copy(update=wrong)
        assert code in came_back(city, "window", made_up, "portal", (query.signed,))
    assert "altered" in came_back(city, "window", right, "portal", (query.signed, b"more"))
    (still,) = asked_about(city.node("portal"), kept)
    assert still == one
