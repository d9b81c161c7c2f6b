"""Notices by the API: issued, passed on, signed for, answered, reminded of, proved and taken back; requests go up."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange.clock import RealClock
from exchange.documents.records import RequestRow
from exchange.documents.request_record import note_came
from exchange.documents.rules.request_states import RequestSeat, RequestState
from exchange.envelope import verify_signed
from exchange.envelope.opening import Opened
from exchange.messaging.documents import Documents
from exchange.messaging.inbox import Inbox
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.records import InboxEntry
from exchange.messaging.rules.arrival_time import Arrival, ArrivalSource
from exchange.notices import counting
from exchange.notices.rules.covering import Covering
from exchange.runtime.work import work_for
from exchange.schemas import Document, DocumentKind, DocumentNumber, FormAnswer
from tests.web.department import LETTER, Bureau, bureau

API = "/api/v1"
NOTICES = f"{API}/notices"
WINDOW, RELAY, PLANNING, TRANSPORT = (f"hefei.{name}" for name in ("window", "relay", "planning", "transport"))
DAY = RealClock().now().date()
ACT_BY = (DAY + timedelta(days=20)).isoformat()
TEXT = {**LETTER, "kind": "通知", "number": "合政办〔2026〕3号", "title": "关于报送防汛物资的通知"}
COVER = {**TEXT, "number": "合转〔2026〕1号", "signatory": "王某", "title": "关于批转防汛通知的通知"}
FORM = {
    "title": "防汛物资报送表",
    "due_days": 2,
    "fields": [
        {"name": "pumps", "label": "水泵", "type": "integer", "minimum": "0"},
        {"name": "ready", "label": "是否就绪", "type": "yes-no"},
    ],
}
NOTICE: dict[str, Any] = {"audience": "departments", "document": TEXT, "act_by": ACT_BY, "form": FORM}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"), relay=True)
    yield made
    made.view.close()


def put_down(step: Step, signed: bytes, enclosures: tuple[bytes, ...]) -> Incoming:
    """Record a message as its receiver does when it comes."""
    now, verified = step.node.clock.now(), verify_signed(signed, step.node.directory)
    digest = hashlib.sha256(signed).hexdigest()
    step.tx[Inbox].record(
        [InboxEntry(verified.header, digest, signed, enclosures, Arrival(now, now, ArrivalSource.OWN), None, True)], now
    )
    opened = Opened(verified.header, b"", signed, enclosures, digest, body=verified.body)
    return Incoming(opened, Arrival(now, now, ArrivalSource.BROKER))


def comes(served: Bureau, sender: str, receiver: str, kind: str) -> None:
    """Has the latest message of a kind arrive, and be dealt with as the receiver's roles ask for."""
    with served.api.member(sender).store.reading() as tx:
        (sent,) = tx[Documents].recent("sent", kind, 1)
    opened = served.api.member(receiver)
    handlers = work_for(opened.profile.roles, covering=Covering.ASK_ALL).handlers
    with opened.node.step() as step:
        incoming = put_down(step, sent.signed, sent.enclosures)
        handlers[kind](step, incoming, incoming.opened.body)


def done(client: TestClient, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(f"{NOTICES}/{path}", **({"json": body} if body else {}))
    assert answer.status_code == 202, answer.text
    found: dict[str, Any] = answer.json()
    return found


def issued(served: Bureau, **fields: Any) -> str:
    """A notice of the window's that has come to planning and transport, under a cover of the relay office."""
    answer = served.client(WINDOW).post(NOTICES, json={**NOTICE, **fields})
    assert answer.status_code == 202, answer.text
    notice_id = str(answer.json()["notice_id"])
    comes(served, WINDOW, RELAY, "notice")
    done(served.client(RELAY), f"{notice_id}/cover", document=COVER)
    for reader in (PLANNING, TRANSPORT):
        comes(served, RELAY, reader, "forwarding")
    return notice_id


def ids(client: TestClient, which: str) -> list[str]:
    return [one["notice_id"] for one in client.get(NOTICES, params={"list": which}).json()["items"]]


def test_a_notice_goes_its_whole_way_by_the_api(served: Bureau) -> None:
    notice_id = issued(served)
    window, planning, transport, relay = (served.client(one) for one in (WINDOW, PLANNING, TRANSPORT, RELAY))
    assert [ids(planning, "came"), ids(window, "issued"), ids(relay, "passed")] == [[notice_id]] * 3
    shown = planning.get(f"{NOTICES}/{notice_id}").json()
    assert (shown["state"], shown["act_by"], shown["form"]["fields"][0]["name"]) == ("open", ACT_BY, "pumps")
    text = planning.get(f"{API}/documents/{shown['message_id']}").json()["body"]
    assert text["cover"]["document"]["number"]["serial"] == 1

    wrong = planning.post(f"{NOTICES}/{notice_id}/answer", json={"values": {"pumps": "-3"}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "form-answer")
    assert all(word in wrong.json()["detail"] for word in ("pumps", "ready")), "every field at fault"
    done(planning, f"{notice_id}/answer", values={"pumps": "31", "ready": "yes"})
    with served.api.member(PLANNING).store.reading() as tx:
        (sent,) = tx[Documents].recent("sent", FormAnswer.KIND, 1)
    body = verify_signed(sent.signed, served.api.member(PLANNING).node.directory).body
    assert isinstance(body, FormAnswer)
    assert {one.name: one.value for one in body.values} == {"pumps": "31", "ready": "yes"}
    assert planning.get(f"{NOTICES}/{notice_id}").json()["state"] == "signed", "to answer is to sign for it"

    key = {"idempotency-key": "sign-1"}
    twice = [transport.post(f"{NOTICES}/{notice_id}/signature", headers=key) for _ in range(2)]
    assert twice[0].json() == twice[1].json()
    assert transport.post(f"{NOTICES}/{notice_id}/signature").json()["code"] == "conflict"
    for reader in (PLANNING, TRANSPORT):
        comes(served, reader, RELAY, "sign-off")
    counting.tell(served.api.member(RELAY).node)
    comes(served, RELAY, WINDOW, "tally")
    seen = window.get(f"{NOTICES}/{notice_id}").json()
    assert (seen["over"], sum(one["signed"] for one in seen["counts"])) == (True, 2)

    done(window, f"{notice_id}/receipts", of=PLANNING)
    comes(served, WINDOW, RELAY, "receipts-request")
    comes(served, RELAY, WINDOW, "receipts-shown")
    proved = window.get(f"{NOTICES}/{notice_id}/receipts").json()
    assert (proved["holds"], [one["address"] for one in proved["proved"]]) == (True, [PLANNING])

    done(window, f"{notice_id}/reminder")
    done(window, f"{notice_id}/recall", reason="附件有误")
    comes(served, WINDOW, RELAY, "recall")
    comes(served, RELAY, PLANNING, "forwarding")
    assert planning.get(f"{NOTICES}/{notice_id}").json()["reason"] == "附件有误"
    assert notice_id in ids(planning, "closed")
    assert window.post(f"{NOTICES}/{notice_id}/reminder").status_code == 409


def test_lists_go_page_by_page_and_what_is_sent_back_says_why(served: Bureau) -> None:
    first, second = issued(served), issued(served)
    planning = served.client(PLANNING)
    page = planning.get(NOTICES, params={"list": "came", "limit": 1})
    following = planning.get(page.headers["link"].partition(">")[0].removeprefix("<")).json()
    assert [one["notice_id"] for one in (*page.json()["items"], *following["items"])] == [second, first]
    assert planning.post(f"{NOTICES}/{first}/return", json={"reason": " "}).status_code == 422
    done(planning, f"{first}/return", reason="不属本单位职责")
    assert (first in ids(planning, "closed"), first in ids(planning, "came")) == (True, False)
    assert served.client(PLANNING, ("read",)).post(f"{NOTICES}/{second}/signature").status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"act_by": None}, "/act_by"),
        ({"audience": "all below nowhere"}, "nowhere"),
        ({"audience": ""}, "/audience"),
        ({"document": {**TEXT, "number": "3号"}}, "3号"),
    ],
)
def test_what_may_not_be_issued_is_refused_with_its_reason(served: Bureau, change: dict[str, Any], said: str) -> None:
    answer = served.client(WINDOW).post(NOTICES, json={**NOTICE, **change})
    assert (answer.status_code, said in answer.text) == (422, True), answer.text


def test_what_is_not_a_members_to_do_names_the_operation_that_helps(served: Bureau) -> None:
    issued_by_relay = served.client(RELAY).post(NOTICES, json=NOTICE)
    assert (issued_by_relay.status_code, "--as" in issued_by_relay.text) == (422, False), issued_by_relay.text
    unknown = "0" * 8 + "-0000-0000-0000-" + "0" * 12
    for path, body in (
        ("signature", None), ("reminder", None), ("recall", {"reason": "r"}), ("answer", {"values": {"a": "1"}}),
        ("cover", {"document": None}),
    ):  # fmt: skip
        answer = served.client(PLANNING).post(f"{NOTICES}/{unknown}/{path}", **({"json": body} if body else {}))
        assert (answer.status_code, "`GET /notices`" in answer.json()["remedy"]) == (404, True), answer.text
    day = {"document": None, "act_by": ACT_BY}
    assert "/act_by" in served.client(RELAY).post(f"{NOTICES}/{unknown}/cover", json=day).text


def test_a_request_is_passed_on_once_with_the_own_opinion_and_its_file(served: Bureau) -> None:
    asked = Document(
        number=DocumentNumber(agency="合交", year=2026, serial=1), kind=DocumentKind.REQUEST, issuer="transport",
        signatory="王某", title="关于追加经费的请示", addressees=("planning",), body="妥否，请批示。", date=DAY,
    )  # fmt: skip
    with served.api.member(TRANSPORT).node.step() as step:
        request_id = step.send(asked, (PLANNING,))
    with served.api.member(TRANSPORT).store.reading() as tx:
        (sent,) = tx[Documents].find(request_id)
    with served.api.member(PLANNING).node.step() as step:
        put_down(step, sent.signed, sent.enclosures)
        row = RequestRow(
            request_id, RequestSeat.ASKED, RequestState.OPEN, step.now, origin=TRANSPORT, source=TRANSPORT,
            message_id=request_id, digest=hashlib.sha256(sent.signed).hexdigest(),
        )  # fmt: skip
        assert note_came(step, row)
    opinion = {**LETTER, "kind": "意见", "signatory": "王某", "title": "关于追加经费的意见", "body": "拟同意。"}
    path, client = f"{API}/documents/{request_id}/forwarding", served.client(PLANNING)
    assert client.post(path, json={"document": LETTER}).status_code == 422, "a 函 is no opinion"
    passed = client.post(path, json={"document": opinion, "attachments": [{"name": "map.txt", "content": "cGxhbg=="}]})
    assert passed.status_code == 202, passed.text
    with served.api.member(PLANNING).store.reading() as tx:
        (upward,) = tx[Documents].find(passed.json()["message_id"])
    assert (upward.kind, upward.enclosures[-2:]) == ("forwarded-request", (sent.signed, b"plan"))
    again = client.post(path, json={"document": opinion})
    assert (again.status_code, WINDOW in again.json()["detail"]) == (409, True), again.text
