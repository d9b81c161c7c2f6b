"""What may be entered in a term's ledger, by whom, by how much and how often: by the matter, or else by law."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.approval.rules.entry_reasons import LATE_RESULT
from exchange.approval.rules.permitted import (
    AmendedTerm,
    NotPermitted,
    entered_late,
    first_refused,
    procedure_of,
    refusal_of,
)
from exchange.schemas import AmendmentRules, EntryKind, ExtensionRule, LedgerEntry, ProcedureKind, RestartRule, StopRule
from tests.unit.facts import CALENDAR, ID, at, deadline, extend, restart, start, stop

LEAD, DEPARTMENT, ABOVE, OTHER = "c.window", "c.transport", "c.government", "c.police"


def term(superiors: tuple[str, ...] | None = (ABOVE,), **rules: Any) -> AmendedTerm:
    """The term of transport, by law unless the matter says something."""
    return AmendedTerm(DEPARTMENT, LEAD, superiors, AmendmentRules(**rules))


def entry(kind: str, actor: str = LEAD, days: int | None = None, *, procedure: str = "hearing") -> LedgerEntry:
    reason = f"special procedure: {procedure}; held" if kind == "stop" else "complex"
    basis = ("第四十二条",) if kind != "resume" else ()
    return LedgerEntry(kind=EntryKind(kind), at=at("03-04"), days=days, reason=reason, basis=basis, actor=actor)


def refused(asked: LedgerEntry, *before: LedgerEntry, of: AmendedTerm | None = None) -> str:
    found = refusal_of(of or term(), before, asked)
    return str(found.why) if found else ""


@pytest.mark.parametrize(
    ("actor", "days", "why"),
    [
        (LEAD, 15, ""),
        (ABOVE, 15, ""),
        (LEAD, 16, "at most 15"),
        (ABOVE, 365, "at most 15"),
        (DEPARTMENT, 1, "may not order"),
        (OTHER, 1, "may not order"),
    ],
)
def test_by_law_the_lead_and_the_superior_extend_by_fifteen_days(actor: str, days: int, why: str) -> None:
    found = refused(entry("extend", actor, days))
    assert why in found if why else found == ""


def test_a_term_is_extended_once_whatever_was_between() -> None:
    for between in ((), (entry("restart"),), (entry("stop", LEAD, 3), entry("resume"))):
        assert "extended before" in refused(entry("extend", LEAD, 1), entry("extend", LEAD, 1), *between)


def test_a_matter_names_who_extends_and_by_how_much() -> None:
    rules = (ExtensionRule(by=(OTHER,), days=3), ExtensionRule(by=("department",), days=10))
    named = term(extension=rules)
    assert refused(entry("extend", OTHER, 3), of=named) == ""
    assert "at most 3" in refused(entry("extend", OTHER, 4), of=named)
    assert refused(entry("extend", DEPARTMENT, 10), of=named) == ""
    assert "may not order" in refused(entry("extend", LEAD, 1), of=named)
    assert "may not order" in refused(entry("extend", LEAD, 1), of=term(extension=()))


def test_of_a_superior_that_nobody_knows_any_more_only_the_department_itself_is_none() -> None:
    assert refused(entry("extend", OTHER, 5), of=term(None)) == ""
    assert "may not order" in refused(entry("extend", DEPARTMENT, 5), of=term(None))
    assert "may not order" in refused(entry("extend", OTHER, 5), of=term(()))


def test_by_law_the_lead_stops_the_clock_and_the_department_for_what_it_announces_itself() -> None:
    assert refused(entry("stop")) == ""
    assert refused(entry("stop", LEAD, 365)) == ""
    assert refused(entry("stop", DEPARTMENT, 180)) == ""
    assert "at most 180" in refused(entry("stop", DEPARTMENT))
    assert "may not order" in refused(entry("stop", OTHER, 5))
    assert "article 45" in refused(entry("stop").model_copy(update={"reason": "we are busy"}))


def test_a_department_that_announces_procedures_again_and_again_gains_no_more_than_by_one() -> None:
    earlier = [
        entry("stop", DEPARTMENT, 90),
        entry("stop", LEAD, 100),
        entry("stop", DEPARTMENT, 60, procedure="testing"),
    ]
    assert refused(entry("stop", DEPARTMENT, 30), *earlier) == ""
    assert "at most 180" in refused(entry("stop", DEPARTMENT, 31), *earlier)


def test_a_matter_says_which_procedures_stop_the_clock_who_orders_them_and_for_how_long() -> None:
    hearing = StopRule(procedure=ProcedureKind.HEARING, by=("lead", "department"), days=20)
    named = term(stops=(hearing,))
    assert refused(entry("stop", DEPARTMENT, 20), of=named) == ""
    assert "at most 20" in refused(entry("stop", DEPARTMENT, 21), of=named)
    assert "at most 20" in refused(entry("stop", LEAD), of=named), "an open one has no length"
    assert "at most 20" in refused(entry("stop", LEAD, 1), entry("stop", DEPARTMENT, 20), of=named)
    assert "may not order" in refused(entry("stop", ABOVE, 5), of=named)
    assert "may not order" in refused(entry("stop", LEAD, 5, procedure="auction"), of=named)
    assert "may not order" in refused(entry("stop", LEAD, 5), of=term(stops=()))


def test_a_clock_is_let_run_on_by_the_lead_or_by_who_has_stopped_it() -> None:
    assert refused(entry("resume"), entry("stop", DEPARTMENT, 5)) == ""
    assert refused(entry("resume", DEPARTMENT), entry("stop", DEPARTMENT, 5)) == ""
    assert "another has stopped" in refused(entry("resume", DEPARTMENT), entry("stop"))


def test_a_term_begins_anew_once_by_law_and_with_a_basis() -> None:
    assert refused(entry("restart")) == ""
    assert "as often as it may" in refused(entry("restart"), entry("restart"))
    assert "legal basis" in refused(entry("restart").model_copy(update={"basis": ()}))
    assert "may not order" in refused(entry("restart", DEPARTMENT))
    twice = term(restart=RestartRule(by=("lead",), most=2))
    assert refused(entry("restart"), entry("restart"), of=twice) == ""
    assert "as often as it may" in refused(entry("restart"), of=term(restart=RestartRule(by=("lead",), most=0)))


def test_the_first_entry_that_is_not_allowed_is_named() -> None:
    ledger = [entry("start"), entry("extend", LEAD, 5), entry("extend", LEAD, 5), entry("restart", OTHER)]
    found = first_refused(term(), ledger)
    assert found is not None
    assert found[0] is ledger[2]
    assert isinstance(found[1], NotPermitted)
    assert first_refused(term(), ledger[:2]) is None


def test_an_extension_or_restart_after_the_end_that_the_term_then_had_is_late() -> None:
    in_time = (start("03-02"), extend("03-09", 1), restart("03-10"))
    assert entered_late(deadline(*in_time), CALENDAR) is None
    assert entered_late(deadline(start("03-02"), stop("03-04"), extend("03-20", 1)), CALENDAR) is None
    for late in (extend("03-10", 5), restart("03-10")):
        assert entered_late(deadline(start("03-02"), late), CALENDAR) is late
    after = extend("03-11", 5)
    assert entered_late(deadline(start("03-02"), restart("03-03"), after), CALENDAR) is after


def by_course(**changes: Any) -> LedgerEntry:
    """The window begins a term anew of itself, with the message that tells of it."""
    said: dict[str, Any] = {"kind": EntryKind.RESTART, "at": at("03-10"), "reason": LATE_RESULT, "actor": LEAD}
    return LedgerEntry(**(said | {"notice": ID} | changes))


def test_what_the_window_begins_anew_of_itself_needs_no_order_counts_for_none_and_is_bounded() -> None:
    never = term(restart=RestartRule(by=("lead",), most=0))
    assert refused(by_course(), of=never) == ""
    assert refused(entry("restart"), by_course()) == "", "the one that may be ordered is still there"
    assert refused(by_course(), entry("restart")) == ""
    assert refused(by_course(), *[by_course()] * 19) == ""
    assert refused(by_course(), *[by_course()] * 20) != ""
    assert entered_late(deadline(start("03-02"), by_course()), CALENDAR) is None


@pytest.mark.parametrize(
    "changes", [{"notice": None}, {"actor": DEPARTMENT}, {"actor": ABOVE}, {"reason": "complex"}, {"basis": ("b",)}]
)
def test_who_only_says_so_needs_its_order_all_the_same(changes: dict[str, Any]) -> None:
    assert refused(by_course(**changes), of=term(restart=RestartRule(by=("lead",), most=0))) != ""


def test_every_refusal_says_who_may() -> None:
    found = refusal_of(term(), (), entry("extend", DEPARTMENT, 1))
    assert found is not None
    assert found.by_whom
    assert "c.window, c.government" in str(found.remedy)


@pytest.mark.parametrize("kind", list(ProcedureKind))
def test_a_stop_names_its_procedure(kind: ProcedureKind) -> None:
    assert procedure_of(entry("stop", procedure=kind.value)) is kind


@pytest.mark.parametrize(
    "rules",
    [
        {"extension": [{"by": ["mayor"], "days": 3}]},
        {"extension": [{"by": [], "days": 3}]},
        {"extension": [{"by": ["lead"], "days": 0}]},
        {"stops": [{"procedure": "hearing", "by": ["lead"]}, {"procedure": "hearing", "by": ["department"]}]},
        {"stops": [{"procedure": "lunch", "by": ["lead"]}]},
        {"restart": {"by": ["lead"], "most": 100}},
    ],
)
def test_rules_that_say_nothing_or_too_much_are_refused(rules: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        AmendmentRules.model_validate_json(json.dumps(rules))
