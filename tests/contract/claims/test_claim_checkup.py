"""What the doctor says of a claim store."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.claims import ClaimStore
from exchange.operations.health.checkups.claims import claims as claims_found
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Settings
from tests.contract.claim_stored import KEPT


def looked_at(place: str | Path, home: Path) -> Finding:
    """The doctor's finding about a store in a folder or at an address."""
    url = place if str(place).startswith("s3://") else f"file://{place}"
    (finding,) = claims_found(Settings.read({"EXCHANGE_CLAIMS_URL": str(url)}, home=home))
    return finding


def test_a_store_that_can_be_used_is_healthy_and_nothing_of_the_probe_is_left_in_a_folder(
    store: ClaimStore, place: str, tmp_path: Path
) -> None:
    finding = looked_at(place, tmp_path)
    assert (finding.level, finding.check) == ("good", "claim store")
    if not place.startswith("s3://"):
        assert list(Path(place).iterdir()) == []


def test_the_homes_own_folder_is_healthy_before_it_is_there_and_is_not_made(tmp_path: Path) -> None:
    (finding,) = claims_found(Settings.read({}, home=tmp_path))
    assert finding.level == "good"
    assert "with the first large attachment" in finding.finding
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_one_is_found_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for place in (tmp_path / "file", tmp_path / "file" / "claims"):
        finding = looked_at(place, tmp_path)
        assert finding.level == "bad"
        assert f"make {place} a folder" in finding.remedy


@pytest.mark.parametrize("where", ["no server", "no bucket"])
def test_a_storage_that_cannot_be_used_is_found_with_what_to_do(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    endpoint = s3 if where == "no bucket" else "http://127.0.0.1:1"
    for name, value in {**KEPT, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)
    finding = looked_at("s3://no-such-bucket/claims", tmp_path)
    assert finding.level == "bad"
    assert "AWS_ENDPOINT_URL" in finding.remedy
