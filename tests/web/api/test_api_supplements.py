"""What a department asks of an applicant, by the API: once in a case, shown with it, and answered with reasons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from exchange.approval.department.store import DepartmentDesk
from tests.contract.rows import desk_row
from tests.web.api.test_api_window import API, APPLICATION, PLANNING, WINDOW
from tests.web.department import Bureau, bureau

ASKED = {
    "case_number": "HEFEI-2026-000091",
    "wanted": [{"what": "管线交底书"}],
    "reasons": "有燃气管线",
    "basis": ["城镇燃气管理条例第三十七条"],
    "officer": "张三",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def test_a_department_asks_once_and_its_case_says_how_that_stands(served: Bureau) -> None:
    with served.api.member(PLANNING).node.store.transaction() as tx:
        tx[DepartmentDesk].put([desk_row("HEFEI-2026-000091", window=WINDOW)])
    client, path, key = served.client(PLANNING), f"{API}/supplement-requests", {"Idempotency-Key": "supplement-1"}
    lawless = client.post(path, json={**ASKED, "basis": []})
    assert (lawless.status_code, "legal basis" in lawless.text) == (422, True), lawless.text
    done = client.post(path, json=ASKED, headers=key)
    assert done.status_code == 202, done.text
    assert client.post(path, json=ASKED, headers=key).json() == done.json()
    again = client.post(path, json=ASKED)
    assert (again.status_code, "once in a case" in again.text) == (409, True)
    assert client.post(path, json={**ASKED, "case_number": "HEFEI-2026-000092"}).status_code == 404
    (shown,) = client.get(f"{API}/cases/HEFEI-2026-000091").json()["supplements"]
    assert (shown["state"], shown["request_id"]) == ("asked", done.json()["message_id"])
    assert shown["wanted"] == [{"material": None, "what": "管线交底书"}]


def test_a_window_declines_with_reasons_alone_and_nothing_that_was_not_asked(served: Bureau) -> None:
    client = served.client(WINDOW)
    path = client.post(f"{API}/cases", json=APPLICATION).headers["location"]
    assert client.get(path).json()["supplements"] == []
    said = {"department": PLANNING, "outcome": "declined", "officer": "李四"}
    assert client.post(f"{path}/supplement-answer", json=said).status_code == 422
    unasked = client.post(f"{path}/supplement-answer", json={**said, "reasons": "图在附件三中"})
    assert (unasked.status_code, "asked for no supplement" in unasked.text) == (404, True)
