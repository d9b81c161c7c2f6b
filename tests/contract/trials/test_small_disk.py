"""A member's small file system: full to the last octet on demand, with real mounts, and never more than that."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.trials.prove import small_disk
from exchange.trials.prove.broker import NotAllowed
from exchange.trials.prove.small_disk import SmallDisk

SIZE = 2 * 2**20
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone mounts a file system")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    made = SmallDisk(tmp_path / "member", SIZE)
    yield made
    if (tmp_path / "member").is_mount():
        made.close()


@as_root
def test_a_full_disk_takes_not_one_octet_more_until_it_is_emptied(disk: SmallDisk, tmp_path: Path) -> None:
    kept = tmp_path / "member" / "kept"
    kept.write_bytes(b"0" * 5000)
    disk.fill()
    with pytest.raises(OSError, match="No space left"):
        (tmp_path / "member" / "more").write_bytes(b"1")
    assert kept.read_bytes() == b"0" * 5000
    disk.empty()
    kept.write_bytes(b"2" * 100_000)
    disk.fill()
    disk.empty()


@as_root
def test_what_lies_on_it_is_kept_when_it_is_gone(disk: SmallDisk, tmp_path: Path) -> None:
    (tmp_path / "member" / "keys").mkdir()
    (tmp_path / "member" / "keys" / "one").write_text("key")
    disk.fill()
    disk.close()
    assert not (tmp_path / "member").is_mount()
    assert [path.name for path in (tmp_path / "member").iterdir()] == ["keys"]
    assert (tmp_path / "member" / "keys" / "one").read_text() == "key"


def test_who_may_not_mount_one_has_no_full_disk_and_is_told_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small_disk.os, "geteuid", lambda: 1000)
    disk = SmallDisk(tmp_path / "member", SIZE)
    with pytest.raises(NotAllowed, match="needs root"):
        disk.fill()
    disk.close()
    assert not (tmp_path / "member").exists()
