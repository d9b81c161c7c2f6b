"""From filing to decision by the API alone, over a real broker: the applicant's system, and the window's."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange.api.webhooks.deliver import Deliverer
from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.operations.systems.store import WebhookRecords
from exchange.operations.systems.webhooks import Event
from exchange.schemas import Bilingual, InputType, Material, Matter, MatterField
from exchange.schemas.base import ATTACHMENT_LIMIT
from tests.api_page import event_fields
from tests.journeys.city import City
from tests.journeys.faces import Faces, faces_of
from tests.journeys.portal import arrive, make_portal_city, offer, tell
from tests.web.house import QUICK

pytestmark = pytest.mark.broker

API = "/api/v1"
OFFICER = "窗口受理岗"
PLAN = b"%PDF-1.7 /Page " + bytes(range(256)) * (ATTACHMENT_LIMIT // 256 + 1)
"""Too large for an envelope."""
ASKED = (
    Material(code="plan", name="施工方案"),
    Material(code="map", name="位置图", promise_days=10),
)
LENGTH = MatterField(name="length", label=Bilingual(zh="长度"), type=InputType.INTEGER)
FILING_EVENTS = [event.value for event in Event if event.value.startswith("filing.")]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo) -> Iterator[City]:
    city = make_portal_city(tmp_path_factory.mktemp("city"), broker, f"t{secrets.token_hex(4)}")
    with city.local:
        yield city


@pytest.fixture(scope="module")
def faces(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faces]:
    with faces_of(city, tmp_path_factory.mktemp("faces")) as made:
        made.made.api.passwords = QUICK
        yield made


@pytest.fixture
def portal(city: City, faces: Faces) -> TestClient:
    return faces.made.client(city.address("portal"))


@pytest.fixture
def window(city: City, faces: Faces) -> TestClient:
    return faces.made.client(city.address("window"))


def application(matter: Matter, *materials: dict[str, Any], length: str = "850") -> dict[str, Any]:
    return {
        "matter": matter.code,
        "applicant": {"name": "热电公司", "identifier": "91340100X", "contact": "0551-0"},
        "project": "黄山路供热管道",
        "materials": list(materials),
        "answers": [{"field": "length", "value": length}],
    }


def file_it(portal: TestClient, city: City, matter: Matter) -> str:
    """File with a large plan, and without the map; the number."""
    asked = application(matter, {"code": "plan", "file": "方案.pdf"}) | {"declaration": "对真实性负责"}
    files: Any = {"attachment": ("方案.pdf", PLAN, "application/pdf")}
    made = portal.post(f"{API}/filings", data={"message": json.dumps(asked)}, files=files)
    assert made.status_code == 201, made.text
    arrive(city)
    number: str = made.json()["number"]
    return number


def progress(portal: TestClient, number: str) -> dict[str, Any]:
    answer = portal.get(f"{API}/filings/{number}/progress")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def done(answer: Any, status: int = 202) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hook_of(portal: TestClient) -> str:
    asked = {"url": "http://127.0.0.1:9/yizhan", "events": FILING_EVENTS}
    hook: str = done(portal.post(f"{API}/webhooks", json=asked), 201)["id"]
    return hook


def told(faces: Faces, hook: str) -> list[dict[str, Any]]:
    """What the portal's system is told, in any order: all of it happens within one instant of the city's clock."""
    deliverer = Deliverer(faces.made.api)
    try:
        deliverer.look()
        with faces.made.view.console.reading() as tx:
            rows = tx[WebhookRecords].deliveries(hook, None, 100)
    finally:
        deliverer.close()
    return [json.loads(row.body) for row in rows]


def test_what_a_system_files_is_completed_accepted_answered_and_decided_and_the_system_sees_all_of_it(
    city: City, faces: Faces, portal: TestClient, window: TestClient
) -> None:
    matter, hook = offer(city, materials=ASKED, fields=(LENGTH,)), hook_of(portal)
    number = file_it(portal, city, matter)
    assert progress(portal, number)["standing"] == "received"

    # the window's system sees the application, its large file, and what is missing by the form's own check
    waiting = window.get(f"{API}/filings?state=received").json()["items"]
    assert number in [one["number"] for one in waiting]
    path = f"{API}/filings/{number}"
    seen = window.get(path)
    lacking = [(one["material"], one["promisable"]) for one in seen.json()["lacking"]]
    assert (lacking, seen.json()["channel"], seen.json()["state"]) == ([("map", True)], "api", "received")
    (material,) = seen.json()["application"]["materials"]
    assert (material["file"]["name"], material["file"]["size"]) == ("方案.pdf", len(PLAN))
    assert "content_key" not in seen.text
    assert window.get(material["file"]["href"]).content == PLAN
    assert window.get(f"{path}/files/1").status_code == 404

    # it tells once what is missing, however often the request is sent
    missing = {"officer": OFFICER, "missing": [{"what": "方案未盖章", "remedy": "上传盖章的方案"}]}
    read, key = seen.headers["etag"], secrets.token_hex(8)
    headers = {"if-match": read, "idempotency-key": key}
    first, again = (window.post(f"{path}/missing", json=missing, headers=headers) for _ in range(2))
    assert done(first) == done(again)
    assert (first.json()["state"], again.headers["idempotency-replayed"]) == ("incomplete", "true")
    assert done(window.post(f"{path}/missing", json=missing), 409)["code"] == "conflict"
    arrive(city)
    now = progress(portal, number)
    assert (now["standing"], now["acceptances"][-1]["missing"]) == ("incomplete", missing["missing"])

    # the applicant completes it: the whole application once more
    stamped = {"code": "plan", "attachment": {"name": "盖章方案.txt", "content": "5bey55uW56ug"}}
    wrong = portal.post(f"{path}/supplement", json=application(matter, stamped, length="many"))
    assert [one["field"] for one in done(wrong, 422)["errors"]] == ["length"]
    done(portal.post(f"{path}/supplement", json=application(matter, stamped)))
    assert done(portal.post(f"{path}/supplement", json=application(matter, stamped)), 409)["code"] == "conflict"
    arrive(city)
    assert progress(portal, number)["standing"] == "completed"
    assert window.get(f"{path}/files/0").content.decode() == "已盖章"

    # it is accepted against a promise; the window acts on what it has read, and on nothing older
    accepting = {"officer": OFFICER, "promised": ["map"]}
    late = window.post(f"{path}/acceptance", json=accepting, headers={"if-match": read})
    assert done(late, 412)["code"] == "changed"
    bare = window.post(f"{path}/acceptance", json={"officer": OFFICER})
    assert done(bare, 422)["code"] == "application"
    read = window.get(path).headers["etag"]
    case = done(window.post(f"{path}/acceptance", json=accepting, headers={"if-match": read}))["case_number"]
    arrive(city)
    tell(city)
    now = progress(portal, number)
    assert (now["standing"], now["case_number"]) == ("under-way", case)
    assert {part["step"] for part in now["progress"]["parts"]} == {"signed-for"}
    assert [one["material"] for one in now["promised"]] == ["map"]
    assert window.get(path).json()["promised"] == now["promised"]

    # what was promised comes, departments answer, and the decision is served
    the_map = {"code": "map", "note": "随图送交"}
    done(portal.post(f"{path}/supplement", json=application(matter, stamped, the_map)))
    arrive(city)
    assert progress(portal, number)["promised"] == []
    with city.window.store.reading() as tx:
        row = tx[Cases].get(case)
    assert row is not None
    for name in ("planning", "transport"):
        city.reply(name, row)
    tell(city)
    now = progress(portal, number)
    assert (now["standing"], now["decision"]["outcome"], now["decision"]["case_number"]) == ("decided", "grant", case)
    assert {part["verdict"] for part in now["progress"]["parts"]} == {"agree"}
    assert window.get(f"{API}/cases/{case}").json()["state"] == "decided"
    assert done(portal.post(f"{path}/withdrawal", json={}), 409)["code"] == "conflict"

    # all of it was told by webhooks, in ids and states
    events = [one for one in told(faces, hook) if one["data"]["filing"] == number]
    assert {one["type"] for one in events} == set(FILING_EVENTS) - {"filing.refused"}
    assert all(set(one["data"]) == event_fields()[one["type"]] for one in events)
    decided = next(one["data"] for one in events if one["type"] == "filing.decided")
    assert (decided["state"], decided["case_number"]) == ("grant", case)
    assert portal.get(f"{API}/documents/{decided['message_id']}").json()["kind"] == "decision-served"


def test_what_is_turned_down_is_told_with_its_reasons_and_nothing_can_be_said_on_it_any_more(
    city: City, faces: Faces, portal: TestClient, window: TestClient
) -> None:
    matter, hook = offer(city, materials=ASKED, fields=(LENGTH,)), hook_of(portal)
    number = file_it(portal, city, matter)
    path = f"{API}/filings/{number}"
    refusing = {"officer": OFFICER, "outcome": "not-competent", "reasons": "该路段由经开区管理"}
    nobody_named = window.post(f"{path}/refusal", json=refusing)
    assert done(nobody_named, 422)["code"] == "acceptance"
    accepted = window.post(f"{path}/refusal", json={**refusing, "outcome": "accepted"})
    assert done(accepted, 422)["code"] == "acceptance"
    assert done(window.post(f"{path}/refusal", json={**refusing, "competent_body": "经开区建设局"}))["outcome"] == (
        "not-competent"
    )
    arrive(city)
    now = progress(portal, number)
    assert (now["standing"], now["acceptances"][-1]["competent_body"]) == ("not-accepted", "经开区建设局")
    assert now["acceptances"][-1]["remedies"]
    assert done(portal.post(f"{path}/statement", json={"text": "不同意"}), 409)["code"] == "conflict"
    assert done(window.post(f"{path}/acceptance", json={"officer": OFFICER}), 409)["code"] == "conflict"
    mine = {one["type"] for one in told(faces, hook) if one["data"]["filing"] == number}
    assert mine == {"filing.received", "filing.refused"}


def test_what_is_taken_back_is_withdrawn_once_the_window_has_signed_for_it(
    city: City, portal: TestClient, window: TestClient
) -> None:
    number = file_it(portal, city, offer(city, materials=ASKED, fields=(LENGTH,)))
    path = f"{API}/filings/{number}"
    done(portal.post(f"{path}/statement", json={"text": "请求听证", "hearing": True}))
    arrive(city)
    assert window.get(path).json()["hearing_at"] is not None
    done(portal.post(f"{path}/withdrawal", json={"reasons": "工期调整"}))
    assert progress(portal, number)["standing"] == "received"
    arrive(city)
    assert progress(portal, number)["standing"] == "withdrawn"
    assert window.get(path).json()["state"] == "withdrawn"
    assert number in [one["number"] for one in window.get(f"{API}/filings?state=withdrawn").json()["items"]]


def test_filings_come_in_pages_without_gap_or_repetition(city: City, portal: TestClient, window: TestClient) -> None:
    matter = offer(city, materials=(ASKED[1],))
    asked = {**application(matter), "answers": [], "declaration": "对真实性负责"}
    made = {done(portal.post(f"{API}/filings", json=asked), 201)["number"] for _ in range(5)}
    arrive(city)
    seen, path = [], f"{API}/filings?limit=2"
    while path:
        answer = window.get(path)
        seen += [one["number"] for one in answer.json()["items"]]
        path = answer.links.get("next", {}).get("url", "")
    assert (made <= set(seen), len(seen)) == (True, len(set(seen)))
