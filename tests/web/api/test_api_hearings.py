"""Hearings, reminders by hand and reviews after silence by the API: once, in its own terms, shown with the case."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.approval.department.store import DepartmentDesk
from exchange.approval.rules.states import DeskState
from exchange.clock import CST, SteppedClock
from exchange.messaging.documents import Documents
from exchange.workdays import ChinaCalendar, add_working_days
from tests.contract.rows import desk_row
from tests.web.api.test_api_window import API, APPLICATION, PLANNING, WINDOW
from tests.web.department import Bureau, bureau

NOW = datetime.now(CST).replace(microsecond=0)
HEARING = {"place": "三号室", "chair": "王敏", "officer": "李伟", "reasons": "施工临近住宅"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def opened(served: Bureau) -> tuple[Any, str]:
    client = served.client(WINDOW)
    return client, client.post(f"{API}/cases", json=APPLICATION).headers["location"]


def ahead(days: int) -> datetime:
    """Some working days from now on, at noon."""
    day, _ = add_working_days(ChinaCalendar(), NOW.date(), days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=CST)


def test_a_hearing_is_called_put_off_and_put_on_record_with_the_paper_that_was_signed(served: Bureau) -> None:
    client, path = opened(served)
    soon = client.post(f"{path}/hearing", json={**HEARING, "held_at": (NOW + timedelta(days=1)).isoformat()})
    assert (soon.status_code, soon.json()["code"]) == (422, "hearing"), soon.text
    key, held_at = {"Idempotency-Key": "hearing-1"}, ahead(9)
    asked = {**HEARING, "held_at": held_at.isoformat()}
    called = client.post(f"{path}/hearing", json=asked, headers=key)
    assert called.status_code == 202, called.text
    assert client.post(f"{path}/hearing", json=asked, headers=key).json() == called.json()
    assert client.post(f"{path}/hearing", json=asked).status_code == 409, "one is called already"
    before = client.get(path)
    later = ahead(10)
    put_off = client.post(f"{path}/hearing/postponement", json={**HEARING, "held_at": later.isoformat()})
    assert put_off.status_code == 202, put_off.text
    stale = client.post(
        f"{path}/hearing/cancellation", json={"reasons": "放弃"}, headers={"If-Match": before.headers["etag"]}
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    record = {"held_on": later.date().isoformat(), "record": "无异议"}
    assert client.post(f"{path}/hearing/record", json=record).status_code == 422, "its day has not come"
    scan = b"%PDF scan"
    paper = {"name": "笔录.pdf", "content": base64.b64encode(scan).decode()}
    node = served.api.member(WINDOW).node
    clock, node.clock = node.clock, SteppedClock(later + timedelta(hours=3))
    try:
        done = client.post(f"{path}/hearing/record", json={**record, "paper": paper})
    finally:
        node.clock = clock
    assert done.status_code == 202, done.text
    assert [one["state"] for one in client.get(path).json()["hearings"]] == ["called-off", "held"]
    with node.store.reading() as tx:
        stored = tx[Documents].get(WINDOW, done.json()["message_id"])
    assert stored is not None
    assert hashlib.sha256(scan).hexdigest() in stored.signed.decode("utf-8", "replace")
    assert list(stored.enclosures) == [scan]


def test_a_hearing_is_called_off_with_reasons(served: Bureau) -> None:
    client, path = opened(served)
    end = {"reasons": "申请人放弃"}
    assert client.post(f"{path}/hearing/cancellation", json=end).status_code == 409, "none is called"
    client.post(f"{path}/hearing", json={**HEARING, "held_at": ahead(9).isoformat()})
    assert client.post(f"{path}/hearing/cancellation", json={"reasons": " "}).status_code == 422
    assert client.post(f"{path}/hearing/cancellation", json=end).status_code == 202
    assert [one["state"] for one in client.get(path).json()["hearings"]] == ["called-off"]


def test_a_department_is_pressed_by_hand_once_a_working_day(served: Bureau) -> None:
    client, path = opened(served)
    asked = {"department": PLANNING, "officer": "李四", "words": "请于本周内答复"}
    key = {"Idempotency-Key": "chase-1"}
    done = client.post(f"{path}/chase", json=asked, headers=key)
    assert done.status_code == 202, done.text
    assert client.post(f"{path}/chase", json=asked, headers=key).json() == done.json()
    again = client.post(f"{path}/chase", json=asked)
    assert (again.status_code, "once a working day" in again.json()["remedy"]) == (409, True)
    assert client.post(f"{path}/chase", json={**asked, "department": "hefei.fire"}).status_code == 404
    found = {part["department"]: part["chased_at"] for part in client.get(path).json()["parts"]}
    assert (found[PLANNING] is None, found["hefei.transport"]) == (False, None)


def test_a_review_after_silence_needs_a_silence_that_had_its_effect(served: Bureau) -> None:
    node = served.api.member(PLANNING).node
    with node.store.transaction() as tx:
        tx[DepartmentDesk].put([desk_row("HEFEI-2026-000091", window=WINDOW)])
    asked = {"case_number": "HEFEI-2026-000091", "until": NOW.date().isoformat(), "officer": "张三", "reasons": "踏勘"}
    client = served.client(PLANNING)
    refused = client.post(f"{API}/supplementary-reviews", json=asked)
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), refused.text
    missing = client.post(f"{API}/supplementary-reviews", json={**asked, "case_number": "HEFEI-2026-000092"})
    assert missing.status_code == 404
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get("HEFEI-2026-000091")
    assert row is not None
    assert row.state is DeskState.WAITING
