"""Troubles of the clocks of whole cases: overrun by law, a promise not explained, a licence not delivered. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from exchange.operations.troubles.facts import Facts, MemberFacts
from exchange.operations.troubles.kinds import Alert, AlertKind, Severity
from exchange.operations.troubles.several import gathered, plural_s


def of_clocks(facts: Facts, member: MemberFacts) -> Iterator[Alert]:
    """Yield the alerts of one window's own terms."""
    if overrun := member.overrun.number:
        alert = gathered(
            facts, AlertKind.CASE_OVERRUN, member, member.overrun, f"{overrun} 件案件已超过法定办理期限，尚未决定",
            f"{overrun} undecided case{plural_s(overrun)} beyond the statutory term",
            ("催办部门并决定：`exchange status 案号`，`exchange decide`",
             "press the departments and decide: `exchange status CASE`, `exchange decide`"),
        )  # fmt: skip
        yield replace(alert, severity=Severity.CRITICAL)
    if undelivered := member.undelivered.number:
        yield gathered(
            facts, AlertKind.UNDELIVERED, member, member.undelivered, f"{undelivered} 件准予许可的案件未按期送达",
            f"{undelivered} granted case{plural_s(undelivered)} not delivered in ten working days",
            ("送达后登记：`exchange deliver 案号 --officer 姓名 --to 领取人`",
             "hand it out, and record that: `exchange deliver CASE --officer NAME --to WHOM`"),
        )  # fmt: skip
    if unexplained := member.unexplained.number:
        yield gathered(
            facts, AlertKind.UNEXPLAINED, member, member.unexplained, f"{unexplained} 件案件超过承诺期限，尚未说明理由",
            f"{unexplained} case{plural_s(unexplained)} not decided within the promised days, unexplained",
            ("说明理由：`exchange explain 案号 --officer 姓名 --reasons 理由`",
             "say why: `exchange explain CASE --officer NAME --reasons WHY`"),
        )  # fmt: skip
