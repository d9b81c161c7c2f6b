"""Messages on record as one sees them: a case's one after another, one in full, and their attachments as files."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Group, RenderableType
from rich.json import JSON
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from exchange.cli.document_view import Lines, document_lines, joint_json, joint_lines, without_keys
from exchange.cli.view import OUTCOMES, VERDICTS, decided_by, due_text, moment, plain, printable, times
from exchange.flow.dossier import Filed, attachments, claims
from schemas import (
    Body,
    CaseClosed,
    Clearance,
    Consultation,
    Decision,
    DeemedConsent,
    DefaultMode,
    DefaultNotice,
    Document,
    Escalation,
    ForwardedRequest,
    JointDocument,
    JointDraft,
    JointEnded,
    JointRefusal,
    JointSignature,
    Opinion,
    Reminder,
    RequestForwarded,
)

_KINDS = {
    Consultation.KIND: "征求意见",
    Clearance.KIND: "放行",
    Opinion.KIND: "意见",
    Reminder.KIND: "催办",
    DeemedConsent.KIND: "缺席默认",
    DefaultNotice.KIND: "默认通知",
    Escalation.KIND: "督办",
    CaseClosed.KIND: "终止征求",
    Decision.KIND: "决定",
    Document.KIND: "公文",
    ForwardedRequest.KIND: "转报请示",
    RequestForwarded.KIND: "请示转报告知",
    JointDraft.KIND: "联合行文稿",
    JointSignature.KIND: "会签",
    JointRefusal.KIND: "拒签",
    JointEnded.KIND: "会签终止",
    JointDocument.KIND: "联合行文",
}

_SILENCE = {
    DefaultMode.NONE: "silence has no consequence",
    DefaultMode.CONSENT: "silence means consent",
    DefaultMode.REFUSAL: "silence means refusal",
}


def letter_view(item: Filed) -> RenderableType:
    """A message among others of its case: who wrote it and when, and what it says."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    body = item.verified.body if item.verified else None
    says = joint_lines(item.joint) if item.joint else _says(body) if body else ()
    for label, text in (*says, *_handling(item)):
        if text:
            grid.add_row(plain(label), plain(text))
    return Group(_heading(item), Padding(grid, (0, 0, 1, 2)))


def whole_letter_view(item: Filed) -> RenderableType:
    """A message with all its fields; to be printed with soft wrapping, since its lines are as long as they are."""
    parts: list[RenderableType] = [_heading(item)]
    if item.verified is not None:
        parts.append(_json(without_keys(json.loads(item.verified.payload))))
    if item.joint is not None:
        parts.append(_json(joint_json(item.joint)))
    if item.passed_on is not None:
        parts.append(plain("原文 as its origin signed it:", "dim"))
        parts.append(_json(without_keys(json.loads(item.passed_on.payload))))
    parts += [plain(f"{label}: {text}", "dim") for label, text in _handling(item)]
    return Group(*parts)


def letter_json(item: Filed) -> dict[str, Any]:
    """A message for machines."""
    return {
        "message_id": item.stored.message_id,
        "kind": item.stored.kind,
        "direction": item.stored.direction,
        "sender": item.stored.sender,
        "recorded_at": item.stored.recorded_at.isoformat(),
        "body": without_keys(json.loads(item.verified.payload)) if item.verified else None,
        "joint": joint_json(item.joint) if item.joint else None,
        "passed_on": without_keys(json.loads(item.passed_on.payload)) if item.passed_on else None,
        "fault": item.fault,
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
        (_KINDS.get(stored.kind, "报文"), "bold"),
        (f" {stored.kind}", "bold"),
        f" · {moment(stored.recorded_at)} · ",
        "发出 sent" if stored.direction == "sent" else f"来自 from {stored.sender}",
        (f"\n  {stored.message_id}", "dim"),
        (f"\n  不可验证 cannot be verified: {printable(item.fault)}" if item.fault else "", "bold red"),
    )


def _handling(item: Filed) -> Lines:
    for attachment, _ in attachments(item):
        yield "附件 attachment", f"{attachment.name} ({attachment.size:,} bytes)"
    for claim in claims(item):
        yield "大附件 attachment", f"{claim.name} ({claim.size:,} bytes, in the claim store)"
    for copy in item.copies:
        error = f"; {copy.last_error}" if copy.last_error else ""
        yield f"→ {copy.addressee}", f"{copy.state.value}, {times(copy.attempts)}{error}"


def _says(body: Body) -> Lines:
    """What a message says, in the order in which one reads it; empty texts are left out by whoever prints."""
    if isinstance(body, Consultation):
        yield from _application(body)
    elif isinstance(body, Opinion):
        yield from _opinion(body)
    elif isinstance(body, Decision):
        yield from _decision(body)
    elif isinstance(body, Document):
        yield from document_lines(body)
    elif isinstance(body, ForwardedRequest):
        yield "请示人 asked by", body.origin
        yield "转报 passed on by", " → ".join(body.path)
        yield from document_lines(body.opinion)
    elif isinstance(body, JointDraft):
        yield "会签 to be signed by", ", ".join(body.signers)
        yield from document_lines(body.document)
    elif isinstance(body, JointRefusal | JointEnded):
        yield "理由 reasons", body.reasons
    elif isinstance(body, RequestForwarded):
        yield "转报 passed on", f"{body.path[-1]} → {body.to}"
        yield "意见 opinion", body.opinion
    else:
        yield from _notice(body)


def _application(body: Consultation) -> Lines:
    yield "事项 matter", f"{body.matter_name} ({body.matter})"
    yield "项目 project", body.application.project
    yield "申请人 applicant", f"{body.application.applicant.name} ({body.application.applicant.contact})"
    yield "概要 summary", body.application.summary
    for material in body.application.materials:
        yield "材料 material", f"{material.code}{f': {material.note}' if material.note else ''}"
    for part in body.departments:
        days = f"{part.term.days} working days" if part.term.days else due_text(part.term.fixed)
        yield "部门 department", f"{part.department}: {days}, {_SILENCE[part.default]}"


def _opinion(body: Opinion) -> Lines:
    yield "意见 verdict", f"{VERDICTS[body.verdict][0]} {body.verdict.value}"
    yield "理由 reasons", body.reasons
    yield "条件 conditions", body.conditions
    yield "依据 basis", "; ".join(body.basis)
    yield "应由 competent", body.competent_body or ""
    if body.procedure:
        yield "程序 procedure", f"{body.procedure.kind.value}, {body.procedure.days} working days"
    yield "经办 officer", body.officer


def _decision(body: Decision) -> Lines:
    yield "决定 outcome", f"{OUTCOMES[body.outcome.value][0]} {body.outcome.value}"
    yield "理由 reasons", body.reasons
    yield "条件 conditions", body.conditions
    for ruling in body.overruled:
        yield f"未采纳 {ruling.department}", ruling.reasons
    for one in body.without_consent:
        yield f"未获同意 without {one.department}", one.reasons
    yield "依据 basis", "; ".join(body.basis)
    yield "依规则 by rule" if body.by_rule else "经办 officer", decided_by(body)


def _notice(body: Body) -> Lines:
    if isinstance(body, CaseClosed):
        yield "原因 reason", body.reason
    elif isinstance(body, Clearance):
        for result in body.results:
            verdict = result.verdict.value if result.verdict else "silent"
            yield f"结果 {result.department}", f"{verdict}{f': {result.conditions}' if result.conditions else ''}"
    elif isinstance(body, Reminder):
        yield "期限 due", f"{due_text(body.due_at)}, {body.rung} % of the term is over"
    elif isinstance(body, DeemedConsent):
        yield "默认 default", f"{body.mode.value} of {body.state.department}, due {due_text(body.due_at)}"
        yield "依据 basis", "; ".join(body.state.default_basis)
    elif isinstance(body, DefaultNotice):
        yield "默认 default", f"{body.mode.value} of {body.department}, due {due_text(body.due_at)}"
        yield "依据 basis", "; ".join(body.basis)
        yield "补交 paper owed by", due_text(body.paper_owed_by)
    elif isinstance(body, Escalation):
        yield "督办 escalated", f"{body.department}: {', '.join(body.obstacles)}"
