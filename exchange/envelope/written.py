"""What a member signs in its own words is looked at before it is signed; what it passes on or counts is not its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from exchange.errors import BadText
from exchange.schemas import (
    Acceptance,
    Body,
    CaseClosed,
    CaseReopened,
    CaseTermNotice,
    Chase,
    Decision,
    Document,
    DocumentReturn,
    Filing,
    FilingStatement,
    FilingSupplement,
    FilingWithdrawal,
    FormAnswer,
    ForwardedRequest,
    Forwarding,
    HearingNotice,
    HearingRecord,
    JointDraft,
    JointEnded,
    JointEnding,
    JointRefusal,
    Licence,
    LicenceEntry,
    LicenceQuery,
    Notice,
    Opinion,
    OpinionRecall,
    ProcedureEnded,
    Recall,
    RequestForwarded,
    SignOff,
    SupplementAnswer,
    SupplementaryReview,
    SupplementRequest,
    TermNotice,
    Wire,
)
from exchange.schemas.written import Place, faults_in

OWN_WORDS: frozenset[type[Body]] = frozenset(
    {
        CaseReopened,
        Chase,
        Decision,
        Document,
        DocumentReturn,
        FormAnswer,
        ForwardedRequest,
        Forwarding,
        JointDraft,
        JointRefusal,
        LicenceEntry,
        LicenceQuery,
        Notice,
        Opinion,
        OpinionRecall,
        ProcedureEnded,
        Recall,
        SignOff,
        SupplementaryReview,
        SupplementAnswer,
        SupplementRequest,
    }
)
"""Kinds of message whose every text its signer has written."""

OWN_FIELDS: Mapping[type[Body], frozenset[str]] = {
    CaseClosed: frozenset({"reason"}),
    CaseTermNotice: frozenset({"entry"}),
    JointEnded: frozenset({"reasons"}),
    Licence: frozenset({"permits"}),
    RequestForwarded: frozenset({"opinion"}),
    TermNotice: frozenset({"entry"}),
    Acceptance: frozenset({"missing", "reasons", "competent_body"}),
    Filing: frozenset({"application", "agent"}),
    FilingStatement: frozenset({"text"}),
    FilingSupplement: frozenset({"application"}),
    FilingWithdrawal: frozenset({"reasons"}),
    HearingNotice: frozenset({"place", "reasons"}),
    HearingRecord: frozenset({"record"}),
}
"""Fields that the signer has written, of kinds that otherwise repeat what was said, and checked, elsewhere."""


def check_own_words(body: Body) -> None:
    """Raise BadText for words of its signer's own that nobody could read as they were meant."""
    if type(body) in OWN_WORDS:
        check_written(body)
    elif (own := OWN_FIELDS.get(type(body))) and not _passes_on(body):
        _refuse([(place, what) for place, what in faults_in(body) if place[0] in own])


def check_written(written: Wire) -> None:
    """Raise BadText naming every field whose text has a fault."""
    _refuse(list(faults_in(written)))


def _passes_on(body: Body) -> bool:
    """Whether even these fields are another's: a refusal's reasons, which the lead tells all who were asked, and an
    entry that the department has ordered to whom it is told.
    """
    if isinstance(body, TermNotice):
        return body.entry.actor == body.department
    return isinstance(body, JointEnded) and body.ending is JointEnding.REFUSED


def _refuse(faults: Sequence[tuple[Place, str]]) -> None:
    if faults:
        raise BadText("; ".join(f"{'.'.join(map(str, place))}: {what}" for place, what in faults[:5]))
