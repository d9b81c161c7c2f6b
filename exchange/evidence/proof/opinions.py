"""The opinions of a department: which reached the lead in time, by the lead's own receipts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.directory import Lookup
from exchange.directory.substitutes import why_not
from exchange.evidence.proof.arrivals import arrived_from, on_own_word
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.records import ProvedDocument, ProvedRecords
from exchange.evidence.proof.terms import AskedPart
from exchange.language import Text
from exchange.language.names import VERDICTS, coded
from exchange.messaging.rules.moments import moment_text
from exchange.schemas import Clearance, DefaultMode, Opinion, OpinionRecall, Receipt, ReceiptOutcome, Verdict


@dataclass(frozen=True)
class GivenOpinion:
    """An opinion, and what the lead has signed for of it."""

    message_id: str
    signer: str
    opinion: Opinion
    receipt: Receipt | None
    in_time: bool
    """By the lead's receipt, within the term as it is derived here."""
    recalled: bool

    @property
    def reached(self) -> datetime | None:
        """When it reached the lead, by the lead's receipt."""
        return self.receipt.arrived_at if self.receipt is not None else None

    @property
    def stands(self) -> bool:
        """Whether the lead has signed for it, in time, and it was not recalled: then it counts, whatever else."""
        taken = self.receipt is not None and self.receipt.outcome is ReceiptOutcome.ACCEPTED
        return taken and self.in_time and not self.recalled and self.opinion.verdict is not Verdict.SPECIAL_PROCEDURE


def given_by(records: ProvedRecords, lead: str, part: AskedPart, matter: str, directory: Lookup) -> list[GivenOpinion]:
    """Return the opinions that were given on a request, the earliest first.

    Who waited for another's result may answer the clearance instead. Its own recall takes back what a substitute gave.
    """
    asked = {part.consultation_id, *_clearances(records, lead, part)}
    recalled = {recall.opinion_id for document, recall in records.of(OpinionRecall)
                if recall.department == document.key[0] == part.department
                and _taken(records, document, lead)}  # fmt: skip
    found = []
    for document, opinion in records.of(Opinion):
        if opinion.department != part.department or opinion.consultation_id not in asked:
            continue
        if not _may_speak(document, opinion, matter, directory):
            continue
        receipt = records.receipt(document, lead)
        in_time = receipt is not None and _is_in_time(part, arrived_from(receipt))
        signer, message_id = document.key
        found.append(GivenOpinion(message_id, signer, opinion, receipt, in_time, message_id in recalled))
    return found


def _clearances(records: ProvedRecords, lead: str, part: AskedPart) -> Iterator[str]:
    for document, clearance in records.of(Clearance):
        told = part.department in document.verified.header.addressees
        if document.key[0] == lead and clearance.consultation_id == part.consultation_id and told:
            yield document.key[1]


def opinion_findings(part: AskedPart, those: list[GivenOpinion]) -> Iterator[EvidenceFinding]:
    """Yield which of them came in time."""
    for one in those:
        named = {"signer": one.signer, "verdict": coded(VERDICTS, one.opinion.verdict.value), "id": one.message_id}
        if one.receipt is None:
            words = Text("{signer}'s opinion {id} is not shown to have reached the lead: no receipt is with it", named)
            yield EvidenceFinding(Weight.CLAIMED, FindingCode.OPINION_WITHOUT_RECEIPT, part.department, words)
        elif one.receipt.outcome is ReceiptOutcome.ACCEPTED:
            at = one.receipt.arrived_at
            code = FindingCode.OPINION_IN_TIME if one.in_time else FindingCode.OPINION_LATE
            template = (
                "{signer}'s opinion ({verdict}) reached the lead at {at}, in time, as the lead has signed"
                if one.in_time
                else "{signer}'s opinion ({verdict}) reached the lead at {at}, after the term, as the lead has signed"
            )
            yield EvidenceFinding(
                Weight.PROVED, code, part.department, Text(template, {**named, "at": moment_text(at)}), at
            )
            if not one.in_time:
                yield from on_own_word(part.department, one.receipt)


def _is_in_time(part: AskedPart, arrived_at: datetime) -> bool:
    """Where nothing comes of silence an opinion is never late; doubt favours the department."""
    return part.default is DefaultMode.NONE or part.due_at is None or arrived_at <= part.due_at


def _may_speak(document: ProvedDocument, opinion: Opinion, matter: str, directory: Lookup) -> bool:
    """A department speaks for itself, or a substitute by the entry of the directory that it names, while it counts."""
    signer, serial = document.key[0], opinion.substitution
    if signer == opinion.department or serial is None:
        return signer == opinion.department and serial is None
    at = document.verified.header.created_at
    return why_not(directory.directory, serial, signer, opinion.department, matter, [at]) is None


def _taken(records: ProvedRecords, document: ProvedDocument, lead: str) -> bool:
    receipt = records.receipt(document, lead)
    return receipt is not None and receipt.outcome is ReceiptOutcome.ACCEPTED
