"""Notices written at a desk: for whom, with a form, read over as they will look; and the cover of a relay office."""

from __future__ import annotations

import pytest

from exchange.notices.answer import asked
from exchange.notices.text import notice_text
from exchange.schemas import FieldType
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import Office
from tests.web.desk.test_desk_notices import followed, let_go

pytestmark = pytest.mark.broker
TEXT = {"number": "合政办〔2026〕201号", "title": "关于报送防汛物资的通知", "body": "请于期限内报送。"}
FORM = {
    "form_title": "防汛物资报送表",
    "form_days": "3",
    "row-label": ["水泵", "就绪程度", ""],
    "row-type": ["integer", "choice", "integer"],
    "row-required": ["yes", "no", "yes"],
    "row-unit": ["台", "", ""],
    "row-minimum": ["0", "", ""],
    "row-maximum": ["", "", ""],
    "row-choices": ["", "全部、部分", ""],
}


def test_a_notice_with_a_form_is_written_by_a_clerk_signed_once_and_covered_on_its_way(bureau: Office) -> None:
    clerk, signer = bureau.officer("window", AccountRole.CLERK), bureau.officer("window")
    assert "/notices/write" in clerk.get("/notices")
    page = clerk.get("/notices/write")
    draft = page.split('action="/notices/drafts/')[1].split('"')[0]
    path = f"/notices/drafts/{draft}"
    wrong = {"number": "不是文号", "row-choices": ["", "", ""], "issuer": "window", "title": ""}
    typed = {**clerk.fields_of(page), **TEXT, **FORM, **wrong}
    file = {"file": ("清单.txt", b"list", "text/plain")}
    kept = clerk.post(path, {**typed, "then": "preview"}, files=file)
    assert kept.headers["location"] == f"{path}?check=1"
    faulty = clerk.get(f"{path}?check=1")
    assert all(f'href="#{name}"' in faulty for name in ("groups", "number", "act_by", "form_rows")), "all at once"
    assert "清单.txt" in faulty
    assert f'href="{path}"><strong>(no title)' in clerk.get("/notices/drafts")
    stale = signer.hidden(path)
    whole = {**TEXT, **FORM, "issuer": "window", "groups": "departments", "act_by": "2026-03-20", "then": "preview"}
    ready = clerk.post(path, {**clerk.fields_of(faulty), **whole})
    assert ready.headers["location"] == f"{path}/preview"
    late = signer.post(path, {**stale, "title": "另拟的标题", "then": "keep"})
    told = late.text.partition("What somebody else has kept")[2].partition("<form")[0]
    assert late.status_code == 409
    assert "all departments at this level and below" in told, "in words, as all that is kept by its code"
    assert "水泵 · whole number" in told
    preview = clerk.get(f"{path}/preview")
    assert "3 authorities" in preview
    assert "水泵" in preview
    assert "data-autosave" in clerk.get(path)
    assert clerk.post(f"{path}/submit", clerk.fields_of(preview)).headers["location"].endswith("done=submitted")
    assert f'href="{path}/preview"' in signer.get("/?list=to-sign")
    assert clerk.http.get(f"{path}/pages/1").content[:4] == b"\x89PNG"
    form = signer.hidden(f"{path}/preview")
    assert clerk.post(f"{path}/send", clerk.hidden(f"{path}/preview")).status_code == 403
    first, again = (signer.post(f"{path}/send", form).headers["location"] for _ in range(2))
    assert first == again
    notice_id = first.split("/")[2].split("?")[0]
    let_go(bureau, "window")
    _cover(bureau, notice_id)
    node = bureau.city.node("transport")
    fields = asked(node, notice_id).form.fields
    assert [(one.label, one.type) for one in fields] == [("水泵", FieldType.INTEGER), ("就绪程度", FieldType.CHOICE)]
    (cover,) = notice_text(node, notice_id).covers
    assert cover.cover.document.signatory == "李某"
    page = bureau.officer("transport").get(f"/notices/{notice_id}")
    assert "请抓紧落实" in page
    assert "清单.txt" in page
    assert "2026-03-10" in page, "the earlier day of this level"


def _cover(bureau: Office, notice_id: str) -> None:
    """The relay office writes a cover, is told what is wrong with it, and signs it."""
    clerk, signer = bureau.officer("relay", AccountRole.CLERK), bureau.officer("relay")
    path = f"/notices/{notice_id}/cover"
    assert f"/notices/{notice_id}" in clerk.get("/?list=covers")
    form = clerk.hidden(path)
    said = {"title": "关于批转报送的通知", "body": "请抓紧落实。", "issuer": "relay", "number": "合转〔2026〕7号"}
    wrong = {**form, **said, "number": TEXT["number"], "act_by": "2026-04-01", "then": "preview"}
    faulty = clerk.post(path, wrong)
    assert faulty.status_code == 422
    assert 'href="#signatory"' in faulty.text
    faulty = clerk.post(path, {**clerk.fields_of(faulty.text), **wrong, "signatory": "李某"})
    assert all(f'href="#{name}"' in faulty.text for name in ("number", "act_by"))
    right = {**said, "signatory": "李某", "act_by": "2026-03-10", "then": "preview"}
    assert clerk.post(path, {**clerk.fields_of(faulty.text), **right}).headers["location"] == f"{path}/preview"
    assert clerk.http.get(f"{path}/pages/1").content[:4] == b"\x89PNG"
    stale = signer.hidden(f"{path}/preview")
    assert clerk.post(f"{path}/sign", stale).status_code == 403
    asked_first = signer.post(f"{path}/without", signer.hidden(path))
    assert "without a cover" in asked_first.text, "and nothing is done yet"
    assert followed(signer, f"{path}/preview", f"{path}/sign") == f"/notices/{notice_id}?done=notice-covered"
    late = signer.post(f"{path}/sign", {**stale, "once": "another"})
    assert late.status_code == 409, "it was passed on meanwhile"
    let_go(bureau, "relay")
