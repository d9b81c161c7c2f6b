"""A number under which a document was sent before is said, and nothing is kept back."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from exchange.documents.send import send_document
from exchange.messaging.outbox import Outbox
from exchange.runtime.home import open_member
from exchange.runtime.settings import Settings
from exchange.schemas import Document, DocumentKind, DocumentNumber, Purpose
from exchange.setup.init import init_files
from tests.processes import write_departments


def test_a_second_document_under_one_number_is_sent_with_a_word(tmp_path: Path) -> None:
    settings = Settings.read({}, tmp_path / "home")
    write_departments(tmp_path / "departments", "t", ["planning", "transport"])
    init_files(settings, lambda text: None, tmp_path / "departments")
    opened = open_member(settings, "t.planning")

    def letter(serial: int, title: str) -> Document:
        return Document(
            number=DocumentNumber(agency="合规函", year=2026, serial=serial),
            kind=DocumentKind.LETTER,
            issuer="规划局",
            title=title,
            addressees=("交通局",),
            body="正文",
            date=settings.clock.now().date(),
        )

    with capture_logs() as said:
        first = send_document(opened.node, letter(1, "关于路网资料的函"), ["t.transport"])
        send_document(opened.node, letter(2, "关于路网资料的函"), ["t.transport"])
        on_file = letter(1, "关于路网资料的函").model_copy(update={"purpose": Purpose.RECORD})
        send_document(opened.node, on_file, ["t.transport"])
        assert not [entry for entry in said if entry["event"] == "number.again"]
        again = send_document(opened.node, letter(1, "关于别的事的函"), ["t.transport"])
        same = send_document(opened.node, letter(1, "关于路网资料的函"), ["t.transport"])
        third = send_document(opened.node, letter(1, "关于第三件事的函"), ["t.transport"])
    told = [(one["event"], one["message"], one["before"], one["log_level"]) for one in said if "before" in one]
    assert told == [
        ("number.again", again, first, "warning"),
        ("number.same", same, first, "info"),
        ("number.again", third, first, "warning"),
    ]
    with opened.store.reading() as tx:
        assert tx[Outbox].rows(again)
    opened.store.close()
