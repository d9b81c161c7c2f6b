"""What travels: the wire contract of the exchange as strict, frozen models. No behaviour, no IO."""

from schemas.application import Applicant, Application, SubmittedMaterial
from schemas.base import Attachment, Body, Urgency, Wire
from schemas.consultation import CaseClosed, Clearance, Consultation, ConsultedDepartment, Result
from schemas.deadline import (
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    DeemedConsent,
    EntryKind,
    Escalation,
    LedgerEntry,
    Reminder,
    SentReminder,
    Term,
    TermNotice,
)
from schemas.decision import Considered, Decision, DefaultNotice, Outcome, Overruling, Standing
from schemas.directory import MAX_CERTIFICATES, Directory, EncryptionKey, Member, Revocation, Role
from schemas.document import Classification, Document, DocumentKind, DocumentNumber, OrderNumber
from schemas.header import Header, Suite
from schemas.matter import Approver, Completion, DefaultMode, Exclusion, Material, Matter, StartRule
from schemas.nondelivery import NonDelivery, NonDeliveryReason
from schemas.opinion import Opinion, ProcedureKind, SpecialProcedure, Verdict
from schemas.receipt import Receipt, ReceiptBatch, ReceiptOutcome, ReceiptProof

MESSAGES: dict[str, type[Body]] = {
    body.KIND: body
    for body in (
        Document,
        Consultation,
        Clearance,
        CaseClosed,
        Opinion,
        DeemedConsent,
        DeadlineNotice,
        Reminder,
        TermNotice,
        Escalation,
        Decision,
        DefaultNotice,
        ReceiptBatch,
        NonDelivery,
    )
}
"""Every kind of message that may be sealed and sent, by the name its header carries."""

__all__ = [
    "MAX_CERTIFICATES",
    "MESSAGES",
    "Applicant",
    "Application",
    "Approver",
    "Attachment",
    "Body",
    "CaseClosed",
    "Classification",
    "Clearance",
    "Completion",
    "Considered",
    "Consultation",
    "ConsultedDepartment",
    "DeadlineNotice",
    "DeadlineState",
    "DeadlineStatus",
    "Decision",
    "DeemedConsent",
    "DefaultMode",
    "DefaultNotice",
    "Directory",
    "Document",
    "DocumentKind",
    "DocumentNumber",
    "EncryptionKey",
    "EntryKind",
    "Escalation",
    "Exclusion",
    "Header",
    "LedgerEntry",
    "Material",
    "Matter",
    "Member",
    "NonDelivery",
    "NonDeliveryReason",
    "Opinion",
    "OrderNumber",
    "Outcome",
    "Overruling",
    "ProcedureKind",
    "Receipt",
    "ReceiptBatch",
    "ReceiptOutcome",
    "ReceiptProof",
    "Reminder",
    "Result",
    "Revocation",
    "Role",
    "SentReminder",
    "SpecialProcedure",
    "Standing",
    "StartRule",
    "SubmittedMaterial",
    "Suite",
    "Term",
    "TermNotice",
    "Urgency",
    "Verdict",
    "Wire",
]
