"""The API over a domain without a broker: tokens, problems, keys, leases, pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange.approval.department.store import DepartmentDesk
from exchange.audit.chain import check_chain
from exchange.clock import RealClock, SteppedClock
from exchange.documents.rules.numbers import parse_number
from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import InboxEntry
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.operations.audit.store import AuditLog
from exchange.operations.systems.store import Tokens
from exchange.operations.systems.webhooks import Event
from exchange.schemas import Document, DocumentKind
from exchange.web.door.attempts import OF_ONE_TOKEN, Attempts
from tests.contract.rows import desk_row
from tests.postgres import own_database
from tests.web.department import LETTER, Bureau, bureau, token_for

PLANNING, TRANSPORT = "hefei.planning", "hefei.transport"
LETTER_TO = {"to": [TRANSPORT], "document": LETTER}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Bureau]:
    """The domain on each of the two databases."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(own_database(request.getfixturevalue("postgres_url")))
        made = bureau(tmp_path_factory.mktemp("bureau"), database_url=url)
        stack.callback(made.view.close)
        yield made


@pytest.fixture
def served(shared: Bureau) -> Bureau:
    """The domain with a clock and a count of failures of the test's own."""
    shared.api.clock, shared.api.attempts = SteppedClock(RealClock().now()), Attempts()
    return shared


def later(served: Bureau, **span: float) -> None:
    assert isinstance(served.api.clock, SteppedClock)
    served.api.clock.step_to(served.api.clock.now() + timedelta(**span))


def arrive(served: Bureau, count: int) -> list[str]:
    """Documents of the planning office, recorded at the transport office as its receiver does it."""
    sender, receiver = served.api.member(PLANNING), served.api.member(TRANSPORT)
    ids = []
    for _ in range(count):
        letter = Document(
            number=parse_number(LETTER["number"]),
            kind=DocumentKind.LETTER,
            issuer="规划局",
            title="函",
            body="正文",
            date=None,
        )
        ids.append(send_document(sender.node, letter, [TRANSPORT]))
        with sender.store.reading() as tx:
            (stored,) = tx[Documents].find(ids[-1])
        now, header = receiver.node.clock.now(), verify_signed(stored.signed, receiver.node.directory).header
        digest = hashlib.sha256(stored.signed).hexdigest()
        with receiver.store.transaction() as tx:
            tx[Inbox].record(
                [InboxEntry(header, digest, stored.signed, (), Arrival(now, now, ArrivalSource.OWN), None, True)], now
            )
    return ids


# --- tokens -------------------------------------------------------------------------------------------------------


def test_without_a_token_that_holds_nothing_is_answered(served: Bureau) -> None:
    client = served.client(PLANNING)
    assert client.get("/api/v1/token").json() == {
        "member": PLANNING,
        "name": "tests",
        "scopes": ["send", "receive", "reply", "read"],
    }
    good = client.headers["authorization"]
    for bad in ("", "Bearer", "Bearer x", "Basic " + good[7:], good[:-1] + ("A" if good[-1] != "A" else "B")):
        answer = client.get("/api/v1/token", headers={"authorization": bad})
        assert answer.status_code == 401, bad
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_token_that_is_over_or_revoked_says_no_more_than_an_unknown_one(served: Bureau) -> None:
    client = served.client(PLANNING)
    unknown = client.get("/api/v1/token", headers={"authorization": "Bearer yz_" + "0" * 12 + "_" + "a" * 43})
    token_id = client.headers["authorization"].split("_")[1]
    with served.api.view.console.transaction() as tx:
        tx[Tokens].revoke(token_id, "officer", served.api.clock.now())
    revoked = client.get("/api/v1/token")
    later(served, days=31)
    expired = served.client(PLANNING).headers["authorization"]
    later(served, days=31)
    over = client.get("/api/v1/token", headers={"authorization": expired})
    assert unknown.status_code == revoked.status_code == over.status_code == 401
    assert unknown.json() == revoked.json() == over.json()


def test_a_token_does_only_what_its_scopes_allow(served: Bureau) -> None:
    calls = {
        "send": ("POST", "/documents"),
        "receive": ("POST", "/inbox/leases"),
        "reply": ("POST", "/opinions"),
        "read": ("GET", "/documents"),
    }
    for scope in calls:
        client = served.client(PLANNING, [scope])
        for needed, (method, path) in calls.items():
            answer = client.request(method, f"/api/v1{path}", json={} if method == "POST" else None)
            assert (answer.status_code == 403) == (needed != scope), (scope, needed, answer.text)


def test_failures_are_limited_for_the_token_that_fails_and_not_for_its_neighbours(served: Bureau) -> None:
    good, bad = served.client(PLANNING, host="10.1.1.1"), "Bearer yz_" + "0" * 12 + "_" + "a" * 43
    for _ in range(OF_ONE_TOKEN):
        assert good.get("/api/v1/token", headers={"authorization": bad}).status_code == 401
    limited = good.get("/api/v1/token", headers={"authorization": bad})
    assert limited.status_code == 429
    assert 1 <= int(limited.headers["retry-after"]) <= 60
    assert good.get("/api/v1/token").status_code == 200


def test_a_token_that_holds_is_let_in_however_often_others_behind_the_same_address_fail(served: Bureau) -> None:
    good = served.client(PLANNING, host="10.1.1.2")
    token = good.headers["authorization"]
    wrong = [token[:-43] + "a" * 43, "Bearer nonsense", *(f"Bearer yz_{n:012x}_{'a' * 43}" for n in range(120))]
    codes = [good.get("/api/v1/token", headers={"authorization": one}).status_code for one in wrong + wrong[:1] * 15]
    assert set(codes) == {401, 429}
    assert codes[-1] == 429
    assert good.get("/api/v1/token").status_code == 200


def test_head_is_answered_wherever_get_is(served: Bureau) -> None:
    client = served.client(PLANNING)
    for path in ("/api/v1/token", "/api/v1/documents", "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/webhooks"):
        asked, told = client.get(path), client.head(path)
        assert (told.status_code, told.content) == (200, b""), path
        assert told.headers["content-length"] == str(len(asked.content))
        assert told.headers["content-type"] == asked.headers["content-type"]
    assert client.head("/api/v1/no-such-thing").status_code == 404
    assert client.head("/api/v1/inbox/leases").status_code == 405


def test_the_token_itself_is_nowhere_in_the_store_and_its_use_is_noted(served: Bureau) -> None:
    token = token_for(served.view, PLANNING)
    client = served.client(PLANNING)
    client.get("/api/v1/token", headers={"authorization": f"Bearer {token}"})
    with served.api.view.console.reading() as tx:
        row = tx[Tokens].get(token.split("_")[1])
    assert row is not None
    assert token[16:] not in repr(row)
    assert row.last_used_at == served.api.clock.now()


# --- problems -----------------------------------------------------------------------------------------------------


def test_a_problem_names_the_fields_and_what_to_do(served: Bureau) -> None:
    body = {"to": ["Hefei"], "document": {**LETTER, "kind": "信", "serial": 3}}
    problem = served.client(PLANNING).post("/api/v1/documents", json=body).json()
    assert {one["pointer"] for one in problem["errors"]} >= {"/to/0", "/document/kind", "/document/serial"}
    assert (problem["status"], problem["code"]) == (422, "request")
    assert problem["remedy"]


def test_errors_of_the_flow_keep_their_codes(served: Bureau) -> None:
    client = served.client(PLANNING)
    secret = {**LETTER_TO, "document": {**LETTER, "classification": "秘密"}}
    unknown = {**LETTER_TO, "to": ["hefei.nobody"]}
    assert (client.post("/api/v1/documents", json=secret).json()["code"]) == "secret"
    assert (client.post("/api/v1/documents", json=unknown).status_code) == 404
    assert (client.get("/api/v1/nothing").json()["code"]) == "not-found"
    refused = client.put("/api/v1/documents")
    assert (refused.status_code, refused.headers["content-type"]) == (405, "application/problem+json")
    assert client.post("/api/v1/documents", content="x").status_code == 415
    assert client.post("/api/v1/documents", content=b"x" * 9_000_000, headers=_JSON).status_code == 413


_JSON = {"content-type": "application/json"}


def test_what_an_operator_must_repair_is_not_told_to_callers(served: Bureau) -> None:
    client = served.client(TRANSPORT)
    certificate = served.view.home.directory
    whole = certificate.read_bytes()
    served.api._members.pop(TRANSPORT, None)
    certificate.write_bytes(b"damaged")
    try:
        answer = client.get("/api/v1/documents")
    finally:
        certificate.write_bytes(whole)
    assert answer.status_code == 500
    assert str(served.view.home.root) not in answer.text
    assert client.get("/api/v1/documents").status_code == 200


# --- sending ------------------------------------------------------------------------------------------------------


def test_a_document_goes_into_the_outbox_with_its_attachments_however_they_came(served: Bureau) -> None:
    client = served.client(PLANNING)
    inside = {"name": "plan.txt", "content": base64.b64encode(b"plan").decode()}
    first = client.post("/api/v1/documents", json={**LETTER_TO, "attachments": [inside]})
    form = {"message": json.dumps(LETTER_TO)}
    file = ("plan.txt", b"plan", "text/plain; charset=utf-8")
    second = client.post("/api/v1/documents", data=form, files={"attachment": file})
    assert first.status_code == second.status_code == 202
    for answer in (first, second):
        sent = client.get(f"/api/v1/documents/{answer.json()['message_id']}").json()
        assert sent["body"]["title"] == LETTER["title"]
        (attachment,) = sent["attachments"]
        assert client.get(attachment["href"]).content == b"plan"
    register = client.get("/api/v1/register?direction=sent&limit=1").json()
    assert (register["items"][0]["number"], register["items"][0]["title"]) == (1, LETTER["title"])
    following = client.get("/api/v1/register", params={"direction": "sent", "cursor": register["next"]}).json()
    assert [one["message_id"] for one in following["items"]] == [second.json()["message_id"]]
    assert client.get("/api/v1/register?direction=received").json()["items"] == []
    assert client.get(f"/api/v1/documents/{first.json()['message_id']}/circulation").status_code == 404
    copies = client.get(f"/api/v1/documents/{first.json()['message_id']}/receipts").json()
    assert (copies["complete"], copies["copies"][0]["state"], copies["copies"][0]["receipt"]) == (
        False,
        "written",
        None,
    )


def test_a_document_says_whether_its_issuer_is_who_has_signed_it(served: Bureau) -> None:
    client = served.client(PLANNING)
    for issuer, own in ((PLANNING.rpartition(".")[2], True), ("合肥市人民政府", False)):
        letter = {**LETTER_TO, "document": {**LETTER_TO["document"], "issuer": issuer}}
        id = client.post("/api/v1/documents", json=letter).json()["message_id"]
        assert client.get(f"/api/v1/documents/{id}").json()["issuer_is_signer"] is own


@pytest.mark.parametrize("name", ["附件.txt".encode("gb18030"), "附件.txt".encode("big5"), b"caf\xe9.txt"])
def test_a_file_name_of_a_form_that_is_not_utf_8_is_refused_and_never_signed(served: Bureau, name: bytes) -> None:
    client = served.client(PLANNING)

    def post(name: bytes) -> Any:
        parts = (
            b'--x\r\ncontent-disposition: form-data; name="message"\r\n\r\n' + json.dumps(LETTER_TO).encode(),
            b'--x\r\ncontent-disposition: form-data; name="attachment"; filename="' + name + b'"\r\n'
            b"content-type: text/plain; charset=utf-8\r\n\r\nplan",
        )
        kind = {"content-type": "multipart/form-data; boundary=x"}
        return client.post("/api/v1/documents", content=b"\r\n".join((*parts, b"--x--\r\n")), headers=kind)

    answer = post(name)
    assert answer.status_code == 422
    assert "UTF-8" in answer.text
    assert "attachment" in answer.text
    sent = post("附件.txt".encode())
    assert sent.status_code == 202
    stored = client.get(f"/api/v1/documents/{sent.json()['message_id']}").json()
    assert [one["name"] for one in stored["body"]["attachments"]] == ["附件.txt"]


def test_nobody_reads_what_is_another_members(served: Bureau) -> None:
    message_id = served.client(PLANNING).post("/api/v1/documents", json=LETTER_TO).json()["message_id"]
    other = served.client(TRANSPORT)
    for path in ("", "/receipts", "/attachments/0"):
        assert other.get(f"/api/v1/documents/{message_id}{path}").status_code == 404


def test_the_same_key_gets_the_same_answer_and_another_request_a_problem(served: Bureau) -> None:
    client, key = served.client(PLANNING), {"idempotency-key": "one-of-its-own"}
    first = client.post("/api/v1/documents", json=LETTER_TO, headers=key)
    again = client.post("/api/v1/documents", content=json.dumps(LETTER_TO, indent=3), headers={**key, **_JSON})
    other = client.post("/api/v1/documents", json={**LETTER_TO, "copies": ["hefei.window"]}, headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    later(served, hours=25)
    assert client.post("/api/v1/documents", json=LETTER_TO, headers=key).json() != first.json()


def test_a_refused_request_does_not_use_up_its_key(served: Bureau) -> None:
    client, key = served.client(PLANNING), {"idempotency-key": "refused-first"}
    assert client.post("/api/v1/documents", json={**LETTER_TO, "to": ["hefei.nobody"]}, headers=key).status_code == 404
    assert client.post("/api/v1/documents", json=LETTER_TO, headers=key).status_code == 202


def test_of_requests_at_once_under_one_key_one_takes_effect(served: Bureau) -> None:
    client, key = served.client(PLANNING), {"idempotency-key": "at-once"}
    answers: list[str] = []

    def send() -> None:
        answers.append(client.post("/api/v1/documents", json=LETTER_TO, headers=key).json()["message_id"])

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 6
    assert len(set(answers)) == 1


# --- the inbox ----------------------------------------------------------------------------------------------------


def drain(client: TestClient) -> None:
    while (taken := client.post("/api/v1/inbox/leases", json={"limit": 100}).json())["messages"]:
        client.post(f"/api/v1/inbox/leases/{taken['lease']}/acknowledgement", json={})


def test_what_a_lease_holds_comes_again_when_it_is_over_and_not_before(served: Bureau) -> None:
    client = served.client(TRANSPORT)
    drain(client)
    first, second = arrive(served, 2)
    lease = client.post("/api/v1/inbox/leases", json={"limit": 1, "seconds": 30}).json()
    assert [one["message_id"] for one in lease["messages"]] == [first]
    assert lease["messages"][0]["body"]["title"] == "函"
    rest = client.post("/api/v1/inbox/leases", json={"limit": 5, "seconds": 600}).json()
    assert [one["message_id"] for one in rest["messages"]] == [second]
    later(served, seconds=31)
    late = client.post(f"/api/v1/inbox/leases/{lease['lease']}/acknowledgement", json={})
    assert (late.status_code, late.json()["code"]) == (409, "lease-over")
    again = client.post("/api/v1/inbox/leases", json={}).json()
    assert [one["message_id"] for one in again["messages"]] == [first]
    assert client.post(f"/api/v1/inbox/leases/{lease['lease']}/acknowledgement", json={}).status_code == 404


def test_an_acknowledgement_may_be_repeated_and_says_the_same(served: Bureau) -> None:
    client = served.client(TRANSPORT)
    drain(client)
    first, second = arrive(served, 2)
    lease = client.post("/api/v1/inbox/leases", json={}).json()["lease"]
    path = f"/api/v1/inbox/leases/{lease}/acknowledgement"
    some = {"messages": [{"sender": PLANNING, "message_id": second}]}
    one = client.post(path, json=some)
    assert one.json()["acknowledged"] == [{"sender": PLANNING, "message_id": second}]
    later(served, hours=2)
    assert client.post(path, json=some).json() == one.json()
    waiting = [row["message_id"] for row in client.get("/api/v1/inbox").json()["items"]]
    assert first in waiting
    assert second not in waiting


def test_a_lease_that_is_given_back_is_free_at_once(served: Bureau) -> None:
    client = served.client(TRANSPORT)
    drain(client)
    (only,) = arrive(served, 1)
    lease = client.post("/api/v1/inbox/leases", json={}).json()["lease"]
    assert client.post("/api/v1/inbox/leases", json={}).json()["messages"] == []
    assert client.delete(f"/api/v1/inbox/leases/{lease}").status_code == 204
    assert [one["message_id"] for one in client.post("/api/v1/inbox/leases", json={}).json()["messages"]] == [only]


# --- pages --------------------------------------------------------------------------------------------------------


def test_pages_are_followed_by_their_links_to_the_end(served: Bureau) -> None:
    client = served.client(PLANNING)
    sent = [client.post("/api/v1/documents", json=LETTER_TO).json()["message_id"] for _ in range(3)]
    path, found = "/api/v1/documents?limit=2", []
    while path:
        answer = client.get(path)
        found += [one["message_id"] for one in answer.json()["items"]]
        link = answer.headers.get("link", "")
        assert ("next" in link) == (answer.json()["next"] is not None)
        path = link.partition("<")[2].partition(">")[0]
    assert found[:3] == sent[::-1]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFd!", "WyJhIiwiYiJd", "Wy0xXQ", "W3RydWVd", "bnVsbA", "e30"])
def test_a_cursor_that_is_none_of_ours_is_a_problem(served: Bureau, cursor: str) -> None:
    client = served.client(PLANNING)
    for path in ("documents", "cases"):
        answer = client.get(f"/api/v1/{path}", params={"cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "query/cursor")


# --- the page -----------------------------------------------------------------------------------------------------


def test_the_page_about_the_api_needs_no_token_no_script_and_nothing_from_elsewhere(served: Bureau) -> None:
    client = served.client(PLANNING)
    client.headers.pop("authorization")
    english, chinese = client.get("/api/v1/docs?language=en"), client.get("/api/v1/docs")
    assert "Send a document" in english.text
    assert "发文" in chinese.text
    assert "default-src 'none'" in english.headers["content-security-policy"]
    assert "<script" not in english.text
    assert "http://" not in english.text
    assert 'id="problem-idempotency-key-reused"' in english.text
    for name in re.findall(r'href="#([\w-]+)"', english.text):
        assert f'id="{name}"' in english.text, f"a link to nowhere: {name}"
    about = english.text.partition('id="case"')[2].partition("</section>")[0]
    assert 'href="#shape-CaseOut"' in about, "an answer's schema is linked"
    assert "conflict" in english.text.partition('id="shape-Problem"')[2]
    assert "<code>revision</code>" in about, "and its fields stand beside it"
    assert "If-Match" in about


def test_what_a_system_changes_is_in_the_audit_log_with_its_token_and_address(served: Bureau) -> None:
    with served.api.view.console.reading() as tx:
        before = tx[AuditLog].head().seq
    client = served.client(PLANNING, host="192.0.2.7")
    assert client.get("/api/v1/documents").status_code == 200
    assert client.post("/api/v1/documents", json={**LETTER_TO, "to": []}).status_code == 422
    assert client.post("/api/v1/inbox/leases", json={}).status_code == 201
    assert client.post("/api/v1/documents", json=LETTER_TO).status_code == 202
    with served.api.view.console.reading() as tx:
        entries = [one for one in tx[AuditLog].entries() if one.seq > before]
        check_chain(tx[AuditLog].entries(), tx[AuditLog].head())
    assert [(one.account, one.what, one.outcome, one.source) for one in entries] == [
        (PLANNING, "POST /documents", "422", "rest"),
        (PLANNING, "POST /documents", "done", "rest"),
    ]
    token_id = client.headers["authorization"].split("_")[1]
    assert entries[0].origin.startswith(f"192.0.2.7 · {token_id} · ")


def test_a_webhook_can_be_told_of_every_event_there_is(served: Bureau) -> None:
    client = served.client(PLANNING)
    every = [event.value for event in Event]
    made = client.post("/api/v1/webhooks", json={"url": "https://oa.example/", "events": every})
    assert made.status_code == 201
    assert made.json()["events"] == every
    assert client.delete(f"/api/v1/webhooks/{made.json()['id']}").status_code == 204


def test_who_deals_with_a_consultation_is_noted_and_another_system_learns_whose_it_is(served: Bureau) -> None:
    with served.api.member(PLANNING).node.store.transaction() as tx:
        tx[DepartmentDesk].put([desk_row("HF-7")])
    client, path = served.client(PLANNING), "/api/v1/consultations/holder"
    asked = {"case_number": "HF-7", "officer": "张三", "holder": "张三"}
    taken = client.post(path, json=asked)
    assert (taken.status_code, taken.json()) == (200, {"case_number": "HF-7", "holder": "张三"})
    other = client.post(path, json={**asked, "officer": "李四", "holder": "李四"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    handed = client.post(path, json={**asked, "officer": "李四", "holder": "王五", "of_others": True})
    assert handed.json()["holder"] == "王五"
    assert client.post(path, json={**asked, "officer": "王五", "holder": None}).json()["holder"] is None
    assert client.post(path, json={**asked, "case_number": "HF-8"}).status_code == 404
