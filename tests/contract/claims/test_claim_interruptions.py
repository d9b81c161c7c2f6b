"""Uploads and fetches that were killed go on where they were, and do nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from exchange.claims import fetch, upload
from exchange.errors import (
    ClaimMissing,
)
from exchange.schemas import ClaimCheck
from tests.contract.claim_stored import hidden, part, refused, stored
from tests.contract.claim_stores import CHUNK, PART, ROOT, CountingStore, content, leave


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
