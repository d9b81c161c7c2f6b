"""Names where people look: matters in the reader's language, members beside their addresses, live views' commands."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

import exchange.cli
from exchange.approval.department.records import DeskRow
from exchange.approval.rules.lead import LeadTask
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.lead_duties import LeadDuty
from exchange.approval.window.status import CaseStatus, PartStatus
from exchange.cli import naming
from exchange.cli.approval import views as case_views
from exchange.cli.approval.inbox_view import decision_json, decisions_table, desk_table
from exchange.cli.approval.views import _cut, case_view, cases_table, cases_view
from exchange.cli.called import NAME, settle_call
from exchange.cli.view import LiveView
from exchange.envelope.document import parse_body, parse_header
from exchange.errors import Denied, ExchangeError, Malformed, NotFound
from exchange.language import Language, speaking
from exchange.language.action_names import ACTIONS
from exchange.language.members import calling
from exchange.language.names import matter_name
from exchange.runtime.catalogue import matter_names
from exchange.schemas import DefaultMode, Opinion
from exchange.web.door.permissions import AccountRole, Action, check_allowed

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
NAMES = ("占用挖掘城市道路审批", "Road occupation and excavation")
FIRE = {"hefei.fire": ("消防救援支队", "Fire and Rescue"), "hefei.window": ("政务服务中心", "Service Centre")}
PART = PartStatus(
    department="hefei.fire", names=FIRE["hefei.fire"], stage=1, state=PartState.ISSUED, verdict=None,
    default=DefaultMode.NONE, due_at=None, reminded=False, late=False, reasons="", conditions="", message_id=None,
    late_opinion_id=None, consultation_id=None,
)  # fmt: skip
CASE = CaseStatus(
    number="HEFEI-2026-000001", matter="road-occupation", matter_names=NAMES, project="p", applicant="a",
    state=CaseState.OPEN, stage=1, opened_at=AT, decided_at=None, outcome=None, decision_id=None, ready_at=None,
    prepared=None, rule_error=None, by_rule=False, parts=(PART,),
)  # fmt: skip
DUTY = LeadDuty(
    "HEFEI-2026-000001", NAMES, "p", LeadTask.DECIDE, AT, (), None,
    provisional=False, days_left=None, overdue=False, prepared=None, rule_error=None,
)  # fmt: skip
DESK = DeskRow(
    "hefei.window", "HEFEI-2026-000001", "c", "waiting", "road-occupation", "t", AT, due_at=None, cleared=True
)


@pytest.fixture
def catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    """A domain's matters as a command has learned them."""
    monkeypatch.setattr(naming, "_matters", {"road-occupation": NAMES})


def written(shown: RenderableType, wanted: Language) -> str:
    """What a terminal gets, without line ends."""
    terminal = Console(file=io.StringIO(), width=200)
    with speaking(wanted):
        terminal.print(shown)
    return terminal.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize("wanted", Language)
def test_a_matter_is_shown_by_its_name_in_the_readers_language(catalogue: None, wanted: Language) -> None:
    own, other = NAMES if wanted is Language.CHINESE else reversed(NAMES)
    with speaking(wanted):
        views = (case_view(CASE, AT), decisions_table([DUTY]), desk_table([DESK], {}, AT))
    for view in views:
        shown = written(view, wanted)
        assert own in shown
        assert other not in shown


def test_a_table_of_cases_has_as_much_of_the_name_as_its_column_holds() -> None:
    with speaking(Language.CHINESE):
        assert "占用挖掘城市道路" in written(cases_table([CASE], {}, AT), Language.CHINESE), "eight characters"
        assert "占用挖掘城市…" in written(cases_table([CASE], {}, AT, brief=True), Language.CHINESE), "six"
    with speaking(Language.ENGLISH):
        shown = written(cases_table([CASE], {}, AT), Language.ENGLISH)
    assert "Road occupation" in shown
    assert "占" not in shown


def test_a_department_is_named_in_the_sentence_of_a_case() -> None:
    with speaking(Language.ENGLISH):
        assert "Fire and Rescue has not signed" in written(case_view(CASE, AT), Language.ENGLISH)


def test_machines_get_the_same_in_every_language() -> None:
    found = []
    for wanted in Language:
        with speaking(wanted):
            found.append(decision_json(DUTY))
    assert found[0] == found[1]
    assert found[0]["matter"] == NAMES[0]


def test_a_matter_without_names_here_is_called_as_the_message_says_or_by_its_code(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("code = ")
    assert matter_names(tmp_path) == {}
    assert matter_name("road-occupation", {}, "占用道路") == "占用道路"
    assert matter_name("road-occupation", {}) == "road-occupation"


def test_members_are_named_in_errors_and_remedies_keep_what_is_to_be_typed() -> None:
    error = NotFound(
        "{member} has nothing from {others} in {file}", remedy="`exchange inbox --as {member}`",
        member="hefei.fire", others="hefei.window, hefei.health", file="/srv/hefei.fire/x",
    )  # fmt: skip
    plain = error.diagnostics()
    with calling(FIRE):
        shown = error.diagnostics()
        in_chinese = error.written(Language.CHINESE)
    assert "Fire and Rescue (hefei.fire) has nothing" in shown
    assert "Service Centre (hefei.window), hefei.health" in shown
    assert "/srv/hefei.fire/x" in shown
    assert "`exchange inbox --as hefei.fire`" in shown
    assert "消防救援支队 (hefei.fire)" in in_chinese
    assert plain == error.diagnostics(), "records and machines keep addresses"
    assert "Fire and Rescue" not in str(error)


def test_who_is_named_already_is_not_named_twice_and_what_is_quoted_to_be_typed_stays() -> None:
    with calling(FIRE):
        twice = ExchangeError("of {who}", who="Fire and Rescue (hefei.fire)")
        typed = ExchangeError("run `exchange certify {member}` for {member}", member="hefei.fire")
        assert twice.written(Language.ENGLISH) == "of Fire and Rescue (hefei.fire)"
        assert "certify hefei.fire`" in typed.written(Language.ENGLISH)


def test_kinds_and_parts_of_messages_are_named_in_errors() -> None:
    with pytest.raises(Malformed) as found:
        parse_body(Opinion, b"{}")
    assert found.value.written(Language.CHINESE).startswith("审查意见")
    assert "schema" not in found.value.written(Language.CHINESE)
    assert str(found.value).startswith("opinion: does not follow its schema: case_number: Field required")
    with pytest.raises(Malformed) as found:
        parse_header(b"[]")
    assert "JSON" in str(found.value)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.LOOK])
def test_what_a_role_may_not_do_is_named(action: Action) -> None:
    with pytest.raises(Denied) as found:
        check_allowed(AccountRole.OBSERVER, action)
    said = found.value.written(Language.CHINESE)
    assert ACTIONS[action.value][0] in said
    assert action.value not in said


@pytest.fixture
def called_by_path() -> Iterator[None]:
    """This process as one that was called by a path."""
    settle_call(["show"], [".venv/bin/exchange"], [])
    yield
    settle_call([], [NAME], [NAME])


def test_live_views_write_commands_as_called(called_by_path: None, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Console(file=io.StringIO(), width=120, force_terminal=True, color_system=None)
    monkeypatch.setattr("exchange.cli.view.console", terminal)
    with LiveView("exchange show 1", auto_refresh=False) as live:
        live.refresh()
        live.update("exchange show 2", refresh=True)
    shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert ".venv/bin/exchange show 1" in shown
    assert ".venv/bin/exchange show 2" in shown
    assert shown.count("exchange show") == shown.count(".venv/bin/exchange show")


def test_no_command_draws_by_another_live_view() -> None:
    for module in sorted(Path(exchange.cli.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "rich.live":
                assert module.name == "view.py", module


@pytest.mark.parametrize("width", [32, 33, 36, 37, 40, 43, 44, 50, 60, 200])
@pytest.mark.parametrize("language", Language)
def test_a_name_has_what_the_terminal_has_to_spare_and_no_more(
    monkeypatch: pytest.MonkeyPatch, width: int, language: Language
) -> None:
    monkeypatch.setattr(case_views, "console", Console(file=io.StringIO(), width=width))
    with speaking(language):
        shown = written(cases_view([CASE], {}, AT, brief=True), language)
    assert max(cell_len(line) for line in shown.splitlines()) <= width
    whole = NAMES[language is Language.ENGLISH]
    assert (whole in shown) == (width >= cell_len(f"│01 {whole} │ conditional │") - 1)


@pytest.mark.parametrize(
    ("name", "columns", "shown"),
    [
        ("Opening a restaurant", 12, "Opening a…"),
        ("Opening a restaurant", 9, "Opening a…"),
        ("Opening a restaurant", 20, "Opening a restaurant"),
        ("Abfallwirtschaftsgesetz", 12, "Abfallwirtsc…"),
        ("占用、挖掘城市道路审批", 12, "占用、挖掘城…"),
        ("占用、挖掘城市道路审批", 13, "占用、挖掘城…"),
        ("占用、挖掘城市道路审批", 22, "占用、挖掘城市道路审批"),
    ],
)
def test_a_matters_name_is_cut_behind_a_word_and_says_so(name: str, columns: int, shown: str) -> None:
    assert _cut(name, columns) == shown
