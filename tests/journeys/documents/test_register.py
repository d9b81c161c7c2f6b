"""What came and what went is in the register of its year, and a document that came goes round within the authority."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.documents.circulate import circulate, mark_read, readers_of
from exchange.documents.send import send_document
from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.messaging.register.records import RegisterEntry, RegisterSide
from exchange.messaging.register.store import Register
from exchange.operations.trace.dossier import filed
from exchange.schemas import Document, DocumentKind, DocumentNumber
from tests.journeys.city import MONDAY, make_city

pytestmark = pytest.mark.broker


def paper(serial: int, title: str, kind: DocumentKind = DocumentKind.LETTER) -> Document:
    return Document(
        number=DocumentNumber(agency="合规函", year=2026, serial=serial),
        kind=kind,
        issuer="规划局",
        title=title,
        addressees=("交通局",),
        body="正文",
        date=MONDAY.date(),
    )


def register(node: Node, direction: RegisterSide, year: int = 2026) -> list[tuple[int, str, str]]:
    with node.store.reading() as tx:
        rows: list[RegisterEntry] = tx[Register].page(direction, year, None, 0, 50)
    return [(one.number, one.title, one.message_id) for one in rows]


def test_letters_are_registered_as_they_go_and_come_and_one_that_came_is_put_round(
    tmp_path: Path, broker: NodeInfo, domain: str
) -> None:
    city = make_city(tmp_path, broker, domain)
    with city.local:
        planning, transport = city.node("planning"), city.node("transport")
        first = send_document(planning, paper(1, "关于路网资料的函"), [city.address("transport")])
        with planning.step() as step:  # past its own check: a 通知 does not go to a sibling, and comes back
            wrong = step.send(paper(2, "关于值班的通知", DocumentKind.NOTICE), (city.address("transport"),))
        city.wake("planning")
        city.local.settle()
        city.clock.step_to(MONDAY.replace(year=2027))
        second = send_document(planning, paper(3, "关于施工计划的函"), [city.address("transport")])
        city.wake("planning")
        city.local.settle()

        assert register(planning, RegisterSide.SENT) == [(1, "关于路网资料的函", first)]
        assert register(transport, RegisterSide.RECEIVED) == [(1, "关于路网资料的函", first)]
        assert register(transport, RegisterSide.RECEIVED, 2027) == [(1, "关于施工计划的函", second)]
        assert register(transport, RegisterSide.SENT) == []
        with planning.store.reading() as tx:
            assert tx[Outbox].rows(wrong)[0].state is OutboxState.RETURNED

        circulate(transport, first, ["主任", "副主任"], "收发室")
        assert [one.officer for one in circulate(transport, first, ["副主任", "科长"], "主任")] == [
            "主任",
            "副主任",
            "科长",
        ]
        read = mark_read(transport, first, "副主任")
        assert mark_read(transport, first, "副主任") == read
        (shown,) = filed(transport, first)
        assert shown.readers == readers_of(transport, first)
        assert shown.registered is not None
        assert [one.read_at is not None for one in shown.readers] == [False, True, False]
        for unknown in (wrong, "no such"):
            with pytest.raises(NotFound):
                circulate(transport, unknown, ["主任"], "收发室")
        with pytest.raises(NotFound):
            circulate(planning, first, ["主任"], "what it has sent does not go round")
        with transport.store.reading() as tx:
            assert tx[Documents].get(planning.address, wrong) is not None, "it is on record, and in no register"
