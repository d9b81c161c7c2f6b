"""What the published vectors say must be refused is refused, by the check, the code and the way that they say."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.envelope import Faulty, prove_envelope
from exchange.errors import SenderError
from exchange.schemas import Suite
from tests.corpus.world import FOLDER, HERE, load_world
from tests.json_schemas import exported
from tests.unit import second_reader
from tests.unit.second_checks import Reader, Refused

VECTORS = Path(__file__).parents[3] / "docs" / "vectors"
VECTOR: dict[str, Any] = json.loads((VECTORS / "negative.json").read_text(encoding="utf-8"))
CASES = VECTOR["cases"]
AT = datetime.fromisoformat(VECTOR["opened_at"])
WORLD = load_world()
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


@every_case
def test_an_envelope_is_refused_as_the_vector_says_and_returned_where_it_says_so(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["envelope"])
    if case["returned"]:
        found = prove_envelope(data, WORLD["bob"], WORLD.directory, AT, case["broker_account"])
        assert isinstance(found, Faulty)
        assert found.fault.code == case["refusal"], str(found.fault)
        return
    with pytest.raises(SenderError) as refusal:
        _unanswered(data, case["broker_account"])
    assert refusal.value.code == case["refusal"], str(refusal.value)


def _unanswered(data: bytes, account: str | None) -> None:
    """Raises why an envelope goes to the dead letters: nobody is proved, or no receipt could name it."""
    found = prove_envelope(data, WORLD["bob"], WORLD.directory, AT, account)
    if isinstance(found, Faulty) and not found.named:
        raise found.fault


def test_every_check_on_an_envelope_has_its_vector() -> None:
    assert {case["check"] for case in CASES} == set(range(1, 27))


def second() -> Reader:
    """A reader made from nothing but what the vectors print."""
    payload, _ = second_reader.verify((FOLDER / "directory.cose").read_bytes(), _authority())
    keys = {
        bytes.fromhex(key["key_id"]): (key["suite"], bytes.fromhex(key["secret_key"]))
        for key in VECTOR["recipient_keys"]
    }
    return Reader(VECTOR["recipient_address"], keys, json.loads(payload), exported(), AT)


def _authority() -> bytes:
    certificate = x509.load_der_x509_certificate((FOLDER / "authority" / "authority.der").read_bytes())
    key = certificate.public_key()
    assert isinstance(key, Ed25519PublicKey)
    return key.public_bytes_raw()


SECOND = second()


@every_case
def test_the_second_reader_refuses_it_by_the_check_that_the_vector_names(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refusal:
        SECOND.read(bytes.fromhex(case["envelope"]), case["broker_account"])
    found = refusal.value
    assert (found.check, found.code, found.returned) == (case["check"], case["refusal"], case["returned"])


@pytest.mark.parametrize("path", sorted((HERE / "envelopes").glob("*.json")), ids=lambda path: path.stem)
def test_the_second_reader_refuses_the_hostile_corpus_alike(path: Path) -> None:
    record = json.loads(path.read_text(encoding="utf-8"))
    data = base64.b64decode(record["envelope"]) + bytes(record.get("zeros_behind", 0))
    with pytest.raises(Refused) as refusal:
        SECOND.read(data)
    assert refusal.value.code == record["refusal"], str(refusal.value)


@pytest.mark.parametrize("suite", list(Suite))
def test_the_second_reader_takes_the_envelopes_that_hold(suite: Suite) -> None:
    printed = json.loads((VECTORS / f"envelope-{suite.value}.json").read_text(encoding="utf-8"))
    assert SECOND.read(bytes.fromhex(printed["envelope"])) == json.loads(printed["body_json"])
