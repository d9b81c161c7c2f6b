"""What a member's journal says of messages that its own system has taken through the API, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from starlette.testclient import TestClient

from exchange.clock import RealClock, SteppedClock
from exchange.messaging.attested.contradiction import RowContradiction
from exchange.messaging.attested.inboxes import INBOXES
from exchange.messaging.attested.walking import RowWalk
from exchange.messaging.log.checking import check_log
from exchange.messaging.log.handovers import Handover, HandoverEvent, Handovers, HandoverWay
from exchange.messaging.log.sealing import seal
from exchange.messaging.tables import inbox
from exchange.operations.systems.member.handout import Handout
from exchange.operations.systems.store import Tokens
from exchange.store.tables import journal
from tests.postgres import own_database
from tests.web.api.test_api import PLANNING, TRANSPORT, arrive, drain, later
from tests.web.department import Bureau, bureau

LEASES = "/api/v1/inbox/leases"
DAYS = count()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Bureau]:
    """The domain on each of the two databases."""
    with ExitStack() as stack:
        url = None
        if request.param == "postgresql":
            url = stack.enter_context(own_database(request.getfixturevalue("postgres_url")))
        made = bureau(tmp_path_factory.mktemp("office"), database_url=url)
        stack.callback(made.view.close)
        yield made


@pytest.fixture
def client(office: Bureau) -> TestClient:
    """The transport office's system, which has taken all there was: no lease of a test before lasts till now."""
    office.api.clock = SteppedClock(RealClock().now() + next(DAYS) * timedelta(days=1))
    client = office.client(TRANSPORT)
    drain(client)
    return client


def leased(client: TestClient, **asked: int) -> tuple[str, list[str]]:
    found = client.post(LEASES, json=asked).json()
    return found["lease"], [one["message_id"] for one in found["messages"]]


def acknowledged(client: TestClient, lease: str, *ids: str) -> int:
    wanted = {"messages": [{"sender": PLANNING, "message_id": one} for one in ids]}
    return client.post(f"{LEASES}/{lease}/acknowledgement", json=wanted if ids else {}).status_code


def told(office: Bureau, *ids: str) -> list[Handover]:
    with office.api.member(TRANSPORT).store.reading() as tx:
        return tx[Handovers].of(ids)


def row(office: Bureau, message_id: str) -> Any:
    with office.api.member(TRANSPORT).store.reading() as tx:
        return tx._db.execute(select(inbox).where(inbox.c.message_id == message_id)).one()


def contradictions(office: Bureau, message_id: str) -> list[RowContradiction]:
    opened = office.api.member(TRANSPORT)
    walk = RowWalk(opened.store, TRANSPORT, opened.node.directory, opened.node.calendar)
    found = [one for one in walk.all([INBOXES]) if one.column != "receipt_id"]  # nobody has signed for what is here
    return [one for one in found if message_id in one.key]


def test_an_acknowledgement_is_one_line_that_names_the_system_and_the_bytes(office: Bureau, client: TestClient) -> None:
    first, second = arrive(office, 2)
    lease, _ = leased(client)
    assert acknowledged(client, lease, second) == 200
    assert acknowledged(client, lease, second) == 200, "it may be repeated"
    (line,) = told(office, first, second)
    kept = row(office, second)
    assert (line.event, line.sender, line.message_id) == (HandoverEvent.DONE, PLANNING, second)
    assert (line.digest, line.at) == (kept.digest, kept.taken_at)
    with office.view.console.reading() as tx:
        (token,) = [one for one in tx[Tokens].every() if line.system and one.token_id == line.system.token_id]
    assert line.system is not None
    assert (line.system.way, line.system.name) == (HandoverWay.API, token.name)
    with office.api.member(TRANSPORT).store.reading() as tx:
        written = tx._db.scalars(select(journal.c.detail).where(journal.c.message_id == second)).all()
    assert client.headers["authorization"].rpartition("_")[2] not in "".join(written), "no secret"
    assert acknowledged(client, lease) == 200, "all the rest of the lease"
    assert [one.message_id for one in told(office, first, second)] == [second, first]


def test_what_is_refused_leaves_no_line(office: Bureau, client: TestClient) -> None:
    first, other = arrive(office, 2)
    lease, ids = leased(client, limit=1, seconds=30)
    assert ids == [first]
    assert acknowledged(client, lease, first, other) == 404, "one is not on this lease: neither counts"
    later(office, seconds=31)
    assert acknowledged(client, lease, first) == 409, "it is over"
    assert told(office, first, other) == []
    assert row(office, first).taken_at is None


def test_one_message_acknowledged_by_many_at_once_is_one_line(office: Bureau, client: TestClient) -> None:
    (only,) = arrive(office, 1)
    lease, _ = leased(client)
    codes: list[int] = []
    threads = [threading.Thread(target=lambda: codes.append(acknowledged(client, lease, only))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [200] * 6
    assert [one.event for one in told(office, only)] == [HandoverEvent.DONE]


def test_a_lease_that_lapsed_is_no_handing_over_and_the_first_is_told(office: Bureau, client: TestClient) -> None:
    (only,) = arrive(office, 1)
    for _ in range(3):
        lease, ids = leased(client, seconds=30)
        assert ids == [only]
        later(office, seconds=31)
    assert [(one.event, one.system) for one in told(office, only)] == [(HandoverEvent.FAILED, None)]
    lease, _ = leased(client)
    assert acknowledged(client, lease) == 200
    assert [one.event for one in told(office, only)] == [HandoverEvent.FAILED, HandoverEvent.DONE]


def test_what_was_given_back_has_not_failed(office: Bureau, client: TestClient) -> None:
    (only,) = arrive(office, 1)
    lease, _ = leased(client)
    for _ in range(2):
        assert client.delete(f"{LEASES}/{lease}").status_code == 204
        later(office, hours=2)
    assert leased(client)[1] == [only]
    assert told(office, only) == []
    assert acknowledged(client, lease) == 404


def test_the_library_s_acknowledgement_is_a_line_too(office: Bureau, client: TestClient) -> None:
    (only,) = arrive(office, 1)
    opened = office.api.member(TRANSPORT)
    handout = Handout(opened.store, "11111111-1111-4111-8111-111111111111")
    clock = opened.node.clock
    assert [one.message_id for one in handout.take(5, 60, clock)] == [only]
    assert handout.acknowledge(PLANNING, only, clock)
    assert not handout.acknowledge(PLANNING, only, clock)
    (line,) = told(office, only)
    assert line.system is not None
    assert (line.system.way, line.system.name) == (HandoverWay.LIBRARY, "")


@pytest.mark.parametrize("edit", ["moment", "forgotten", "moved"])
def test_an_edited_row_is_named_by_the_line(office: Bureau, client: TestClient, edit: str) -> None:
    (only,) = arrive(office, 1)
    lease, _ = leased(client)
    acknowledged(client, lease)
    assert contradictions(office, only) == []
    line = told(office, only)[0]
    to = {"moment": RealClock().now(), "forgotten": None, "moved": line.at.replace(year=2020)}[edit]
    with office.api.member(TRANSPORT).store.transaction() as tx:
        tx._db.execute(update(inbox).where(inbox.c.message_id == only).values(taken_at=to))
    (found,) = contradictions(office, only)
    assert (found.column, found.signed) == ("taken_at", line.at.isoformat())
    with office.api.member(TRANSPORT).store.transaction() as tx:
        tx._db.execute(update(inbox).where(inbox.c.message_id == only).values(taken_at=line.at))


def test_a_line_that_somebody_wrote_or_changed_is_found(office: Bureau, client: TestClient) -> None:
    (only,) = arrive(office, 1)
    opened = office.api.member(TRANSPORT)
    detail = {"sender": PLANNING, "digest": row(office, only).digest,
              "system": {"way": "api", "name": "x", "token_id": ""}}  # fmt: skip
    values = {"at": RealClock().now(), "event": "handed-over", "message_id": only, "detail": json.dumps(detail)}
    with opened.store.transaction() as tx:
        tx._db.execute(insert(journal).values(values))
        invented = tx._db.scalar(
            select(journal.c.id).where(journal.c.message_id == only, journal.c.event == "handed-over")
        )
    (found,) = contradictions(office, only)
    assert (found.column, found.row) == ("taken_at", "-"), "nothing was acknowledged"
    seal(opened.node)
    assert check_log(opened.store, TRANSPORT, opened.node.directory, whole=True)[1] is None
    changed = json.dumps(detail | {"digest": "ab" * 32})
    with opened.store.transaction() as tx:
        tx._db.execute(update(journal).where(journal.c.id == invented).values(detail=changed))
    _, broken = check_log(opened.store, TRANSPORT, opened.node.directory, whole=True)
    assert broken is not None
    assert broken.number == invented
    with opened.store.transaction() as tx:
        tx._db.execute(update(journal).where(journal.c.id == invented).values(detail=json.dumps(detail)))
