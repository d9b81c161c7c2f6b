"""The clocks of a whole case by the API: amended, explained, delivered; what is refused, and with which remedy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange.clock import CST, SteppedClock
from tests.web.api.test_api_window import API, APPLICATION, WINDOW, ready
from tests.web.department import Bureau, bureau

STOP = {"entry": "stop", "procedure": "hearing", "days": 5, "reason": "利害关系人申请听证"}
DELIVERY = {"officer": "李四", "to": "申请人本人，窗口领取"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def opened(served: Bureau) -> tuple[Any, str]:
    client = served.client(WINDOW)
    return client, client.post(f"{API}/cases", json=APPLICATION).headers["location"]


def test_the_lead_stops_its_clock_once_under_one_key_and_lets_it_run_on(served: Bureau) -> None:
    client, path = opened(served)
    before = client.get(path)
    term = before.json()["case_term"]
    assert (term["days"], term["handling"], term["due_at"]) == (45, "joint", before.json()["due_at"])
    key = {"Idempotency-Key": "stop-1", "If-Match": before.headers["etag"]}
    stopped = client.post(f"{path}/case-term", json=STOP, headers=key)
    assert stopped.status_code == 202, stopped.text
    assert client.post(f"{path}/case-term", json=STOP, headers=key).json() == stopped.json()
    after = client.get(path).json()
    assert after["case_term"]["due_at"] == after["due_at"] == stopped.json()["due_at"] > term["due_at"]
    assert [entry["reason"] for entry in after["case_term"]["ledger"]] == [
        "special procedure: hearing; 利害关系人申请听证"
    ]
    assert after["case_term"]["stopped"]["until"] is not None
    stale = client.post(f"{path}/case-term", json=STOP, headers={"If-Match": before.headers["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    resumed = client.post(f"{path}/case-term", json={"entry": "resume", "reason": "听证已举行"})
    assert resumed.status_code == 202, resumed.text


def test_what_is_refused_says_what_to_do_in_the_apis_own_terms(served: Bureau) -> None:
    client, path = opened(served)
    extend = {"entry": "extend", "days": 5, "reason": "复杂"}
    for body, status, said in (
        (extend, 403, "directory"),
        ({**STOP, "days": None}, 422, "`days`"),
        ({**STOP, "procedure": None}, 422, "`procedure`"),
        ({"entry": "resume", "reason": "r"}, 409, "GET /cases/"),
        ({"entry": "restart", "reason": "r"}, 422, "resume"),
        ({**extend, "procedure": "hearing"}, 422, "`procedure`"),
    ):
        refused = client.post(f"{path}/case-term", json=body)
        assert (refused.status_code, said in refused.json()["remedy"]) == (status, True), refused.text
    assert client.post(f"{API}/cases/HF-404/case-term", json=STOP).status_code == 404
    assert client.get(path).json()["case_term"]["ledger"] == []


def test_a_delivery_is_recorded_once_and_only_of_what_was_granted(served: Bureau) -> None:
    client, path = opened(served)
    assert client.post(f"{path}/delivery", json=DELIVERY).status_code == 409
    ready(served, path)
    assert client.post(f"{path}/confirmation", json={"officer": "李四"}).status_code == 202
    due = client.get(path).json()["case_term"]
    assert due["deliver_by"] is not None
    assert due["delivered_at"] is None
    key = {"Idempotency-Key": "deliver-1"}
    done = client.post(f"{path}/delivery", json=DELIVERY, headers=key)
    assert (done.status_code, client.post(f"{path}/delivery", json=DELIVERY, headers=key).json()) == (202, done.json())
    assert client.post(f"{path}/delivery", json=DELIVERY).status_code == 409
    found = client.get(path).json()["case_term"]
    assert (found["delivered_to"], found["delivered_by"]) == (DELIVERY["to"], "李四")
    assert client.post(f"{path}/case-term", json=STOP).status_code == 409, "it is decided"


def test_a_broken_promise_is_explained_once(served: Bureau) -> None:
    file = served.view.home.catalogue / "works.toml"
    before = file.read_text()
    try:
        file.write_text(before.replace('version = "1"', 'version = "promised"\npromised_days = 2'))
        client, path = opened(served)
        why = {"officer": "李四", "reasons": "需征求上级主管部门意见"}
        early = client.post(f"{path}/explanation", json=why)
        assert (early.status_code, "GET /cases/" in early.json()["remedy"]) == (409, True)
        node = served.api.member(WINDOW).node
        clock = node.clock
        node.clock = SteppedClock(datetime.now(CST) + timedelta(days=21))
        try:
            assert client.post(f"{path}/explanation", json={**why, "reasons": " "}).status_code == 422
            assert client.post(f"{path}/explanation", json=why).status_code == 202
            assert client.post(f"{path}/explanation", json=why).status_code == 409
        finally:
            node.clock = clock
        found = client.get(path).json()["case_term"]
        assert (found["explanation"], found["explained_by"]) == (why["reasons"], "李四")
    finally:
        file.write_text(before)
