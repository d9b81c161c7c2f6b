"""Documents with claim checks: a schema version of their own, and nothing new where there are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from exchange.envelope import sign_document, verify_signed
from exchange.envelope.document import content_type
from exchange.errors import Malformed, Unsupported
from exchange.schemas import ClaimCheck, Document, Header, Suite, Urgency
from tests.corpus.forge import IDS
from tests.corpus.world import NOW, load_world
from tests.unit.examples import CLAIM, DOCUMENT

WORLD = load_world()
WITHOUT = DOCUMENT.model_copy(update={"claims": ()})


def signed(document: Document) -> bytes:
    header = Header(
        message_id=IDS[0], conversation_id=IDS[1], kind="document", sender="city.alice", addressees=("city.bob",),
        urgency=Urgency.URGENT, created_at=NOW, suite=Suite.HYBRID,
    )  # fmt: skip
    return sign_document(header.model_dump_json().encode(), document, WORLD["alice"], [])


@pytest.mark.parametrize(("document", "version"), [(DOCUMENT, 2), (WITHOUT, 1)])
def test_a_document_is_signed_under_the_version_that_it_needs(document: Document, version: int) -> None:
    paper = signed(document)
    assert content_type("document", version).encode() in paper
    assert verify_signed(paper, WORLD.directory).body == document


def test_a_document_without_claims_is_written_as_before_there_were_any() -> None:
    assert "claims" not in json.loads(WITHOUT.model_dump_json())


class _Older(Document):
    """A document whose signer says version 1, whatever it holds."""

    @property
    def written_version(self) -> int:
        return 1


class _Newer(Document):
    @property
    def written_version(self) -> int:
        return Document.VERSION + 1


def test_claims_in_a_document_of_version_1_are_refused() -> None:
    with pytest.raises(Malformed, match="version 1 does not know"):
        verify_signed(signed(_Older(**dict(DOCUMENT))), WORLD.directory)


def test_a_version_of_the_future_is_refused_as_unknown() -> None:
    with pytest.raises(Unsupported, match=f"document version {Document.VERSION + 1}"):
        verify_signed(signed(_Newer(**dict(DOCUMENT))), WORLD.directory)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("size", 2_147_483_649),
        ("size", -1),
        ("object_key", "../../etc/passwd"),
        ("object_key", "CD" * 32),
        ("content_key", "AAAA"),
        ("nonce_prefix", "AAAA"),
        ("chunk_size", 1),
        ("chunk_size", 1 << 30),
        ("digest", "none"),
    ],
)
def test_a_claim_check_out_of_bounds_is_refused(field: str, value: Any) -> None:
    written = json.loads(CLAIM.model_dump_json()) | {field: value}
    with pytest.raises(ValidationError, match=field):
        ClaimCheck.model_validate_json(json.dumps(written))


def test_a_key_is_never_shown_by_accident() -> None:
    assert "xff" not in repr(DOCUMENT)
    assert "content_key" not in repr(CLAIM)
