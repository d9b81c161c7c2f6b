"""Large attachments against a folder and against an S3 server over HTTP: one suite for both."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from exchange.claims import ClaimStore, fetch, open_claim_store, upload
from exchange.errors import (
    BadClaim,
    CallerError,
    ClaimDiffers,
    ClaimMissing,
    ClaimStoreUnavailable,
    ClaimTooLarge,
    ClaimTruncated,
    Conflict,
    FileUnusable,
)
from exchange.schemas import ClaimCheck
from exchange.schemas.claim import CLAIM_LIMIT
from tests.contract.claim_stored import KEPT, hidden, part, refused, stored
from tests.contract.claim_stores import CHUNK, PART, CountingStore, content, leave, new_bucket

# --- the way there and back -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, PART - 1, PART, PART + 1, 2 * PART + CHUNK])
def test_what_was_left_comes_back(store: ClaimStore, tmp_path: Path, size: int) -> None:
    written = content(size)
    claim = leave(store, tmp_path, written)
    assert (claim.size, claim.name, claim.media_type) == (size, "survey.zip", "application/zip")
    assert fetch(claim, tmp_path / "again.zip", store).read_bytes() == written
    assert hidden(tmp_path) == []
    assert list((tmp_path / "uploads").iterdir()) == []


def test_progress_is_told_part_by_part_both_ways(store: ClaimStore, tmp_path: Path) -> None:
    size, told = 2 * PART + 5, list[tuple[int, int]]()
    (tmp_path / "plan.bin").write_bytes(content(size))

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    claim = upload(tmp_path / "plan.bin", store, tmp_path / "uploads", chunk_size=CHUNK, progress=tell)
    fetch(claim, tmp_path / "again.bin", store, progress=tell)
    assert told == [(PART, size), (2 * PART, size), (size, size)] * 2


def test_the_store_holds_nothing_of_the_text_and_no_two_uploads_look_alike(store: ClaimStore, tmp_path: Path) -> None:
    written = content(PART)
    first, second = leave(store, tmp_path, written), leave(store, tmp_path, written)
    assert first.digest == second.digest
    assert len({first.object_key, second.object_key}) == 2
    assert len({first.content_key, second.content_key}) == 2
    one, other = stored(store, first, 0), stored(store, second, 0)
    assert one != other
    assert written[100:164] not in one


def test_nobody_sees_a_byte_before_all_of_it_is_verified(store: ClaimStore, large: ClaimCheck, tmp_path: Path) -> None:
    seen: list[tuple[bool, int]] = []

    def look(done: int, total: int) -> None:
        (half_done,) = hidden(tmp_path)
        seen.append(((tmp_path / "here.zip").exists(), half_done.stat().st_mode & 0o777))

    fetch(large, tmp_path / "here.zip", store, progress=look)
    assert seen == [(False, 0o600)] * 4


# --- what is in the store is not what the claim check says ------------------------------------------------------------


def test_an_attachment_that_is_missing_from_the_store(
    store: ClaimStore, large: ClaimCheck, tmp_path: Path, place: str
) -> None:
    other = large.model_copy(update={"object_key": "00" * 32})
    assert "not in the claim store" in refused(other, store, tmp_path, ClaimMissing)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_part_that_was_cut_short(store: ClaimStore, large: ClaimCheck, tmp_path: Path, number: int) -> None:
    store.put(part(large, number), stored(store, large, number)[:-1])
    assert f"part {number} has" in refused(large, store, tmp_path, ClaimTruncated)
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_part_that_is_longer_than_declared(store: ClaimStore, large: ClaimCheck, tmp_path: Path, number: int) -> None:
    store.put(part(large, number), stored(store, large, number) + b"x")
    assert "are declared" in refused(large, store, tmp_path, ClaimTooLarge)
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_part_in_which_one_bit_was_altered(store: ClaimStore, large: ClaimCheck, tmp_path: Path, number: int) -> None:
    altered = bytearray(stored(store, large, number))
    altered[-1] ^= 1
    store.put(part(large, number), bytes(altered))
    assert "was altered" in refused(large, store, tmp_path, ClaimDiffers)
    assert hidden(tmp_path) == []


def test_two_parts_that_were_exchanged(store: ClaimStore, large: ClaimCheck, tmp_path: Path) -> None:
    first, second = stored(store, large, 0), stored(store, large, 1)
    store.put(part(large, 0), second)
    store.put(part(large, 1), first)
    assert "chunk 0 was altered" in refused(large, store, tmp_path, ClaimDiffers)


@pytest.mark.parametrize("field", ["digest", "ciphertext_digest"])
def test_a_digest_that_differs(store: ClaimStore, large: ClaimCheck, tmp_path: Path, field: str) -> None:
    other = large.model_copy(update={field: "00" * 32})
    assert "digest" in refused(other, store, tmp_path, ClaimDiffers)
    assert hidden(tmp_path) == []


@pytest.mark.parametrize(
    ("size", "kind"),
    [
        (3 * PART + 99, ClaimTooLarge),
        (3 * PART + 101, ClaimTruncated),
        (3 * PART, ClaimTooLarge),
        (PART, ClaimTooLarge),
        (4 * PART + 1, ClaimTruncated),
    ],
)
def test_a_size_that_is_declared_wrong(
    store: ClaimStore, large: ClaimCheck, tmp_path: Path, size: int, kind: type[BadClaim]
) -> None:
    refused(large.model_copy(update={"size": size}), store, tmp_path, kind)


# --- the store itself -------------------------------------------------------------------------------------------------


def test_objects_are_there_whole_or_not_at_all(store: ClaimStore) -> None:
    assert store.size("a/00000") is None
    store.put("a/00000", b"first")
    store.put("a/00000", b"second")
    assert store.size("a/00000") == 6
    assert store.get("a/00000", 6) == b"second"
    with pytest.raises(ClaimTooLarge):
        store.get("a/00000", 5)
    with pytest.raises(ClaimMissing):
        store.get("a/00001", 5)


def test_a_server_that_is_not_there(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEPT, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}.items():
        monkeypatch.setenv(name, value)
    store = open_claim_store("s3://nowhere/claims", retries=0)
    with pytest.raises(ClaimStoreUnavailable, match="no server listens there") as caught:
        leave(store, tmp_path, b"text")
    assert "EXCHANGE_CLAIMS_URL" in caught.value.remedy
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3)
    there = open_claim_store(f"s3://{new_bucket(s3)}", retries=0)
    claim = leave(there, tmp_path, b"text")
    with pytest.raises(ClaimStoreUnavailable):
        fetch(claim, tmp_path / "here.zip", store)
    assert fetch(claim, tmp_path / "here.zip", there).read_bytes() == b"text"


def test_a_bucket_that_is_not_there(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**KEPT, "AWS_ENDPOINT_URL": s3}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ClaimStoreUnavailable) as caught:
        leave(open_claim_store("s3://no-such-bucket/x"), tmp_path, b"text")
    assert "\n" not in str(caught.value)
    assert "make the bucket" in caught.value.remedy
    with pytest.raises(ClaimStoreUnavailable, match="no such bucket"):
        open_claim_store("s3://no-such-bucket/x", retries=0).get("part", 10)


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClaimStoreUnavailable):
        open_claim_store(tmp_path / "file" / "claims")


# --- the caller's side ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder_store(tmp_path: Path) -> ClaimStore:
    return open_claim_store(tmp_path / "claims")


def test_what_is_no_file_is_not_uploaded(folder_store: ClaimStore, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(CallerError, match="is no file"):
            upload(path, folder_store, tmp_path / "uploads")


def test_a_file_beyond_the_limit_is_not_begun(folder_store: ClaimStore, tmp_path: Path) -> None:
    with (tmp_path / "film").open("wb") as file:
        file.truncate(CLAIM_LIMIT + 1)
    with pytest.raises(CallerError, match="at most"):
        upload(tmp_path / "film", folder_store, tmp_path / "uploads")
    assert list((tmp_path / "claims").iterdir()) == []


def test_a_file_that_changes_while_it_is_read_is_not_sent(folder_store: ClaimStore, tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(content(2 * PART))

    def write(done: int, total: int) -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(Conflict, match="changed while it was read"):
        upload(path, folder_store, tmp_path / "uploads", chunk_size=CHUNK, progress=write)
    claim = upload(path, folder_store, tmp_path / "uploads", chunk_size=CHUNK)
    assert fetch(claim, tmp_path / "again.txt", folder_store).read_bytes() == path.read_bytes()


def test_a_file_is_uploaded_by_one_at_a_time(folder_store: ClaimStore, tmp_path: Path) -> None:
    path = tmp_path / "plan"
    path.write_bytes(content(PART))

    def another(done: int, total: int) -> None:
        with pytest.raises(Conflict, match="already"):
            upload(path, folder_store, tmp_path / "uploads", chunk_size=CHUNK)

    upload(path, folder_store, tmp_path / "uploads", chunk_size=CHUNK, progress=another)


def test_an_attachment_is_fetched_by_one_at_a_time(folder_store: ClaimStore, tmp_path: Path) -> None:
    claim = leave(folder_store, tmp_path, content(PART))
    with (tmp_path / f".{claim.object_key}.part").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(Conflict, match="already"):
            fetch(claim, tmp_path / "here.zip", folder_store)
    assert fetch(claim, tmp_path / "here.zip", folder_store).exists()


def test_a_file_that_is_there_is_never_overwritten(folder_store: ClaimStore, tmp_path: Path) -> None:
    claim = leave(folder_store, tmp_path, content(100))
    target = tmp_path / "mine.zip"
    target.write_bytes(b"mine")
    with pytest.raises(Conflict, match="is something else"):
        fetch(claim, target, folder_store)
    assert target.read_bytes() == b"mine"


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path, folder_store: ClaimStore) -> None:
    store = CountingStore(folder_store)
    claim = leave(store, tmp_path, content(100))
    fetch(claim, tmp_path / "here.zip", store)
    fetch(claim, tmp_path / "here.zip", store)
    assert store.got_names == [part(claim, 0)]


def test_a_folder_that_is_not_there_is_told(folder_store: ClaimStore, tmp_path: Path) -> None:
    claim = leave(folder_store, tmp_path, content(100))
    with pytest.raises(FileUnusable, match="No such file"):
        fetch(claim, tmp_path / "none" / "here.zip", folder_store)


def test_a_name_that_is_no_text_is_refused_and_not_signed_as_another(folder_store: ClaimStore, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.pdf"))
    path.write_bytes(b"x")
    with pytest.raises(CallerError, match="not written in UTF-8"):
        upload(path, folder_store, tmp_path / "uploads")
