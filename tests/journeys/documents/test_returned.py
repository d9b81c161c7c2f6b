"""A document is sent back once, by who is to act on it, with its reason; its sender writes another in its place."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.documents.filing import file_document
from exchange.documents.request_record import request_status
from exchange.documents.returning import return_document
from exchange.documents.rules.handling import HandlingState
from exchange.documents.send import send_document
from exchange.errors import CallerError, Conflict, ExchangeError, NotFound
from exchange.messaging.outbox import Outbox
from exchange.operations.trace.dossier import filed
from exchange.schemas import Document, DocumentKind, DocumentNumber, DocumentReturn
from tests.journeys.city import MONDAY, City, make_city
from tests.journeys.faces import faces_of

pytestmark = pytest.mark.broker
K = DocumentKind
WHY = "未附路网图，不符合办理要求"


def paper(serial: int, kind: DocumentKind = K.LETTER, **fields: object) -> Document:
    said: dict[str, object] = {
        "number": DocumentNumber(agency="合规函", year=2026, serial=serial), "kind": kind, "issuer": "规划局",
        "title": f"关于路网资料的{kind.value}", "addressees": ("交通局",), "body": "正文", "date": MONDAY.date(),
        "signatory": "王某",
    }  # fmt: skip
    return Document(**(said | fields))  # type: ignore[arg-type]


def sent(city: City, document: Document, to: str, **more: object) -> str:
    found = send_document(city.node("planning"), document, [city.address(to)], **more)  # type: ignore[arg-type]
    return arrived(city, "planning", found)


def arrived(city: City, name: str, message_id: str) -> str:
    city.wake(name)
    city.local.settle()
    return message_id


def refused(city: City, name: str, message_id: str) -> str:
    """The code with which the first addressee has sent a message back by its receipt."""
    with city.node(name).store.reading() as tx:
        return (tx[Outbox].rows(message_id)[0].last_error or "").partition(":")[0]


def test_what_came_goes_back_once_and_is_replaced_and_what_is_dealt_with_stays(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        planning, transport = city.node("planning"), city.node("transport")
        first = sent(city, paper(1), "transport")
        back = arrived(city, "transport", return_document(transport, first, f" {WHY} ", "陈工"))
        for node in (planning, transport):
            (done,) = filed(node, first)[0].handled
            assert (done.handled_by, done.state) == (transport.address, HandlingState.RETURNED)
            assert (done.reason, done.officer, done.return_id) == (WHY, "陈工", back)
        with pytest.raises(Conflict, match="sent back before"):
            return_document(transport, first, WHY, "陈工")
        with pytest.raises(Conflict, match="not filed"):
            file_document(transport, first, "陈工")
        with pytest.raises(Conflict, match="sent back from here"):
            send_document(transport, paper(9), [planning.address], in_reply_to=first)
        second = sent(city, paper(2), "transport", replaces=first)
        assert filed(transport, second)[0].replaces == first
        assert filed(planning, second)[0].stored.conversation_id == first

        with pytest.raises(Conflict, match="nobody has sent it back"):
            sent(city, paper(3), "transport", replaces=second)
        done = file_document(transport, second, "陈工")
        assert file_document(transport, second, "李工") == done, "the first time counts"
        file_document(planning, second, "王工")
        with pytest.raises(Conflict, match="it is filed"):
            return_document(transport, second, WHY, "陈工")

        third = sent(city, paper(4), "transport")
        arrived(city, "transport", send_document(transport, paper(5), [planning.address], in_reply_to=third))
        with pytest.raises(Conflict, match="answered"):
            return_document(transport, third, WHY, "陈工")


def test_a_request_that_is_sent_back_waits_no_more_and_a_false_return_is_refused(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        planning, transport, window = (city.node(name) for name in ("planning", "transport", "window"))
        asked = sent(city, paper(1, K.REQUEST, addressees=("窗口",)), "window", copies=[transport.address])
        with pytest.raises(Conflict, match="waits for its answer"):
            file_document(window, asked, "张三")
        with pytest.raises(CallerError, match="not here to be acted on"):
            return_document(transport, asked, WHY, "陈工")
        signed = hashlib.sha256(filed(transport, asked)[0].stored.signed).hexdigest()
        for document, digest, code in (
            (asked, signed, "not-entitled"),
            (asked, "0" * 64, "altered"),
            (transport.new_id(), signed, "unknown-document"),
        ):
            told = DocumentReturn(document_id=document, digest=digest, reason=WHY, officer="陈工", at=city.clock.now())
            with transport.step() as step:
                false = step.send(told, (planning.address,), in_reply_to=asked)
            assert refused(city, "transport", arrived(city, "transport", false)) == code
        arrived(city, "window", return_document(window, asked, WHY, "张三"))
        for node in (planning, window):
            status = request_status(node, asked)
            assert status is not None
            assert (status.state, status.reason) == ("returned", WHY)
        answer = paper(2, K.REPLY, issuer="窗口", addressees=("规划局",))
        with pytest.raises(Conflict, match="was sent back"):
            send_document(window, answer, [planning.address], in_reply_to=asked)
        anew = sent(city, paper(3, K.REQUEST, addressees=("窗口",)), "window", replaces=asked)
        decided = send_document(window, answer, [planning.address], in_reply_to=anew)
        arrived(city, "window", decided)
        with pytest.raises(ExchangeError, match="not sent back"):
            return_document(planning, decided, WHY, "王工")
        with pytest.raises(NotFound):
            return_document(window, decided, WHY, "张三")


def test_systems_send_back_write_anew_and_file_by_the_api(tmp_path: Path, broker: NodeInfo, domain: str) -> None:
    city = make_city(tmp_path / "city", broker, domain)
    with city.local, faces_of(city, tmp_path / "faces") as faces:
        planning, transport = (faces.made.client(city.address(name)) for name in ("planning", "transport"))

        def send(serial: int, **more: object) -> str:
            element = {
                "kind": "函",
                "issuer": "规划局",
                "title": "关于路网资料的函",
                "addressees": ["交通局"],
                "body": "正文",
            }
            asked = {"to": [city.address("transport")], "document": {**element, "number": f"合规函〔2026〕{serial}号"}}
            answer = planning.post("/api/v1/documents", json={**asked, **more})
            assert answer.status_code == 202, answer.text
            return arrived(city, "planning", answer.json()["message_id"])

        first = send(61)
        path, why = f"/api/v1/documents/{first}/return", {"reason": WHY, "officer": "陈工"}
        back, again = (transport.post(path, json=why, headers={"idempotency-key": "once"}) for _ in range(2))
        assert (back.status_code, again.json()) == (202, back.json())
        late = transport.post(path, json=why)
        assert (late.status_code, "sent back before" in late.text) == (409, True)
        arrived(city, "transport", back.json()["message_id"])
        (handled,) = filed(city.node("planning"), first)[0].handled
        assert (handled.reason, handled.return_id) == (WHY, back.json()["message_id"])
        second = send(62, replaces=first)
        marks = [
            transport.post(f"/api/v1/documents/{second}/filing", json={"officer": who}).json()
            for who in ("陈工", "李工")
        ]
        assert marks[0] == marks[1], "the first time counts"
        assert marks[0]["officer"] == "陈工"
        refused_now = transport.post(f"/api/v1/documents/{second}/return", json=why)
        assert (refused_now.status_code, "it is filed" in refused_now.text) == (409, True)
