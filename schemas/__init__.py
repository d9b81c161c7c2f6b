"""What travels: the wire contract of the exchange as strict, frozen models. No behaviour, no IO."""

from exchange.schemas.application import Applicant, Application, SubmittedMaterial
from exchange.schemas.base import Attachment, Body, LicenceNumber, Queue, Room, Title, Urgency, Wire
from exchange.schemas.calendar import MAX_YEARS, PAPER_LIMIT, AnnouncedYear, Calendar, CalendarUpdate
from exchange.schemas.catalogue.fields import (
    MAX_FIELDS,
    Bilingual,
    Choice,
    FieldAnswer,
    InputType,
    MatterField,
    ShownIf,
)
from exchange.schemas.catalogue.publication import (
    OPEN,
    AcceptanceMode,
    ApplicantSees,
    HearingMode,
    PublicGuide,
    SeenFrom,
    Visibility,
)
from exchange.schemas.claim import ClaimCheck
from exchange.schemas.consultation import (
    CaseClosed,
    CaseReopened,
    Clearance,
    Consultation,
    ConsultedDepartment,
    OrderedBy,
    Result,
    ResultStanding,
)
from exchange.schemas.cover import MAX_INSTRUCTION, Cover
from exchange.schemas.deadline import (
    Chase,
    DeadlineNotice,
    DeadlineState,
    DeadlineStatus,
    EntryKind,
    LedgerEntry,
    Reminder,
    ReminderProof,
    SentReminder,
    Term,
    TermNotice,
)
from exchange.schemas.decision import (
    Decision,
    DefaultNotice,
    Outcome,
    Protest,
    ProtestGround,
)
from exchange.schemas.directory import (
    MAX_AUTHORITIES,
    MAX_CERTIFICATES,
    MAX_DELEGATIONS,
    MAX_SUBSTITUTIONS,
    Delegation,
    Directory,
    DirectoryUpdate,
    EncryptionKey,
    Member,
    OfferedDirectory,
    Revocation,
    Role,
    Substitution,
    Upper,
)
from exchange.schemas.document import (
    AnnouncementNumber,
    Classification,
    Concerned,
    Document,
    DocumentKind,
    DocumentNumber,
    DocumentReturn,
    Number,
    OrderNumber,
    Printing,
    Purpose,
)
from exchange.schemas.evidence import (
    MAX_PARTS,
    MAX_PROOFS,
    MAX_RESTS,
    MAX_SHOWN,
    ReceiptsRequest,
    ReceiptsShown,
    Rest,
    Shown,
    ShownSort,
)
from exchange.schemas.filings.acceptance import (
    ACCEPTED_BY_LAW,
    LONGEST_PROMISE,
    OUTCOME_TITLES,
    Acceptance,
    AcceptanceOutcome,
    FiledFile,
    FilingReceipt,
    MissingItem,
    Promised,
)
from exchange.schemas.filings.figures import FEWEST_CASES, DepartmentFigures, MatterFigures
from exchange.schemas.filings.filing import (
    CaseAddition,
    Filing,
    FilingChannel,
    FilingNumber,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
)
from exchange.schemas.filings.hearing import HearingEvent, HearingNotice, HearingRecord
from exchange.schemas.filings.licence import Licence, LicenceChange, LicenceEntry, LicenceHolder
from exchange.schemas.filings.progress import CaseProgress, CaseStep, DecisionServed, DepartmentProgress, PartStep
from exchange.schemas.filings.renewal import RENEWED_BY_LAW, RenewalTerm, TacitAuthorisation
from exchange.schemas.filings.sharing import AnswerResult, LicenceAnswer, LicenceDisclosed, LicenceQuery, SharedLicence
from exchange.schemas.filings.supplement import (
    INVITES_ONLY,
    LONGEST_WHY,
    MOST_WANTED,
    SupplementAnswer,
    SupplementInvitation,
    SupplementOutcome,
    SupplementRequest,
    WantedPaper,
)
from exchange.schemas.form import (
    Aggregate,
    DomainTotal,
    FieldTotal,
    FieldType,
    FieldValue,
    Form,
    FormAnswer,
    FormField,
    Row,
)
from exchange.schemas.header import MAX_ADDRESSEES, Header, Suite
from exchange.schemas.joint import (
    MAX_SIGNERS,
    JointDocument,
    JointDraft,
    JointEnded,
    JointEnding,
    JointRefusal,
    JointSignature,
)
from exchange.schemas.matter import (
    BY_LAW,
    LONGEST_PROCEDURE,
    RENEWAL_DAYS,
    AmendmentRules,
    Approver,
    Completion,
    DefaultMode,
    Exclusion,
    ExtensionRule,
    Material,
    Matter,
    Office,
    RestartRule,
    StartRule,
    StopRule,
)
from exchange.schemas.nondelivery import NonDelivery, NonDeliveryReason
from exchange.schemas.notice import MAX_RELAYS, Forwarding, Notice, NoticeReminder, Recall, SignOff, Treatment
from exchange.schemas.opinion import (
    ObjectionGround,
    Opinion,
    OpinionRecall,
    ProcedureEnded,
    ProcedureKind,
    SpecialProcedure,
    Verdict,
)
from exchange.schemas.receipt import (
    ArrivalBasis,
    Receipt,
    ReceiptArrival,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptProof,
)
from exchange.schemas.request import MAX_FORWARDERS, ForwardedRequest, RequestForwarded
from exchange.schemas.silence import STATEMENTS, DeemedConsent, Escalation, ReviewStanding, SupplementaryReview
from exchange.schemas.tally import AtRecall, Count, Named, Reader, ReaderState, ReturnedBy, Tally
from exchange.schemas.terms.case_term import CaseTermEvent, CaseTermNotice
from exchange.schemas.terms.considered import (
    Considered,
    ConsideredTerm,
    Overruling,
    Standing,
    WithoutConsent,
)

MESSAGES: dict[str, type[Body]] = {body.KIND: body for body in Body.__subclasses__() if hasattr(body, "ROOM")}
"""Every kind of message that may be sealed and sent, by the name its header carries; each is declared by its class."""

# fmt: off
__all__ = [
    "ACCEPTED_BY_LAW", "BY_LAW", "FEWEST_CASES", "INVITES_ONLY", "LONGEST_PROCEDURE", "LONGEST_PROMISE", "LONGEST_WHY",
    "MAX_ADDRESSEES", "MAX_AUTHORITIES", "MAX_CERTIFICATES", "MAX_DELEGATIONS", "MAX_FIELDS", "MAX_FORWARDERS",
    "MAX_INSTRUCTION", "MAX_PARTS", "MAX_PROOFS", "MAX_RELAYS", "MAX_RESTS", "MAX_SHOWN", "MAX_SIGNERS",
    "MAX_SUBSTITUTIONS", "MAX_YEARS", "MESSAGES", "MOST_WANTED", "OPEN", "OUTCOME_TITLES", "PAPER_LIMIT",
    "RENEWAL_DAYS", "RENEWED_BY_LAW", "STATEMENTS", "Acceptance", "AcceptanceMode", "AcceptanceOutcome", "Aggregate",
    "AmendmentRules", "AnnouncedYear", "AnnouncementNumber", "AnswerResult", "Applicant", "ApplicantSees",
    "Application", "Approver", "ArrivalBasis", "AtRecall", "Attachment", "Bilingual", "Body", "Calendar",
    "CalendarUpdate", "CaseAddition", "CaseClosed", "CaseProgress", "CaseReopened", "CaseStep", "CaseTermEvent",
    "CaseTermNotice", "Chase", "Choice", "ClaimCheck", "Classification", "Clearance", "Completion", "Concerned",
    "Considered", "ConsideredTerm", "Consultation", "ConsultedDepartment", "Count", "Cover", "DeadlineNotice",
    "DeadlineState", "DeadlineStatus", "Decision", "DecisionServed", "DeemedConsent", "DefaultMode", "DefaultNotice",
    "Delegation", "DepartmentFigures", "DepartmentProgress", "Directory", "DirectoryUpdate", "Document",
    "DocumentKind", "DocumentNumber", "DocumentReturn", "DomainTotal", "EncryptionKey", "EntryKind", "Escalation",
    "Exclusion", "ExtensionRule", "FieldAnswer", "FieldTotal", "FieldType", "FieldValue", "FiledFile", "Filing",
    "FilingChannel", "FilingNumber", "FilingReceipt", "FilingStatement", "FilingSupplement", "FilingWithdrawal",
    "Form", "FormAnswer", "FormField", "ForwardedRequest", "Forwarding", "Header", "HearingEvent", "HearingMode",
    "HearingNotice", "HearingRecord", "InputType", "JointDocument", "JointDraft", "JointEnded", "JointEnding",
    "JointRefusal", "JointSignature", "LedgerEntry", "Licence", "LicenceAnswer", "LicenceChange", "LicenceDisclosed",
    "LicenceEntry", "LicenceHolder", "LicenceNumber", "LicenceQuery", "Material", "Matter", "MatterField",
    "MatterFigures", "Member", "MissingItem", "Named", "NonDelivery", "NonDeliveryReason", "Notice", "NoticeReminder",
    "Number", "ObjectionGround", "OfferedDirectory", "Office", "Opinion", "OpinionRecall", "OrderNumber", "OrderedBy",
    "Outcome", "Overruling", "PartStep", "Printing", "ProcedureEnded", "ProcedureKind", "Promised", "Protest",
    "ProtestGround", "PublicGuide", "Purpose", "Queue", "Reader", "ReaderState", "Recall", "Receipt", "ReceiptArrival",
    "ReceiptBatch", "ReceiptOutcome", "ReceiptProof", "ReceiptsRequest", "ReceiptsShown", "Reminder", "ReminderProof",
    "RenewalTerm", "RequestForwarded", "Rest", "RestartRule", "Result", "ResultStanding", "ReturnedBy",
    "ReviewStanding", "Revocation", "Role", "Room", "Row", "SeenFrom", "SentReminder", "SharedLicence", "Shown",
    "ShownIf", "ShownSort", "SignOff", "SpecialProcedure", "Standing", "StartRule", "StopRule", "SubmittedMaterial",
    "Substitution", "Suite", "SupplementAnswer", "SupplementInvitation", "SupplementOutcome", "SupplementRequest",
    "SupplementaryReview", "TacitAuthorisation", "Tally", "Term", "TermNotice", "Title", "Treatment", "Upper",
    "Urgency", "Verdict", "Visibility", "WantedPaper", "Wire", "WithoutConsent",
]
# fmt: on
