"""Documents that say who has them as a copy and what for: schema version 3, and nothing new where nothing is said."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from exchange.schemas import Document, DocumentKind, ForwardedRequest, Purpose, RequestForwarded
from tests.unit.examples import DIGEST, DOCUMENT, ID, OPINION_UPWARD

PLAIN = DOCUMENT.model_copy(update={"claims": ()})


@pytest.mark.parametrize(
    ("document", "version"),
    [
        (PLAIN, 1),
        (DOCUMENT, 2),
        (PLAIN.model_copy(update={"copies": ("c.audit",)}), 3),
        (PLAIN.model_copy(update={"purpose": Purpose.RECORD}), 3),
        (DOCUMENT.model_copy(update={"purpose": Purpose.INFORMATION}), 3),
    ],
)
def test_a_document_is_written_in_the_lowest_version_that_can_say_it(document: Document, version: int) -> None:
    assert document.written_version == version
    assert Document.model_validate_json(document.model_dump_json()) == document


def test_a_document_that_says_nothing_new_is_written_as_before() -> None:
    assert not {"copies", "purpose", "claims"} & set(json.loads(PLAIN.model_dump_json()))


@pytest.mark.parametrize("path", [("c.office", "c.office"), ("c.d.office",), ()])
def test_a_path_that_goes_round_or_names_nobody_is_refused(path: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError, match="path"):
        ForwardedRequest(request_id=ID, origin="c.d.office", digest=DIGEST, opinion=OPINION_UPWARD, path=path)
    with pytest.raises(ValidationError, match="path"):
        RequestForwarded(request_id=ID, origin="c.d.office", digest=DIGEST, to="c.x", opinion="同意", path=path)


@pytest.mark.parametrize("kind", sorted(set(DocumentKind) - {DocumentKind.REQUEST, DocumentKind.OPINION}))
def test_an_opinion_upward_is_a_request_or_an_opinion(kind: DocumentKind) -> None:
    opinion = OPINION_UPWARD.model_copy(update={"kind": kind})
    with pytest.raises(ValidationError, match="opinion"):
        ForwardedRequest(request_id=ID, origin="c.d.office", digest=DIGEST, opinion=opinion, path=("c.office",))
