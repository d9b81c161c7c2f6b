"""Vectors of every section and version: the product and the second reader take the same, and refuse the same."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid5

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.approval.proof import check_reminder, check_request
from exchange.audit import verify_receipt
from exchange.claims import fetch, open_claim_store
from exchange.claims.upload import part_name
from exchange.clock import SteppedClock
from exchange.directory import TreeView, grow, load_directory
from exchange.directory.freshness import read_freshness
from exchange.envelope import read_cosigned, verify_signed
from exchange.errors import BadClaim, BadDirectory, SenderError
from exchange.messaging.node import Node
from exchange.messaging.rules.moments import check_moments
from exchange.notices.origin import unpack
from exchange.schemas import MESSAGES, ClaimCheck, DeemedConsent, Forwarding, ReceiptProof
from tests.corpus import vectors
from tests.corpus.world import NOW, load_world
from tests.json_schemas import exported
from tests.unit import second_reader
from tests.unit.examples import COVER
from tests.unit.facts import CALENDAR, ID
from tests.unit.second_checks import Reader, Refused

VECTORS = Path(__file__).parents[3] / "docs" / "vectors"
WORLD = load_world()


def vector(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def key_of(certificate: str | bytes) -> bytes:
    der = bytes.fromhex(certificate) if isinstance(certificate, str) else certificate
    key = x509.load_der_x509_certificate(der).public_key()
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


def authority(certificate: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(bytes.fromhex(certificate))


def body_of(signed: bytes, key: bytes) -> Any:
    return json.loads(second_reader.verify(signed, key)[0])


# --- section 3: bodies ------------------------------------------------------------------------------------------------

BODIES = vector("bodies")["cases"]


def test_every_kind_has_a_vector_in_every_version_that_is_read() -> None:
    assert {(one["kind"], one["version"]) for one in BODIES} == {
        (kind, version) for kind, body in MESSAGES.items() for version in body.READ
    }


@pytest.mark.parametrize("case", BODIES, ids=lambda case: f"{case['kind']}-{case['version']}")
def test_a_body_of_every_version_is_read_by_both(case: dict[str, Any]) -> None:
    signed = bytes.fromhex(case["signed_document"])
    verified = verify_signed(signed, WORLD.directory)
    assert verified.payload.decode() == case["body_json"]
    assert verified.body.written_version == case["version"]
    check_moments(verified.body, verified.header.created_at)
    payload, labels = second_reader.verify(signed, key_of(WORLD["alice"].certificate))
    reader = Reader("city.bob", {}, {"members": []}, exported(), NOW)
    assert reader.body(case["kind"], labels[3], payload) == json.loads(case["body_json"])


# --- section 7: directories, the tree, freshness ----------------------------------------------------------------------


@pytest.mark.parametrize("version", ["1", "2", "3", "4", "5"])
def test_a_directory_of_every_version_is_read_by_both(version: str) -> None:
    printed = vector("directories")
    data, own = bytes.fromhex(printed["directories"][version]), printed["authority_certificate_der"]
    view = load_directory(data, authority(own), NOW, 0)
    found = body_of(data, key_of(own))
    assert [one.address for one in view.members] == [one["address"] for one in found["members"]]
    assert ("upper" in found, "revocations" in found["members"][0]) == (version >= "3", version != "1")
    assert ("codes" in found["members"][0], "substitutions" in found) == (version == "4", version == "5")


def test_the_directories_of_the_tree_lead_to_each_other() -> None:
    printed = vector("tree")
    upper, lower = (bytes.fromhex(printed["directories"][domain]) for domain in ("p", "p.q"))
    for own, data, other in (("p", upper, lower), ("p.q", lower, upper)):
        certificate = bytes.fromhex(printed["authorities"][own])
        view = load_directory(data, authority(printed["authorities"][own]), NOW, 0)
        tree = TreeView(view, data, grow(view, certificate, [other], NOW, {}), NOW)
        assert {one.domain for one in tree.domains} == {"p", "p.q"}
        assert tree.member("p.planning").address == "p.planning"
        assert tree.member("p.q.planning").address == "p.q.planning"
    vouched = body_of(upper, key_of(printed["authorities"]["p"]))["delegations"][0]["certificates"][0]
    assert second_reader.octets(vouched).hex() == printed["authorities"]["p.q"]
    assert body_of(lower, key_of(second_reader.octets(vouched)))["upper"]["domain"] == "p"


def test_a_statement_of_freshness_counts_and_what_is_none_does_not() -> None:
    printed = vector("freshness")
    data, own = bytes.fromhex(printed["statement"]), authority(printed["authority_certificate_der"])
    assert read_freshness(data, own, "p").digest == printed["directory_sha256"]
    said = json.loads(second_reader.read(data).content[2])
    by = second_reader.octets(said["certificate"])
    assert body_of(data, key_of(by)) == said
    assert said["digest"] == printed["directory_sha256"]
    x509.load_der_x509_certificate(by).verify_directly_issued_by(own)
    for refused in printed["refused"].values():
        with pytest.raises(BadDirectory):
            read_freshness(bytes.fromhex(refused), own, "p")


# --- section 9: large attachments -------------------------------------------------------------------------------------


def brought(case: dict[str, Any], parts: list[bytes], folder: Path) -> bytes:
    claim = ClaimCheck.model_validate_json(json.dumps(case["claim"]))
    store = open_claim_store(folder / "store")
    for number, part in enumerate(parts):
        store.put(part_name(claim.object_key, number), part)
    return fetch(claim, folder / "found", store).read_bytes()


@pytest.mark.parametrize("case", vector("claims")["attachments"], ids=lambda case: str(case["claim"]["size"]))
def test_an_attachment_is_opened_by_both(case: dict[str, Any], tmp_path: Path) -> None:
    if "parts" in case:
        parts, plaintext = [bytes.fromhex(one) for one in case["parts"]], bytes.fromhex(case["plaintext"])
    else:
        plaintext = bytes(index % 251 for index in range(case["claim"]["size"]))
        parts = [second_reader.sealed(case["claim"], plaintext)]
    assert hashlib.sha256(b"".join(parts)).hexdigest() == case["claim"]["ciphertext_digest"]
    assert second_reader.claim(case["claim"], parts) == brought(case, parts, tmp_path) == plaintext


@pytest.mark.parametrize("case", vector("claims")["refused"], ids=lambda case: case["name"])
def test_an_attachment_is_refused_by_both_alike(case: dict[str, Any], tmp_path: Path) -> None:
    parts = [bytes.fromhex(one) for one in case["parts"]]
    with pytest.raises(ValueError, match=f"^{case['refusal']}$"):
        second_reader.claim(case["claim"], parts)
    with pytest.raises(BadClaim) as refusal:
        brought(case, parts, tmp_path)
    assert refusal.value.code == case["refusal"]


# --- section 11: forwardings; deemed consents -------------------------------------------------------------------------


def test_a_chain_of_forwardings_holds_for_both() -> None:
    printed, tree = vector("forwarding"), vector("tree")
    enclosures = [bytes.fromhex(one) for one in printed["enclosures"]]
    upper, lower = (bytes.fromhex(tree["directories"][domain]) for domain in ("p", "p.q"))
    own = load_directory(lower, authority(tree["authorities"]["p.q"]), NOW, 0)
    view = TreeView(own, lower, grow(own, bytes.fromhex(tree["authorities"]["p.q"]), [upper], NOW, {}), NOW)
    identity = replace(WORLD["bob"], address="p.q.planning")
    node = Node(identity, view, cast(Any, None), SteppedClock(NOW), CALENDAR, lambda: ID)
    last = verify_signed(bytes.fromhex(printed["forwarding"]), view)
    assert isinstance(last.body, Forwarding)
    found = unpack(node, last.header, last.body, enclosures)
    assert [(one.relay, one.cover) for one in found.covers] == [("p.q.relay", COVER)]

    members = {one.address: key_of(one.certificates[0]) for one in view.everyone}
    payload, labels = second_reader.verify(bytes.fromhex(printed["forwarding"]), members["p.q.relay"])
    said = json.loads(payload)
    assert said["path"] == printed["path"]
    assert labels["yizhan-enclosures"] == [hashlib.sha256(one).digest() for one in enclosures]
    assert hashlib.sha256(enclosures[0]).hexdigest() == said["digest"]
    second_reader.verify(enclosures[0], members[said["origin"]])
    before, its = second_reader.verify(enclosures[1], members[said["path"][0]])
    assert json.loads(before)["path"] == said["path"][:1]
    assert its["yizhan-enclosures"] == [hashlib.sha256(enclosures[0]).digest()]


def test_a_deemed_consent_is_proved_by_what_it_carries() -> None:
    printed = vector("deemed")
    view = load_directory(bytes.fromhex(printed["directory"]), authority(printed["authority_certificate_der"]), NOW, 0)
    deemed = verify_signed(bytes.fromhex(printed["signed_document"]), view).body
    assert isinstance(deemed, DeemedConsent)
    assert deemed.model_dump_json() == printed["body_json"]
    assert deemed.state.evidence is not None
    receipt = check_request(deemed.state, deemed.state.evidence, view)
    assert receipt.digest == hashlib.sha256(bytes.fromhex(printed["consultation"])).hexdigest()
    (reminder,) = deemed.reminders
    assert check_reminder(deemed.state, reminder, view, CALENDAR) == "c.monitor"
    assert deemed.due_at == datetime.fromisoformat(printed["due_at"])

    said = json.loads(printed["body_json"])
    proof, keys = said["state"]["evidence"], {one.address: key_of(one.certificates[0]) for one in view.members}
    leaf, batch = (
        second_reader.octets(proof["receipt"]),
        body_of(second_reader.octets(proof["signed"]), keys["c.transport"]),
    )
    assert second_reader.root(leaf, 0, 1, []).hex() == batch["root"]
    assert hashlib.sha256(leaf).hexdigest() == said["receipt_digest"]
    words = second_reader.octets(said["reminders"][0]["proof"]["signed"])
    assert body_of(words, keys["c.monitor"])["stage"] == 50
    with pytest.raises(InvalidSignature):
        second_reader.verify(words, keys["c.transport"])


def test_the_reminders_id_is_derived_as_the_specification_says() -> None:
    printed = vector("deemed")
    state = json.loads(printed["body_json"])["state"]
    began = int(datetime.fromisoformat(state["ledger"][0]["at"]).timestamp()) * 1_000_000
    due = int(datetime.fromisoformat(printed["due_at"]).timestamp()) * 1_000_000
    facts = ("reminder", state["case_number"], state["department"], "50", str(began), str(due))
    assert str(uuid5(UUID("6f0d0f0a-33c5-5c1c-9a38-0b6f6a9c1b57"), "\n".join(facts))) == printed["reminder_id"]


def test_all_vectors_can_be_written_anew_with_the_same_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "FOLDER", tmp_path)
    vectors.write()
    assert {file.name for file in tmp_path.glob("*.json")} == {file.name for file in VECTORS.glob("*.json")}
    for name, place in (("tree", "p"), ("tree", "p.q")):
        anew = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert key_of(anew["authorities"][place]) == key_of(vector(name)["authorities"][place])


# --- what must be refused of sections 6, 7 and 10 ---------------------------------------------------------------------

REFUSED = vector("negative-sections")


@pytest.mark.parametrize("case", REFUSED["receipts"], ids=lambda case: case["name"])
def test_a_receipt_is_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    proof = ReceiptProof.model_validate_json(json.dumps(case["proof"]))
    with pytest.raises(SenderError) as refusal:
        verify_receipt(proof, WORLD.directory)
    assert refusal.value.code == case["refusal"], str(refusal.value)


@pytest.fixture(scope="module")
def alice() -> Reader:
    """The second reader, as city.alice, to whom the receipts were sent."""
    printed = vector("directory")
    directory = body_of(bytes.fromhex(printed["directory"]), key_of(printed["authority_certificate_der"]))
    return Reader("city.alice", {}, directory, exported(), NOW)


@pytest.mark.parametrize("case", REFUSED["receipts"], ids=lambda case: case["name"])
def test_a_receipt_is_refused_by_the_second_reader_alike(case: dict[str, Any], alice: Reader) -> None:
    with pytest.raises(Refused) as refusal:
        alice.receipt(case["proof"])
    assert refusal.value.code == case["refusal"], str(refusal.value)


def test_the_second_reader_takes_every_receipt_that_holds(alice: Reader) -> None:
    printed = vector("receipts")
    signed = base64.urlsafe_b64encode(bytes.fromhex(printed["signed_batch"])).decode()
    for one in printed["receipts"]:
        path = [base64.urlsafe_b64encode(bytes.fromhex(step)).decode() for step in one["path"]]
        leaf = base64.urlsafe_b64encode(one["json"].encode()).decode()
        proof = {"receipt": leaf, "index": one["index"], "size": 5, "path": path, "signed": signed}
        assert alice.receipt(proof) == json.loads(one["json"])


@pytest.mark.parametrize("case", REFUSED["joint"], ids=lambda case: case["name"])
def test_a_joint_document_is_refused_as_the_vector_says(case: dict[str, Any]) -> None:
    with pytest.raises(SenderError) as refusal:
        read_cosigned(bytes.fromhex(case["cose_sign"]), WORLD.directory, NOW)
    assert refusal.value.code == case["refusal"], str(refusal.value)


@pytest.mark.parametrize("case", REFUSED["directories"], ids=lambda case: case["name"])
def test_a_directory_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(BadDirectory):
        load_directory(bytes.fromhex(case["directory"]), authority(REFUSED["authority_certificate_der"]), NOW, 0)
