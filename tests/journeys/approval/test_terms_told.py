"""Terms are told: each face of a served domain says until when, from the first day on, what moved it, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from exchange.approval.department.returned import correct_until, returned_in
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.records import CaseRow
from exchange.approval.window.status import case_status
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.broker.admin.node_info import NodeInfo
from exchange.cli.approval.case_json import case_json
from exchange.cli.approval.inbox_view import consultation_json, desk_table
from exchange.cli.approval.views import case_view, cases_table
from exchange.cli.documents.message_views import letter_json
from exchange.clock import CST
from exchange.language import Language, speaking
from exchange.operations.systems.events import corrections, happened
from exchange.operations.systems.member.store import InboxPages
from exchange.operations.systems.webhooks import Event
from exchange.operations.tasks.duties import duties_here
from exchange.operations.trace.dossier import dossier
from exchange.schemas import AnnouncedYear, EntryKind, ProcedureKind, SpecialProcedure, Verdict
from exchange.setup.calendars import publish_year
from tests.journeys.city import City, make_city, midnight_after
from tests.journeys.faces import Faces, faces_of

pytestmark = pytest.mark.broker

AT_CHRISTMAS = datetime(2026, 12, 24, 9, tzinfo=CST)
"""A Thursday; no announcement covers the days from 1 January 2027 on."""
BASIS = ("行政许可法第四十二条",)


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[City]:
    city = make_city(tmp_path / "city", broker, domain, start=AT_CHRISTMAS)
    with city.local:
        city.matter(city.approver("planning"), city.approver("transport", days=10, silent=True))
        yield city


@pytest.fixture
def faces(city: City, tmp_path: Path) -> Iterator[Faces]:
    with faces_of(city, tmp_path) as found:
        yield found


def printed(shown: Any) -> str:
    wide = Console(width=400)
    with wide.capture() as captured:
        wide.print(shown)
    return captured.get()


def desk(city: City, case: CaseRow) -> tuple[dict[str, Any], str]:
    """The department's inbox, for machines and for people."""
    node = city.node("transport")
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        terms = terms_of(node, tx, [row])
    return consultation_json(row, terms[case.number], [])["term"], printed(desk_table([row], terms, city.clock.now()))


def ends(told: dict[str, Any]) -> tuple[str, bool]:
    """What the API says of a part's end, or of a desk's."""
    return datetime.fromisoformat(told["due_at"]).astimezone(CST).date().isoformat(), told["provisional"]


def test_every_face_says_from_the_first_day_until_when_whether_that_may_move_and_what_moved_it(
    city: City, faces: Faces
) -> None:
    case = city.submit()
    window, transport = city.address("window"), city.address("transport")
    number = case.number
    # 10 working days by guess: 25 28-31 December, 1 4 5 6 7 January.
    first = (midnight_after(date(2027, 1, 7)).date().isoformat(), True)

    status = case_json(case_status(city.window, number))
    of_transport = next(one for one in status["departments"] if one["department"] == transport)
    told, shown = desk(city, case)
    at_window, at_desk = faces.get(window, f"/cases/{number}"), faces.get(transport, f"/cases/{number}")
    by_api: Any = next(one for one in at_window["parts"] if one["department"] == transport)  # type: ignore[attr-defined]
    desk_term: Any = at_desk["term"]
    assert [ends(one) for one in (of_transport, told, by_api, at_desk, desk_term)] == [first] * 5
    assert status["provisional"] is at_window["provisional"] is True
    assert status["due_at"] == case_status(city.window, number).due_at.isoformat()  # type: ignore[union-attr]
    (line,) = faces.get(window, "/cases")["items"]  # type: ignore[misc]
    assert (line["due_at"], line["provisional"]) == (at_window["due_at"], True)
    (line,) = faces.get(transport, "/cases")["items"]  # type: ignore[misc]
    assert ends(line) == first
    people = {
        "status": printed(case_view(case_status(city.window, number), city.clock.now())),
        "list": printed(cases_table([case_status(city.window, number)], {transport: "t"}, city.clock.now())),
        "inbox": shown,
    }
    assert [name for name, text in people.items() if "(provisional)" not in text] == []
    pages = {path: faces.page(path) for path in (f"/case/{number}", "/deadlines?days=60", "/cases?standing=running")}
    assert [path for path, text in pages.items() if "provisional" not in text or "2027-01-07" not in text] == []

    extension = Amendment(EntryKind.EXTEND, "涉及专项规划核对", BASIS, window, days=5)
    amend(city.window, number, transport, extension)
    city.wake("window")
    city.local.settle()
    hearing = SpecialProcedure(kind=ProcedureKind.HEARING, days=3)
    city.step_to(AT_CHRISTMAS + timedelta(days=1))
    city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=hearing)

    at_window, at_desk = faces.get(window, f"/cases/{number}"), faces.get(transport, f"/cases/{number}")
    by_api = next(one for one in at_window["parts"] if one["department"] == transport)  # type: ignore[attr-defined]
    desk_term = at_desk["term"]
    wanted = [("extend", BASIS[0], window), ("stop", "行政许可法第四十五条", transport)]
    heard = [[(one["kind"], one["basis"][0], one["actor"]) for one in told] for told in (
        by_api["ledger"][1:], desk_term["amendments"],
    )]  # fmt: skip
    assert heard == [wanted, wanted]
    status = case_json(case_status(city.window, number))
    of_transport = next(one for one in status["departments"] if one["department"] == transport)
    told, _ = desk(city, case)
    for one in (of_transport, told):
        assert [(e["kind"], e["basis"][0], e["ordered_by"]) for e in one["amendments"]] == wanted
        assert "hearing" in one["stopped"]["reason"]
    assert by_api["stopped"]["until"] == desk_term["stopped"]["until"]
    assert ends(by_api) == ends(desk_term) == (midnight_after(date(2027, 1, 20)).date().isoformat(), True)

    with speaking(Language.CHINESE):
        applicant = printed(case_view(case_status(city.window, number), city.clock.now()))
        letters = json.dumps([letter_json(one) for one in dossier(city.node("transport"), number)], ensure_ascii=False)
    page = faces.page(f"/case/{number}", "zh")
    for text in (applicant, page):
        said = (
            "延长 5 个工作日",
            "涉及专项规划核对",
            BASIS[0],
            "停计 3 个工作日",
            "听证",
            "行政许可法第四十五条",
            "暂定",
        )
        assert [word for word in said if word not in text] == []
    assert [
        word for word in ("停计</span> 至", "2026-12-30 24:00", "特别程序：听证", "决定期限") if word not in page
    ] == []
    row = page.split(f"{transport})</th>")[1].split("</tr>")[0]
    assert "期内" not in row, "a clock that stands is not running"
    assert letters.count('"provisional": true') >= 2, "both notices say it under the window's signature"

    in_2027 = AnnouncedYear(year=2027, number="n", holidays=(date(2027, 1, 1),))
    publish_year(faces.made.view.settings, in_2027, lambda text: None)
    paths = (f"/case/{number}", "/cases?standing=running")
    assert [path for path in paths if "暂定" in faces.page(path, "zh")] == [], "lists go by what is published"


def test_what_is_refused_reaches_its_sender_on_every_face_with_the_sentence_and_until_when_to_correct_it(
    city: City, faces: Faces
) -> None:
    case = city.submit()
    transport = city.address("transport")
    hearing = SpecialProcedure(kind=ProcedureKind.HEARING, days=3)
    for _ in range(2):
        refused = city.reply("transport", case, Verdict.SPECIAL_PROCEDURE, procedure=hearing)
    part, until = city.part(case, "transport"), midnight_after(date(2026, 12, 29))
    assert (part.faulty_id, part.correct_by) == (refused, until)

    at_desk: Any = faces.get(transport, f"/cases/{case.number}")
    back: Any = faces.get(transport, "/returns")["items"]
    node = city.node("transport")
    (duty,) = (duty for duty in duties_here(node) if duty.id == refused)
    told = [at_desk["returned"][0]["reason"], back[0]["reason"], duty.detail]
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case.number)
        assert row is not None
        lines = consultation_json(row, None, returned_in(tx, row), correct_until(node, tx, row))
        heard = [
            one.data["reason"]
            for line in tx[InboxPages].recorded_after(0, 500)
            for one in happened(tx, node, line)
            if one.event is Event.RECEIPT and one.data["outcome"] == "returned"
        ]
    told += [lines["returned"][0]["reason"], *heard]
    assert len(told) == 5
    assert [text for text in told if "a special procedure of yours stops the clock until the end of" not in text] == []
    assert duty.due_at == datetime.fromisoformat(at_desk["correct_by"]) == until
    assert lines["correct_by"] == until.isoformat()
    shown = printed(case_view(case_status(city.window, case.number), city.clock.now()))
    assert "to be corrected by 2026-12-29 24:00" in shown
    assert not duty.overdue

    def reminded() -> list[dict[str, object]]:
        with node.store.reading() as tx:
            return [one.data for one in corrections(tx, node, city.clock.now())]

    assert reminded() == []
    city.step_to(until - timedelta(hours=3))
    (near,) = reminded()
    assert (near["message_id"], near["due_at"], near["stage"]) == (refused, until.isoformat(), None)
    city.through(3)
    assert reminded() == []
    (duty,) = (duty for duty in duties_here(node) if duty.id == refused)
    assert duty.overdue
