"""Document files and the attachments they name: small ones inside, large ones left in the claim store, last of all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from exchange.claims import fetch, open_claim_store, upload
from exchange.clock import SteppedClock
from exchange.errors import BadConfiguration, CallerError
from exchange.files.document_file import read_document
from exchange.files.notice_file import read_notice
from exchange.schemas import ClaimCheck, Document
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.unit.facts import at

CLOCK = SteppedClock(at("03-02"))
LETTER = """
number = "合规发〔2026〕1号"
kind = "函"
issuer = "规划局"
title = "关于报送测绘成果的函"
body = "成果见附件。"
attachments = {names}
"""


def written(folder: Path, *names: str) -> Path:
    path = folder / "letter.toml"
    path.write_text(LETTER.format(names=list(names)), encoding="utf-8")
    return path


class Store:
    """A claim store in a folder, and what was left in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = open_claim_store(folder / "claims")
        self.left: list[str] = []

    def leave(self, path: Path) -> ClaimCheck:
        self.left.append(path.name)
        return upload(path, self.store, self.folder / "uploads")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "whole.zip").write_bytes(bytes(ATTACHMENT_LIMIT + 1))
    (tmp_path / "maps" / "just.zip").write_bytes(b"x" * ATTACHMENT_LIMIT)
    (tmp_path / "note.txt").write_bytes(b"a small one")
    return Store(tmp_path)


def test_what_fits_travels_inside_and_what_does_not_goes_by_the_claim_store(store: Store, tmp_path: Path) -> None:
    file = written(tmp_path, "note.txt", "maps/whole.zip", "maps/just.zip")
    document, enclosures = read_document(file, CLOCK, store.leave)
    assert [one.name for one in document.attachments] == ["note.txt", "just.zip"]
    assert [one.digest for one in document.attachments] == [hashlib.sha256(one).hexdigest() for one in enclosures]
    (claim,) = document.claims
    assert (claim.name, claim.size) == ("whole.zip", ATTACHMENT_LIMIT + 1)
    assert fetch(claim, tmp_path / "again.zip", store.store).read_bytes() == bytes(ATTACHMENT_LIMIT + 1)
    assert Document.model_validate_json(document.model_dump_json()) == document


def test_a_notice_carries_large_ones_too(store: Store, tmp_path: Path) -> None:
    file = written(tmp_path, "maps/whole.zip")
    file.write_text(file.read_text().replace('kind = "函"\n', ""))
    notice, enclosures = read_notice(file, "all", None, CLOCK, leave=store.leave)
    assert ([claim.name for claim in notice.document.claims], enclosures) == (["whole.zip"], [])


def test_a_large_one_without_a_claim_store_is_told_with_its_size(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match=r"letter.toml:7.*whole.zip has 262,145 bytes"):
        read_document(written(tmp_path, "maps/whole.zip"), CLOCK)


@pytest.mark.parametrize(
    ("names", "replaced", "complaint"),
    [
        (["maps/whole.zip", "gone.txt"], ("规划局", "规划局"), "gone.txt: No such file"),
        (["maps/whole.zip", "maps"], ("规划局", "规划局"), "maps: Is a directory"),
        (["maps/whole.zip"], ("合规发〔2026〕1号", "number one"), "number one"),
        (["maps/whole.zip"], ('"函"', '"请示"'), "signatory"),
    ],
)
def test_nothing_is_uploaded_for_a_document_that_does_not_hold(
    store: Store, tmp_path: Path, names: list[str], replaced: tuple[str, str], complaint: str
) -> None:
    file = written(tmp_path, *names)
    file.write_text(file.read_text().replace(*replaced))
    with pytest.raises((BadConfiguration, CallerError), match=complaint):
        read_document(file, CLOCK, store.leave)
    assert store.left == []
