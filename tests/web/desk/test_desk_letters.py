"""Documents written at a desk: refused with every fault beside its field, mended, looked over, signed and sent once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.schemas import Document, DocumentKind, DocumentNumber
from exchange.web.door.permissions import AccountRole
from tests.journeys.city import MONDAY
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker
FILE = ("方案.txt", "施工方案".encode(), "text/plain")


def begun(officer: Officer, query: str) -> str:
    """Open the form of a new document; the path to which it is sent."""
    (path,) = re.findall(r'action="(/documents/drafts/[0-9a-f-]{36})"', officer.get(f"/documents/write?{query}"))
    return str(path)


def guard(officer: Officer) -> dict[str, str]:
    """The guarding fields of the page that is open: of the form itself, not of the one that throws it away."""
    assert officer.last is not None
    form = officer.last.text.partition('class="letter-form"')[2].partition("</form>")[0] or officer.last.text
    return officer.fields_of(form)


def received(office: Office, name: str, title: str) -> list[Document]:
    node = office.city.node(name)
    with node.store.reading() as tx:
        found = tx[Documents].recent("received", "document", 50)
    bodies = [verify_signed(one.signed, node.directory).body for one in found]
    return [body for body in bodies if isinstance(body, Document) and body.title == title]


def request(office: Office, serial: int, title: str) -> str:
    """A request of planning's that has come to the window."""
    asked = Document(
        number=DocumentNumber(agency="合规", year=2026, serial=serial), kind=DocumentKind.REQUEST,
        issuer="planning", signatory="王某", title=title, addressees=("window",), body="妥否，请批示。",
        date=MONDAY.date(),
    )  # fmt: skip
    sent = send_document(office.city.node("planning"), asked, [office.city.address("window")])
    settle(office, "planning")
    return sent


def settle(office: Office, name: str) -> None:
    office.city.wake(name)
    office.city.local.settle()


def test_a_letter_is_refused_with_all_that_is_wrong_mended_looked_over_and_sent_once(bureau: Office) -> None:
    clerk, signer = bureau.officer("planning", AccountRole.CLERK), bureau.officer("planning")
    path, title = begun(clerk, "kind=报告"), "关于商请提供路网资料的函"
    wrong = {
        **guard(clerk), "kind": "报告", "to": ["transport", "nobody"], "number": "合规函7号", "title": "",
        "body": "资料不全。妥否，请批示。", "issuer": "planning", "then": "preview",
    }  # fmt: skip
    refused = clerk.post(path, wrong, files={"file": FILE})
    assert refused.headers["location"] == f"{path}?check=1"
    page = clerk.get(refused.headers["location"])
    for field, word in (
        ("kind", "does not go sideways"), ("to", "nobody"), ("number", "is no document number"), ("title", "missing"),
        ("body", "asks for a decision"),
    ):  # fmt: skip
        fault = re.search(rf'id="{field}-fault">(.*?)</p>', page, re.S)
        assert fault is not None, field
        assert word in fault[1]
    assert "资料不全。" in page, "what was typed is kept"
    assert "方案.txt" in page, "and so is its file"
    assert f'href="{path}"><strong>(no title)' in clerk.get("/documents/drafts")
    clerk.get(f"{path}?check=1")
    mended = {
        **guard(clerk), "kind": "函", "to": "transport", "number": "合规函〔2026〕71号", "title": title,
        "body": "请于三月底前提供。", "issuer": "planning", "then": "preview",
    }  # fmt: skip
    assert clerk.post(path, mended).headers["location"] == f"{path}/preview"
    preview = clerk.get(f"{path}/preview")
    assert "Submit it for signature" in preview
    assert all(
        word in preview for word in (title, "合规函〔2026〕71号", "请于三月底前提供。", "方案.txt", "2026-03-02")
    )
    picture = clerk.http.get(f"{path}/pages/1")
    assert (picture.content[:8], picture.headers["content-type"]) == (b"\x89PNG\r\n\x1a\n", "image/png")
    assert title in clerk.get("/documents/drafts")
    assert clerk.post(f"{path}/send", clerk.fields_of(preview)).status_code == 403
    _submitted_and_sent_back(bureau, clerk, path, mended)
    assert f'href="{path}/preview"' in signer.get("/?list=to-sign&words=路网")
    form = signer.hidden(f"{path}/preview")
    first, second = (signer.post(f"{path}/send", form) for _ in range(2))
    assert first.headers["location"] == second.headers["location"], "sent twice, it has one effect"
    settle(bureau, "planning")
    (came,) = received(bureau, "transport", title)
    assert (came.kind, came.addressees, [one.name for one in came.attachments]) == (
        DocumentKind.LETTER, ("transport",), ["方案.txt"],
    )  # fmt: skip
    assert title not in signer.get("/documents/drafts")
    assert "delivered" in signer.get(first.headers["location"])
    assert [who for who, *rest in bureau.logged("planning") if rest == ["send", f"{path}/send", "done"]] == ["sun"]


def _submitted_and_sent_back(bureau: Office, clerk: Officer, path: str, typed: dict[str, object]) -> None:
    """Submitted, looked over, sent back with a remark; what is kept without a change is submitted still."""
    preview, listed = f"{path}/preview", f'href="{path}/preview"'
    assert clerk.post(f"{path}/submit", clerk.hidden(preview)).headers["location"].endswith("done=submitted")
    clerk.get(path)
    assert "data-autosave" not in clerk.get(path), "what is submitted is not taken back by typing"
    assert clerk.post(path, {**typed, **guard(clerk), "then": "keep"}).status_code == 303
    reviewer = bureau.officer("planning", AccountRole.REVIEWER)
    assert listed in reviewer.get("/?list=to-sign"), "nothing was changed"
    form = reviewer.hidden(preview)
    assert reviewer.post(f"{path}/look-over", form).headers["location"].endswith("done=looked-over")
    assert "looked over by ren" in reviewer.get("/?list=to-sign")
    back = {**reviewer.hidden(preview), "remark": "写明用途"}
    assert reviewer.post(f"{path}/send-back", back).headers["location"] == "/documents/drafts?done=sent-back"
    assert listed not in reviewer.get("/?list=to-sign")
    assert "写明用途" in clerk.get(path)
    form = guard(clerk)
    saved = clerk.post(f"{path}/autosave", {**typed, **form, "notes": "半"}).json()
    late = clerk.post(f"{path}/autosave", {**typed, **form, "notes": "另一半"})
    assert (late.status_code, late.json()["code"]) == (409, "changed")
    ready = clerk.post(path, {**typed, **form, "seen": saved["seen"], "then": "preview"})
    assert ready.headers["location"] == preview
    assert "方案.txt" in clerk.get(preview), "what keeps itself leaves the files"
    assert clerk.post(f"{path}/submit", clerk.hidden(preview)).status_code == 303


def test_a_request_is_answered_from_its_page_and_a_draft_that_another_has_changed_loses_nothing(bureau: Office) -> None:
    asked = request(bureau, 72, "关于追加测绘经费的请示")
    clerk, signer = bureau.officer("window", AccountRole.CLERK), bureau.officer("window")
    assert f"/documents/write?answers={asked}" in signer.get(f"/documents/{asked}")
    path = begun(signer, f"answers={asked}")
    page = signer.last.text if signer.last is not None else ""
    assert "关于追加测绘经费的批复" in page
    assert 'id="answers-hint">关于追加测绘经费的请示（合规〔2026〕72号）' in page, "what it answers, by its name"
    stale = guard(signer)
    typed = {
        "kind": "批复", "to": "planning", "answers": asked, "number": "合政〔2026〕7号", "issuer": "window",
        "title": "关于追加测绘经费的批复",
    }  # fmt: skip
    begun(clerk, f"answers={asked}")
    kept = clerk.post(path, {**guard(clerk), **typed, "body": "同意。", "then": "keep"})
    assert kept.headers["location"] == f"{path}?done=letter-kept"
    late = signer.post(path, {**stale, **typed, "body": "不同意。", "then": "keep"})
    assert late.status_code == 409
    assert "不同意。" in late.text, "what the second has typed stays"
    assert "同意。" in late.text.partition("What somebody else has kept")[2][:600]
    signer.office.step(timedelta(hours=1))
    again = {**signer.fields_of(late.text), **typed, "body": "不同意。" * 4000, "then": "keep"}
    ended = signer.post(path, again, files={"file": FILE})
    assert (ended.status_code, "不同意。" * 4000 in ended.text) == (401, True), "its session is over"
    signer.sign_in()
    sent = signer.post(f"{path}/send", signer.hidden(f"{path}/preview"))
    assert sent.headers["location"].endswith("done=letter-sent")
    settle(bureau, "window")
    assert [one.body for one in received(bureau, "planning", "关于追加测绘经费的批复")] == ["同意。"]
    answered = signer.get(f"/documents/{asked}")
    assert "answered" in answered
    assert "write?answers" not in answered


def test_passing_on_is_prepared_and_refused_where_nobody_stands_above(bureau: Office) -> None:
    asked = request(bureau, 73, "关于设立测绘站的请示")
    signer = bureau.officer("window")
    path = begun(signer, f"forwards={asked}")
    typed = {
        "kind": "请示", "to": "transport", "forwards": asked, "number": "合政〔2026〕8号", "issuer": "window",
        "title": "关于转报的请示", "body": "拟同意。", "then": "preview",
    }  # fmt: skip
    assert signer.post(path, {**guard(signer), **typed}).headers["location"] == f"{path}?check=1"
    page = signer.get(f"{path}?check=1")
    assert "does not go downward to" in page
    assert signer.post(f"{path}/send", {**guard(signer)}).status_code == 422


def test_what_came_is_sent_back_with_a_reason_written_anew_and_sent_again(bureau: Office) -> None:
    writer, reader = bureau.officer("planning"), bureau.officer("transport")
    path, title = begun(writer, "kind=函"), "关于施工计划的函"
    typed = {
        "kind": "函", "to": "transport", "number": "合规函〔2026〕81号", "issuer": "planning", "title": title,
        "body": "请见附件。", "then": "preview",
    }  # fmt: skip
    writer.post(path, {**guard(writer), **typed}, files={"file": FILE})
    first = writer.post(f"{path}/send", writer.hidden(f"{path}/preview")).headers["location"].partition("?")[0]
    settle(bureau, "planning")
    page = reader.get(first)
    form = reader.fields_of(page.partition(f'action="{first}/return"')[2].partition("</form>")[0])
    empty = reader.post(f"{first}/return", {**form, "reason": " "})
    assert (empty.status_code, 'id="reason-fault"' in empty.text) == (422, True)
    clerk = bureau.officer("transport", AccountRole.CLERK)
    assert f"{first}/return" not in clerk.get(first), "a clerk does not sign"
    gone, again = (reader.post(f"{first}/return", {**form, "reason": "附件不是施工计划"}) for _ in range(2))
    assert gone.headers["location"] == again.headers["location"] == f"{first}?done=letter-returned"
    settle(bureau, "transport")
    assert "附件不是施工计划" in writer.get("/documents?list=returned")
    assert "附件不是施工计划" in writer.get(first)
    message = first.rpartition("/")[2]
    anew = begun(writer, f"anew={message}")
    page = writer.last.text if writer.last is not None else ""
    assert all(word in page for word in ("方案.txt", title, "请见附件。", f'name="replaces" value="{message}"'))
    (former,) = re.findall(r'name="remove" value="(\w{64})"', page)
    written = {
        **guard(writer), **typed, "replaces": message, "anew": message, "number": "合规函〔2026〕82号",
        "remove": former,
    }  # fmt: skip
    plan = {"file": ("计划.txt", "计划".encode(), "text/plain")}
    assert writer.post(anew, written, files=plan).headers["location"] == f"{anew}/preview"
    second = writer.post(f"{anew}/send", writer.hidden(f"{anew}/preview")).headers["location"].partition("?")[0]
    settle(bureau, "planning")
    assert [one.attachments[0].name for one in received(bureau, "transport", title)] == ["计划.txt", "方案.txt"]
    assert f'href="{first}"' in reader.get(second).partition("It replaces what was sent back")[2][:200]
    assert second in reader.get("/documents?unfiled=yes")
    reader.post(f"{second}/file", reader.hidden(second))
    assert second in reader.get("/documents?list=filed")
    assert second not in reader.get("/documents?unfiled=yes")
    assert "Send it back" not in reader.get(second)
