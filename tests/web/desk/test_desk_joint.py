"""Joint documents at three desks: read over, signed or refused, withdrawn in time or too late, and what went out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from exchange.joint.lead import propose_joint
from exchange.joint.status import JointStatus, joint_status
from exchange.messaging.documents import Documents
from exchange.paper.originals import original_of
from exchange.schemas import Attachment, Document, DocumentKind, DocumentNumber, JointSignature
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import Office, Officer

pytestmark = pytest.mark.broker
PLAN = "路网图".encode()
LEAD, SECOND, THIRD = "planning", "transport", "water"
SERIALS: Iterator[int] = iter(range(1, 1000))


def report() -> Document:
    plan = Attachment(
        name="路网.txt", media_type="text/plain", size=len(PLAN), digest=hashlib.sha256(PLAN).hexdigest()
    )  # fmt: skip
    return Document(
        number=DocumentNumber(agency="合规", year=2026, serial=next(SERIALS)), kind=DocumentKind.REPORT,
        issuer="规划局、交通局、水务局", signatory="王某", title="关于路网建设的报告", addressees=("市窗口",),
        body="路网已经贯通。", attachments=(plan,), date=None,
    )  # fmt: skip


def proposed(bureau: Office, *signers: str) -> str:
    """A text that has come to those who are to sign it, for the window."""
    city = bureau.city
    asked = [city.address(one) for one in signers or (SECOND, THIRD)]
    found = propose_joint(city.node(LEAD), report(), asked, [city.address("window")], enclosures=[PLAN])
    settle(bureau, LEAD)
    return found


def settle(bureau: Office, *names: str) -> None:
    for name in names:
        bureau.city.wake(name)
    bureau.city.local.settle()


def stands(bureau: Office, name: str, joint: str) -> JointStatus:
    return joint_status(bureau.city.node(name), joint)


def act(officer: Officer, path: str, **typed: str) -> int:
    """Send the form of a page as it stands there, with what is typed."""
    return officer.post(path, {**officer.hidden(path), **typed}).status_code


def test_three_authorities_sign_and_the_last_signature_sends_it_out(bureau: Office) -> None:
    joint = proposed(bureau)
    path = f"/joint/{joint}"
    second, third, lead = (bureau.officer(name) for name in (SECOND, THIRD, LEAD))
    assert f'href="{path}"' in second.get("/?list=joint")
    assert f'href="{path}"' in lead.get("/joint?list=proposed")
    page = lead.get(path)
    assert page.count("signature verifies") == 1
    assert "Withdraw it" in page
    clerk = bureau.officer(SECOND, AccountRole.CLERK)
    assert "A signer signs it" in clerk.get(path)
    assert act(clerk, f"{path}/sign") == 403
    over = second.get(f"{path}/sign")
    for text in ("路网已经贯通。", "王某", "路网.txt", stands(bureau, SECOND, joint).row.digest, "/pages/1"):
        assert text in over
    assert second.http.get(f"{path}/pages/1").content.startswith(b"\x89PNG")
    assert second.http.get(f"{path}/files/{hashlib.sha256(PLAN).hexdigest()}").content == PLAN
    assert act(second, f"{path}/sign") == 303
    assert "is signed" in second.get(f"{path}?done=joint-signed")
    settle(bureau, SECOND)

    officers = [bureau.officer(THIRD, role) for role in (AccountRole.SIGNER, AccountRole.SUPERVISOR)]
    forms = [(one, one.hidden(f"{path}/sign")) for one in officers]
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda each: each[0].post(f"{path}/sign", each[1]), forms))
    assert sorted(one.status_code for one in answers) == [303, 409], "two officers at once, one signature"
    with bureau.city.node(THIRD).store.reading() as tx:
        sent = [one for one in tx[Documents].recent("sent", JointSignature.KIND, 10) if one.conversation_id == joint]
    assert len(sent) == 1
    settle(bureau, THIRD, LEAD)

    led = stands(bureau, LEAD, joint).row
    assert led.issue_id is not None
    for officer in (lead, second, third):
        page = officer.get(path)
        assert page.count("signature verifies") == 3
        assert f'href="/documents/{led.issue_id}"' in page
        assert f'href="{path}"' in officer.get("/joint?list=finished&words=路网建设")
    assert f'href="{path}"' not in second.get("/?list=joint")
    paper = bureau.officer("window").http.get(f"/documents/{led.issue_id}/paper.pdf").content
    with bureau.city.window.store.reading() as tx:
        issued = tx[Documents].get(bureau.city.address(LEAD), led.issue_id)
    assert issued is not None
    assert original_of(paper) == issued.signed == original_of(lead.http.get(f"{path}/paper.pdf").content)
    assert ("sun", "joint.sign", f"{path}/sign", "done") in bureau.logged(SECOND)


def test_a_clerk_writes_it_every_fault_is_told_beside_its_field_and_a_signer_sends_it_round(bureau: Office) -> None:
    clerk, signer = bureau.officer(LEAD, AccountRole.CLERK), bureau.officer(LEAD)
    form = clerk.hidden("/joint/propose")
    assert clerk.last is not None
    place = re.search(r'action="(/joint/drafts/[^"]+)"', clerk.last.text)
    assert place is not None
    path = place[1]
    window = bureau.city.address("window")
    typed = {
        "kind": "报告", "signers": ["window", "nobody"], "to": ["window"], "number": "合规2026", "body": "请批准。",
        "title": "", "issuer": "",
    }  # fmt: skip
    files = {"file": ("路网.txt", PLAN, "text/plain")}
    sent = clerk.post(path, {**form, **typed, "then": "preview"}, files=files)
    assert sent.headers["location"] == f"{path}?check=1", sent.text
    page = clerk.get(f"{path}?check=1")
    for said in ("nobody in the directory is called nobody", "is no document number", "one rank", "article 15(4)",
                 "signs it, and is named here again"):  # fmt: skip
        assert said in page, said
    beside = page[page.index('id="signers-fault"') :]
    assert "is called nobody" in beside, "all that is wrong with a field stands beside it"
    assert "路网.txt" in page, "what was typed and attached is kept"
    assert f'href="{path}"><strong>(no title)' in signer.get("/joint?list=drafts"), "and the office has it"
    mended = {
        **typed,
        "title": "关于路网的报告",
        "signers": [SECOND, bureau.city.address(THIRD)],
        "number": "合规〔2026〕900号",
        "body": "路网已贯通。",
    }
    now = {**signer.hidden(path), **mended, "then": "preview"}
    late = signer.post(path, {**now, "seen": form["seen"]})
    assert late.status_code == 409, "the clerk has kept something since"
    assert signer.post(path, now).headers["location"] == f"{path}/preview"
    page = signer.get(f"{path}/preview")
    for said in ("路网已贯通。", "路网.txt", "sun", "/pages/1"):
        assert said in page, said
    assert signer.http.get(f"{path}/pages/1").content.startswith(b"\x89PNG")
    assert clerk.post(f"{path}/propose", clerk.hidden(f"{path}/preview")).status_code == 403
    done = signer.post(f"{path}/propose", signer.fields_of(page))
    joint = done.headers["location"].removeprefix("/joint/").partition("?")[0]
    found = stands(bureau, LEAD, joint)
    document = found.draft.document
    assert (document.signatory, document.date, [one.name for one in document.attachments]) == (
        "sun",
        None,
        ["路网.txt"],
    )
    assert document.issuer == "planning、transport、water", "all who sign, where nothing else is written"
    assert found.draft.signers == tuple(bureau.city.address(one) for one in (LEAD, SECOND, THIRD))
    assert found.draft.addressees == (window,)
    assert f'href="{path}"' not in signer.get("/joint?list=drafts")
    assert signer.post(f"{path}/propose", signer.fields_of(page)).headers["location"] == done.headers["location"]


def test_after_a_refusal_with_its_reason_the_lead_proposes_the_text_anew(bureau: Office) -> None:
    joint = proposed(bureau)
    path = f"/joint/{joint}"
    second, lead = bureau.officer(SECOND), bureau.officer(LEAD)
    assert act(second, f"{path}/refuse", reasons="  ") == 422
    assert act(second, f"{path}/refuse", reasons="数据尚未核对") == 303
    settle(bureau, SECOND, LEAD)
    for officer in (lead, second, bureau.officer(THIRD)):
        page = officer.get(path)
        assert "数据尚未核对" in page
        assert "Read it over and sign" not in page
    assert "has not signed" in lead.get(path), "the third was not heard"
    assert stands(bureau, LEAD, joint).row.state == "refused"

    assert f'href="/joint/propose?again={joint}"' in lead.get(path)
    form = lead.get(f"/joint/propose?again={joint}")
    place = re.search(r'action="(/joint/drafts/[^"]+)"', form)
    assert place is not None
    draft = place[1]
    said = {name: unescape(value) for name, value in re.findall(r'name="(number|title|issuer)" value="([^"]*)"', form)}
    fields = {
        **lead.fields_of(form), **said, "kind": "报告", "signers": [SECOND, THIRD], "to": ["window"],
        "signatory": "王某", "body": "数据已经核对。", "then": "preview",
    }  # fmt: skip
    assert lead.post(draft, fields).headers["location"] == f"{draft}/preview"
    anew = lead.post(f"{draft}/propose", lead.hidden(f"{draft}/preview")).headers["location"]
    row = stands(bureau, LEAD, anew.removeprefix("/joint/").partition("?")[0])
    assert row.draft.document.attachments == report().attachments, "its file was taken over"
    assert row.row.state == "open"


def test_a_withdrawal_and_the_last_signature_meet_and_one_of_them_counts(bureau: Office) -> None:
    lead, second = bureau.officer(LEAD), bureau.officer(SECOND)
    late, early = (f"/joint/{proposed(bureau, SECOND)}" for _ in range(2))
    form = lead.hidden(f"{late}/withdraw")
    assert act(second, f"{late}/sign") == 303
    settle(bureau, SECOND, LEAD)
    answer = lead.post(f"{late}/withdraw", {**form, "reasons": "文稿有误"})
    assert (answer.status_code, "somebody has acted on this meanwhile" in answer.text) == (409, True)
    assert "文稿有误" in answer.text, "nothing that was typed is lost"
    assert stands(bureau, LEAD, late.rpartition("/")[2]).row.state == "issued"

    forms = [(lead, f"{early}/withdraw"), (second, f"{early}/sign")]
    sent = [(one, path, {**one.hidden(path), "reasons": "文稿有误"}) for one, path in forms]
    with ThreadPoolExecutor(2) as threads:
        withdrawn, _ = threads.map(lambda each: each[0].post(each[1], each[2]).status_code, sent)
    settle(bureau, LEAD, SECOND, LEAD)
    joint = early.rpartition("/")[2]
    ends = {stands(bureau, name, joint).row.state.value for name in (LEAD, SECOND)}
    assert ends == {"withdrawn" if withdrawn == 303 else "issued"}, "both have it alike"
    assert act(second, f"{early}/sign") == 409
