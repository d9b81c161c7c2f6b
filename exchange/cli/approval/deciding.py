"""The command with which the lead decides, or reviews what is decided: decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeVar

import typer
from pydantic import ValidationError

from exchange.approval.rules.states import CaseState
from exchange.approval.window import conclude
from exchange.approval.window.after.reviewing import review
from exchange.approval.window.decision import Ruling
from exchange.cli.naming import called
from exchange.cli.options import CaseArgument, HomeOption, JsonOption, in_options, open_as
from exchange.cli.view import console, plain, print_json, say, state_text
from exchange.errors import CallerError
from exchange.language import listed, tr
from exchange.messaging.node import Node
from exchange.runtime.settings import Settings
from exchange.schemas import Outcome, Overruling, WithoutConsent


def decide(
    case: CaseArgument,
    officer: Annotated[str, typer.Option(help="Who decides.")],
    outcome: Annotated[
        Outcome | None, typer.Argument(help="grant · grant-with-conditions · refuse; may be left out with --confirm")
    ] = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Decide as the rule has prepared it; `exchange status CASE` shows that.")
    ] = False,
    reviewed: Annotated[
        bool,
        typer.Option("--reviewed", help="It is decided, and an opinion came that was in time: say what that changes."),
    ] = False,
    reasons: Annotated[str, typer.Option(help="Every decision is reasoned.")] = "",
    conditions: Annotated[str, typer.Option(help="With grant-with-conditions: which ones.")] = "",
    overrule: Annotated[
        list[str] | None, typer.Option(help="DEPARTMENT=REASONS for each objection not followed.")
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(help="DEPARTMENT=REASONS for each other department whose consent a grant lacks."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The lead's decision on a case that is ready: explicit, reasoned, signed.

    Confirm what the window's rule has prepared, or decide by hand:

        exchange decide HEFEI-2026-000001 --confirm --officer 张主任
        exchange decide HEFEI-2026-000001 refuse --officer 张主任 --reasons 消防部门不同意

    A grant over an objection (--overrule), or without the consent of a department that was silent, was escalated or
    has answered neither yes nor no (--without), names each with its reasons. They stand in the signed decision.

    Where an opinion that was in time came in after the decision, review it and say with --reviewed and --reasons
    whether it stands; that is recorded in the journal. The decision stays as it was signed.
    """
    node = open_as(Settings.read(home=home), None).node
    if reviewed:
        _record_review(node, case, officer, reasons, (outcome, confirm, conditions, overrule, without), as_json)
        return
    if confirm:
        _refuse_beside_confirm(reasons, conditions, overrule, without)
        message_id, ruling = conclude.confirm(node, case, officer, outcome)
    else:
        ruling = _by_hand(case, outcome, reasons, conditions, overrule, without).by(officer)
        message_id = conclude.decide(node, case, ruling)
    if as_json:
        print_json({"case": case, "outcome": ruling.outcome.value, "message_id": message_id})
    else:
        console.print(
            state_text(CaseState.DECIDED, ruling.outcome.value),
            plain(tr("{case}, message {message_id}", case=case, message_id=message_id)),
        )


def _record_review(node: Node, case: str, officer: str, reasons: str, beside: Sequence[object], as_json: bool) -> None:
    if any(beside):
        raise CallerError(
            "--reviewed changes no decision", remedy="give it with --officer and --reasons alone: a decision is signed"
        )
    departments = review(node, case, officer, reasons)
    if as_json:
        print_json({"case": case, "reviewed": list(departments)})
    else:
        say(tr("{case}: reviewed, opinions of {departments}", case=case, departments=listed(map(called, departments))))


def _refuse_beside_confirm(*given: object) -> None:
    if any(given):
        raise CallerError(
            "--confirm takes what the rule has prepared as it is",
            remedy="leave out reasons, conditions, --overrule and --without; or leave out --confirm and decide by hand",
        )


def _by_hand(
    case: str,
    outcome: Outcome | None,
    reasons: str,
    conditions: str,
    overrule: Sequence[str] | None,
    without: Sequence[str] | None,
) -> Ruling:
    if outcome is None:
        raise CallerError(
            "no outcome is given",
            remedy="exchange decide {case} grant, grant-with-conditions or refuse; or --confirm what the rule prepared",
            case=case,
        )
    return Ruling(
        outcome,
        reasons,
        conditions,
        (),
        _reasoned(Overruling, "--overrule", overrule or ()),
        _reasoned(WithoutConsent, "--without", without or ()),
    )


_Reasoned = TypeVar("_Reasoned", Overruling, WithoutConsent)


def _reasoned(kind: type[_Reasoned], option: str, entries: Sequence[str]) -> tuple[_Reasoned, ...]:
    """Departments with reasons, as an option names them: DEPARTMENT=REASONS."""
    usage = f"{option} DEPARTMENT=REASONS"
    pairs = [entry.partition("=") for entry in entries]
    for department, _, reasons in pairs:
        if not reasons.strip():
            raise CallerError(
                "{option} {department!r} gives no reasons",
                remedy="give {options}",
                option=option,
                department=department,
                options=usage,
            )
    try:
        return tuple(kind(department=department, reasons=reasons) for department, _, reasons in pairs)
    except ValidationError as error:
        message, remedy = in_options(error, {"department": usage, "reasons": usage})
        raise CallerError("{option} is invalid: {fault}", remedy=remedy, option=option, fault=message) from None
