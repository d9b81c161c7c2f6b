"""Every table of states: all reachable, the final ones known; and every move that is written down is in its table."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import exchange
from exchange.approval.rules.renewal import RENEWALS, RenewalState
from exchange.approval.rules.states import CASES, DESK, PARTS, WATCHES, CaseState, DeskState, PartState, WatchState
from exchange.documents.rules.request_states import REQUESTS, RequestState
from exchange.joint.states import JOINTS, JointState
from exchange.messaging.copy_states import COPIES
from exchange.messaging.records import OutboxState
from exchange.messaging.rules.drain_states import DRAINS, DrainState
from exchange.notices.rules.states import NOTICES, READERS, NoticeState
from exchange.operations.systems.webhooks import DELIVERIES, DeliveryState
from exchange.schemas import ReaderState
from exchange.transitions import ForbiddenTransition, Machine
from exchange.web.drafts.records import KEPT_DRAFTS, KeptState

ROOT = Path(exchange.__path__[0])
ENDS: Mapping[Machine[Any], tuple[type[StrEnum], set[StrEnum]]] = {
    CASES: (CaseState, {CaseState.BY_LAW}),  # what else is closed may be reopened
    PARTS: (PartState, set()),
    WATCHES: (WatchState, set()),
    DESK: (DeskState, {DeskState.CLOSED}),
    NOTICES: (NoticeState, {NoticeState.RECALLED, NoticeState.REPLACED}),
    READERS: (ReaderState, set()),
    JOINTS: (JointState, {JointState.ISSUED, JointState.REFUSED, JointState.WITHDRAWN}),
    COPIES: (OutboxState, {OutboxState.RETURNED}),
    REQUESTS: (RequestState, {RequestState.ANSWERED, RequestState.RETURNED}),
    DRAINS: (DrainState, {DrainState.LIFTED}),
    RENEWALS: (RenewalState, set(RenewalState) - {RenewalState.WAITING, RenewalState.REFUSED}),
    KEPT_DRAFTS: (KeptState, set()),  # what is signed or thrown away is there no more
    DELIVERIES: (DeliveryState, {DeliveryState.DELIVERED}),
}
"""Every machine with its states, and those that nothing follows."""

MOVES: Mapping[str, Machine[Any]] = {
    "Cases": CASES,
    "DepartmentDesk": DESK,
    "Notices": NOTICES,
    "JointDocuments": JOINTS,
    "Requests": REQUESTS,
    "Drains": DRAINS,
}
"""What `move` of a transaction's tables moves; `move_part` moves parts."""

each = pytest.mark.parametrize("machine", ENDS, ids=lambda machine: machine.name)


@each
def test_every_state_is_in_the_table_and_reachable(machine: Machine[Any]) -> None:
    states, _ = ENDS[machine]
    assert set(machine.table) == set(states)
    reached, todo = set(machine.begins), list(machine.begins)
    while todo:
        found = machine.table[todo.pop()] - reached
        reached |= found
        todo += found
    assert reached == set(states)


@each
def test_the_final_states_are_known_and_no_state_follows_itself(machine: Machine[Any]) -> None:
    assert machine.ends == ENDS[machine][1]
    assert not [state for state, following in machine.table.items() if state in following]


@each
def test_what_is_not_in_the_table_is_refused_and_a_state_may_be_kept(machine: Machine[Any]) -> None:
    for before, following in machine.table.items():
        for after in machine.table:
            if after in following or after is before:
                machine.check({before}, after)
                continue
            assert before not in machine.before(after)
            with pytest.raises(ForbiddenTransition, match=machine.name):
                machine.check({before}, after)


@dataclass(frozen=True)
class Move:
    """A call that moves a row, as it stands in the product."""

    place: str
    machine: Machine[Any]
    before: object
    after: object


def moves() -> Iterator[Move]:
    """Every call of `move` and `move_part` on a part of a transaction, with its states where they are written out."""
    for path in ROOT.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if ".move" not in source or "migrations" in path.parts:
            continue
        name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
        module = importlib.import_module(name)
        for node in ast.walk(ast.parse(source)):
            machine = machine_of(node)
            if isinstance(node, ast.Call) and machine is not None:
                first = {PARTS: 2, DRAINS: 0}.get(machine, 1)
                before, after = (read(argument, vars(module)) for argument in node.args[first : first + 2])
                yield Move(f"{name}:{node.lineno}", machine, before, after)


def machine_of(node: ast.AST) -> Machine[Any] | None:
    """Of a call ``tx[Cases].move(…)`` and the like, what it moves."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    tables = node.func.value
    if not isinstance(tables, ast.Subscript) or node.func.attr not in ("move", "move_part"):
        return None
    return PARTS if node.func.attr == "move_part" else MOVES.get(ast.unparse(tables.slice))


def read(expression: ast.expr, names: dict[str, Any]) -> object:
    """The value of what is written out; the text of what depends on the row."""
    try:
        return eval(compile(ast.Expression(expression), "move", "eval"), dict(names))
    except NameError:
        return ast.unparse(expression)


KEPT = {"{part.state}", "{case.state}", "{row.state}", "RUNNING & {part.state}"}
"""Guards by the row's own state."""


def test_every_move_that_is_written_down_is_in_its_table() -> None:
    found = list(moves())
    assert {move.machine for move in found} >= {*MOVES.values(), PARTS}
    for move in found:
        if isinstance(move.before, str):
            assert move.before in KEPT, f"{move.place}: a move that begins in whatever state: {move.before}"
        elif isinstance(move.after, str) and not isinstance(move.after, StrEnum):
            assert set(move.before) <= set(move.machine.table) - move.machine.ends, move.place
        else:
            move.machine.check(move.before, move.after)
