"""What outsiders write, as the terminal and the file system get it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from exchange.cli.documents.saving import Saved, save_attachments
from exchange.cli.streams import printable
from exchange.cli.view import plain
from exchange.envelope import Verified
from exchange.messaging.records import StoredDocument
from exchange.operations.trace.dossier import Filed
from exchange.schemas import Attachment, Document
from tests.contract.rows import NOW, PLANNING, header
from tests.unit.examples import DOCUMENT


def letter(*files: tuple[str, bytes], enclosed: bytes | None = None) -> Filed:
    """A document on record whose attachments have these names and contents."""
    named = tuple(
        Attachment(name=name, media_type="text/plain", size=len(content), digest=hashlib.sha256(content).hexdigest())
        for name, content in files
    )
    head = header(PLANNING)
    body: Document = DOCUMENT.model_copy(update={"attachments": named})
    enclosures = tuple(content for _, content in files) if enclosed is None else (enclosed,)
    stored = StoredDocument(
        PLANNING, head.message_id, head.conversation_id, "document", "received", b"signed", enclosures, NOW
    )
    return Filed(stored, Verified(head, b"", body, b"{}", ()), "", ())


def paths(saved: Iterable[Saved]) -> list[Path | None]:
    """Where they were written."""
    return [one.path for one in saved]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("改造[/二期] 工程[red]一期", "改造[/二期] 工程[red]一期"),
        ("a\x1b[2Jb\rc\x9bd\x00", "a\ufffd[2Jb\ufffdc\ufffdd\ufffd"),
        ("\u202egnp.exe\u202c", "\ufffdgnp.exe\ufffd"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_text_is_shown_as_written_without_what_would_steer_the_terminal(written: str, shown: str) -> None:
    assert printable(written) == shown
    assert plain(written).plain == shown
    assert plain(written).spans == []


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("plan.pdf", "plan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\plan.pdf", "plan.pdf"),
        ("..", hashlib.sha256(b"content").hexdigest()),
        ("folder/", hashlib.sha256(b"content").hexdigest()),
        (".bashrc", "bashrc"),
        ("a\x1b\nb.txt", "a\ufffd b.txt"),
    ],
)
def test_a_sender_chooses_a_name_for_its_attachment_but_no_folder(tmp_path: Path, name: str, file: str) -> None:
    folder = tmp_path / "inner" / "saved"
    assert paths(save_attachments([letter((name, b"content"))], folder)) == [folder / file]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [folder / file]


def test_two_attachments_of_one_name_are_not_written_over_each_other(tmp_path: Path) -> None:
    letters = [letter(("a.txt", b"one")), letter(("x/a.txt", b"two"))]
    first, second = paths(save_attachments(letters, tmp_path))
    assert (first.name, first.read_bytes()) == ("a.txt", b"one")
    assert (second.name, second.read_bytes()) == (f"a-{hashlib.sha256(b'two').hexdigest()[:12]}.txt", b"two")
    assert paths(save_attachments(letters, tmp_path)) == [first, second]
    assert {path.stat().st_mode & 0o777 for path in (first, second)} == {0o600}, "they were confidential on their way"


def test_what_the_signed_document_does_not_name_is_not_saved(tmp_path: Path) -> None:
    assert list(save_attachments([letter(("a.txt", b"named"), enclosed=b"slipped in")], tmp_path)) == []
