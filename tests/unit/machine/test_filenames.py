"""Names of files as others wrote them: safe on any file system, told apart, and signed as what they are."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from pathlib import Path

import pytest

from exchange.claims import open_claim_store, upload
from exchange.cli.documents.saving import save_attachments
from exchange.clock import RealClock
from exchange.errors import BadApplication, CallerError
from exchange.files.applications import read_application
from exchange.files.attached import attachment_of
from exchange.machine.filenames import file_name, free_path, split
from exchange.machine.mediatypes import UNKNOWN, media_type_of
from tests.journeys.commands import APPLICATION
from tests.unit.cli.test_cli_view import letter, paths

DIGEST = hashlib.sha256(b"x").hexdigest()


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("方" * 80 + ".pdf", "方" * 78 + ".pdf"),
        ("方" * 80, "方" * 79),
        ("🏯" * 200 + ".tar.gz", "🏯" * 58 + ".tar.gz"),
        ("a" * 300 + "." + "b" * 300, "a" * 239),
        ("e\u0301.pdf", "\u00e9.pdf"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.txt", "console.txt"),
        ("-rf", "_-rf"),
        ("a:b?.pdf", "a_b_.pdf"),
        ("half\udcff.pdf", "half\ufffd.pdf"),
        ("plan\u202efdp.exe", "plan\ufffdfdp.exe"),
        ("dots...", "dots"),
        (" ", DIGEST),
        ("...", DIGEST),
    ],
)
def test_a_name_fits_any_file_system(name: str, file: str) -> None:
    found = file_name(name, DIGEST)
    assert found == file
    assert len(found.encode()) + 13 <= 255


def test_endings_are_kept_together() -> None:
    assert split("a.tar.gz") == ("a", ".tar.gz")
    assert split("2026.7 计划") == ("2026.7 计划", "")
    assert split(".pdf") == (".pdf", "")


def test_attachments_whose_names_any_machine_takes_for_one_are_all_saved(tmp_path: Path) -> None:
    files = [("A.txt", b"1"), ("a.TXT", b"2"), ("\u00e9.txt", b"3"), ("e\u0301.txt", b"4"), ("A.txt", b"5")]
    files += [("方" * 80 + ".pdf", b"6"), ("方" * 80 + ".pdf", b"7"), ("CON", b"8"), ("..", b"9")]
    found = [path for path in paths(save_attachments([letter(*files)], tmp_path)) if path]
    assert len({path.name.casefold() for path in found}) == len(files)
    assert [path.read_bytes() for path in found] == [content for _, content in files]
    assert list(paths(save_attachments([letter(*files)], tmp_path))) == found


def test_one_that_cannot_be_saved_keeps_no_other_from_being(tmp_path: Path) -> None:
    digest = hashlib.sha256(b"two").hexdigest()[:12]
    letters = [letter(("a.txt", b"one"), ("b.txt", b"two"), ("c.txt", b"three"))]
    (tmp_path / "b.txt").mkdir()
    first, second, third = save_attachments(letters, tmp_path)
    assert second.path == tmp_path / f"b-{digest}.txt", "what lies there is left as it is"
    assert first.path
    assert third.path

    (tmp_path / "full").symlink_to("/dev/full")
    first, second, third = save_attachments([letter(("a.txt", b"one"), ("full", b"x"), ("c.txt", b"3"))], tmp_path)
    assert (first.error, third.error) == (None, None)


def test_a_free_path_never_overwrites(tmp_path: Path) -> None:
    for content in (b"1", b"2", b"3", b"4"):
        path = free_path(tmp_path, "a.txt", DIGEST, lambda path, content=content: path.read_bytes() == content)
        assert not path.exists()
        path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.pdf", "application/pdf"),
        ("a.PDF", "application/pdf"),
        ("计划.ofd", "application/ofd"),
        ("a.tar.gz", "application/gzip"),
        ("a.tgz", "application/gzip"),
        ("a.tar", "application/x-tar"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.js", UNKNOWN),
        ("pdf", UNKNOWN),
        (".pdf", UNKNOWN),
        ("a.", UNKNOWN),
    ],
)
def test_the_media_type_is_the_same_on_every_machine(
    monkeypatch: pytest.MonkeyPatch, name: str, media_type: str
) -> None:
    monkeypatch.setattr(mimetypes, "guess_type", lambda *args, **named: ("x-bad type/;", "gzip"))
    assert media_type_of(name) == media_type
    assert attachment_of(name, b"").media_type == media_type


def gbk(folder: Path, name: str, content: bytes) -> Path:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + name.encode("gb18030")))
    path.write_bytes(content)
    return path


def test_a_name_that_is_not_utf8_is_not_signed_as_something_else(tmp_path: Path) -> None:
    path = gbk(tmp_path, "施工方案.pdf", b"x")
    with pytest.raises(CallerError, match="not written in UTF-8") as caught:
        upload(path, open_claim_store(tmp_path / "claims"), tmp_path / "journals")
    assert "convmv" in caught.value.remedy


def test_a_file_whose_name_is_in_another_encoding_is_found_out(tmp_path: Path) -> None:
    gbk(tmp_path, "施工方案.pdf", b"x")
    file = tmp_path / "application.toml"
    material = '[[materials]]\ncode = "plan"\nfile = "施工方案.pdf"\n'
    file.write_text(APPLICATION.format(matter="works", materials=material), encoding="utf-8")
    with pytest.raises(BadApplication, match="not written in UTF-8"):
        read_application(file, RealClock())
