"""Every code that people meet has a name in both languages, and no table has names for codes that are none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path

import pytest

import exchange
from exchange import errors
from exchange.api.documents.models import DocumentLineOut
from exchange.approval.rules.behind_holds import Danger
from exchange.approval.rules.forecast import Fate
from exchange.approval.rules.standing import BoardColumn
from exchange.approval.rules.states import CaseState, PartState
from exchange.errors import Conflict
from exchange.language import Language, names
from exchange.language.choice import Words
from exchange.language.names import NOTICE_STATES, coded
from exchange.messaging.attested.contradiction import RowFault
from exchange.messaging.records import OutboxState
from exchange.operations.holds.domain import IN_WORDS
from exchange.operations.reconciliation.facts import BalanceTerm, DifferenceKind, Law
from exchange.operations.reconciliation.words import FAULTS, LAW_WORDS, ROW_FAULTS, TERMS
from exchange.operations.trace.stages import Mark, Stage, TraceFinding
from exchange.schemas import (
    MESSAGES,
    ArrivalBasis,
    DefaultMode,
    EntryKind,
    NonDeliveryReason,
    OrderedBy,
    Outcome,
    ProcedureKind,
    Purpose,
    ReaderState,
    Role,
    Verdict,
)
from exchange.schemas.titles import TITLES
from exchange.web import words
from exchange.web.door.permissions import AccountRole, Action, check_allowed

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_ENGLISH = re.compile(r"[A-Za-z]")

TABLES: list[tuple[Mapping[str, Words], type[StrEnum]]] = [
    (names.VERDICTS, Verdict),
    (names.ARRIVAL_BASES, ArrivalBasis),
    (names.CASE_STATES, CaseState),
    (names.PART_STATES, PartState),
    (names.OUTCOMES, Outcome),
    (names.DEFAULTS, DefaultMode),
    (names.SILENCE, DefaultMode),
    (names.ORDERED_BY, OrderedBy),
    (names.PROCEDURES, ProcedureKind),
    (names.AMENDMENTS, EntryKind),
    (names.ROLES, Role),
    (names.COPIES, OutboxState),
    (names.PURPOSES, Purpose),
    (names.READERS, ReaderState),
    ({**names.ACCOUNT_ROLES, **names.DESK_ROLES}, AccountRole),
    (words.STAGES, Stage),
    (words.MARKS, Mark),
    (words.FINDINGS, TraceFinding),
    (words.STANDINGS, BoardColumn),
    (words.FATES, Fate),
    (IN_WORDS, Danger),
    (TERMS, BalanceTerm),
    (LAW_WORDS, Law),
    (FAULTS, DifferenceKind),
    (ROW_FAULTS, RowFault),
]


def both(pairs: Iterable[Words]) -> None:
    for chinese, english in pairs:
        assert _CHINESE.search(chinese), chinese
        assert _ENGLISH.search(english), english
        assert not _CHINESE.search(english), english


@pytest.mark.parametrize(("table", "codes"), TABLES, ids=lambda one: getattr(one, "__name__", ""))
def test_every_code_of_an_enum_has_its_name_in_both_languages(table: Mapping[str, Words], codes: type[StrEnum]) -> None:
    assert set(table) == set(codes)
    both(table.values())


def test_every_kind_of_message_has_its_name_in_both_languages() -> None:
    assert set(MESSAGES) <= set(TITLES)
    both(TITLES.values())
    assert {kind: body.TITLE for kind, body in MESSAGES.items()}.items() <= TITLES.items(), "as its class declares them"
    assert len({english for _, english in TITLES.values()}) == len(TITLES), "names tell kinds apart"
    assert len({chinese for chinese, _ in TITLES.values()}) == len(TITLES)


def tables_of_kinds(text: str) -> Iterator[int]:
    """Lines of tables that give names to kinds of messages: most keys are kinds (error codes may read alike)."""
    if text.count(".KIND") + sum(f'"{kind}"' in text for kind in MESSAGES) < 2:
        return  # too few for a table; to parse everything takes long
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Dict):
            continue
        kinds = [
            key
            for key in node.keys
            if (isinstance(key, ast.Constant) and key.value in MESSAGES)
            or (isinstance(key, ast.Attribute) and key.attr == "KIND")
        ]
        words = [value for value in node.values if isinstance(value, ast.Tuple | ast.Constant)]
        if len(kinds) > max(1, len(node.keys) // 2) and words:
            yield node.lineno


def test_no_front_has_a_table_of_its_own_of_kinds_of_messages() -> None:
    assert list(tables_of_kinds('{"opinion": "Opinion", Decision.KIND: ("决定", "Decision")}')) == [1]
    sources = {path: path.read_text(encoding="utf-8") for path in Path(exchange.__file__).parent.rglob("*.py")}
    assert [f"{path.name}:{line}" for path, text in sources.items() for line in tables_of_kinds(text)] == []


def test_every_kind_of_message_is_named_in_the_description_of_the_api() -> None:
    said = DocumentLineOut.model_json_schema()["properties"]["kind"]["description"]
    assert [kind for kind in MESSAGES if " ".join((f"`{kind}`", *TITLES[kind])) not in said] == []


def codes_in_the_source() -> set[str]:
    """Codes of error classes, and those that are given with `code=`."""
    kinds = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.ExchangeError)]
    found = {kind.code for kind in kinds}
    for path in Path(exchange.__path__[0]).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "code=" in text else ():
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
    return found | set(NonDeliveryReason)


def test_every_reason_has_its_name_in_both_languages() -> None:
    assert codes_in_the_source() - set(names.REASONS) == set()
    both(names.REASONS.values())
    both(names.STAGES_OF_DEATH.values())
    both(names.DESK_STATES.values())


def test_a_state_in_an_error_is_named_in_chinese_and_is_its_code_in_english() -> None:
    error = Conflict("notice {notice_id} is {state}", remedy="", notice_id="n", state=coded(NOTICE_STATES, "recalled"))
    assert str(error) == "notice n is recalled"
    assert error.text.written(Language.CHINESE) == "通知 n 的状态为 已撤回"
    assert str(coded(NOTICE_STATES, "of tomorrow")) == "of tomorrow"


def test_no_error_takes_a_state_as_the_code_it_is_on_record() -> None:
    product = Path(exchange.__file__).parent
    raised = re.compile(r"\bis \{state\}\"(?:(?!raise).)*?\bstate=(\w+)", re.DOTALL)
    found = [(place.name, how) for place in product.rglob("*.py") for how in raised.findall(place.read_text("utf-8"))]
    assert len(found) > 9
    assert [one for one in found if one[1] != "coded"] == []


def test_roles_in_a_denial_are_named_in_chinese() -> None:
    with pytest.raises(errors.Denied) as denied:
        check_allowed(AccountRole.OBSERVER, Action.ACCOUNTS)
    assert "observer" in str(denied.value)
    assert "观察员" in denied.value.text.written(Language.CHINESE)
