"""The foundation of a desk: what waits is shown; an act has one effect, names its person, and loses nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from exchange.approval.department import holding
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.desk.cases.asked import facts_of
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskSection
from exchange.desk.sections import SECTIONS
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import CallerError, Conflict
from exchange.messaging.node import Step
from exchange.operations.trace.dossier import dossier
from exchange.web.door.permissions import AccountRole
from tests.web.desk.office import HOST, Office, Officer


def _close(visit: DeskVisit, step: Step) -> str:
    """Something that officers might do: it changes a case of the desk, and leaves a line in the journal."""
    number = visit.path["number"]
    row = step.tx[DepartmentDesk].get(number)
    assert row is not None
    expect_seen(visit, *facts_of(row))
    step.tx[DepartmentDesk].move(number, {DeskState.WAITING}, DeskState.CLOSED)
    step.note("tried", number, None, why=visit.typed("why"))
    return "/?done=tried"


TRYING = (*SECTIONS, DeskSection(acts=(DeskAct("/try/{number}", DeskAction.RECALL, _close),)))


def _tried(office: Office, number: str) -> int:
    with office.city.node("planning").store.reading() as tx:
        return sum(1 for entry in tx.journal_of(number) if entry.event == "tried")


@pytest.fixture(scope="module")
def number(office: Office) -> str:
    """A case that both departments are asked about."""
    return office.city.submit().number


def _mark(office: Office, number: str) -> str:
    with office.city.node("planning").store.reading() as tx:
        row = tx[DepartmentDesk].get(number)
    assert row is not None
    return mark_of(*facts_of(row))


def _sent(officer: Officer, mark: str, once: str, why: str = "gone") -> dict[str, str]:
    return {"token": officer.hidden("/account")["token"], "once": once, "seen": mark, "why": why}


def test_the_inbox_shows_what_waits_with_its_days_and_finds_it_by_words(office: Office, number: str) -> None:
    officer = office.officer("planning")
    page = officer.get("/")
    assert f'href="/case/{number}"' in page
    assert "3 working days left" in page
    assert number in officer.get("/?list=consultations&words=黄山路")
    assert number not in officer.get("/?list=consultations&words=nothing+like+it")
    assert number not in officer.get("/?list=consultations&only=answered")
    assert 'value="黄山路"' in officer.get("/?list=consultations&words=黄山路")


def test_a_case_says_what_silence_means_and_how_each_signature_stands(office: Office, number: str) -> None:
    officer = office.officer("planning")
    page = officer.get(f"/case/{number}")
    assert "your silence means consent" in page
    assert "缺席默认制" in page, "the rule it rests on"
    assert "3 working days left" in page
    assert "热电公司" in page
    assert page.count("verifies") >= 1
    assert "does not verify" not in page
    assert office.officer("planning", language="zh").get(f"/case/{number}").count("您的沉默视为同意") == 1
    assert "case nothing is not on the desk" in officer.get("/case/nothing")
    assert officer.last is not None
    assert officer.last.status_code == 404


def test_nothing_is_shown_or_done_without_signing_in(office: Office, number: str) -> None:
    stranger = office.visitor("planning", TRYING)
    assert stranger.http.get(f"/case/{number}").headers["location"] == f"/sign-in?next=/case/{number}"
    assert stranger.http.get(f"/live/case/{number}").status_code == 401
    assert stranger.http.post(f"/try/{number}", data={}, headers={"origin": "https://else.test"}).status_code == 303
    assert _tried(office, number) == 0


def test_a_form_of_another_site_or_an_ended_session_does_nothing_and_loses_nothing(office: Office, number: str) -> None:
    officer = office.officer("planning", sections=TRYING)
    sent = _sent(officer, _mark(office, number), "k-1", why="a long text & more")
    forged = officer.http.post(f"/try/{number}", data=sent, headers={"origin": "https://else.test"})
    assert forged.status_code == 403
    office.step(timedelta(hours=1))
    ended = officer.post(f"/try/{number}", sent)
    assert ended.status_code == 401
    assert "a long text &amp; more" in ended.text, "what was typed is in the page still"
    kept = officer.fields_of(ended.text)
    officer.sign_in()
    anew = officer.post(f"/try/{number}", kept)
    assert anew.status_code == 200
    assert "a long text &amp; more" in anew.text
    assert _tried(office, number) == 0


def test_two_officers_at_once_and_a_form_that_is_sent_twice_have_one_effect(office: Office, number: str) -> None:
    first, second = (office.officer("planning", sections=TRYING) for _ in range(2))
    mark = _mark(office, number)
    forms = [(one, _sent(one, mark, f"k-{key}")) for key, one in (("a", first), ("a", first), ("b", second))]
    gate, answers = threading.Barrier(len(forms)), list[int]()

    def send(officer: Officer, form: dict[str, str]) -> None:
        gate.wait(10)
        found = officer.http.post(f"/try/{number}", data=form, headers={"origin": HOST})
        answers.append(found.status_code)

    threads = [threading.Thread(target=send, args=one) for one in forms]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert _tried(office, number) == 1
    assert sorted(answers) in ([303, 303, 409], [303, 409, 409])
    late = second.post(f"/try/{number}", _sent(second, mark, "k-c"))
    assert late.status_code == 409
    assert "somebody has acted on this meanwhile" in late.text
    done = [one for one in office.logged("planning") if one[1:] == ("recall", f"/try/{number}", "done")]
    assert [who for who, *_ in done] == ["sun"], "the act names its person, once"


def test_a_key_that_comes_with_another_text_does_nothing(office: Office, number: str) -> None:
    officer = office.officer("planning", sections=TRYING)
    sent = _sent(officer, "whatever", "k-d")
    assert officer.post(f"/try/{number}", sent).status_code == 409
    assert officer.post(f"/try/{number}", {**sent, "once": ""}).status_code == 409
    assert office.officer("planning", AccountRole.CLERK, TRYING).post(f"/try/{number}", sent).status_code == 403


def test_an_opinion_is_recalled_in_the_name_of_who_signs_and_not_without_reasons(office: Office) -> None:
    case = office.city.submit()
    office.city.reply("transport", case)
    signer, path = office.officer("transport"), f"/case/{case.number}/recall"
    page = signer.get(f"/case/{case.number}")
    assert f'href="{path}"' in page
    assert "Our opinion" in page
    assert page.count("agree") >= 2
    assert f'href="{path}"' not in office.officer("transport", AccountRole.CLERK).get(f"/case/{case.number}")
    refused = signer.post(path, {**signer.hidden(path), "reasons": ""})
    assert (refused.status_code, 'id="reasons-fault"' in refused.text) == (422, True), "told at its field"
    assert "a recall needs its reasons" in refused.text
    sent = {**signer.fields_of(refused.text), "reasons": "图纸有误"}
    assert signer.post(path, sent).headers["location"] == f"/case/{case.number}?done=recalling"
    office.city.wake("transport")
    office.city.local.settle()
    recalled = [
        one for one in dossier(office.city.node("transport"), case.number) if one.stored.kind == "opinion-recall"
    ]
    assert [one.verified.body.officer for one in recalled if one.verified] == ["sun"]
    page = signer.get(f"/case/{case.number}")
    assert "recalled" in page
    assert "Our opinion" not in page
    assert ("sun", "recall", path, "done") in office.logged("transport")


def test_an_answered_case_tells_the_decision_and_offers_no_recall_after_it(office: Office) -> None:
    case = office.city.submit()
    office.city.reply("planning", case)
    office.city.reply("transport", case)
    office.city.local.settle()
    page = office.officer("transport").get(f"/case/{case.number}")
    assert "The window has decided: granted" in page
    assert "Our opinion" in page
    assert "/recall" not in page


def test_a_case_is_taken_given_back_and_handed_over_by_its_holder_or_the_supervisor(office: Office) -> None:
    case = office.city.submit()
    clerk, signer = office.officer("planning", AccountRole.CLERK), office.officer("planning")
    supervisor = office.officer("planning", AccountRole.SUPERVISOR)
    path = f"/case/{case.number}"
    stale = signer.hidden(path)
    assert clerk.post(f"{path}/take", clerk.hidden(path)).headers["location"] == f"{path}?done=taken"
    late = signer.post(f"{path}/take", stale)
    assert (late.status_code, "somebody has acted on this meanwhile" in late.text) == (409, True)
    assert "with chen" in signer.get(f"/?words={case.number}")
    assert case.number in clerk.get("/?list=consultations&only=mine")
    assert case.number not in signer.get("/?list=consultations&only=mine")
    assert case.number not in signer.get("/?list=consultations&only=free")
    forced = {**signer.hidden(path), "once": "k-e", "seen": clerk.hidden(path)["seen"]}
    taken = signer.post(f"{path}/take", forced)
    assert (taken.status_code, "chen deals with case" in taken.text) == (409, True)
    assert 'name="to"' not in signer.get(path)
    handed = supervisor.post(f"{path}/hand-over", {**supervisor.hidden(path), "to": "sun"})
    assert handed.headers["location"] == f"{path}?done=handed-over"
    nobody = signer.post(f"{path}/hand-over", {**signer.hidden(path), "to": "nobody"})
    assert nobody.status_code == 404
    back = signer.post(f"{path}/give-back", signer.hidden(path))
    assert back.headers["location"] == f"{path}?done=given-back"
    node = office.city.node("planning")
    with node.store.reading() as tx:
        events = [entry.event for entry in tx.journal_of(case.number)]
    assert [one for one in events if one in ("taken", "handed-over", "given-back")] == [
        "taken", "handed-over", "given-back",
    ]  # fmt: skip
    holding.take(node, case.number, "王芳")
    with pytest.raises(Conflict):
        holding.take(node, case.number, "李伟")
    holding.hand_over(node, case.number, "王芳", "李伟")
    holding.give_back(node, case.number, "李伟")
    with pytest.raises(CallerError):
        holding.take(node, case.number, " ")


def test_a_supervisor_binds_others_accounts_to_subjects_of_the_provider(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office.desk("planning")[0].gate, "issuer", "https://id.test")
    supervisor, signer = office.officer("planning", AccountRole.SUPERVISOR), office.officer("planning")
    token = supervisor.hidden("/accounts")["token"]
    bound = supervisor.post("/accounts/subjects", {"token": token, "bound": "sun", "subject": " u-7 "})
    assert bound.headers["location"] == "/accounts?done=bound"
    assert "<code>u-7</code>" in supervisor.get("/accounts")
    denied = signer.post("/accounts/subjects", {**signer.hidden("/account"), "bound": "chen", "subject": "u-8"})
    assert denied.status_code == 403
    supervisor.post("/accounts/sun/release", {"token": token})
    assert "u-7" not in supervisor.get("/accounts")
    assert signer.http.get("/account").status_code == 303, "whoever had come in by it has to come in anew"
    assert ("su", "account.bind", "sun", "done") in office.logged("planning")
