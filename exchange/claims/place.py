"""Where the claim store is, as EXCHANGE_CLAIMS_URL says it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from exchange.errors import BadConfiguration
from exchange.machine.urls import fault_of


def parse_place(url: str) -> str | Path:
    """Parse a folder (``file:///…``) or the address ``s3://bucket/prefix``. Raises BadConfiguration."""
    if fault_of(url):
        raise _refused()
    parts = urlsplit(url)
    plain = not (parts.query or parts.fragment or "@" in parts.netloc or ":" in parts.netloc)
    if parts.scheme == "file" and plain and not parts.netloc and parts.path.startswith("/"):
        return Path(unquote(parts.path))
    if parts.scheme == "s3" and plain and parts.netloc:
        return url
    raise _refused()


def _refused() -> BadConfiguration:
    """Without the address: what somebody wrote there may be a password."""
    return BadConfiguration(
        "EXCHANGE_CLAIMS_URL names no claim store",
        remedy="write file:///FOLDER, or s3://BUCKET/PREFIX with AWS_ENDPOINT_URL and the account in AWS_ACCESS_KEY_ID "
        "and AWS_SECRET_ACCESS_KEY, or unset it: then it is the folder `claims` in the home",
    )
