"""Claim stores: a folder, and an S3 server in this process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.claims import ClaimStore
from exchange.schemas import ClaimCheck
from tests.contract.claim_stored import KEPT
from tests.contract.claim_stores import PART, CountingStore, content, leave, new_bucket, open_place, s3_server


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where each of the two kinds of store is."""
    if request.param == "folder":
        return str(tmp_path / "claims")
    endpoint = request.getfixturevalue("s3")
    for name, value in {**KEPT, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    return f"s3://{new_bucket(endpoint)}/anhui/claims"


@pytest.fixture
def store(place: str) -> CountingStore:
    return CountingStore(open_place(place))


@pytest.fixture
def large(store: ClaimStore, tmp_path: Path) -> ClaimCheck:
    """An attachment of three parts and a bit."""
    return leave(store, tmp_path, content(3 * PART + 100))
