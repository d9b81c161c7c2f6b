"""Whatever is asked for, in any order and by anybody: what is entered stays within what the matter allows."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.approval.rules.permitted import AmendedTerm, first_refused, procedure_of, refusal_of
from exchange.schemas import AmendmentRules, EntryKind, ExtensionRule, LedgerEntry, ProcedureKind, RestartRule, StopRule
from tests.unit.facts import at

LEAD, DEPARTMENT, ABOVE, OTHER = "c.window", "c.transport", "c.government", "c.police"
BY = ("lead", "superior", "department", OTHER)
bys = st.lists(st.sampled_from(BY), min_size=1, max_size=3, unique=True).map(tuple)
extensions = st.lists(st.builds(ExtensionRule, by=bys, days=st.integers(1, 40)), max_size=3).map(tuple)
stops = st.lists(
    st.builds(StopRule, by=bys, procedure=st.sampled_from(ProcedureKind), days=st.integers(1, 60)),
    max_size=3, unique_by=lambda rule: rule.procedure,
).map(tuple)  # fmt: skip
matters = st.builds(
    AmendmentRules,
    extension=extensions,
    stops=st.none() | stops,
    restart=st.builds(RestartRule, by=bys, most=st.integers(0, 3)),
)


@st.composite
def asked(draw: st.DrawFn) -> LedgerEntry:
    """An entry that somebody asks for."""
    kind = draw(st.sampled_from([EntryKind.EXTEND, EntryKind.STOP, EntryKind.RESUME, EntryKind.RESTART]))
    days = draw(st.integers(1, 80)) if kind is EntryKind.EXTEND else draw(st.none() | st.integers(1, 80))
    reason = f"special procedure: {draw(st.sampled_from(ProcedureKind)).value}" if kind is EntryKind.STOP else "r"
    basis = ("a law",) if kind is not EntryKind.RESTART or draw(st.booleans()) else ()
    actor = draw(st.sampled_from([LEAD, DEPARTMENT, ABOVE, OTHER]))
    return LedgerEntry(kind=kind, at=at("03-02"), days=days, reason=reason, basis=basis, actor=actor)


def names(by: tuple[str, ...]) -> set[str]:
    return {{"lead": LEAD, "superior": ABOVE, "department": DEPARTMENT}.get(one, one) for one in by}


@settings(max_examples=150, deadline=None)
@given(matters, st.lists(asked(), max_size=12))
def test_what_is_entered_stays_within_the_matter(rules: AmendmentRules, requests: list[LedgerEntry]) -> None:
    term = AmendedTerm(DEPARTMENT, LEAD, (ABOVE,), rules)
    ledger = [LedgerEntry(kind=EntryKind.START, at=at("03-02"), reason="r", actor=LEAD)]
    for row, entry in enumerate(requests, 1):
        if refusal_of(term, ledger, entry) is None:
            ledger.append(entry.model_copy(update={"at": at("03-02") + timedelta(hours=row)}))
    assert first_refused(term, ledger) is None, "who checks it later finds what the window found"

    extended = [one for one in ledger if one.kind is EntryKind.EXTEND]
    assert len(extended) <= 1
    for one in extended:
        assert any(one.actor in names(rule.by) and (one.days or 0) <= rule.days for rule in rules.extension)
    begun = [one for one in ledger if one.kind is EntryKind.RESTART]
    assert len(begun) <= rules.restart.most
    assert all(one.basis and one.actor in names(rules.restart.by) for one in begun)
    stopped = [one for one in ledger if one.kind is EntryKind.STOP]
    own = [one for one in stopped if one.actor == DEPARTMENT]
    if rules.stops is None:
        assert {one.actor for one in stopped} <= {LEAD, DEPARTMENT}
        assert all(one.days is not None for one in own)
        assert sum(one.days or 0 for one in own) <= 180
        return
    for one in stopped:
        (rule,) = (rule for rule in rules.stops if rule.procedure is procedure_of(one))
        assert one.actor in names(rule.by)
        assert sum(other.days or 0 for other in stopped if procedure_of(other) is rule.procedure) <= rule.days
