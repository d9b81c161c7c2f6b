"""Licences by the API of the window that issues them: issued once, entered on, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from exchange.clock import CST
from exchange.licences.register import licence_of_case
from exchange.licences.rules.entering import LicenceState
from tests.web.api.test_api_case_term import opened
from tests.web.api.test_api_window import API, WINDOW, ready
from tests.web.department import Bureau, bureau

WHY = {"officer": "李四", "reasons": "工期延长"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def test_a_licence_is_issued_once_under_one_key_and_entered_on_until_it_is_cancelled(served: Bureau) -> None:
    client, path = opened(served)
    today = datetime.now(CST).date()
    last, later = today + timedelta(days=90), today + timedelta(days=180)
    wanted = {"officer": "李四", "permits": "占道 180 米", "valid_until": str(last)}
    early = client.post(f"{path}/licence", json=wanted)
    assert (early.status_code, "POST /cases/" in early.json()["remedy"]) == (409, True), early.text
    ready(served, path)
    assert client.post(f"{path}/confirmation", json={"officer": "李四"}).status_code == 202
    stale = client.post(f"{path}/licence", json=wanted, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    key = {"Idempotency-Key": "licence-1"}
    issued, again = (client.post(f"{path}/licence", json=wanted, headers=key) for _ in range(2))
    assert (issued.status_code, again.json()) == (202, issued.json()), issued.text
    assert client.post(f"{path}/licence", json=wanted).status_code == 409
    one = f"{API}/licences/{issued.json()['licence']}"
    assert "`valid_until`" in client.post(f"{one}/change", json=WHY).json()["remedy"]
    for entry, new, status in (
        ("renewal", {"valid_until": str(last)}, 409),
        ("renewal", {"valid_until": str(later)}, 202),
        ("change", {}, 422),
        ("change", {"permits": "占道 200 米", "holder": {"name": "庐州供热", "identifier": "91340100MA00000011"}}, 202),
        ("revocation", {"basis": ["行政许可法第六十九条第二款"]}, 202),
        ("change", {"permits": "占道 300 米"}, 409),
        ("cancellation", {}, 202),
        ("cancellation", {}, 409),
    ):
        answer = client.post(f"{one}/{entry}", json={**WHY, **new})
        assert answer.status_code == status, (entry, answer.text)
    assert client.post(f"{API}/licences/NONE-2026-1/revocation", json=WHY).status_code == 404
    kept = licence_of_case(served.api.member(WINDOW).node, WINDOW, issued.json()["number"])
    assert kept is not None
    assert (kept.row.code, kept.row.state) == (issued.json()["code"], LicenceState.CANCELLED)
    then = kept.on(today)
    assert (then.permits, then.holder.name, then.valid_until) == ("占道 200 米", "庐州供热", later)
    assert [len(entry.basis) for entry in kept.entries] == [1, 1, 1, 1]


def test_whoever_may_not_decide_issues_and_revokes_nothing(served: Bureau) -> None:
    _, path = opened(served)
    client = served.client(WINDOW, ["read", "submit"])
    assert client.post(f"{path}/licence", json={"officer": "李四"}).status_code == 403
    assert client.post(f"{API}/licences/NONE-2026-1/revocation", json=WHY).status_code == 403
