"""The events in a bundle are those that its signed files carry, each with the file, and no others."""

from __future__ import annotations

import hashlib
import json
from collections import Counter

import pytest

from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.bundle.events_file import EVENTS, DeliveryEvent, DeliveryEvents, EventName
from exchange.evidence.bundle.reading import read_bundle
from exchange.evidence.proof.events import events_in, with_events
from exchange.evidence.proof.findings import FindingCode, Weight
from exchange.evidence.proof.verifying import verify_bundle
from exchange.schemas import Forwarding
from tests.corpus.evidence.listed import list_left_out, list_taken_out, sent_back
from tests.corpus.evidence.town import (
    ASKED,
    DECISION,
    LEAD,
    MONITOR,
    POLICE,
    TRANSPORT,
    PaperTown,
    good,
)
from tests.unit.facts import at

OWN, NOTICE = "90000000-0000-4000-8000-000000000000", "91000000-0000-4000-8000-000000000000"


def _of(events: tuple[DeliveryEvent, ...], name: EventName) -> list[DeliveryEvent]:
    return [one for one in events if one.event is name]


def test_each_document_receipt_and_silence_is_one_event() -> None:
    files = sent_back().parts.files
    events = events_in(files)
    folders = Counter(one.proof.partition("/")[0] for one in events)
    assert folders["receipts"] == sum(path.startswith("receipts/") for path in files)
    submitted = _of(events, EventName.SUBMISSION_ACCEPTANCE)
    assert {one.proof for one in submitted} == {
        path for path, data in files.items() if path.startswith("documents/") and b"vnd.yizhan.receipt+" not in data
    }
    assert all(one.digest == hashlib.sha256(files[one.proof]).hexdigest() for one in submitted)
    [back] = _of(events, EventName.CONSIGNMENT_REJECTION)
    assert (back.message_id, back.by, back.reason_code, back.at, back.arrived_at) == (
        DECISION, TRANSPORT, "not-yours", at("03-10"), at("03-10"),
    )  # fmt: skip
    [over] = _of(events, EventName.ACCEPTANCE_REJECTION_EXPIRY)
    asked = next(one for one in submitted if one.message_id == ASKED)
    assert (over.message_id, over.digest, over.by, over.department) == (ASKED, asked.digest, MONITOR, TRANSPORT)
    assert over.at == at("03-09", "24:00")
    assert (DECISION, POLICE) in {(one.message_id, one.by) for one in _of(events, EventName.CONTENT_CONSIGNMENT)}
    assert list(events) == sorted(events, key=lambda one: (one.at, one.event, one.message_id, one.proof))


def test_a_notice_that_is_passed_on_is_relayed_by_whoever_signs_that() -> None:
    town = PaperTown()
    body = Forwarding(notice_id=NOTICE, origin=LEAD, digest="ab" * 32, path=("c.relay",))
    town.sign(body, "relay", (POLICE,), OWN, at("03-04"), enclosures=(b"notice",))
    submitted, relayed = sorted(events_in(town.parts.files), key=lambda one: one.event, reverse=True)
    assert (submitted.event, submitted.message_id) == (EventName.SUBMISSION_ACCEPTANCE, OWN)
    assert (relayed.event, relayed.message_id, relayed.digest, relayed.by) == (
        EventName.RELAY_ACCEPTANCE, NOTICE, "ab" * 32, "c.relay",
    )  # fmt: skip


def test_what_cannot_be_read_carries_nothing() -> None:
    assert events_in({"documents/a.cose": b"\x00", "receipts/b.cbor": b"", "enclosures/c": b"c", EVENTS: b"{}"}) == ()


@pytest.mark.parametrize("reader", list(BundleReader))
def test_a_reader_is_told_of_the_files_that_it_gets(reader: BundleReader) -> None:
    town = sent_back()
    town.reader = reader
    bundle = read_bundle(town.bind())
    listed = DeliveryEvents.model_validate_json(bundle.files[EVENTS]).events
    assert {one.proof for one in listed} <= bundle.files.keys()
    withheld = {one.path for one in bundle.contents.withheld}
    assert {one.proof for one in events_in(town.parts.files)} - withheld == {one.proof for one in listed}


def test_a_bundle_without_a_list_is_told_and_one_whose_list_was_taken_out_once() -> None:
    for make, code in ((list_left_out, FindingCode.EVENTS_MISSING), (list_taken_out, FindingCode.FILE_MISSING)):
        town = make()
        found = verify_bundle(town.bind(), town.kin.certificate)
        assert [one.code for one in found.findings if one.weight is not Weight.PROVED] == [code]


def test_a_file_that_does_not_hold_carries_no_event_and_is_found_once() -> None:
    town = good()
    signed = next(data for data in town.parts.files.values() if b"vnd.yizhan.decision+json" in data)
    town.receipt(signed, DECISION, LEAD, POLICE, at("03-10"), by="relay")
    found = verify_bundle(town.bind(), town.kin.certificate)
    told = [one.code for one in found.findings if one.weight is not Weight.PROVED]
    assert told == [FindingCode.RECEIPT_NOT_VERIFIED]
    assert any(one.by == POLICE and one.message_id == DECISION for one in events_in(town.parts.files))


def test_the_list_is_the_same_from_the_same_files() -> None:
    files = good().parts.files
    told = with_events(files)[EVENTS]
    assert told == with_events(dict(reversed(files.items())))[EVENTS]
    assert json.loads(told)["version"] == 1
