"""Joint documents, circulation and resending by the API, over a domain without a broker."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from exchange.envelope import verify_signed
from exchange.joint.states import JointSeat
from exchange.joint.store import JointDocuments
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import InboxEntry
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.schemas import JointSignature
from tests.web.department import LETTER, Bureau, bureau

API, PLANNING, TRANSPORT = "/api/v1", "hefei.planning", "hefei.transport"
JOINT = f"{API}/joint-documents"
TEXT: dict[str, Any] = {
    "cosigners": [TRANSPORT],
    "to": ["hefei.window"],
    "document": {
        "number": "合规〔2026〕8号", "kind": "意见", "issuer": "规划局、交通局", "signatory": "王某",
        "title": "关于路网建设的意见", "addressees": ["市窗口"], "body": "现提出以下意见。",
    },
    "attachments": [{"name": "plan.txt", "content": base64.b64encode("路网".encode()).decode()}],
}  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def proposed(served: Bureau) -> str:
    """A text of the planning office that was sent round."""
    answer = served.client(PLANNING).post(JOINT, json=TEXT)
    assert (answer.status_code, answer.json()["state"]) == (202, "open"), answer.text
    return str(answer.json()["joint_id"])


def came(served: Bureau, message_id: str) -> None:
    """Record a message of the planning office at the transport office as its receiver does it."""
    sender, receiver = served.api.member(PLANNING), served.api.member(TRANSPORT)
    with sender.store.reading() as tx:
        (stored,) = tx[Documents].find(message_id)
    now, header = receiver.node.clock.now(), verify_signed(stored.signed, receiver.node.directory).header
    digest = hashlib.sha256(stored.signed).hexdigest()
    entry = InboxEntry(
        header, digest, stored.signed, stored.enclosures, Arrival(now, now, ArrivalSource.OWN), None, True
    )
    with receiver.store.transaction() as tx:
        tx[Inbox].record([entry], now)


def asked(served: Bureau) -> str:
    """A text that has come to the transport office to be signed."""
    joint_id = proposed(served)
    came(served, joint_id)
    with served.api.member(PLANNING).store.reading() as tx:
        row = tx[JointDocuments].get(joint_id)
    assert row is not None
    with served.api.member(TRANSPORT).store.transaction() as tx:
        tx[JointDocuments].open(replace(row, seat=JointSeat.SIGNER))
    return joint_id


def test_a_joint_document_is_proposed_once_listed_shown_and_withdrawn(served: Bureau) -> None:
    client, key = served.client(PLANNING), {"idempotency-key": "joint-1"}
    first, again = (client.post(JOINT, json=TEXT, headers=key).json() for _ in range(2))
    assert first == again
    other = proposed(served)
    page = client.get(JOINT, params={"role": "lead", "state": "open", "limit": 1})
    assert all(f"{name}=" in page.headers["link"] for name in ("role", "state")), "the next page is of the same list"
    listed, following = page.json(), client.get(page.headers["link"].partition(">")[0].removeprefix("<")).json()
    assert [one["joint_id"] for one in (*listed["items"], *following["items"])] == [other, first["joint_id"]]
    shown = client.get(f"{JOINT}/{other}").json()
    assert [(one["address"], one["state"]) for one in shown["signers"]] == [(PLANNING, "signed"), (TRANSPORT, "asked")]
    assert shown["signers"][0]["signed_at"]
    assert (shown["addressees"], shown["signers"][1]["signed_at"]) == (["hefei.window"], None)
    attached = client.get(f"{API}/documents/{other}").json()["attachments"]
    assert client.get(attached[0]["href"]).content.decode() == "路网"
    withdrawn = [client.post(f"{JOINT}/{other}/withdrawal", json={"reasons": "文稿有误"}) for _ in range(2)]
    assert [one.status_code for one in withdrawn] == [202, 409]
    assert client.get(f"{JOINT}/{other}").json()["reasons"] == "文稿有误"


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"document": {**TEXT["document"], "date": "2026-03-02"}}, 422, "/document/date"),
        ({"document": {**TEXT["document"], "kind": "请示"}}, 422, "`POST /documents`"),
        ({"document": {**TEXT["document"], "signatory": None}}, 422, "article 9(6)"),
        ({"cosigners": ["hefei.window"], "to": [TRANSPORT]}, 422, "one rank"),
        ({"cosigners": ["hefei.nobody"]}, 404, "hefei.nobody"),
        ({"cosigners": []}, 422, "/cosigners"),
    ],
)
def test_what_may_not_be_issued_jointly_is_refused_with_its_reason(
    served: Bureau, change: dict[str, Any], status: int, said: str
) -> None:
    answer = served.client(PLANNING).post(JOINT, json={**TEXT, **change})
    assert (answer.status_code, said in answer.text) == (status, True), answer.text


def test_who_is_asked_signs_or_refuses_once_and_the_lead_does_neither(served: Bureau) -> None:
    signed, refused, client = asked(served), asked(served), served.client(TRANSPORT)
    assert client.post(f"{JOINT}/{signed}/signature").json() == {"joint_id": signed, "state": "signed"}
    assert client.post(f"{JOINT}/{signed}/signature").json()["code"] == "conflict"
    assert client.post(f"{JOINT}/{refused}/refusal", json={"reasons": "  "}).status_code == 422
    assert client.post(f"{JOINT}/{refused}/refusal", json={"reasons": "涉及资金"}).status_code == 202
    shown = client.get(f"{JOINT}/{signed}").json()
    assert [bool(one["signed_at"]) for one in shown["signers"]] == [True, True]
    assert client.get(f"{JOINT}/{refused}").json()["signers"][1]["state"] == "refused"
    unknown = served.client(PLANNING).post(f"{JOINT}/{signed}/signature")
    assert (unknown.status_code, "`GET /joint-documents`" in unknown.json()["remedy"]) == (404, True), unknown.text
    assert served.client(TRANSPORT, ("read",)).post(f"{JOINT}/{refused}/signature").status_code == 403
    with served.api.member(TRANSPORT).store.reading() as tx:
        (sent,) = tx[Documents].recent("sent", JointSignature.KIND, 10)
    assert sent.conversation_id == signed


def test_a_document_is_put_round_and_read_and_its_copies_are_sent_again(served: Bureau) -> None:
    lead, client = served.client(PLANNING), served.client(TRANSPORT)
    message = lead.post(f"{API}/documents", json={"to": [TRANSPORT], "document": LETTER}).json()["message_id"]
    came(served, message)
    round_ = f"{API}/documents/{message}/circulation"
    put = client.post(round_, json={"to": ["主任", "副主任"], "officer": "收发室"})
    assert [one["state"] for one in put.json()["readers"]] == ["unread", "unread"], put.text
    read = client.post(f"{round_}/reading", json={"officer": "主任"}).json()["readers"]
    assert {one["officer"]: one["state"] for one in read} == {"主任": "read", "副主任": "unread"}
    assert client.get(round_).json()["readers"] == read
    assert client.post(f"{round_}/reading", json={"officer": "科长"}).status_code in (404, 422)
    assert client.post(f"{API}/documents/{message}/resending", json={}).status_code == 404, "it was not sent from here"
    again = lead.post(f"{API}/documents/{message}/resending", json={"addressee": TRANSPORT})
    assert (again.status_code, again.json()["copies"]) == (202, 1), again.text
