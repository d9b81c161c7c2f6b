"""What the doctor looks at in the claim store: whether large attachments can be left there and fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from exchange.claims import open_claim_store
from exchange.errors import ClaimMissing, ClaimStoreUnavailable
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.home import claims_place
from exchange.runtime.settings import Settings

CHECK = "claim store"
_S3 = (
    "check AWS_ENDPOINT_URL, that the bucket exists, and that the account in AWS_ACCESS_KEY_ID and "
    "AWS_SECRET_ACCESS_KEY may get, put and list there"
)


def claims(settings: Settings) -> Iterator[Finding]:
    """Check that the claim store can be reached, written and read; a folder that is not there yet is not made."""
    place = claims_place(settings)
    if isinstance(place, Path) and not place.exists():
        yield _to_be_made(place)
        return
    try:
        open_claim_store(place, retries=0).probe()
    except (ClaimStoreUnavailable, ClaimMissing) as error:
        told = error.remedy not in (ClaimStoreUnavailable.remedy, ClaimMissing.remedy)
        yield Finding("bad", CHECK, error.text, error.remedy_text if told else _remedy(place))
        return
    yield Finding("good", CHECK, Text("{where} can be read and written", {"where": place}))


def _to_be_made(folder: Path) -> Finding:
    above = next(parent for parent in folder.parents if parent.exists())
    if above.is_dir() and os.access(above, os.W_OK | os.X_OK):
        return Finding("good", CHECK, Text("{folder} is made with the first large attachment", {"folder": folder}))
    return Finding(
        "bad",
        CHECK,
        Text("{folder} is not there, and cannot be made in {above}", {"folder": folder, "above": above}),
        _remedy(folder),
    )


def _remedy(place: str | Path) -> str:
    if isinstance(place, Path):
        return f"make {place} a folder that the members' user may write, or name another store in EXCHANGE_CLAIMS_URL"
    return _S3
