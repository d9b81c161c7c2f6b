"""What a verifier can find, by how much it weighs; and what follows from all of it together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from exchange.language import Text


class Weight(StrEnum):
    """How much a finding weighs."""

    PROVED = "proved"
    """By signatures of those whom it speaks of, or of whom it is held against."""
    CLAIMED = "claimed"
    """Signed by one side alone, which gains by it or might err."""
    MISSING = "missing"
    """What would prove it is not in the bundle."""
    WITHHELD = "withheld"
    """It was left out for this reader, or hangs on what was: it could not be looked at."""
    NOT_LOOKED_AT = "not-looked-at"
    """The reader has named nothing to hold it against; nothing else rests on it, so no conclusion does."""
    CONTRADICTION = "contradiction"
    """Two things that were signed cannot both be; or something was changed."""


class FindingCode(StrEnum):
    """What was found; codes for machines that never change their meaning."""

    FILE_MISSING = "file-missing"
    FILE_CHANGED = "file-changed"
    FILE_WITHHELD = "file-withheld"
    WITHHELD_UNPROVED = "withheld-unproved"
    NOT_EXAMINED = "not-examined"
    AUTHORITY = "authority"
    DIRECTORY_CURRENT = "directory-current"
    DIRECTORY_NOT_SHOWN_CURRENT = "directory-not-shown-current"
    DIRECTORY_ROLLED_BACK = "directory-rolled-back"
    WORKDAYS_DIFFER = "workdays-differ"
    LOGGED = "logged"
    LOGGED_OTHER_BYTES = "logged-other-bytes"
    LOG_NOT_VERIFIED = "log-not-verified"
    TIME_STAMPED = "time-stamped"
    TIME_STAMP_CLAIMED = "time-stamp-claimed"
    TIME_STAMP_NOT_LOOKED_AT = "time-stamp-not-looked-at"
    TIME_STAMP_MISSING = "time-stamp-missing"
    TIME_STAMP_NOT_VERIFIED = "time-stamp-not-verified"
    TIME_STAMP_TOO_EARLY = "time-stamp-too-early"
    NAMED_BY = "named-by"
    WITNESSED = "witnessed"
    LOG_FORKED = "log-forked"
    LOG_CUT = "log-cut"
    LOG_RESTORED = "log-restored"
    GROWTH_MISSING = "growth-missing"
    DOCUMENT_SIGNED = "document-signed"
    DOCUMENT_NOT_VERIFIED = "document-not-verified"
    DOCUMENT_MISSING = "document-missing"
    DOCUMENT_TWICE = "document-twice"
    ENCLOSURE_MISSING = "enclosure-missing"
    DATED_WRONGLY = "dated-wrongly"
    SIGNED_BETWEEN = "signed-between"
    RECEIVED = "received"
    RECEIVED_BY_DIGEST = "received-by-digest"
    RECEIPT_MISSING = "receipt-missing"
    RECEIPT_NOT_VERIFIED = "receipt-not-verified"
    RECEIPT_OF_OTHER_BYTES = "receipt-of-other-bytes"
    RECEIPTS_DIFFER = "receipts-differ"
    RETURNED = "returned"
    HANDED_OVER = "handed-over"
    HANDOVER_FAILED = "handover-failed"
    HANDOVER_CLAIMED = "handover-claimed"
    HANDOVER_DIFFERS = "handover-differs"
    SUBJECT_MISSING = "subject-missing"
    ASKED = "asked"
    ASKED_WITHOUT_RECEIPT = "asked-without-receipt"
    TERM = "term"
    TERM_MISSING = "term-missing"
    TERM_DIFFERS = "term-differs"
    OPINION_IN_TIME = "opinion-in-time"
    OPINION_LATE = "opinion-late"
    ARRIVAL_CLAIMED = "arrival-claimed"
    OPINION_WITHOUT_RECEIPT = "opinion-without-receipt"
    OPINION_DROPPED = "opinion-dropped"
    OPINION_MISSING = "opinion-missing"
    OPINION_DIFFERS = "opinion-differs"
    OPINION_COUNTED_LATE = "opinion-counted-late"
    SILENCE_LAWFUL = "silence-lawful"
    SILENCE_UNLAWFUL = "silence-unlawful"
    SILENCE_MISSING = "silence-missing"
    SILENCE_AGAINST_OPINION = "silence-against-opinion"
    NOT_CONSIDERED = "not-considered"
    NEVER_ASKED = "never-asked"
    DECISION = "decision"
    DECISION_MISSING = "decision-missing"
    DECISION_WRONG_LEAD = "decision-wrong-lead"
    DECISION_DATED_BACK = "decision-dated-back"
    EVENTS_MISSING = "events-missing"
    EVENT_WITHOUT_PROOF = "event-without-proof"
    EVENT_NOT_LISTED = "event-not-listed"
    NAMES_ANOTHER = "names-another"


class Conclusion(StrEnum):
    """What follows from all findings together."""

    PROVED = "proved"
    WITHHELD = "withheld"
    """All that is in it is proved; something was left out for this reader, and not looked at."""
    INCOMPLETE = "incomplete"
    """Nothing contradicts; something is missing, or rests on one side's word."""
    CONTRADICTED = "contradicted"


@dataclass(frozen=True)
class EvidenceFinding:
    """One thing that was found."""

    weight: Weight
    code: FindingCode
    about: str
    """An address, a message's id, or a file of the bundle."""
    text: Text
    at_latest: datetime | None = None
    """By when it was so, as somebody else has signed."""
    at_earliest: datetime | None = None
    """Before when it was not, as somebody else dates what it rests on."""

    @property
    def is_detail(self) -> bool:
        """Whether it is one of many of its kind, which say little by themselves."""
        return self.code in (FindingCode.RECEIVED, FindingCode.NAMED_BY, FindingCode.FILE_WITHHELD)


def conclusion_of(findings: Collection[EvidenceFinding]) -> Conclusion:
    """Return what follows. Without anything proved nothing is proved: an empty set never means yes."""
    weights = {one.weight for one in findings}
    if Weight.CONTRADICTION in weights:
        return Conclusion.CONTRADICTED
    if Weight.PROVED not in weights or Weight.MISSING in weights or Weight.CLAIMED in weights:
        return Conclusion.INCOMPLETE
    return Conclusion.WITHHELD if Weight.WITHHELD in weights else Conclusion.PROVED
