"""Documents at a desk: found, read, put round, drawn as papers."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pytest

from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.paper.originals import original_of
from exchange.schemas import Attachment, Document, DocumentKind, DocumentNumber
from exchange.web.door.permissions import AccountRole
from tests.journeys.city import MONDAY
from tests.web.desk.office import Office

pytestmark = pytest.mark.broker
PLAN = b"%PDF-1.7 a plan"


def letter(serial: int, title: str, body: str = "现将有关情况函告如下。") -> Document:
    plan = Attachment(
        name="方案.pdf", media_type="application/pdf", size=len(PLAN), digest=hashlib.sha256(PLAN).hexdigest()
    )
    return Document(
        number=DocumentNumber(agency="合规函", year=2026, serial=serial), kind=DocumentKind.LETTER, issuer="planning",
        title=title, addressees=("交通局",), body=body, attachments=(plan,), date=MONDAY.date(),
    )  # fmt: skip


def sent(office: Office, document: Document, to: Sequence[str] = ("transport",)) -> str:
    addressees = [office.city.address(one) for one in to]
    found = send_document(office.city.node("planning"), document, addressees, enclosures=[PLAN])
    office.city.wake("planning")
    office.city.local.settle()
    return found


@pytest.fixture(scope="module")
def message(bureau: Office) -> str:
    """A letter with a file that has come to transport."""
    return sent(bureau, letter(1, "关于路网资料的函", "请提供路网资料。\n<script>alert(1)</script>"))


def test_what_came_is_found_and_read_with_its_signature_receipts_and_files(bureau: Office, message: str) -> None:
    reader, writer = bureau.officer("transport"), bureau.officer("planning")
    assert f'href="/documents/{message}"' in reader.get("/documents?words=路网")
    assert message not in reader.get("/documents?words=nothing+like+it")
    assert message in writer.get("/documents?list=sent")
    page = reader.get(f"/documents/{message}")
    assert "signature verifies" in page
    assert "&lt;script&gt;" in page
    assert "合规函〔2026〕1号" in page
    assert "delivered" in writer.get(f"/documents/{message}"), "its receipt, at the sender"
    file = reader.http.get(f"/documents/{message}/files/{hashlib.sha256(PLAN).hexdigest()}")
    assert (file.content, file.headers["content-disposition"][:10]) == (PLAN, "attachment")
    assert reader.http.get(f"/documents/{message}/files/{'0' * 64}").status_code == 404
    reader.get("/documents/no-such")
    assert reader.last is not None
    assert reader.last.status_code == 404


def test_the_list_goes_on_page_by_page_by_the_register(bureau: Office, message: str) -> None:
    officer = bureau.officer("transport")
    first = officer.get("/documents?after=2026.1")
    assert message not in first, "nothing comes before the first entry of the year"
    assert message in officer.get("/documents?after=2026.2")
    assert message in officer.get("/documents?after=nonsense")


def test_a_paper_is_drawn_with_the_signed_original_inside_the_same_every_time(bureau: Office, message: str) -> None:
    officer = bureau.officer("transport", language="zh")
    first, second = (officer.http.get(f"/documents/{message}/paper.pdf") for _ in range(2))
    assert first.content == second.content
    node = bureau.city.node("transport")
    with node.store.reading() as tx:
        stored = tx[Documents].get(bureau.city.address("planning"), message)
    assert stored is not None
    assert original_of(first.content) == stored.signed
    assert verify_signed(stored.signed, node.directory).header.message_id == message


def test_it_goes_round_and_each_officer_says_for_himself_that_he_has_read_it(bureau: Office, message: str) -> None:
    path = f"/documents/{message}"
    clerk, signer = bureau.officer("transport", AccountRole.CLERK), bureau.officer("transport")
    form = clerk.hidden(path)
    sent_round = {**form, "officer": ["sun", "ren"], "officers": "主任，副主任"}
    assert clerk.post(f"{path}/circulate", sent_round).headers["location"] == f"{path}?done=circulated"
    page = signer.get(path)
    assert all(name in page for name in ("主任", "副主任", "ren", "put round by chen"))
    late = signer.post(f"{path}/circulate", {**signer.fields_of(page), "seen": form["seen"], "officers": "科长"})
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    assert 'value="科长"' in late.text, "and nothing is lost"
    assert signer.post(f"{path}/read", signer.fields_of(page)).headers["location"] == f"{path}?done=read"
    assert "I have read it" not in signer.get(path)
    assert ("sun", "circulate", f"{path}/read", "done") in bureau.logged("transport")
    assert "was not put round to" in clerk.post(f"{path}/read", clerk.hidden(path)).text
