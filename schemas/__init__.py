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
from schemas.form import Aggregate, DomainTotal, FieldTotal, FieldType, FieldValue, Form, FormAnswer, FormField, Row
from schemas.header import Header, Suite
from schemas.matter import Approver, Completion, DefaultMode, Exclusion, Material, Matter, StartRule
from schemas.opinion import Opinion, ProcedureKind, SpecialProcedure, Verdict
from schemas.recall import Recall
from schemas.receipt import Receipt, ReceiptBatch, ReceiptOutcome, ReceiptProof
from schemas.tally import Count, Reader, ReaderState, ReturnedBy, Tally

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
        Tally,
        FormAnswer,
        Aggregate,
        Recall,
    )
}
"""Every kind of message that may be sealed and sent, by the name its header carries."""

__all__ = [
    "MAX_CERTIFICATES",
    "MESSAGES",
    "Aggregate",
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
    "Count",
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
    "DomainTotal",
    "EncryptionKey",
    "EntryKind",
    "Escalation",
    "Exclusion",
    "FieldTotal",
    "FieldType",
    "FieldValue",
    "Form",
    "FormAnswer",
    "FormField",
    "Header",
    "LedgerEntry",
    "Material",
    "Matter",
    "Member",
    "Opinion",
    "OrderNumber",
    "Outcome",
    "Overruling",
    "ProcedureKind",
    "Reader",
    "ReaderState",
    "Recall",
    "Receipt",
    "ReceiptBatch",
    "ReceiptOutcome",
    "ReceiptProof",
    "Reminder",
    "Result",
    "ReturnedBy",
    "Revocation",
    "Role",
    "Row",
    "SentReminder",
    "SpecialProcedure",
    "Standing",
    "StartRule",
    "SubmittedMaterial",
    "Suite",
    "Tally",
    "Term",
    "TermNotice",
    "Urgency",
    "Verdict",
    "Wire",
]
