"""Edited rows of substitutes, recalls, stages and late answers are named by what contradicts them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exchange.approval.department import recalling
from exchange.approval.records import CaseRow
from exchange.approval.window.acting.substitutes import Substitutes
from exchange.directory import Authority, load_directory
from exchange.directory.substitution_orders import add
from exchange.schemas import Substitution, Verdict
from tests.contract.operations.row_edits import A_DAY, AN_HOUR, Edit, check_edit, edit, found
from tests.hand_to_hand import hand_city, seal_journals
from tests.journeys.city import City

MEMBERS = ("window", "planning", "transport", "fire", "monitor")


@pytest.fixture(scope="module")
def answers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Cases of two stages, one of them in its second; with opinions that were recalled, given for another, too late."""
    folder: Path = tmp_path_factory.mktemp("answers")
    url = f"sqlite:///{folder}/{{member}}.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    domain = f"held{secrets.token_hex(3)}"
    with hand_city(folder, url, domain, ("planning", "transport", "fire")) as city:
        _in_stages(city)
        _recalled(city)
        _late(city)
        _for_another(city, folder)
        seal_journals(city)
        yield city


def _in_stages(city: City) -> None:
    """One of which the second stage has begun, one that is in its first."""
    city.matter(city.approver("planning", days=30), city.approver("transport", days=30, stage=2), code="staged")
    city.reply("planning", city.submit("staged"))
    city.submit("staged")


def _later(city: City) -> None:
    city.clock.step_to(city.clock.now() + timedelta(minutes=10))


def _recall(city: City, name: str, case: CaseRow) -> None:
    _later(city)
    recalling.recall(city.node(name), case.number, "李四", "漏看一张图")
    city.local.settle()
    _later(city)


def _recalled(city: City) -> None:
    """One department has given another opinion since, the other has not."""
    asked = [city.approver(name, days=30) for name in ("planning", "transport", "fire")]
    city.matter(*asked, code="recalled")
    case = city.submit("recalled")
    for name in ("planning", "transport"):
        city.reply(name, case)
        _recall(city, name, case)
    city.reply("planning", case, Verdict.DISAGREE, reasons="不足", basis=("消防法",))


def _late(city: City) -> None:
    """A department's silence was counted, and its opinion came afterwards."""
    city.matter(city.approver("planning", silent=True), city.approver("transport", days=30), code="late")
    case = city.submit("late")
    city.through(5)
    city.reply("planning", case)


def _for_another(city: City, folder: Path) -> None:
    """Fire acts for transport: it has answered in one case, and been asked in another."""
    city.matter(city.approver("planning", days=30), city.approver("transport", days=30), code="acted")
    cases = [city.submit("acted") for _ in range(2)]
    own, now = city.window.directory.directory, city.clock.now()
    wanted = Substitution(
        serial=1, department=city.address("transport"), substitute=city.address("fire"), begins_at=now,
        ends_at=now + timedelta(days=60), matters=None, ordered_by=city.local.domain, order="机构改革方案",
    )  # fmt: skip
    authority = Authority.open_or_create(folder / "authority", city.local.domain, now)
    assert authority.publish(folder / "directory.cose", own.members, now, own.expires_at, add(own, wanted, now))
    view = load_directory((folder / "directory.cose").read_bytes(), authority.certificate, now, 0)
    for node in city.local.nodes.values():
        node.directory = view
    Substitutes().look(city.window)
    city.local.settle()
    _later(city)
    city.reply("fire", cases[0])


@pytest.mark.parametrize("answers", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("name", MEMBERS)
def test_untouched_rows_contradict_nothing(answers: City, name: str) -> None:
    assert found(answers, answers.node(name).store, name) == []


EDITS: dict[str, Edit] = {
    # stages
    "case of an earlier stage": edit("window", "UPDATE case_file SET stage = 1 WHERE stage = 2", "case_file.stage"),
    "stage that has not begun": edit(
        "window", "UPDATE case_file SET stage = 2 WHERE stage = 1 AND matter = 'staged'", "case_file.stage"
    ),
    "department of the first stage": edit(
        "window", "UPDATE part SET stage = 1 WHERE stage = 2 AND state <> 'planned'", "part.stage"
    ),
    "asked before its stage": edit(
        "window", f"UPDATE part SET state = 'issued', issued_at = {A_DAY} WHERE state = 'planned'",
        "part.state", "part.issued_at",
    ),
    "answered before it was asked": edit(
        "window", "UPDATE part SET state = 'answered', verdict = 'agree' WHERE state = 'planned'", "part.state"
    ),
    # recalls, at the window and at the department
    "recalled opinion counts": edit(
        "window", "UPDATE part SET state = 'answered', verdict = 'agree', opinion_id = recalled_id, "
        "recalled_id = NULL, recall_id = NULL, recalled_at = NULL WHERE recall_id IS NOT NULL AND opinion_id IS NULL",
        "part.recall_id", "part.answered_at",
    ),
    "recall forgotten": edit(
        "window", "UPDATE part SET recalled_id = NULL, recall_id = NULL, recalled_at = NULL "
        "WHERE recall_id IS NOT NULL", "part.recall_id",
    ),
    "recall without its paper": edit(
        "window", "UPDATE part SET recall_id = NULL WHERE opinion_id IS NULL AND recall_id IS NOT NULL",
        "part.recall_id", "part.recalled_id", "part.recalled_at",
    ),
    "recall of another opinion": edit(
        "window", "UPDATE part SET recalled_id = consultation_id WHERE recall_id IS NOT NULL", "part.recalled_id"
    ),
    "recalled earlier": edit(
        "window", f"UPDATE part SET recalled_at = recalled_at - {AN_HOUR} WHERE recall_id IS NOT NULL",
        "part.recalled_at",
    ),
    "recalled by nobody": edit(
        "window", "UPDATE part SET recall_id = consultation_id, recalled_id = opinion_id "
        "WHERE recall_id IS NULL AND opinion_id IS NOT NULL", "part.recall_id",
    ),
    "own recall forgotten": edit(
        "transport", "UPDATE desk SET recall_id = NULL WHERE recall_id IS NOT NULL", "desk.recall_id"
    ),
    "own recall invented": edit(
        "planning", "UPDATE desk SET recall_id = opinion_id WHERE opinion_id IS NOT NULL", "desk.recall_id"
    ),
    "recalled opinion on its desk": edit(
        "transport", "UPDATE desk SET state = 'answered', opinion_id = recall_id WHERE recall_id IS NOT NULL",
        "desk.opinion_id",
    ),
    # substitutes, at the window and at themselves
    "answered by the department itself": edit(
        "window", "UPDATE part SET given_by = NULL WHERE given_by IS NOT NULL", "part.given_by"
    ),
    "answered by another": edit(
        "window", "UPDATE part SET given_by = 'x.nobody' WHERE given_by IS NOT NULL", "part.given_by"
    ),
    "answered by a substitute": edit(
        "window", "UPDATE part SET given_by = 'x.nobody' WHERE opinion_id IS NOT NULL AND given_by IS NULL",
        "part.given_by",
    ),
    "no substitute": edit("window", "UPDATE part SET substitute = NULL WHERE substitute IS NOT NULL",
                          "part.substitute"),
    "another substitute": edit("window", "UPDATE part SET substitute = 'x.nobody' WHERE substitute IS NOT NULL",
                               "part.substitute"),
    "a substitute nobody has asked": edit(
        "window", "UPDATE part SET substitute = 'x.nobody' WHERE substitute IS NULL AND consultation_id IS NOT NULL",
        "part.substitute",
    ),
    "acts for nobody": edit("fire", "UPDATE desk SET acts_for = NULL WHERE acts_for IS NOT NULL", "desk.acts_for"),
    "acts for another": edit("fire", "UPDATE desk SET acts_for = 'x.nobody' WHERE acts_for IS NOT NULL",
                             "desk.acts_for"),
    "acts without being asked": edit("planning", "UPDATE desk SET acts_for = 'x.nobody'", "desk.acts_for",
                                    "desk.reminded"),
    "copy of the request": edit("fire", "UPDATE desk SET copy_id = consultation_id WHERE copy_id IS NOT NULL",
                                "desk.consultation_id"),
    "substitute has not answered": edit(
        "fire", "UPDATE desk SET state = 'waiting', opinion_id = NULL, answered_at = NULL "
        "WHERE opinion_id IS NOT NULL", "desk.opinion_id",
    ),
    # late answers
    "late as another verdict": edit(
        "window", "UPDATE part SET late_verdict = 'disagree' WHERE late_opinion_id IS NOT NULL", "part.late_verdict"
    ),
    "late earlier": edit(
        "window", f"UPDATE part SET late_at = late_at - 4 * {A_DAY} WHERE late_opinion_id IS NOT NULL", "part.late_at"
    ),
    "late as in time": edit(
        "window", "UPDATE part SET state = 'answered', opinion_id = late_opinion_id, verdict = late_verdict, "
        "answered_at = late_at, deemed_id = NULL, deemed_at = NULL, paper_by = NULL "
        "WHERE late_opinion_id IS NOT NULL", "part.deemed_id",
    ),
    "late forgotten": edit(
        "window", "UPDATE part SET late_opinion_id = NULL, late_at = NULL, late_verdict = NULL, late_given_by = NULL, "
        "conditions = NULL, reasons = NULL WHERE late_opinion_id IS NOT NULL", "part.opinion_id",
    ),
    "late invented": edit(
        "window", "UPDATE part SET late_verdict = 'agree', late_at = issued_at "
        "WHERE late_opinion_id IS NULL AND issued_at IS NOT NULL", "part.late_verdict", "part.late_at",
    ),
    "words of nobody": edit(
        "window", "UPDATE part SET conditions = '夜间施工' WHERE opinion_id IS NULL AND late_opinion_id IS NULL "
        "AND issued_at IS NOT NULL", "part.conditions",
    ),
    # what was never so
    "needed no more": edit(
        "window", "UPDATE part SET moot_at = issued_at WHERE issued_at IS NOT NULL", "part.moot_at"
    ),
    "withdrawn": edit("window", "UPDATE case_file SET withdrawn_at = opened_at", "case_file.withdrawn_at"),
    "decided by rule": edit("window", "UPDATE case_file SET by_rule = :yes", "case_file.by_rule"),
    "taken up again": edit("window", "UPDATE case_file SET reopened_at = opened_at", "case_file.reopened_at"),
    # the monitor's deadlines
    "end at the monitor": edit(
        "monitor", f"UPDATE watch SET due_at = due_at + {A_DAY} WHERE due_at IS NOT NULL", "watch.due_at"
    ),
    "revision at the monitor": edit(
        "monitor", "UPDATE watch SET revision = revision - 1", "watch.revision", "watch.state", "watch.deadline"
    ),
    "end in a reminder": edit(
        "monitor", f"UPDATE reminder SET due_at = due_at + {AN_HOUR} WHERE due_at IS NOT NULL", "reminder.due_at"
    ),
}  # fmt: skip
ON_A_SERVER = (
    "case of an earlier stage", "recall forgotten", "recalled earlier", "answered by the department itself",
    "no substitute", "acts for nobody", "own recall forgotten", "late as another verdict",
)  # fmt: skip


@pytest.mark.parametrize("answers", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", EDITS)
def test_an_edited_row_is_named_and_nothing_else(answers: City, name: str) -> None:
    check_edit(answers, EDITS[name])


@pytest.mark.parametrize("answers", ["postgresql"], indirect=True)
@pytest.mark.parametrize("name", ON_A_SERVER)
def test_an_edited_row_is_named_on_a_server(answers: City, name: str) -> None:
    check_edit(answers, EDITS[name])
