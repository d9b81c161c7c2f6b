"""Department systems by the API alone, over a real broker: exchange, lease, reply, retry after a kill, webhooks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import socket
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from exchange.api.webhooks.deliver import Deliverer
from exchange.audit import verify_receipt
from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import CST, RealClock, SteppedClock
from exchange.runtime.settings import Home
from exchange.schemas import ReceiptOutcome, ReceiptProof
from tests.api_page import event_fields
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain, run
from tests.web.api.test_api_window import APPLICATION, DECISION, TERM
from tests.web.department import LETTER, Bureau, bureau_over, token_for

pytestmark = pytest.mark.broker
API = "/api/v1"


def today() -> str:
    """The day of an opinion: the processes go by the machine's time."""
    return datetime.now(CST).date().isoformat()


@pytest.fixture
def city(tmp_path: Path, broker: NodeInfo, domain: str) -> Iterator[ProcessDomain]:
    with ProcessDomain(tmp_path, domain, broker) as city:
        rule = city.settings.home / "departments" / "planning" / "rule.py"
        rule.write_text("def decide(consultation, today):\n    return None\n")
        yield city


@contextmanager
def console(city: ProcessDomain) -> Iterator[tuple[Bureau, SteppedClock]]:
    clock = SteppedClock(RealClock().now())
    made = bureau_over(replace(city.settings, webhook_networks=("127.0.0.0/8",)), clock)
    yield made, clock
    made.view.close()


def leased(client: TestClient, kind: str, seconds: int = 60) -> tuple[str, dict[str, Any]]:
    """Waits for the first message of a kind; its lease and the message."""
    found: list[tuple[str, dict[str, Any]]] = []

    def look() -> bool:
        answer = client.post(f"{API}/inbox/leases", json={"seconds": seconds}).json()
        found.extend((answer["lease"], one) for one in answer["messages"] if one["kind"] == kind)
        return bool(found)

    wait_until(look, what=f"a {kind}")
    return found[0]


def letter_to(city: ProcessDomain) -> dict[str, Any]:
    return {"to": [city.address("transport")], "document": LETTER}


def test_two_members_exchange_a_document_by_the_api_alone(city: ProcessDomain) -> None:
    city.serve("planning")
    city.serve("transport")
    with console(city) as (bureau, clock):
        planning, transport = (bureau.client(city.address(name)) for name in ("planning", "transport"))
        attached = [{"name": "plan.txt", "content": base64.b64encode(b"plan").decode()}]
        asked = {**letter_to(city), "attachments": attached}
        message_id = planning.post(f"{API}/documents", json=asked).json()["message_id"]

        lease, _ = leased(transport, "document", seconds=30)
        assert transport.post(f"{API}/inbox/leases", json={}).json()["messages"] == []
        clock.step_to(clock.now() + timedelta(seconds=31))
        lease, message = leased(transport, "document")
        assert (message["message_id"], message["sender"]) == (message_id, city.address("planning"))
        assert message["body"]["title"] == LETTER["title"]
        assert transport.get(message["attachments"][0]["href"]).content == b"plan"
        done = transport.post(f"{API}/inbox/leases/{lease}/acknowledgement", json={})
        assert [one["message_id"] for one in done.json()["acknowledged"]] == [message_id]
        clock.step_to(clock.now() + timedelta(hours=1))
        assert transport.post(f"{API}/inbox/leases", json={}).json()["messages"] == []

        path = f"{API}/documents/{message_id}/receipts"
        wait_until(lambda: planning.get(path).json()["complete"], what="the receipt")
        proof = planning.get(path).json()["copies"][0]["receipt"]
        given = {name: base64.b64decode(proof[name]) for name in ("receipt", "signed")}
        steps = tuple(map(base64.b64decode, proof["path"]))
        whole = ReceiptProof(index=proof["index"], size=proof["size"], path=steps, **given)
        receipt = verify_receipt(whole, city.open("planning").node.directory)
        assert (receipt.message_id, receipt.outcome) == (message_id, ReceiptOutcome.ACCEPTED)


def test_what_a_department_s_own_system_has_is_proved_by_a_bundle(city: ProcessDomain, tmp_path: Path) -> None:
    city.serve_all()
    (number,) = city.submit(1)
    with console(city) as (bureau, _):
        planning, transport = (bureau.client(city.address(name)) for name in ("planning", "transport"))
        letter = planning.post(f"{API}/documents", json=letter_to(city)).json()["message_id"]
        lease, _ = leased(transport, "document")
        assert transport.post(f"{API}/inbox/leases/{lease}/acknowledgement", json={}).status_code == 200
        lease, asked = leased(planning, "consultation")
        assert planning.post(f"{API}/inbox/leases/{lease}/acknowledgement", json={}).status_code == 200
    for name in ("planning", "transport"):
        city.served[name].send_signal(signal.SIGTERM)
        city.served[name].wait()  # it seals its log at the end
    trusted = Home(city.settings.home).authority / "authority.der"
    of_case = (number, "planning", asked["message_id"], 3)  # nothing is decided yet
    for what, member, message, code in ((letter, "transport", letter, 0), of_case):
        bundle = tmp_path / f"{member}.zip"
        run(city, "evidence", what, "-o", str(bundle))
        with zipfile.ZipFile(bundle) as archive:
            events = json.loads(archive.read("evidence.json"))["events"]
        handed = [one for one in events if one["event"] == "ContentHandover" and one["message_id"] == message]
        (done,) = [one for one in handed if one["by"] == city.address(member)]
        assert done["system"] == "tests"
        assert done["proof"].startswith(f"log/{city.address(member)}/entries/")
        found = json.loads(run(city, "verify", str(bundle), "--trust", str(trusted), "--json", code=code).stdout)
        told = [one for one in found["findings"] if one["code"] == "handed-over"]
        assert {one["weight"] for one in told if one["about"] == message} == {"proved"}
        assert "contradiction" not in {one["weight"] for one in found["findings"]}
    (way,) = json.loads(run(city, "trace", letter, "--json").stdout)["traces"][0]["ways"]
    (step,) = [one for one in way["steps"] if one["stage"] == "handed-over"]
    assert (step["mark"], step["detail"]) == ("done", "api tests")


def test_a_department_asks_the_window_for_licence_information_by_the_api(city: ProcessDomain) -> None:
    city.serve_all()
    with console(city) as (bureau, _):
        client = bureau.client(city.address("planning"))
        wrong = client.post(f"{API}/licence-queries", json={"purpose": "核实", "basis": ["x"]})
        assert wrong.status_code == 422, "neither a licence nor a holder"
        asked = {"number": "HJX-NONE-1", "purpose": "核实占道许可", "basis": ["行政许可法第三十三条"]}
        made = client.post(f"{API}/licence-queries", json=asked)
        assert made.status_code == 202
        at = f"{API}/licence-answers?query={made.json()['query']}"
        wait_until(lambda: bool(client.get(at).json()["answers"]), what="the answer")
        (told,) = client.get(at).json()["answers"]
        assert (told["window"], told["answer"]["result"]) == (city.address("window"), "none")


def test_an_opinion_given_by_the_api_decides_a_case(city: ProcessDomain) -> None:
    city.serve_all()
    (number,) = city.submit(1)
    with console(city) as (bureau, _):
        planning, window = bureau.client(city.address("planning")), bureau.client(city.address("window"))
        _, consultation = leased(planning, "consultation")
        opinion = {
            "case_number": number,
            "consultation_id": consultation["message_id"],
            "verdict": "disagree",
            "officer": "officer",
            "decided_on": city.settings.clock.now().date().isoformat(),
        }
        lacking = planning.post(f"{API}/opinions", json=opinion)
        assert (lacking.status_code, lacking.json()["code"]) == (422, "request")
        key = {"idempotency-key": number}
        opinion["verdict"] = "agree"
        first, again = (planning.post(f"{API}/opinions", json=opinion, headers=key) for _ in range(2))
        assert first.json() == again.json()
        assert planning.post(f"{API}/opinions", json=opinion).status_code == 409
        path = f"{API}/cases/{number}"
        wait_until(lambda: window.get(path).json()["state"] == "decided", what="the decision")
        parts = {part["department"]: part for part in window.get(path).json()["parts"]}
        assert parts[city.address("planning")]["message_id"] == first.json()["message_id"]
        assert planning.get(path).json()["opinion_id"] == first.json()["message_id"]
        assert [one["number"] for one in planning.get(f"{API}/cases").json()["items"]] == [number]


def test_a_case_is_handed_in_amended_answered_and_decided_by_the_api_alone(city: ProcessDomain) -> None:
    rule = city.settings.home / "departments" / "window" / "rule.py"
    rule.write_text("def decide(docket):\n    return None\n")
    city.serve_all()
    with console(city) as (bureau, _):
        planning, window = bureau.client(city.address("planning")), bureau.client(city.address("window"))
        path = window.post(f"{API}/cases", json=APPLICATION).headers["location"]
        number = path.rpartition("/")[2]

        def part() -> dict[str, Any]:
            found = window.get(path).json()["parts"]
            return next(one for one in found if one["department"] == city.address("planning"))

        def begun() -> bool:
            return all(one["ledger"] or one["state"] != "issued" for one in window.get(path).json()["parts"])

        wait_until(begun, what="the receipts that begin the terms")
        term = {**TERM, "department": city.address("planning")}
        tag, before, entered = "", "", httpx.Response(412)

        def ordered() -> bool:
            """As a client does: what has changed in between is read again."""
            nonlocal tag, before, entered
            tag, before = window.get(path).headers["etag"], part()["due_at"]
            entered = window.post(f"{path}/terms", json=term, headers={"if-match": tag})
            return entered.status_code != 412

        wait_until(ordered, what="a moment in which the case rests")
        assert entered.status_code == 202, entered.text
        assert (entered.json()["entry"]["kind"], entered.json()["due_at"] > before) == ("extend", True)
        assert [entry["kind"] for entry in part()["ledger"]] == ["start", "extend"]
        assert window.post(f"{path}/terms", json=term, headers={"if-match": tag}).status_code == 412
        assert "extended before" in window.post(f"{path}/terms", json=term).json()["detail"]

        _, consultation = leased(planning, "consultation")
        opinion = {"case_number": number, "consultation_id": consultation["message_id"], "verdict": "disagree"}
        reasons = {"reasons": "占压规划道路", "basis": ["城乡规划法第三十五条"]}
        said = {**opinion, **reasons, "officer": "officer", "decided_on": today()}
        assert planning.post(f"{API}/opinions", json=said).status_code == 202
        listed = f"{API}/cases?state=ready"
        wait_until(lambda: bool(window.get(listed).json()["items"]), what="the case to be ready")
        refused = window.post(f"{path}/decision", json=DECISION)
        assert (refused.status_code, "overruled: owed to" in refused.json()["detail"]) == (422, True)
        over = [{"department": city.address("planning"), "reasons": "临时占用，期满恢复"}]
        decided = window.post(f"{path}/decision", json={**DECISION, "overruled": over})
        assert decided.status_code == 202, decided.text
        case = window.get(path).json()
        assert (case["state"], case["outcome"], case["decision_id"]) == (
            "decided",
            "grant",
            decided.json()["message_id"],
        )
        assert case["decision"]["overruled"] == over
        assert part()["reasons"] == "占压规划道路"
        copies = f"{API}/documents/{case['decision_id']}/receipts"
        wait_until(lambda: window.get(copies).json()["complete"], what="everybody's receipt for the decision")


@contextmanager
def server(city: ProcessDomain, *words: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The console in a process of its own; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.web.serve", str(port), *words]
    process = subprocess.Popen(command, env=dict(city.environment()), cwd=Path(__file__).parents[3])
    try:
        wait_until(lambda: _answers(port), 90, "the server")
        yield f"http://127.0.0.1:{port}{API}", process
    finally:
        process.kill()
        process.wait()


_DEADLINE = 60.0
"""Seconds until an answer of a machine that has much else to do, or the end of a process, is no longer believed in."""


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_request_whose_server_was_killed_is_sent_again_and_takes_effect_once(city: ProcessDomain) -> None:
    with console(city) as (bureau, _):
        token = token_for(bureau.view, city.address("planning"))
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "killed"}
    with server(city, "die") as (url, process):
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{url}/documents", json=letter_to(city), headers=headers, trust_env=False, timeout=_DEADLINE)
        assert process.wait(_DEADLINE) == -9
    with server(city) as (url, _):
        again = httpx.post(
            f"{url}/documents", json=letter_to(city), headers=headers, trust_env=False, timeout=_DEADLINE
        )
        assert (again.status_code, again.headers["idempotency-replayed"]) == (202, "true")
        listed = httpx.get(f"{url}/documents", headers=headers, trust_env=False, timeout=_DEADLINE).json()["items"]
        assert [one["message_id"] for one in listed] == [again.json()["message_id"]]


@dataclass
class Receiver:
    """A department's own system: what was posted to it, and what it answers."""

    answers: list[int]
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @contextmanager
    def listening(self) -> Iterator[str]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}/events"
        http.shutdown()
        http.server_close()


def test_a_webhook_that_failed_twice_gets_each_event_once_and_signed(city: ProcessDomain) -> None:
    city.serve("planning")
    city.serve("transport")
    receiver = Receiver([500, 503])
    with console(city) as (bureau, clock), receiver.listening() as url:
        planning, transport = (bureau.client(city.address(name)) for name in ("planning", "transport"))
        hook = transport.post(f"{API}/webhooks", json={"url": url, "events": ["message.arrived"]}).json()
        assert planning.get(f"{API}/webhooks").json()["items"] == []
        told = planning.post(f"{API}/webhooks", json={"url": url, "events": ["receipt.in"]}).json()
        message_id = planning.post(f"{API}/documents", json=letter_to(city)).json()["message_id"]
        planning.delete(f"{API}/webhooks/{told['id']}")

        deliverer = Deliverer(bureau.api)
        wait_until(lambda: deliverer.round() == 0 and len(receiver.got) == 1, what="the first attempt")
        state = transport.get(f"{API}/webhooks").json()["items"][0]
        assert (state["state"], state["last_error"]) == ("failing", "HTTP 500")
        for seconds, count in ((4, 1), (2, 2), (9, 2), (2, 3), (3600, 3)):
            clock.step_to(clock.now() + timedelta(seconds=seconds))
            deliverer.round()
            assert len(receiver.got) == count, seconds
        deliverer.close()

        assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
        assert len({body for _, body in receiver.got}) == 1
        for headers, body in receiver.got:
            assert signed(hook["secret"], headers, body) == headers["webhook-signature"]
        event = body_of(receiver.got[0])
        assert (event["type"], event["data"]["message_id"]) == ("message.arrived", message_id)
        assert LETTER["title"] not in receiver.got[0][1].decode()
        (delivery,) = transport.get(f"{API}/webhooks/{hook['id']}/deliveries").json()["items"]
        assert (delivery["state"], delivery["attempts"]) == ("delivered", 3)


def signed(secret: str, headers: dict[str, str], body: bytes) -> str:
    """As a receiver computes it, by the specification and without our code."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), content, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


def test_webhooks_hear_of_receipts_and_decisions(city: ProcessDomain) -> None:
    city.serve_all()
    receiver = Receiver([])
    with console(city) as (bureau, _), receiver.listening() as url:
        planning, window = bureau.client(city.address("planning")), bureau.client(city.address("window"))
        planning.post(f"{API}/webhooks", json={"url": url, "events": ["receipt.in"]})
        window.post(f"{API}/webhooks", json={"url": url, "events": ["case.decided"]})
        message_id = planning.post(f"{API}/documents", json=letter_to(city)).json()["message_id"]
        (number,) = city.submit(1)
        _, consultation = leased(planning, "consultation")
        opinion = {"case_number": number, "consultation_id": consultation["message_id"], "verdict": "agree"}
        planning.post(f"{API}/opinions", json={**opinion, "officer": "officer", "decided_on": today()})
        deliverer, seen = Deliverer(bureau.api), {}

        def told() -> bool:
            deliverer.round()
            seen.update({(event["type"], json.dumps(event["data"])): event for event in map(body_of, receiver.got)})
            return {kind for kind, _ in seen} == {"receipt.in", "case.decided"} and len(seen) >= 3

        wait_until(told, what="the events")
        deliverer.close()
    data = [event["data"] for event in seen.values()]
    wanted = {"message_id": message_id, "addressee": city.address("transport"), "outcome": "accepted"} | {
        "reason_code": None,
        "reason": None,
    }
    assert wanted in data
    assert [one["case_number"] for one in data if "case_number" in one] == [number]
    assert len(seen) == len(receiver.got), "each event once"


def test_a_webhook_hears_of_a_case_that_waits_by_time_alone(city: ProcessDomain) -> None:
    city.serve("window")
    receiver = Receiver([])
    with console(city) as (bureau, clock), receiver.listening() as url:
        window = bureau.client(city.address("window"))
        window.post(f"{API}/webhooks", json={"url": url, "events": ["decision.awaited"]})
        (number,) = city.submit(1)
        deliverer = Deliverer(bureau.api)
        deliverer.round()
        assert receiver.got == [], "no department has had a day to sign for its request"
        clock.step_to(clock.now() + timedelta(days=2))
        wait_until(lambda: deliverer.round() == 1, what="the event")
        for days in (1, 9):  # it waits still, and its delivery is long settled
            clock.step_to(clock.now() + timedelta(days=days))
            assert deliverer.round() == 0
        deliverer.close()
    (event,) = map(body_of, receiver.got)
    assert (event["type"], event["data"]["task"]) == ("decision.awaited", "unsigned")
    assert event["data"]["case_number"] == number


def body_of(posted: tuple[dict[str, str], bytes]) -> dict[str, Any]:
    """What was posted, once it has the fields that the page of the API promises."""
    found: dict[str, Any] = json.loads(posted[1])
    assert found.keys() == {"id", "type", "timestamp", "member", "data"}
    assert found["data"].keys() == event_fields()[found["type"]]
    return found
