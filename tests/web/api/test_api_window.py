"""A window's system by the API, over a domain without a broker: handing in, withdrawing, what is refused and why."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.closing import withdraw
from exchange.approval.window.conclude import decide
from exchange.approval.window.decision import Ruling, ruling_text
from exchange.approval.window.store import Cases
from exchange.approval.window.submit import submit
from exchange.approval.window.terms.amending import Amendment, amend
from exchange.errors import CallerError
from exchange.schemas import Applicant, Application, EntryKind, Outcome, Verdict
from tests.web.department import Bureau, bureau, token_for

API, WINDOW, PLANNING = "/api/v1", "hefei.window", "hefei.planning"
FORM = {"name": "form.txt", "content": base64.b64encode("施工方案".encode()).decode()}
APPLICATION: dict[str, Any] = {
    "matter": "works",
    "applicant": {"name": "热电集团", "identifier": "91340100MA2MXXXX1X", "contact": "0551-60000000"},
    "project": "黄山路供热管道工程",
    "materials": [{"code": "plan", "attachment": FORM}],
}
DECISION = {"outcome": "grant", "reasons": "各部门均无异议。", "officer": "李四"}
TERM = {"department": PLANNING, "entry": "extend", "days": 5, "reason": "核对", "basis": ["行政许可法第四十二条"]}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def test_an_application_becomes_a_case_and_is_on_its_way_to_every_department(served: Bureau) -> None:
    client = served.client(WINDOW)
    made = client.post(f"{API}/cases", json=APPLICATION)
    assert (made.status_code, made.json()["state"]) == (201, "open")
    found = client.get(made.headers["location"])
    case = found.json()
    assert (case["number"], case["project"], case["matter_name"]) == (
        made.json()["number"],
        APPLICATION["project"],
        "施工",
    )
    assert [(part["department"], part["state"], part["default"]) for part in case["parts"]] == [
        (PLANNING, "issued", "none"),
        ("hefei.transport", "issued", "none"),
    ]
    assert found.headers["etag"] == f'"{case["revision"]}"'
    consultation = case["parts"][0]["consultation_id"]
    copies = client.get(f"{API}/documents/{consultation}/receipts").json()["copies"]
    assert [copy["addressee"] for copy in copies] == [PLANNING, "hefei.transport"]
    assert client.get(f"{API}/documents/{consultation}/attachments/0").content.decode() == "施工方案"


def test_materials_come_as_files_of_a_form_too(served: Bureau) -> None:
    client = served.client(WINDOW)
    message = {**APPLICATION, "materials": [{"code": "plan", "file": "方案.pdf"}]}
    file = ("方案.pdf", b"%PDF", "application/pdf")
    made = client.post(f"{API}/cases", data={"message": json.dumps(message)}, files={"attachment": file})
    assert made.status_code == 201, made.text
    consultation = client.get(made.headers["location"]).json()["parts"][0]["consultation_id"]
    (material,) = client.get(f"{API}/documents/{consultation}").json()["body"]["application"]["materials"]
    assert (material["attachment"]["name"], material["attachment"]["media_type"]) == ("方案.pdf", "application/pdf")


@pytest.mark.parametrize(
    ("materials", "files", "pointer"),
    [
        ([{"code": "plan", "file": "a.pdf"}], ["b.pdf"], "/materials/0/file"),
        ([{"code": "plan", "file": "a.pdf"}], [], "/materials/0/file"),
        ([{"code": "plan", "note": "n"}], ["a.pdf"], "/attachment"),
        ([{"code": "plan", "file": "a.pdf"}], ["a.pdf", "a.pdf"], "/materials"),
        ([{"code": "plan", "file": "a.pdf"}, {"code": "map", "file": "a.pdf"}], ["a.pdf"], "/materials"),
        ([{"code": "plan", "file": "a.pdf", "attachment": FORM}], ["a.pdf"], "/materials/0"),
    ],
)
def test_files_and_materials_that_do_not_match_are_named(
    served: Bureau, materials: list[dict[str, Any]], files: list[str], pointer: str
) -> None:
    message = {"message": json.dumps({**APPLICATION, "materials": materials})}
    attached: Any = [("attachment", (name, b"x", "text/plain")) for name in files] or {"attachment": ("z", b"z")}
    answer = served.client(WINDOW).post(f"{API}/cases", data=message, files=attached)
    assert answer.status_code == 422
    assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}


def test_fifty_materials_of_the_largest_size_are_read_and_one_more_is_refused(served: Bureau) -> None:
    content = base64.b64encode(bytes(256 * 1024)).decode()
    materials = [{"code": f"m{at}", "attachment": {"name": "a", "content": content}} for at in range(51)]
    client = served.client(WINDOW)
    for count, said in ((50, "unknown material"), (51, "is invalid")):
        answer = client.post(f"{API}/cases", json={**APPLICATION, "materials": materials[:count]})
        assert (answer.status_code, said in answer.json()["detail"]) == (422, True), answer.text[:300]


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        ({"matter": "fishing"}, "application", "works"),
        ({"materials": []}, "application", "missing: 施工方案 (plan)"),
        ({"project": "机密★10年"}, "secret", ""),
        ({"applicant": {"name": "a", "identifier": ""}}, "request", ""),
        ({"matter": "Works"}, "request", ""),
        ({"surprise": 1}, "request", ""),
    ],
)
def test_what_does_not_hold_is_refused_as_the_command_line_does(
    served: Bureau, change: dict[str, Any], code: str, said: str
) -> None:
    client = served.client(WINDOW)
    before = client.get(f"{API}/cases").json()["items"][:1]
    answer = client.post(f"{API}/cases", json={**APPLICATION, **change}, headers={"idempotency-key": "refused"})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert said in answer.json()["detail"] + answer.json()["remedy"]
    assert client.get(f"{API}/cases").json()["items"][:1] == before


def test_under_one_key_an_application_is_handed_in_once(served: Bureau) -> None:
    client, key = served.client(WINDOW), {"idempotency-key": "case-1"}
    first, again = (client.post(f"{API}/cases", json=APPLICATION, headers=key) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["location"] == first.headers["location"]
    other = client.post(f"{API}/cases", json={**APPLICATION, "summary": "x"}, headers=key)
    assert other.json()["code"] == "idempotency-key-reused"
    number = first.json()["number"]
    told = {"reason": "申请人撤回"}
    withdrawn = [
        client.post(f"{API}/cases/{number}/withdrawal", json=told, headers={"idempotency-key": "w"}) for _ in "12"
    ]
    assert [(one.status_code, one.json()["state"]) for one in withdrawn] == [(202, "withdrawn")] * 2
    assert client.post(f"{API}/cases/{number}/withdrawal", json=told).json()["code"] == "conflict"
    assert client.get(f"{API}/cases/{number}").json()["withdrawn_at"]
    assert client.post(f"{API}/cases/{number}/decision", json=DECISION).status_code == 409


def test_what_is_not_due_yet_is_refused_with_what_it_waits_for(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    decided = client.post(f"{path}/decision", json=DECISION)
    assert decided.status_code == 409
    assert "still waits for hefei.planning, hefei.transport" in decided.json()["detail"]
    assert "has not begun" in client.post(f"{path}/terms", json=TERM).json()["detail"]
    unknown = client.post(f"{path}/terms", json={**TERM, "department": "hefei.nobody"})
    assert (unknown.status_code, unknown.json()["remedy"]) == (404, "name one of: hefei.planning, hefei.transport")
    for what, body in (("withdrawal", {"reason": "r"}), ("decision", DECISION), ("terms", TERM)):
        assert client.post(f"{API}/cases/HF-404/{what}", json=body).status_code == 404


def ready(served: Bureau, path: str, silent: str | None = None) -> None:
    """Opinions of all departments, as if they had come; one may have let its term pass."""
    node, number = served.api.member(WINDOW).node, path.rpartition("/")[2]
    prepared = ruling_text(Ruling(Outcome.GRANT, "各部门同意，拟准予"))
    with node.store.transaction() as tx:
        for part in tx[Cases].parts(number):
            if part.department == silent:
                tx[Cases].move_part(number, silent, {part.state}, PartState.ESCALATED)
            else:
                said = {"verdict": Verdict.AGREE, "opinion_id": node.new_id()}
                tx[Cases].move_part(number, part.department, {part.state}, PartState.ANSWERED, **said)
        to = CaseState.OPEN if silent else CaseState.READY
        tx[Cases].move(number, {CaseState.OPEN}, to, prepared=None if silent else prepared)


def test_an_officer_confirms_what_the_rule_has_prepared_and_nothing_that_has_become_otherwise(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    ready(served, path)
    prepared = client.get(path).json()["prepared"]
    assert (prepared["outcome"], prepared["reasons"]) == ("grant", "各部门同意，拟准予")
    other = client.post(f"{path}/confirmation", json={"officer": "李四", "outcome": "refuse"})
    assert (other.status_code, "prepared is grant, not refuse" in other.json()["detail"]) == (409, True)
    done = client.post(f"{path}/confirmation", json={"officer": "李四", "outcome": "grant"})
    assert (done.status_code, done.json()["outcome"]) == (202, "grant"), done.text
    case = client.get(path).json()
    assert (case["state"], case["decision"]["officer"], case["by_rule"]) == ("decided", "李四", False)
    assert (case["decision"]["reasons"], case["prepared"]) == ("各部门同意，拟准予", None)
    assert client.post(f"{path}/confirmation", json={"officer": "李四"}).status_code == 409


def test_an_officer_reviews_a_decision_over_an_opinion_that_was_in_time(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    said = {"officer": "李四", "reasons": "维持原决定"}
    ready(served, path)
    assert client.post(f"{path}/confirmation", json={"officer": "李四"}).status_code == 202
    assert client.post(f"{path}/review", json=said).status_code == 409, "nothing is to be reviewed yet"
    node, number = served.api.member(WINDOW).node, path.rpartition("/")[2]
    with node.store.transaction() as tx:
        tx[Cases].move_part(number, PLANNING, {PartState.ANSWERED}, PartState.ANSWERED, review_at=node.clock.now())
    waiting = [part["department"] for part in client.get(path).json()["parts"] if part["review_since"]]
    assert waiting == [PLANNING]
    assert client.post(f"{path}/review", json={**said, "reasons": "\u200b"}).status_code == 422
    key = {"Idempotency-Key": f"review-{number}"}
    done = client.post(f"{path}/review", json=said, headers=key)
    assert (done.status_code, done.json()) == (202, {"number": number, "departments": [PLANNING]}), done.text
    assert client.post(f"{path}/review", json=said, headers=key).json() == done.json(), "asked again, answered again"
    assert client.post(f"{path}/review", json=said).status_code == 409
    assert not any(part["review_since"] for part in client.get(path).json()["parts"])
    with node.store.reading() as tx:
        (noted,) = [entry for entry in tx.journal_of(number) if entry.event == "decision-reviewed"]
    assert (noted.detail["by"], noted.detail["reasons"]) == ("李四", "维持原决定")


def test_a_grant_names_whose_consent_it_lacks(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    ready(served, path, silent=PLANNING)
    assert client.get(path).json()["lacking"] == [PLANNING]
    refused = client.post(f"{path}/decision", json=DECISION)
    assert (refused.status_code, PLANNING in refused.json()["detail"]) == (422, True)
    reasons = [{"department": PLANNING, "reasons": "已电话核实无规划冲突"}]
    assert client.post(f"{path}/decision", json={**DECISION, "without_consent": reasons}).status_code == 202
    assert client.get(path).json()["decision"]["without_consent"] == reasons


def test_what_rests_on_an_older_reading_is_refused(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    tag = client.get(path).headers["etag"]
    for bad, status in (('"other"', 412), (f"W/{tag}", 412), ("other", 422), ("", 422), ('"a", "b"', 412)):
        answer = client.post(f"{path}/withdrawal", json={"reason": "r"}, headers={"if-match": bad})
        assert answer.status_code == status, (bad, answer.text)
    good = client.post(f"{path}/withdrawal", json={"reason": "r"}, headers={"if-match": f'"other", {tag}'})
    assert good.status_code == 202
    stale = client.post(f"{path}/decision", json=DECISION, headers={"if-match": tag})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    assert client.get(path).headers["etag"] != tag


def test_matters_and_cases_are_paged_to_the_end_and_cases_by_their_state(served: Bureau) -> None:
    client = served.client(WINDOW)
    (matter,) = client.get(f"{API}/matters").json()["items"]
    assert (matter["code"], [one["code"] for one in matter["materials"]]) == ("works", ["plan"])
    for _ in range(3):
        path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    client.post(f"{path}/withdrawal", json={"reason": "r"})
    page, numbers = client.get(f"{API}/cases", params={"state": "open", "limit": 1}), []
    while True:
        numbers += [(one["number"], one["state"]) for one in page.json()["items"]]
        if "next" not in page.links:
            break
        page = client.get(page.links["next"]["url"])
    assert len(numbers) == len(set(numbers)) >= 2
    assert {state for _, state in numbers} == {"open"}
    assert path.rpartition("/")[2] in {
        one["number"] for one in client.get(f"{API}/cases?state=withdrawn").json()["items"]
    }
    assert client.get(f"{API}/cases", params={"state": "lost"}).status_code == 422


def test_a_matter_that_is_changed_is_taken_up_without_a_restart_and_one_that_does_not_hold_is_not(
    served: Bureau,
) -> None:
    client, file = served.client(WINDOW), served.view.home.catalogue / "works.toml"
    before = file.read_text()

    def version() -> str:
        (matter,) = client.get(f"{API}/matters").json()["items"]
        return str(matter["version"])

    try:
        file.write_text(before.replace('version = "1"', 'version = "2.0"'))
        assert version() == "2.0"
        path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
        consultation = client.get(path).json()["parts"][0]["consultation_id"]
        assert client.get(f"{API}/documents/{consultation}").json()["body"]["matter_version"] == "2.0"
        file.write_text("version = 3")
        assert version() == "2.0"
    finally:
        file.write_text(before)
    assert version() == "1"


def test_scopes_of_windows_are_given_to_windows_alone(served: Bureau) -> None:
    for scope in ("submit", "decide"):
        with pytest.raises(CallerError, match="is not a window"):
            token_for(served.view, PLANNING, ["read", scope])
    reading = served.client(WINDOW, ["read", "submit"])
    assert reading.post(f"{API}/cases/HF-1/decision", json=DECISION).json()["remedy"].endswith("'decide'")
    deciding = served.client(WINDOW, ["decide"])
    assert deciding.post(f"{API}/cases", json=APPLICATION).status_code == 403
    for path in ("matters", "cases?state=open"):
        refused = served.client(PLANNING).get(f"{API}/{path}")
        assert (refused.status_code, refused.json()["remedy"]) == (
            403,
            f"this is done by a window of the domain: {WINDOW}",
        )


def test_the_flow_itself_refuses_whoever_is_no_window(served: Bureau) -> None:
    node = served.api.member(PLANNING).node
    applicant = Applicant(name="a", identifier="i", contact="c")
    application = Application(
        matter="works", applicant=applicant, project="p", materials=(), submitted_at=node.clock.now()
    )
    steps = (
        lambda: submit(node, application),
        lambda: withdraw(node, "HF-1", "r"),
        lambda: decide(node, "HF-1", Ruling(Outcome.GRANT, "r")),
        lambda: amend(node, "HF-1", PLANNING, Amendment(EntryKind.RESUME, "r", (), PLANNING)),
    )
    for step in steps:
        with pytest.raises(CallerError, match="is not a window"):
            step()
