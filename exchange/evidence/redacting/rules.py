"""What a reader who may not see everything gets of a bundle; the principles stand in docs/evidence.md. Pure.

What is named is shown; a kind of message that nobody has thought of here is left out.
"""

from __future__ import annotations

from exchange.evidence.bundle.contents import BundleReader, SubjectKind, WithheldFor
from exchange.schemas import (
    Acceptance,
    Application,
    Body,
    CaseProgress,
    Consultation,
    DeadlineNotice,
    DecisionServed,
    DeemedConsent,
    Filing,
    FilingReceipt,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
    HearingNotice,
    HearingRecord,
    Licence,
    Reminder,
    SupplementInvitation,
    TacitAuthorisation,
)

_APPLICANTS_OWN = (
    Filing, FilingSupplement, FilingStatement, FilingWithdrawal, FilingReceipt, Acceptance, CaseProgress,
    DecisionServed, HearingNotice, HearingRecord, TacitAuthorisation, SupplementInvitation, Licence,
)  # fmt: skip
"""What went between the applicant and the window: the page of its case gives it out as it was signed."""
_COURSE = (Reminder, DeemedConsent)
"""It says no more than that page shows of the course of the case: whose turn it is, until when, why days moved."""
_PERSONAL = (*_APPLICANTS_OWN, Consultation, Application)


def document_withheld(reader: BundleReader, body: Body | None) -> WithheldFor | None:
    """Return why a reader does not get a document; None where it does. ``body`` is None where it cannot be read."""
    if isinstance(body, DeadlineNotice) and len({one.case_number for one in body.deadlines}) > 1:
        return WithheldFor.OTHER_CASES
    if reader is BundleReader.COURT:
        return None
    if reader is BundleReader.APPLICANT and _is_seen_by_applicant(body):
        return None
    return WithheldFor.PERSONAL if isinstance(body, _PERSONAL) else WithheldFor.INTERNAL


def journal_withheld(reader: BundleReader) -> WithheldFor | None:
    """Return why a reader does not get what members' journals say of a case; None where it does."""
    return None if reader is BundleReader.COURT else WithheldFor.JOURNAL


def readers_at(kind: SubjectKind, *, leads: bool) -> tuple[BundleReader, ...]:
    """Return for whom an authority makes bundles: for the applicant of a case its lead alone does."""
    for_applicant = kind is SubjectKind.CASE and leads
    return tuple(one for one in BundleReader if one is not BundleReader.APPLICANT or for_applicant)


def _is_seen_by_applicant(body: Body | None) -> bool:
    if isinstance(body, Consultation):  # its own application, whom it was put to, and by when; a letter is not its
        return body.document is None and body.copy_of is None
    return isinstance(body, (*_APPLICANTS_OWN, *_COURSE, DeadlineNotice))
