"""A bundle verified: everything that holds, everything that does not, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.audit.timestamps.authorities import time_authorities
from exchange.directory.certificates import load_certificate
from exchange.envelope.strict import read_model
from exchange.errors import BadBundle, BadDirectory, Malformed
from exchange.evidence.bundle.contents import BundleContents, SubjectKind
from exchange.evidence.bundle.reading import Bundle, read_bundle
from exchange.evidence.bundle.workdays_file import WORKDAYS, PackageDays, package_days
from exchange.evidence.proof.cases import case_findings
from exchange.evidence.proof.dates import date_findings
from exchange.evidence.proof.findings import Conclusion, EvidenceFinding, FindingCode, Weight, conclusion_of
from exchange.evidence.proof.handovers import handover_findings
from exchange.evidence.proof.listed_events import event_findings
from exchange.evidence.proof.logs import read_logs
from exchange.evidence.proof.named import logged_bounds, named_findings
from exchange.evidence.proof.records import ProvedRecords, read_records
from exchange.evidence.proof.stamps import read_stamps
from exchange.evidence.proof.timeline import TimelineEntry, bound_findings, timeline
from exchange.evidence.proof.trusting import directory_findings, trust_in
from exchange.evidence.proof.withheld import WithheldRecords, as_examined, withheld_findings, withheld_in
from exchange.evidence.proof.witnesses import seen_logs, witness_findings
from exchange.language import Text, Words
from exchange.messaging.rules.moments import moment_text
from exchange.workdays import ChinaCalendar


@dataclass(frozen=True)
class VerifiedBundle:
    """What came of verifying a bundle."""

    contents: BundleContents
    findings: tuple[EvidenceFinding, ...]
    domain: str
    documents: int
    receipts: int
    names: Mapping[str, Words]
    """What the directory calls its members."""
    timeline: tuple[TimelineEntry, ...]
    """What was signed, in the order of its moments."""

    @property
    def conclusion(self) -> Conclusion:
        """Return what follows from all findings."""
        return conclusion_of(self.findings)


def verify_bundle(data: bytes, authority: bytes, time_stampers: Sequence[bytes] = ()) -> VerifiedBundle:
    """Verify a bundle by the certificate (DER) of the authority that the reader trusts, and by nothing else.

    ``time_stampers``: certificates (DER or PEM) of time-stamping authorities that the reader trusts.

    Raises BadBundle for what is no bundle, or holds no directory that this authority has signed.
    """
    try:
        trusted = load_certificate(authority)
        stampers = [one for file in time_stampers for one in time_authorities(file)]
    except BadDirectory as error:
        raise BadBundle(
            "the certificate that is to be trusted cannot be read: {why}",
            remedy="give the certificate of the domain's authority as you have it from the domain itself, and those of"
            " time-stamping authorities as they publish them",
            why=error.text,
        ) from error
    bundle = read_bundle(data)
    trust = trust_in(bundle, trusted)
    records, logs = read_records(bundle, trust), read_logs(bundle, trust.directory)
    withheld, subject = withheld_in(bundle, records), bundle.contents.subject
    seen, stamps = seen_logs(bundle, trust.directory), read_stamps(bundle, logs, stampers)
    course = timeline(records, withheld, logged_bounds(logs, seen, stamps))
    found = [
        *directory_findings(trust, _last_signed(records, withheld)),
        *_of_files(bundle),
        *_of_days(bundle),
        *logs.findings,
        *stamps.findings,
        *named_findings(bundle, logs, records, stamps),
        *witness_findings(seen),
        *records.findings,
        *date_findings(records),
        *withheld_findings(bundle, records, withheld),
        *_of_subject(bundle, records),
        *bound_findings(course),
        *handover_findings(logs, records),
        *event_findings(bundle, {one.path for one in bundle.faults} | records.not_proved | logs.not_proved),
    ]
    if subject.kind is SubjectKind.CASE:
        found += case_findings(subject.id, subject.of, records, trust)
    examined = tuple(as_examined(found, withheld, subject.of, trust.directory))
    return VerifiedBundle(
        bundle.contents, examined, trust.directory.domain, len(records.documents),
        sum(len(those) for those in records.receipts.values()),
        {one.address: (one.name, one.name_en) for one in trust.directory.everyone},
        course,
    )  # fmt: skip


def _last_signed(records: ProvedRecords, withheld: WithheldRecords) -> datetime | None:
    there = [one.verified.header.created_at for one in records.documents.values()]
    left_out = withheld.last_signed_for
    return max([*there, *([left_out] if left_out is not None else [])], default=None)


def _of_files(bundle: Bundle) -> Iterator[EvidenceFinding]:
    for fault in bundle.faults:
        named = {"path": fault.path}
        if fault.missing:
            words = Text("{path}: named in the bundle and not in it", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.FILE_MISSING, fault.path, words)
        else:
            words = Text("{path}: other bytes than the bundle names", named)
            yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.FILE_CHANGED, fault.path, words)


def _of_days(bundle: Bundle) -> Iterator[EvidenceFinding]:
    """The days in it are those of the package; another version of it may know other ones."""
    data = bundle.files.get(WORKDAYS)
    if data is None:
        return
    package, said = ChinaCalendar(), None
    try:
        said = read_model(PackageDays, data, WORKDAYS)
        years = [int(year) for year in said.years]
        same = not years or package_days(package, min(years), max(years)).years == said.years
    except Malformed:
        same = False
    if not same:
        named = {"said": said.version if said is not None else "-", "here": package.version}
        words = Text("the working days in the bundle, by {said}, are not those that are known here, by {here}", named)
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.WORKDAYS_DIFFER, WORKDAYS, words)


def _of_subject(bundle: Bundle, records: ProvedRecords) -> Iterator[EvidenceFinding]:
    """Who has signed the document that the bundle is about; of a case, `case_findings` tells more."""
    subject = bundle.contents.subject
    if subject.kind is SubjectKind.CASE:
        return
    document = records.documents.get((subject.of, subject.id))
    if document is None:
        words = Text("{id} of {sender} is not in the bundle", {"id": subject.id, "sender": subject.of})
        yield EvidenceFinding(Weight.MISSING, FindingCode.SUBJECT_MISSING, subject.id, words)
        return
    header = document.verified.header
    words = Text("{sender} has signed {id}, which it dates {at}",
                 {"sender": header.sender, "id": header.message_id, "at": moment_text(header.created_at)})  # fmt: skip
    yield EvidenceFinding(Weight.PROVED, FindingCode.DOCUMENT_SIGNED, header.message_id, words)
    for addressee in header.addressees:
        if records.receipt(document, addressee) is None:
            words = Text("that {receiver} has had {id} is not proved: its receipt is not in the bundle",
                         {"receiver": addressee, "id": header.message_id})  # fmt: skip
            yield EvidenceFinding(Weight.MISSING, FindingCode.RECEIPT_MISSING, header.message_id, words)
