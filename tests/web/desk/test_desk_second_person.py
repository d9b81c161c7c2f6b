"""Two persons for an opinion, whichever door: whoever drafts it does not sign it, and what is signed is what was
submitted."""

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
