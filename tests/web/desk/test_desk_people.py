"""People of an office: two persons for an opinion, who stands in for whom, own views; and a signer's morning."""

from __future__ import annotations

import pytest

from exchange.approval.department.open_desk import OpenDesk
from exchange.approval.records import CaseRow
from exchange.errors import BadOpinion
from exchange.operations.trace.dossier import dossier
from exchange.schemas import Consultation, Opinion, Verdict
from exchange.web.door.permissions import AccountRole
from tests.journeys.approval.test_licences import came_back
from tests.web.desk.office import Office, Officer


@pytest.fixture(scope="module")
def strict(office: Office) -> Office:
    """The office with a matter that wants two persons of planning."""
    planning = office.city.approver("planning", second_person=True)
    office.city.matter(planning, office.city.approver("transport"), code="strict")
    return office


def _given(office: Office, case: CaseRow) -> Opinion:
    bodies = [one.verified.body for one in dossier(office.city.node("planning"), case.number) if one.verified]
    (opinion,) = [one for one in bodies if isinstance(one, Opinion)]
    return opinion


def _written(officer: Officer, path: str, **typed: str) -> None:
    sent = {**officer.hidden(path), "verdict": "agree", "then": "keep", **typed}
    assert officer.post(path, sent).headers["location"].endswith("done=kept")


def _does(officer: Officer, path: str, what: str, **typed: str) -> str:
    answer = officer.post(f"{path}/{what}", {**officer.hidden(f"{path}/preview"), **typed})
    return answer.headers.get("location", "").rpartition("done=")[2] or answer.text


def test_what_is_submitted_is_signed_by_somebody_who_has_not_written_at_it(strict: Office) -> None:
    case = strict.city.submit("strict")
    clerk, signer = strict.officer("planning", AccountRole.CLERK), strict.officer("planning")
    reviewer, supervisor = (strict.officer("planning", role) for role in (AccountRole.REVIEWER, AccountRole.SUPERVISOR))
    path = f"/case/{case.number}/opinion"
    _written(clerk, path, reasons="管线不冲突")
    assert "is not submitted for signature" in _does(signer, path, "sign")
    assert "Sign and send" not in signer.get(f"{path}/preview")
    assert "whoever signs it" in clerk.get(f"{path}/preview")
    assert _does(clerk, path, "submit") == "submitted"
    assert case.number in signer.get("/?list=to-sign")
    assert "Sign and send" in signer.get(f"{path}/preview")
    assert _does(reviewer, path, "send-back", remark="") != "sent-back", "not without saying why"
    assert _does(reviewer, path, "send-back", remark="写明依据") == "sent-back"
    assert "写明依据" in clerk.get(path)
    assert case.number not in signer.get("/?list=to-sign")
    stale = signer.hidden(f"{path}/preview")
    _written(signer, path, reasons="管线不冲突。", basis="城乡规划法")
    assert _does(clerk, path, "submit") == "submitted"
    assert "may not" in _does(clerk, path, "look-over"), "a clerk looks over nobody's draft"
    assert _does(reviewer, path, "look-over") == "looked-over"
    assert "looked over by ren" in supervisor.get("/?list=to-sign")
    assert "has written at this draft" in _does(signer, path, "sign"), "who has changed a word of it is a drafter"
    assert supervisor.post(f"{path}/sign", {**supervisor.hidden(path), "seen": stale["seen"]}).status_code == 409
    assert _does(supervisor, path, "sign") == "signed"
    strict.city.wake("planning")
    strict.city.local.settle()
    given = _given(strict, case)
    assert (given.drafted_by, given.officer, given.reasons) == ("chen", "su", "管线不冲突。")
    assert strict.city.part(case, "planning").verdict is Verdict.AGREE
    logged = strict.logged("planning")
    done = [(who, action) for who, action, what, result in logged if path in what and result == "done"]
    assert ("chen", "submit-for-signature") in done
    assert done[-1] == ("su", "reply")


def test_no_other_door_lets_one_person_answer_alone(strict: Office) -> None:
    city, case = strict.city, strict.city.submit("strict")
    node = city.node("planning")

    def rule(asked: Consultation, today: object) -> Opinion:
        raise AssertionError("a rule is no second person, and is not asked")

    OpenDesk(node, rule).look()
    with node.store.reading() as tx:
        assert not [entry for entry in tx.journal_of(case.number) if entry.event == "rule-failed"]
    for alone in ({}, {"drafted_by": "officer"}):
        with pytest.raises(BadOpinion, match="second person"):
            city.reply("planning", case, **alone)
        forged = city.opinion("planning", case, **alone)
        assert "second person" in came_back(city, "planning", forged, "window"), "past all that the department looks at"
    city.reply("planning", case, drafted_by="drafter")
    assert city.part(case, "planning").verdict is Verdict.AGREE
    city.reply("transport", case)


def test_a_draft_keeps_itself_until_somebody_else_keeps_it(office: Office) -> None:
    case = office.city.submit()
    clerk, signer = office.officer("planning", AccountRole.CLERK), office.officer("planning")
    path = f"/case/{case.number}/opinion"
    typed, theirs = {**clerk.hidden(path), "verdict": "agree"}, signer.hidden(path)
    assert "data-autosave" in clerk.get(path)
    for said in ("管", "管线", "管线"):
        kept = clerk.post(f"{path}/autosave", {**typed, "reasons": said})
        assert kept.status_code == 200
        typed["seen"] = kept.json()["seen"]
    assert "管线" in signer.get(path)
    late = signer.post(f"{path}/autosave", {**theirs, "verdict": "agree", "reasons": "我的"})
    assert (late.status_code, late.json()["code"]) == (409, "changed")
    assert clerk.post(f"{path}/autosave", {**typed, "token": "0"}).status_code == 403
    assert office.visitor("planning").post(f"{path}/autosave", typed).status_code == 401
    assert clerk.post(path, {**typed, "reasons": "管线", "then": "keep"}).headers["location"].endswith("done=kept")
    logged = [what for _, _, what, _ in office.logged("planning") if what.startswith(path)]
    assert logged == [path], "what keeps itself is in no audit log"


def _stands_in(officer: Officer, **typed: str) -> str:
    answer = officer.post("/stand-ins", {**officer.hidden("/stand-ins"), "since": "2026-03-02", **typed})
    return answer.headers.get("location", "") or answer.text


def _holds(officer: Officer, case: CaseRow) -> None:
    path = f"/case/{case.number}"
    assert officer.post(f"{path}/take", officer.hidden(path)).headers["location"].endswith("done=taken")


def test_who_stands_in_has_the_cases_of_who_is_away_and_gains_no_right(office: Office) -> None:
    case, other = office.city.submit(), office.city.submit()
    clerk, signer = office.officer("transport", AccountRole.CLERK), office.officer("transport")
    supervisor = office.officer("transport", AccountRole.SUPERVISOR)
    path, mine = f"/case/{case.number}", "/?list=consultations&only=mine"
    _holds(signer, case)
    _holds(supervisor, other)
    wrong = _stands_in(signer, stand_in="sun", until="2026-02-01")
    assert "nobody stands in for themselves" in wrong
    assert "it ends before it begins" in wrong
    assert "only a supervisor says" in _stands_in(clerk, absent="sun", stand_in="chen", until="2026-03-06")
    assert _stands_in(signer, stand_in="chen", until="2026-03-06") == "/stand-ins?done=recorded"
    assert case.number in clerk.get(mine)
    assert other.number not in clerk.get(mine)
    assert "for sun" in clerk.get("/")
    assert "You stand in for sun until 2026-03-06." in clerk.get("/")
    assert "chen stands in for you" in signer.get("/")
    page = clerk.get(path)
    assert "You act for sun" in page
    assert "chen stands in until 2026-03-06" in signer.get(path)
    _written(clerk, f"{path}/opinion", reasons="已核")
    assert clerk.post(f"{path}/opinion/sign", clerk.hidden(f"{path}/opinion/preview")).status_code == 403
    assert clerk.post(f"{path}/give-back", clerk.hidden(path)).headers["location"].endswith("done=given-back")
    assert case.number not in clerk.get(mine), "nobody's case is nobody's to stand in for"
    logged = {(who, action, what) for who, action, what, outcome in office.logged("transport") if outcome == "done"}
    assert ("chen", "draft", f"{path}/opinion for sun") in logged
    assert ("chen", "take", f"{path}/give-back for sun") in logged
    assert ("sun", "take", f"{path}/take") in logged
    assert ("sun", "stand-in", "/stand-ins chen / sun 2026-03-02 2026-03-06") in logged
    assert "for sun" in supervisor.get("/audit?account=chen")
    page = supervisor.get("/stand-ins")
    assert supervisor.post("/stand-ins/1/end", supervisor.fields_of(page)).headers["location"].endswith("ended")
    assert clerk.post("/stand-ins/1/end", clerk.hidden("/stand-ins")).status_code == 403
    assert "ended by su" in clerk.get("/stand-ins")


def test_a_view_of_a_list_is_kept_by_each_for_themselves_and_found_in_its_menu(office: Office) -> None:
    officer, other = office.officer("planning"), office.officer("planning", AccountRole.CLERK)
    looked_at = "/?list=consultations&words=黄山路&only=free"
    form = officer.hidden(looked_at)
    kept = officer.post("/views", {**form, "name": " 路 "})
    assert kept.headers["location"].startswith("/?list=consultations&words=%E9%BB%84")
    assert ">路</a>" in officer.get("/?list=consultations")
    assert 'aria-current="page">路<' in officer.get(looked_at)
    assert ">路</a>" not in other.get("/?list=consultations")
    assert ">路</a>" not in officer.get("/?list=to-sign"), "each list has its own"
    for name in range(11):
        officer.post("/views", {**officer.hidden(looked_at), **form, "once": f"v-{name}", "name": f"v{name}"})
    full = officer.post("/views", {**form, "once": "v-12", "name": "one more"})
    assert (full.status_code, "there are 12 views" in full.text) == (409, True)
    assert officer.post("/views", {**form, "once": "v-13", "place": "nowhere:x", "name": "x"}).status_code == 404
    gone = officer.post("/views/drop", {**form, "once": "v-14", "name": "路"})
    assert gone.headers["location"] == "/?list=consultations&done=view-dropped"
    assert ">路</a>" not in officer.get("/?list=consultations")
    documents = officer.hidden("/documents?list=sent&words=2026")
    assert officer.post("/views", {**documents, "name": "今年"}).headers["location"].startswith("/documents?list=sent&")
    assert ">今年</a>" in officer.get("/documents?list=sent")


def _signs(officer: Officer, case: CaseRow, **typed: str) -> str:
    path = f"/case/{case.number}/opinion"
    read = officer.post(path, {**officer.hidden(path), "then": "preview", **typed})
    assert read.headers["location"] == f"{path}/preview", read.text
    return _does(officer, path, "sign")


def test_a_signers_morning_of_five_cases(office: Office) -> None:
    city = office.city
    plain, against, slow, handed, covered = (city.submit() for _ in range(5))
    signer, supervisor = office.officer("planning"), office.officer("planning", AccountRole.SUPERVISOR)
    _holds(supervisor, covered)
    today = city.clock.now().date().isoformat()
    assert _stands_in(supervisor, absent="su", stand_in="sun", until=today) == "/stand-ins?done=recorded"
    inbox = signer.get("/?list=consultations")
    assert all(one.number in inbox for one in (plain, against, slow, handed, covered))
    assert _signs(signer, plain, verdict="agree") == "signed"
    objection = {"verdict": "disagree", "reasons": "管线冲突", "basis": "城乡规划法第四十条"}
    assert _signs(signer, against, **objection) == "signed"
    length = {"verdict": "special-procedure", "procedure": "expert-review", "days": "5"}
    assert _signs(signer, slow, **length) == "announced"
    path = f"/case/{handed.number}"
    over = signer.post(f"{path}/hand-over", {**signer.hidden(path), "to": "ren"})
    assert over.headers["location"] == f"{path}?done=handed-over"
    mine = signer.get("/?list=consultations&only=mine")
    assert [one.number in mine for one in (plain, handed, covered)] == [False, False, True]
    assert _signs(signer, covered, verdict="agree") == "signed"
    city.wake("planning")
    city.local.settle()
    said = [city.part(one, "planning").verdict for one in (plain, against, slow, handed, covered)]
    assert said == [Verdict.AGREE, Verdict.DISAGREE, None, None, Verdict.AGREE]
    assert (_given(office, covered).officer, _given(office, covered).in_place_of) == ("sun", "su")
    assert _given(office, plain).in_place_of is None
    assert "with ren" in signer.get(f"/?words={handed.number}")
    assert ("sun", "reply", f"/case/{covered.number}/opinion/sign for su", "done") in office.logged("planning")
