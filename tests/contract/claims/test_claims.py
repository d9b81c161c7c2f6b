"""Large attachments against a folder and against an S3 server over HTTP: one suite for both."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
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
from exchange.operations.health.claim_checkup import claims as claims_found
from exchange.operations.health.findings import Finding
from exchange.runtime.settings import Settings
from exchange.schemas import ClaimCheck
from exchange.schemas.claim import CLAIM_LIMIT
from tests.contract.claims import CHUNK, PART, ROOT, CountingStore, content, leave, new_bucket, open_place, s3_server

KEPT = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_REGION": "us-east-1"}


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


def part(claim: ClaimCheck, number: int) -> str:
    return f"{claim.object_key}/{number:05d}"


def stored(store: ClaimStore, claim: ClaimCheck, number: int) -> bytes:
    return store.get(part(claim, number), 2 * PART)


def hidden(folder: Path) -> list[Path]:
    return list(folder.glob(".*.part"))


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


def refused(claim: ClaimCheck, store: ClaimStore, folder: Path, kind: type[BadClaim]) -> str:
    """Fetches what must not be fetched; the complaint."""
    with pytest.raises(kind) as caught:
        fetch(claim, folder / "here.zip", store)
    assert caught.type is kind
    assert caught.value.remedy
    assert not (folder / "here.zip").exists()
    assert claim.object_key not in caught.value.diagnostics()
    return str(caught.value)


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


# --- interruptions ----------------------------------------------------------------------------------------------------


def killed(task: str, place: str, folder: Path, at: int) -> None:
    """Another process does a task until it stops at a part, and is killed there."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.contract.claim_process", task, place, str(folder), str(at)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        process.kill()
    assert said == "stopped"


def test_an_upload_that_was_killed_goes_on_without_sending_anything_again(
    store: CountingStore, place: str, tmp_path: Path
) -> None:
    written = content(5 * PART + 7)
    (tmp_path / "survey.zip").write_bytes(written)
    killed("upload", place, tmp_path, 2)
    killed("upload", place, tmp_path, 4)
    (journal,) = (tmp_path / "uploads").glob("*.journal")
    assert journal.stat().st_mode & 0o777 == 0o600

    claim = upload(tmp_path / "survey.zip", store, tmp_path / "uploads", chunk_size=CHUNK)
    assert store.put_names == [part(claim, 4), part(claim, 5)]
    assert fetch(claim, tmp_path / "here.zip", store).read_bytes() == written


def test_a_file_that_changed_after_the_kill_is_sealed_under_new_keys(
    store: CountingStore, place: str, tmp_path: Path
) -> None:
    path = tmp_path / "survey.zip"
    path.write_bytes(content(4 * PART))
    killed("upload", place, tmp_path, 2)
    (journal,) = (tmp_path / "uploads").glob("*.journal")
    before = journal.read_text().splitlines()[0]

    changed = bytearray(path.read_bytes())
    changed[2 * PART + 1] ^= 1  # in the part that was begun, and perhaps seen, but not stored
    path.write_bytes(changed)
    claim = upload(path, store, tmp_path / "uploads", chunk_size=CHUNK)
    assert claim.object_key not in before
    assert claim.content_key.hex() not in before
    assert store.put_names == [part(claim, number) for number in range(4)]
    assert fetch(claim, tmp_path / "here.zip", store).read_bytes() == changed


def test_a_journal_that_a_kill_or_a_hand_damaged_is_no_obstacle(
    store: CountingStore, place: str, tmp_path: Path
) -> None:
    path = tmp_path / "survey.zip"
    path.write_bytes(content(4 * PART))
    killed("upload", place, tmp_path, 3)
    (journal,) = (tmp_path / "uploads").glob("*.journal")
    journal.write_bytes(journal.read_bytes()[:-10])
    claim = upload(path, store, tmp_path / "uploads", chunk_size=CHUNK)
    assert store.put_names == [part(claim, 3)]

    killed("upload", place, tmp_path, 3)
    journal.write_text("{}\nnonsense\n")
    again = upload(path, store, tmp_path / "uploads", chunk_size=CHUNK)
    assert again.content_key != claim.content_key
    assert fetch(again, tmp_path / "here.zip", store).read_bytes() == path.read_bytes()


def test_a_part_that_the_store_lost_meanwhile_is_sent_again(store: CountingStore, place: str, tmp_path: Path) -> None:
    path = tmp_path / "survey.zip"
    path.write_bytes(content(3 * PART))
    killed("upload", place, tmp_path, 2)
    first = (tmp_path / "uploads").glob("*.journal").__next__().read_text()
    key = first.partition('"object_key":"')[2][:64]
    store.put(f"{key}/00000", b"cut short")
    store.put_names.clear()
    claim = upload(path, store, tmp_path / "uploads", chunk_size=CHUNK)
    assert store.put_names == [part(claim, 0), part(claim, 2)]
    assert fetch(claim, tmp_path / "here.zip", store).read_bytes() == path.read_bytes()


def test_a_fetch_that_was_killed_goes_on_where_it_was(store: CountingStore, place: str, tmp_path: Path) -> None:
    written = content(4 * PART + 9)
    claim = leave(store, tmp_path, written)
    (tmp_path / "claim.json").write_text(claim.model_dump_json())
    killed("fetch", place, tmp_path, 2)
    assert not (tmp_path / "here.zip").exists()
    (half_done,) = hidden(tmp_path)
    with half_done.open("ab") as file:
        file.write(b"the beginning of a part")

    assert fetch(claim, tmp_path / "here.zip", store).read_bytes() == written
    assert store.got_names == [part(claim, number) for number in (2, 3, 4)]
    assert hidden(tmp_path) == []


def test_a_half_fetched_file_that_was_damaged_is_fetched_anew(
    store: CountingStore, large: ClaimCheck, tmp_path: Path
) -> None:
    (tmp_path / f".{large.object_key}.part").write_bytes(bytes(2 * PART))
    fetch(large, tmp_path / "here.zip", store)
    assert (tmp_path / "here.zip").read_bytes() == (tmp_path / "survey.zip").read_bytes()
    assert store.got_names == [part(large, number) for number in (2, 3, 0, 1, 2, 3)]


def test_a_fetch_goes_on_once_a_missing_part_is_there(store: CountingStore, large: ClaimCheck, tmp_path: Path) -> None:
    elsewhere = large.model_copy(update={"object_key": "11" * 32})
    for number in (0, 1):
        store.put(part(elsewhere, number), stored(store, large, number))
    refused(elsewhere, store, tmp_path, ClaimMissing)
    for number in (2, 3):
        store.put(part(elsewhere, number), stored(store, large, number))
    store.got_names.clear()
    fetch(elsewhere, tmp_path / "here.zip", store)
    assert store.got_names == [part(elsewhere, number) for number in (2, 3)]


def test_memory_stays_the_same_however_large_the_file(place: str, tmp_path: Path) -> None:
    with (tmp_path / "survey.zip").open("wb") as file:
        file.truncate(300_000_000)
    found = subprocess.run(
        [sys.executable, "-m", "tests.contract.claim_process", "peak", place, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert (tmp_path / "here.zip").stat().st_size == 300_000_000
    assert int(found.stdout) < 40


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


# --- what the doctor says of it ---------------------------------------------------------------------------------------


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
