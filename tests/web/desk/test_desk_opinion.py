"""An opinion at a desk: all faults at once, a draft that the office shares, a preview, one signature, nothing lost."""

from __future__ import annotations

from datetime import timedelta

from exchange.approval.records import CaseRow
from exchange.licences.asking import QueryWanted, answers, ask
from exchange.operations.trace.dossier import dossier
from exchange.schemas import Opinion, Verdict
from exchange.web.door.permissions import AccountRole
from tests.journeys.city import wait_until
from tests.web.desk.office import Office


def _opinions(office: Office, name: str, case: CaseRow) -> list[Opinion]:
    bodies = [one.verified.body for one in dossier(office.city.node(name), case.number) if one.verified]
    return [one for one in bodies if isinstance(one, Opinion)]


def test_every_fault_is_told_at_once_and_the_opinion_is_signed_once_after_a_preview(office: Office) -> None:
    case, signer = office.city.submit(), office.officer("planning")
    path = f"/case/{case.number}/opinion"
    form = {**signer.hidden(path), "verdict": "disagree", "reasons": "", "days": "ten", "then": "preview"}
    faulty = signer.post(path, form)
    assert faulty.status_code == 422
    assert 'href="#procedure"' in faulty.text
    lacking = signer.post(path, {**signer.fields_of(faulty.text), **form, "days": "", "once": "another"})
    assert lacking.status_code == 422
    assert 'href="#reasons"' in lacking.text
    assert 'href="#basis"' in lacking.text
    assert "article 38" in lacking.text
    said = {
        "verdict": "disagree",
        "reasons": "管线\r\n冲突",
        "basis": "城乡规划法第四十条\n\n管线条例",
        "ground": "safety",
    }
    kept = signer.post(path, {**signer.fields_of(lacking.text), **said, "then": "preview"})
    assert kept.headers["location"] == f"{path}/preview"
    preview = signer.get(f"{path}/preview")
    assert "管线\n冲突" in preview
    assert "规划法第四十条" in preview
    assert not _opinions(office, "planning", case), "nothing is signed yet"
    form = signer.fields_of(preview)
    first, again = (signer.post(f"{path}/sign", form).headers["location"] for _ in range(2))
    assert first == again == f"/case/{case.number}?done=signed"
    office.city.wake("planning")
    office.city.local.settle()
    (given,) = _opinions(office, "planning", case)
    assert (given.verdict, given.officer, len(given.basis)) == (Verdict.DISAGREE, "sun", 2)
    assert office.city.part(case, "planning").verdict is Verdict.DISAGREE
    assert [who for who, *rest in office.logged("planning") if rest == ["reply", f"{path}/sign", "done"]] == ["sun"]
    assert "the draft" not in signer.get(f"/case/{case.number}").lower()
    assert "管线" in signer.get(f"/case/{office.city.submit().number}/opinion"), "texts used before"


def test_a_clerk_writes_a_signer_signs_and_who_comes_second_sees_what_the_first_has_kept(office: Office) -> None:
    case = office.city.submit()
    clerk, signer = office.officer("transport", AccountRole.CLERK), office.officer("transport")
    path = f"/case/{case.number}/opinion"
    stale = signer.hidden(path)
    typed = {"verdict": "agree-with-conditions", "conditions": "夜间施工", "then": "keep"}
    assert clerk.post(path, {**clerk.hidden(path), **typed}).headers["location"] == f"/case/{case.number}?done=kept"
    assert "chen" in signer.get(f"/case/{case.number}"), "who has written it"
    late = signer.post(path, {**stale, "verdict": "agree", "reasons": "我的文字", "then": "preview"})
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    assert "我的文字" in late.text, "nothing of what the second has typed is lost"
    assert "夜间施工" in late.text, "nor what the first has kept"
    preview = clerk.get(f"{path}/preview")
    assert "Sign and send" not in preview
    assert clerk.post(f"{path}/sign", clerk.fields_of(preview)).status_code == 403
    form = signer.hidden(f"{path}/preview")
    signed = signer.post(f"{path}/sign", form)
    assert signed.headers["location"].endswith("done=signed")
    office.city.wake("transport")
    office.city.local.settle()
    (given,) = _opinions(office, "transport", case)
    assert (given.conditions, given.officer) == ("夜间施工", "sun")
    late = signer.post(f"{path}/sign", {**form, "once": "one-more"})
    assert late.status_code == 409


def test_a_session_that_ends_in_the_middle_of_a_long_text_loses_nothing(office: Office) -> None:
    case, signer = office.city.submit(), office.officer("transport")
    path, text = f"/case/{case.number}/opinion", "理由" * 4000
    form = {**signer.hidden(path), "verdict": "agree", "reasons": text, "then": "keep"}
    office.step(timedelta(hours=1))
    ended = signer.post(path, form)
    assert (ended.status_code, text in ended.text) == (401, True)
    held = signer.fields_of(ended.text)
    signer.sign_in()
    again = signer.post(path, held)
    assert "you have signed in anew" in again.text
    assert text in again.text
    sent = {**signer.fields_of(again.text), "verdict": "agree", "reasons": text, "then": "keep"}
    assert signer.post(path, sent).headers["location"].endswith("done=kept")
    assert text in signer.get(path)


def test_an_opinion_rests_on_an_answer_about_licences_that_is_chosen_from_those_held(office: Office) -> None:
    city, case = office.city, office.city.submit()
    node, path = city.node("planning"), f"/case/{case.number}/opinion"
    officer = office.officer("planning")
    assert "has no answer about licences" in officer.get(path)
    ask(node, QueryWanted("核实占道许可", ("行政许可法第三十三条",), number="HF-2026-0001"))
    city.wake("planning")
    wait_until(lambda: bool(answers(node)), what="the answer")
    (held,) = answers(node)
    assert f'<option value="{held.message_id}"' in officer.get(path)
    form = {**officer.hidden(path), "verdict": "agree", "licence_answer": held.message_id, "then": "preview"}
    assert officer.post(path, form).headers["location"] == f"{path}/preview"
    assert held.message_id in officer.get(f"{path}/preview")
    assert f'value="{held.message_id}" selected' in officer.get(path), "the draft keeps what was chosen"


def test_a_special_procedure_stops_the_clock_and_leaves_the_opinion_due(office: Office) -> None:
    case, signer = office.city.submit(), office.officer("planning")
    path = f"/case/{case.number}/opinion"
    typed = {"verdict": "special-procedure", "procedure": "expert-review", "days": "10", "then": "preview"}
    signer.post(path, {**signer.hidden(path), **typed})
    signed = signer.post(f"{path}/sign", signer.hidden(f"{path}/preview"))
    assert signed.headers["location"].endswith("done=announced")
    office.city.wake("planning")
    office.city.local.settle()
    page = signer.get(f"/case/{case.number}")
    assert "The clock stands still until" in page
    assert "Give an opinion" in page
    assert "clock stopped" in signer.get("/")
