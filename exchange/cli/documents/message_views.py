"""Messages on record as one sees them: a case's one after another, one in full, and their attachments as files."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.json import JSON
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exchange.cli.documents.application_views import consultation_lines, filed_lines, shown_lines
from exchange.cli.documents.case_term_views import case_term_lines
from exchange.cli.documents.document_views import (
    Lines,
    document_lines,
    entry_json,
    joint_json,
    joint_lines,
    reader_json,
    without_keys,
)
from exchange.cli.documents.licence_views import licence_lines
from exchange.cli.documents.opinion_views import later_lines, opinion_lines
from exchange.cli.naming import called, for_another, in_full
from exchange.cli.streams import printable
from exchange.cli.view import amendment_text, decided_by, due_text, ends_text, moment, plain, times
from exchange.documents.rules.circulation import CirculationReader
from exchange.envelope.strict import read_json
from exchange.language import listed, name_of, read_back, tr
from exchange.language.names import (
    CIRCULATION_STATES,
    COPIES,
    DEFAULTS,
    DIRECTIONS,
    OUTCOMES,
    VERDICTS,
)
from exchange.operations.trace.dossier import Filed, attachments, claims
from exchange.schemas import (
    Body,
    CaseAddition,
    CaseClosed,
    CaseTermNotice,
    Clearance,
    Consultation,
    Decision,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    Document,
    Escalation,
    Filing,
    FilingStatement,
    FilingSupplement,
    ForwardedRequest,
    JointDraft,
    JointEnded,
    JointRefusal,
    Licence,
    LicenceEntry,
    Opinion,
    OpinionRecall,
    ProcedureEnded,
    Reminder,
    RequestForwarded,
    Result,
    ResultStanding,
    SupplementaryReview,
    TermNotice,
)
from exchange.schemas.titles import kind_name


def letter_view(item: Filed) -> RenderableType:
    """Show a message among others of its case: who wrote it and when, and what it says."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in (*_issuing(item), *said_in(item), *_handling(item)):
        if text:
            grid.add_row(plain(label), plain(text))
    return Group(_heading(item), Padding(grid, (0, 0, 1, 2)))


def said_in(item: Filed) -> Lines:
    """What a message says, in words; nothing where nobody has put its kind into any."""
    body = item.verified.body if item.verified else None
    if isinstance(body, CaseAddition):
        yield from shown_lines(body, item.passed_on.body if item.passed_on else None)
        return
    yield from joint_lines(item.joint) if item.joint else _says(body) if body else ()


def whole_letter_view(item: Filed) -> RenderableType:
    """Show a message with all its fields; to be printed with soft wrapping, since its lines are as long as they are."""
    parts: list[RenderableType] = [_heading(item)]
    if item.verified is not None:
        parts.append(_json(without_keys(read_json(item.verified.payload, item.stored.kind))))
    if item.joint is not None:
        parts.append(_json(joint_json(item.joint)))
    if item.passed_on is not None:
        parts.append(plain(tr("as its origin signed it:"), "dim"))
        parts.append(_json(without_keys(read_json(item.passed_on.payload, item.stored.kind))))
    parts += [plain(f"{label}: {text}", "dim") for label, text in (*_issuing(item), *_handling(item))]
    return Group(*parts)


def letter_json(item: Filed) -> dict[str, Any]:
    """Return a message for machines."""
    return {
        "message_id": item.stored.message_id,
        "kind": item.stored.kind,
        "direction": item.stored.direction,
        "sender": item.stored.sender,
        "recorded_at": item.stored.recorded_at.isoformat(),
        "body": without_keys(read_json(item.verified.payload, item.stored.kind)) if item.verified else None,
        "joint": joint_json(item.joint) if item.joint else None,
        "passed_on": without_keys(read_json(item.passed_on.payload, item.stored.kind)) if item.passed_on else None,
        "issuer_is_signer": item.issuing.issuer_is_signer if item.issuing else None,
        "code_is_signers": item.issuing.code_is_signers if item.issuing else None,
        "fault": item.fault,
        "registered": entry_json(item.registered) if item.registered else None,
        "readers": [reader_json(one) for one in item.readers],
        "attachments": [attachment.model_dump() for attachment, _ in attachments(item)],
        "copies": [
            {"addressee": copy.addressee, "state": copy.state.value, "attempts": copy.attempts,
             "last_error": copy.last_error}
            for copy in item.copies
        ],
    }  # fmt: skip


def _json(value: Any) -> JSON:
    return JSON(printable(json.dumps(value, ensure_ascii=False)))


def _heading(item: Filed) -> Text:
    stored = item.stored
    return Text.assemble(
        (kind_name(stored.kind), "bold"),
        f" · {moment(stored.recorded_at)} · ",
        tr("sent") if stored.direction == "sent" else tr("from {sender}", sender=in_full(stored.sender)),
        (f"\n  {stored.message_id}", "dim"),
        (
            "\n  " + tr("cannot be verified: {fault}", fault=printable(read_back(item.fault))) if item.fault else "",
            "bold red",
        ),
    )


def _issuing(item: Filed) -> Lines:
    """In whose name a document is issued, under whose number, and whether that is who has signed it."""
    found = item.issuing
    if found is None:
        return
    signer = in_full(found.signer)
    if found.issuer_is_signer:
        said = found.issuer
    elif found.issuer_is_signer is None:
        said = tr("{issuer}, signed by {signer}", issuer=found.issuer, signer=signer)
    else:
        said = tr("{issuer}: not its signer's name, signed by {signer}", issuer=found.issuer, signer=signer)
    yield tr("issued by"), said
    if found.code and not found.code_is_signers:
        if found.code_is_signers is False:
            told = tr("{code}: not its signer's, {signer}", code=found.code, signer=signer)
        else:
            told = tr("{code}: whether it is its signer's, {signer}, is not known", code=found.code, signer=signer)
        yield tr("agency code"), told


def _handling(item: Filed) -> Lines:
    if item.registered is not None:
        book = f"{name_of(DIRECTIONS, item.registered.direction)} {item.registered.year}"
        yield tr("register"), tr("{book}, no. {number}", book=book, number=item.registered.number)
    for reader in item.readers:
        yield tr("put round to {officer}", officer=reader.officer), _read_at(reader)
    for attachment, _ in attachments(item):
        yield tr("attachment"), f"{attachment.name} ({tr('{size:,} bytes', size=attachment.size)})"
    for claim in claims(item):
        yield tr("large attachment"), f"{claim.name} ({tr('{size:,} bytes, in the claim store', size=claim.size)})"
    for copy in item.copies:
        error = f"; {printable(read_back(copy.last_error))}" if copy.last_error else ""
        yield f"→ {in_full(copy.addressee)}", f"{name_of(COPIES, copy.state)}, {times(copy.attempts)}{error}"


def _read_at(reader: CirculationReader) -> str:
    state = name_of(CIRCULATION_STATES, reader.state)
    return f"{state} {moment(reader.read_at)}" if reader.read_at else state


def _says(body: Body) -> Lines:
    """What a message says, in the order in which one reads it; empty texts are left out by whoever prints."""
    if isinstance(body, Consultation):
        yield from consultation_lines(body)
    elif isinstance(body, Filing | FilingSupplement | FilingStatement):
        yield from filed_lines(body)
    elif isinstance(body, Opinion):
        yield from opinion_lines(body)
    elif isinstance(body, Decision):
        yield from _decision(body)
    elif isinstance(body, Document):
        yield from document_lines(body)
    elif isinstance(body, ForwardedRequest):
        yield tr("asked by"), in_full(body.origin)
        yield tr("passed on by"), " → ".join(map(in_full, body.path))
        yield from document_lines(body.opinion)
    elif isinstance(body, JointDraft):
        yield tr("to be signed by"), listed(map(in_full, body.signers))
        yield from document_lines(body.document)
    elif isinstance(body, JointRefusal | JointEnded):
        yield tr("reasons"), body.reasons
    elif isinstance(body, RequestForwarded):
        yield tr("passed on"), f"{in_full(body.path[-1])} → {in_full(body.to)}"
        yield tr("opinion"), body.opinion
    else:
        yield from _notice(body)


def _decision(body: Decision) -> Lines:
    yield tr("outcome"), name_of(OUTCOMES, body.outcome)
    yield tr("reasons"), body.reasons
    yield tr("conditions"), body.conditions
    for ruling in body.overruled:
        yield tr("not followed: {department}", department=called(ruling.department)), ruling.reasons
    for one in body.without_consent:
        yield tr("without the consent of {department}", department=called(one.department)), one.reasons
    yield from ((tr("opinion"), for_another(one.given_by, one.department)) for one in body.considered if one.given_by)
    yield tr("basis"), "; ".join(body.basis)
    yield tr("by rule") if body.by_rule else tr("officer"), decided_by(body)


def _notice(body: Body) -> Lines:
    if isinstance(body, CaseClosed):
        yield tr("reason"), read_back(body.reason)
        yield tr("given by"), in_full(body.given_by) if body.given_by else ""
    elif isinstance(body, Clearance):
        for result in body.results:
            if result.standing is ResultStanding.NO_RESULT:
                yield tr("no result from"), in_full(result.department)
                continue
            verdict = name_of(VERDICTS, result.verdict) if result.verdict else name_of(DEFAULTS, _silence(result))
            yield (
                tr("result of {department}", department=called(result.department)),
                f"{verdict}{f': {result.conditions}' if result.conditions else ''}",
            )
    elif isinstance(body, Reminder):
        due = ends_text(body.due_at, provisional=body.provisional)
        yield tr("due"), tr("{due}, {stage} % of the term is over", due=due, stage=body.stage)
    elif isinstance(body, TermNotice):
        yield from _amendment(body)
    elif isinstance(body, CaseTermNotice):
        yield from case_term_lines(body)
    elif isinstance(body, Licence | LicenceEntry):
        yield from licence_lines(body)
    elif isinstance(body, ProcedureEnded):
        yield tr("reason"), body.reason
        yield tr("officer"), body.officer
    elif isinstance(body, DeemedConsent):
        yield tr("default"), _default(body.mode, body.state.department, body.due_at)
        yield tr("basis"), "; ".join(body.state.default_basis)
    elif isinstance(body, DefaultNotice) and body.due_at is not None and not body.obstacles:
        yield tr("default"), _default(body.mode, body.department, body.due_at)
        yield tr("basis"), "; ".join(body.basis)
        yield tr("paper owed since") if body.reminder else tr("paper owed by"), due_text(body.paper_owed_by)
    elif isinstance(body, OpinionRecall | SupplementaryReview):
        yield from later_lines(body)
    elif isinstance(body, Escalation | DefaultNotice):
        yield tr("escalated"), f"{in_full(body.department)}: {listed(map(tr, body.obstacles))}"
        yield tr("due"), due_text(body.due_at)


def _silence(result: Result) -> DefaultMode:
    return DefaultMode.REFUSAL if result.standing is ResultStanding.DEEMED_REFUSAL else DefaultMode.CONSENT


def _amendment(body: TermNotice) -> Lines:
    entry = body.entry
    yield tr("change"), amendment_text(entry)
    yield tr("reason"), read_back(entry.reason)
    yield tr("basis"), "; ".join(entry.basis)
    yield tr("ordered by"), in_full(entry.actor)
    if body.refused is not None:
        yield tr("refused"), read_back(body.refused)
    yield tr("due"), ends_text(body.due_at, provisional=body.provisional) or tr("when resumed")


def _default(mode: DefaultMode, department: str, due_at: datetime) -> str:
    what = name_of(DEFAULTS, mode)
    return tr("{what}: {department}, due {due}", what=what, department=in_full(department), due=due_text(due_at))
