"""Who gets what of a bundle: whole files, each of which is given or listed, and no bytes that are both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cache

import pytest

from exchange.envelope.document import kind_declared
from exchange.evidence.bundle.contents import BundleReader, SubjectKind, WithheldFor
from exchange.evidence.bundle.events_file import EVENTS
from exchange.evidence.bundle.reading import Bundle, read_bundle
from exchange.evidence.proof.findings import FindingCode, Weight
from exchange.evidence.proof.verifying import VerifiedBundle, verify_bundle
from exchange.evidence.redacting.rules import document_withheld, readers_at
from exchange.schemas import MESSAGES, DeadlineNotice, ReceiptOutcome, Verdict
from tests.corpus.evidence.redacted import for_reader
from tests.corpus.evidence.town import LEAD, OPINION, POLICE, TRANSPORT, PaperTown, good
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at


@cache
def _town() -> PaperTown:
    return for_reader(BundleReader.ALL)()


@cache
def _bundle(reader: BundleReader) -> tuple[Bundle, VerifiedBundle]:
    town = _town()
    town.reader = reader
    data = town.bind()
    return read_bundle(data), verify_bundle(data, town.kin.certificate)


def _kinds(bundle: Bundle) -> set[str | None]:
    return {kind_declared(data) for _, data in bundle.under("documents")}


@pytest.mark.parametrize("reader", list(BundleReader))
def test_every_file_is_given_or_listed_and_none_is_both(reader: BundleReader) -> None:
    whole, _ = _bundle(BundleReader.ALL)
    given, _ = _bundle(reader)
    listed = {one.path: (one.sha256, one.size) for one in given.contents.withheld}
    for path, data in whole.files.items():
        if path == EVENTS:
            continue  # of each bundle its own: `test_events`
        if path in listed:
            assert listed[path] == (hashlib.sha256(data).hexdigest(), len(data))
        else:
            assert given.files[path] == data
    assert not {one.sha256 for one in given.contents.withheld} & {
        hashlib.sha256(data).hexdigest() for data in given.files.values()
    }


def test_each_reader_gets_what_the_principles_say() -> None:
    assert _bundle(BundleReader.COURT)[0].contents.withheld == ()
    applicant, public = _bundle(BundleReader.APPLICANT)[0], _bundle(BundleReader.PUBLIC)[0]
    assert _kinds(applicant) == {"consultation", "deadline-notice", "reminder", "deemed-consent", "receipt"}
    assert _kinds(public) == {"receipt"}
    why = {one.path.partition("/")[0]: set[WithheldFor]() for one in public.contents.withheld}
    for one in public.contents.withheld:
        why[one.path.partition("/")[0]].add(one.why)
    assert why == {"documents": {WithheldFor.PERSONAL, WithheldFor.INTERNAL}, "log": {WithheldFor.JOURNAL}}


def test_what_is_left_out_is_proved_by_digest_alone_and_never_more() -> None:
    _, found = _bundle(BundleReader.PUBLIC)
    by_digest = [one for one in found.findings if one.code is FindingCode.RECEIVED_BY_DIGEST]
    assert OPINION in {one.about for one in by_digest}
    assert all(one.weight is Weight.PROVED and one.at_latest is not None for one in by_digest)
    proved = {one.code for one in found.findings if one.weight is Weight.PROVED}
    assert proved == {FindingCode.AUTHORITY, FindingCode.DIRECTORY_CURRENT, FindingCode.RECEIVED_BY_DIGEST}


def test_a_term_is_not_proved_where_a_later_ledger_may_be_withheld() -> None:
    _, found = _bundle(BundleReader.APPLICANT)
    open_ones = {one.about: str(one.text) for one in found.findings if one.code is FindingCode.NOT_EXAMINED}
    assert {POLICE, TRANSPORT} <= open_ones.keys()
    assert "had time until" in open_ones[POLICE]
    assert FindingCode.TERM not in {one.code for one in found.findings}


def test_what_was_enclosed_goes_with_what_encloses_it() -> None:
    def town(kind: str, sender: str) -> PaperTown:
        made = good()
        made.reader = BundleReader.APPLICANT
        made.sign(EXAMPLES[kind], sender, (LEAD,), "90000000-0000-4000-8000-000000000000", at("03-04"),
                  enclosures=(b"plan",))  # fmt: skip
        return made

    path = f"enclosures/{hashlib.sha256(b'plan').hexdigest()}"
    shown, withheld = (
        read_bundle(town("filing-statement", "police").bind()),
        read_bundle(town("document", "police").bind()),
    )
    assert shown.files[path] == b"plan"
    assert {one.path: one.why for one in withheld.contents.withheld}[path] is WithheldFor.ATTACHMENT


def test_a_withheld_document_stays_out_as_an_enclosure_too() -> None:
    town = good()
    opinion = next(data for data in town.parts.files.values() if b"vnd.yizhan.opinion+json" in data)
    town.sign(EXAMPLES["filing-statement"], "police", (LEAD,), "90000000-0000-4000-8000-000000000000", at("03-04"),
              enclosures=(opinion,))  # fmt: skip
    town.reader = BundleReader.APPLICANT
    bundle = read_bundle(town.bind())
    assert opinion not in bundle.files.values()
    digest = hashlib.sha256(opinion).hexdigest()
    assert {f"documents/{digest}.cose", f"enclosures/{digest}"} <= {one.path for one in bundle.contents.withheld}


def test_a_reason_for_sending_back_goes_with_what_was_sent_back() -> None:
    town = good()
    signed = town.opinion(TRANSPORT, Verdict.AGREE, at("03-05"), "90000000-0000-4000-8000-000000000000")
    town.receipt(signed, "90000000-0000-4000-8000-000000000000", TRANSPORT, LEAD, at("03-05"),
                 outcome=ReceiptOutcome.RETURNED, reason_code="not-yours", reason="张三 has no such case")  # fmt: skip
    town.reader = BundleReader.PUBLIC
    data = town.bind()
    assert [one.path.partition("/")[0] for one in read_bundle(data).contents.withheld].count("receipts") == 1
    found = verify_bundle(data, town.kin.certificate)
    assert "张三" not in json.dumps([str(one.text) for one in found.findings])
    assert FindingCode.RETURNED not in {one.code for one in found.findings}


def test_terms_of_several_cases_are_told_to_nobody_else() -> None:
    one = EXAMPLES["deadline-notice"]
    assert isinstance(one, DeadlineNotice)
    other = one.deadlines[0].model_copy(update={"case_number": "OTHER-2026-000001"})
    several = one.model_copy(update={"deadlines": (one.deadlines[0], other)})
    for reader in (BundleReader.COURT, BundleReader.APPLICANT, BundleReader.PUBLIC):
        assert document_withheld(reader, several) is WithheldFor.OTHER_CASES
    assert document_withheld(BundleReader.COURT, one) is None


def test_a_letter_to_departments_and_a_copy_for_a_substitute_are_not_the_applicants() -> None:
    asked = EXAMPLES["consultation"]
    plain: Mapping[str, object] = {"document": None, "copy_of": None}
    copied = {**plain, "copy_of": "90000000-0000-4000-8000-000000000000"}
    assert document_withheld(BundleReader.APPLICANT, asked.model_copy(update=plain)) is None
    assert document_withheld(BundleReader.APPLICANT, asked.model_copy(update=copied)) is WithheldFor.PERSONAL
    letter = {**plain, "document": EXAMPLES["document"]}
    assert document_withheld(BundleReader.APPLICANT, asked.model_copy(update=letter)) is WithheldFor.PERSONAL


def test_an_unreadable_document_and_every_kind_are_withheld_from_the_public() -> None:
    assert document_withheld(BundleReader.PUBLIC, None) is WithheldFor.INTERNAL
    bodies = [body for kind, body in EXAMPLES.items() if kind in MESSAGES]
    assert len(bodies) > 30
    assert None not in {document_withheld(BundleReader.PUBLIC, body) for body in bodies}


def test_only_the_lead_of_a_case_makes_one_for_its_applicant() -> None:
    assert BundleReader.APPLICANT in readers_at(SubjectKind.CASE, leads=True)
    for kind, leads in ((SubjectKind.CASE, False), (SubjectKind.DOCUMENT, True), (SubjectKind.NOTICE, True)):
        assert readers_at(kind, leads=leads) == (BundleReader.ALL, BundleReader.COURT, BundleReader.PUBLIC)
