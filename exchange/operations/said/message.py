"""What a message says, in the order in which one reads it."""

from __future__ import annotations

from datetime import datetime

from exchange.language import listed, name_of, read_back, tr
from exchange.language.names import DEFAULTS, OUTCOMES, VERDICTS
from exchange.operations.said.application import consultation_lines, filed_lines, shown_lines
from exchange.operations.said.case_term import case_term_lines
from exchange.operations.said.document import document_lines, joint_lines
from exchange.operations.said.licence import licence_lines
from exchange.operations.said.names import Lines, SaidNames
from exchange.operations.said.opinion import later_lines, opinion_lines
from exchange.operations.said.supplement import supplement_lines
from exchange.operations.said.terms import amendment_text, decided_by, due_text, ends_text
from exchange.operations.trace.dossier import Filed
from exchange.schemas import (
    Body,
    CaseAddition,
    CaseClosed,
    CaseTermNotice,
    Chase,
    Clearance,
    Consultation,
    Decision,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    Document,
    DocumentReturn,
    Escalation,
    Filing,
    FilingStatement,
    FilingSupplement,
    ForwardedRequest,
    Forwarding,
    JointDraft,
    JointEnded,
    JointRefusal,
    Licence,
    LicenceEntry,
    Notice,
    Opinion,
    OpinionRecall,
    ProcedureEnded,
    Reminder,
    RequestForwarded,
    Result,
    ResultStanding,
    SupplementAnswer,
    SupplementaryReview,
    SupplementInvitation,
    SupplementRequest,
    TermNotice,
)


def said_in(item: Filed, names: SaidNames) -> Lines:
    """What a message says, in words; nothing where nobody has put its kind into any."""
    body = item.verified.body if item.verified else None
    original = item.passed_on.body if item.passed_on else None
    if isinstance(body, CaseAddition):
        yield from shown_lines(body, original, names)
    elif isinstance(body, Forwarding):
        yield tr("passed on by"), " → ".join(map(names.in_full, body.path))
        yield from document_lines(body.cover.document, names) if body.cover else ()
        yield from body_lines(original, names) if original else ()
    elif item.joint:
        yield from joint_lines(item.joint, names)
    elif body:
        yield from body_lines(body, names)


def body_lines(body: Body, names: SaidNames) -> Lines:
    """What a message says, in the order in which one reads it; empty texts are left out by whoever prints."""
    if isinstance(body, Consultation):
        yield from consultation_lines(body, names)
    elif isinstance(body, Filing | FilingSupplement | FilingStatement):
        yield from filed_lines(body)
    elif isinstance(body, Opinion):
        yield from opinion_lines(body, names)
    elif isinstance(body, Decision):
        yield from _decision(body, names)
    elif isinstance(body, Document):
        yield from document_lines(body, names)
    elif isinstance(body, ForwardedRequest):
        yield tr("asked by"), names.in_full(body.origin)
        yield tr("passed on by"), " → ".join(map(names.in_full, body.path))
        yield from document_lines(body.opinion, names)
    elif isinstance(body, Notice):
        yield from document_lines(body.document, names)
    elif isinstance(body, JointDraft):
        yield tr("to be signed by"), listed(map(names.in_full, body.signers))
        yield from document_lines(body.document, names)
    elif isinstance(body, JointRefusal | JointEnded):
        yield tr("reasons"), body.reasons
    elif isinstance(body, DocumentReturn):
        yield tr("sent back"), body.document_id
        yield tr("reason"), body.reason
        yield tr("officer"), body.officer
    elif isinstance(body, RequestForwarded):
        yield tr("passed on"), f"{names.in_full(body.path[-1])} → {names.in_full(body.to)}"
        yield tr("opinion"), body.opinion
    else:
        yield from _notice(body, names)


def _decision(body: Decision, names: SaidNames) -> Lines:
    yield tr("outcome"), name_of(OUTCOMES, body.outcome)
    yield tr("reasons"), body.reasons
    yield tr("conditions"), body.conditions
    for ruling in body.overruled:
        yield tr("not followed: {department}", department=names.called(ruling.department)), ruling.reasons
    for one in body.without_consent:
        yield tr("without the consent of {department}", department=names.called(one.department)), one.reasons
    for opinion in body.considered:
        if opinion.given_by:
            yield tr("opinion"), names.for_another(opinion.given_by, opinion.department)
    yield tr("basis"), "; ".join(body.basis)
    yield tr("by rule") if body.by_rule else tr("officer"), decided_by(body)


def _notice(body: Body, names: SaidNames) -> Lines:
    if isinstance(body, CaseClosed):
        yield tr("reason"), read_back(body.reason)
        yield tr("given by"), names.in_full(body.given_by) if body.given_by else ""
    elif isinstance(body, Clearance):
        for result in body.results:
            if result.standing is ResultStanding.NO_RESULT:
                yield tr("no result from"), names.in_full(result.department)
                continue
            verdict = name_of(VERDICTS, result.verdict) if result.verdict else name_of(DEFAULTS, _silence(result))
            yield (
                tr("result of {department}", department=names.called(result.department)),
                f"{verdict}{f': {result.conditions}' if result.conditions else ''}",
            )
    elif isinstance(body, Reminder):
        due = ends_text(body.due_at, provisional=body.provisional)
        yield tr("due"), tr("{due}, {stage} % of the term is over", due=due, stage=body.stage)
    elif isinstance(body, TermNotice):
        yield from _amendment(body, names)
    elif isinstance(body, CaseTermNotice):
        yield from case_term_lines(body, names)
    elif isinstance(body, Licence | LicenceEntry):
        yield from licence_lines(body)
    elif isinstance(body, ProcedureEnded):
        yield tr("reason"), body.reason
        yield tr("officer"), body.officer
    elif isinstance(body, DeemedConsent):
        yield tr("default"), _default(body.mode, body.state.department, body.due_at, names)
        yield tr("basis"), "; ".join(body.state.default_basis)
    elif isinstance(body, DefaultNotice) and body.due_at is not None and not body.obstacles:
        yield tr("default"), _default(body.mode, body.department, body.due_at, names)
        yield tr("basis"), "; ".join(body.basis)
        yield tr("paper owed since") if body.reminder else tr("paper owed by"), due_text(body.paper_owed_by)
    elif isinstance(body, Chase | OpinionRecall | SupplementaryReview):
        yield from later_lines(body, names)
    elif isinstance(body, SupplementRequest | SupplementInvitation | SupplementAnswer):
        yield from supplement_lines(body, names)
    elif isinstance(body, Escalation | DefaultNotice):
        yield tr("escalated"), f"{names.in_full(body.department)}: {listed(map(tr, body.obstacles))}"
        yield tr("due"), due_text(body.due_at)


def _silence(result: Result) -> DefaultMode:
    return DefaultMode.REFUSAL if result.standing is ResultStanding.DEEMED_REFUSAL else DefaultMode.CONSENT


def _amendment(body: TermNotice, names: SaidNames) -> Lines:
    entry = body.entry
    yield tr("change"), amendment_text(entry)
    yield tr("reason"), read_back(entry.reason)
    yield tr("basis"), "; ".join(entry.basis)
    yield tr("ordered by"), names.in_full(entry.actor)
    if body.refused is not None:
        yield tr("refused"), read_back(body.refused)
    yield tr("due"), ends_text(body.due_at, provisional=body.provisional) or tr("when resumed")


def _default(mode: DefaultMode, department: str, due_at: datetime, names: SaidNames) -> str:
    what = name_of(DEFAULTS, mode)
    return tr("{what}: {department}, due {due}", what=what, department=names.in_full(department), due=due_text(due_at))
