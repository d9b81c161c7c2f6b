"""The paper of a message at a desk and by command: one and the same file."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from exchange.cli import naming
from exchange.cli.documents.drawn_papers import write_paper
from exchange.language import Language, language, speak
from exchange.messaging.documents import Documents
from exchange.operations.trace.dossier import filed
from exchange.runtime.settings import Home
from exchange.schemas import Consultation
from tests.web.desk.office import Office


@pytest.mark.broker
def test_a_message_without_a_layout_of_its_own_gives_the_same_file_at_a_desk_and_by_command(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "_names", {})
    naming.learn_domain(Home(office.folder / "home"))
    case = office.city.submit()
    node = office.city.node("planning")
    with node.store.reading() as tx:
        [asked] = [one for one in tx[Documents].of_conversation(case.conversation_id) if one.kind == Consultation.KIND]
    before = language()
    for wanted in Language:
        speak(wanted)
        try:
            write_paper(node, filed(node, asked.message_id), tmp_path / "paper.pdf")
        finally:
            speak(before)
        drawn = (tmp_path / "paper.pdf").read_bytes()
        at_the_desk = office.officer("planning", language=wanted).http.get(f"/documents/{asked.message_id}/paper.pdf")
        assert at_the_desk.content == drawn
        said = PdfReader(tmp_path / "paper.pdf").pages[0].extract_text()
        assert {"zh": "个工作日", "en": "working days"}[wanted] in said, "in words, not by its fields"
