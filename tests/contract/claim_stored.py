"""What lies in a claim store, as tests look at it from behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.claims import ClaimStore, fetch
from exchange.errors import BadClaim
from exchange.schemas import ClaimCheck
from tests.contract.claim_stores import PART

KEPT = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_REGION": "us-east-1"}


def part(claim: ClaimCheck, number: int) -> str:
    return f"{claim.object_key}/{number:05d}"


def stored(store: ClaimStore, claim: ClaimCheck, number: int) -> bytes:
    return store.get(part(claim, number), 2 * PART)


def hidden(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


def refused(claim: ClaimCheck, store: ClaimStore, folder: Path, kind: type[BadClaim]) -> str:
    """Fetches what must not be fetched; the complaint."""
    with pytest.raises(kind) as caught:
        fetch(claim, folder / "here.zip", store)
    assert caught.type is kind
    assert caught.value.remedy
    assert not (folder / "here.zip").exists()
    assert claim.object_key not in caught.value.diagnostics()
    return str(caught.value)
