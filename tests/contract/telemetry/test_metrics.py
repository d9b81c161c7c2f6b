"""Metrics of served roles: real processes, a real broker, scraped as Prometheus scrapes them."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from exchange.approval.window.store import Cases
from exchange.broker.admin.node_info import NodeInfo
from exchange.console.app import create_app
from exchange.console.pages import probes
from exchange.operations.domain_view import DomainView
from exchange.operations.health.sampler import sampler_of
from exchange.runtime.settings import Home
from exchange.runtime.supervision.supervise import Supervisor
from exchange.telemetry.gathering import announced, gather
from exchange.telemetry.up_metrics import Children
from tests.conftest import delete_queues
from tests.journeys.city import wait_until
from tests.processes import ProcessDomain
from tests.web.open_door import OpenDoor

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]

pytestmark = pytest.mark.broker

MONITORING = Path(__file__).parents[3] / "docs" / "monitoring"


@pytest.fixture(scope="module")
def city(broker: NodeInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessDomain]:
    """A domain that has decided one case, its members served with metrics on."""
    patch = pytest.MonkeyPatch()
    patch.setenv("EXCHANGE_METRICS", "127.0.0.1:0")
    name = f"m{secrets.token_hex(4)}"
    with ProcessDomain(tmp_path_factory.mktemp("city"), name, broker) as city:
        city.submit(1)
        city.serve_all()
        wait_until(lambda: city.decided() == 1 and city.undelivered() == 0, 60, "the decision")
        yield city
    patch.undo()
    delete_queues(broker, f"{name}.")


def _url(city: ProcessDomain, name: str) -> str:
    url = announced(Home(city.settings.home), [city.address(name)])[city.address(name)]
    assert url is not None
    return url


def _samples(text: str) -> Samples:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _scrape(city: ProcessDomain, name: str) -> Samples:
    answer = httpx.get(f"{_url(city, name)}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return _samples(answer.text)


def _value(samples: Samples, name: str, **labels: str) -> float:
    return sum(value for (found, has), value in samples.items() if found == name and set(labels.items()) <= set(has))


def test_a_served_role_tells_prometheus_what_it_sent_took_and_how_long_that_took(city: ProcessDomain) -> None:
    planning = _scrape(city, "planning")
    assert _value(planning, "yizhan_messages_taken_total", kind="consultation") == 1
    assert _value(planning, "yizhan_messages_handled_total", kind="consultation") == 1
    assert _value(planning, "yizhan_messages_sent_total", kind="opinion") >= 1
    assert _value(planning, "yizhan_messages_confirmed_total", kind="opinion") >= 1
    assert _value(planning, "yizhan_messages_delivered_total") >= 1
    assert _value(planning, "yizhan_messages_failed_total") == 0
    assert _value(planning, "yizhan_handle_seconds_count", kind="consultation") == 1
    assert _value(planning, "yizhan_open_seconds_count") > 1
    assert _value(planning, "yizhan_commit_seconds_count") >= 1
    assert _value(planning, "yizhan_broker_connected", connection="publish") == 1
    assert _value(planning, "yizhan_broker_connected", connection="consume") == 1
    assert _value(planning, "yizhan_outbox_waiting") == 0
    assert _value(planning, "yizhan_certificate_remaining_seconds") > 86_400
    assert _value(planning, "process_cpu_seconds_total") > 0


def test_the_monitor_tells_deadlines_by_state_and_others_do_not(city: ProcessDomain) -> None:
    names = {name for name, _ in _scrape(city, "monitor")}
    assert "yizhan_deadlines" in names
    assert "yizhan_deadlines" not in {name for name, _ in _scrape(city, "planning")}


def test_no_label_holds_the_id_of_a_message_or_the_number_of_a_case(city: ProcessDomain) -> None:
    window = city.open("window")
    with window.store.reading() as tx:
        numbers = [row.number for row in tx[Cases].recent()]
    window.store.close()
    text = httpx.get(f"{_url(city, 'window')}/metrics").text
    assert numbers
    assert not any(number in text for number in numbers)
    labels = {key for _, has in _samples(text) for key, _ in has}
    assert labels <= {"member", "kind", "code", "stage", "outcome", "state", "connection", "loop", "le"}


def test_health_and_readiness_are_told_and_nothing_else_is_served(city: ProcessDomain) -> None:
    url = _url(city, "transport")
    assert httpx.get(f"{url}/healthz").text == "ok\n"
    ready = httpx.get(f"{url}/readyz")
    assert ready.status_code == 200, ready.text
    checks = json.loads(ready.text)["checks"]
    assert checks["database"]
    assert checks["broker:consume"]
    assert httpx.get(f"{url}/").status_code == 404
    assert httpx.post(f"{url}/metrics").status_code == 501


def test_what_a_proxy_passes_on_is_not_answered_without_a_token(city: ProcessDomain) -> None:
    refused = httpx.get(f"{_url(city, 'window')}/metrics", headers={"x-forwarded-for": "192.0.2.1"})
    assert refused.status_code == 403


def _exposed(text: str) -> set[str]:
    """Names under which the families of a scrape can be asked for."""
    names = set()
    for family in text_string_to_metric_families(text):
        ends = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(family.type, ("",))
        names |= {family.name + end for end in ends}
    return names


@pytest.fixture(scope="module")
def view(city: ProcessDomain) -> Iterator[DomainView]:
    view = DomainView(city.settings, city.info)
    yield view
    view.close()


@pytest.fixture(scope="module")
def everything(city: ProcessDomain, view: DomainView) -> str:
    """What the console answers with, and what a supervisor adds."""
    with TestClient(create_app(view, OpenDoor(), (probes.SECTION,)), client=("127.0.0.1", 50_000)) as client:
        sampler_of(view).latest()  # some figures come with the first look
        text = client.get("/metrics").text
    supervisor = Supervisor(lambda text: None, {})
    supervisor.add("role", ["true"], Path("role.log"))
    return text + gather({}, own=[Children(supervisor)]).decode()


@pytest.mark.parametrize("file", ["dashboard.json", "alerts.yml"])
def test_dashboard_and_rules_name_only_what_is_really_exposed(everything: str, file: str) -> None:
    named = set(re.findall(r"\byizhan_[a-z0-9_]+", (MONITORING / file).read_text()))
    assert len(named) > 10
    assert named <= _exposed(everything)


def test_whatever_is_exposed_is_on_the_dashboard_or_in_a_rule(everything: str) -> None:
    text = (MONITORING / "dashboard.json").read_text() + (MONITORING / "alerts.yml").read_text()
    families = {family.name for family in text_string_to_metric_families(everything) if family.name != "yizhan_up"}
    own = {name for name in families if name.startswith("yizhan_")}
    assert {name for name in own if name not in text} <= {"yizhan_directory_version"}


def test_the_console_tells_metrics_to_this_machine_or_by_a_token(
    view: DomainView, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(peer: str, **headers: str) -> int:
        with TestClient(create_app(view, OpenDoor(), (probes.SECTION,)), client=(peer, 50_000)) as client:
            assert client.get("/healthz").text == "ok\n"
            return client.get("/metrics", headers=headers).status_code

    assert ask("192.0.2.7") == 403
    assert ask("127.0.0.1", **{"x-forwarded-for": "192.0.2.7"}) == 403
    monkeypatch.setenv("EXCHANGE_METRICS_TOKEN", "a-token")
    assert ask("127.0.0.1") == 403
    assert ask("192.0.2.7", authorization="Bearer a-token") == 200


def test_a_stranger_hears_whether_the_console_is_ready_and_not_why(view: DomainView) -> None:
    app = create_app(view, OpenDoor(), (probes.SECTION,))
    near, far = (TestClient(app, client=(peer, 1)).get("/readyz").json() for peer in ("127.0.0.1", "192.0.2.7"))
    assert near == {"ready": True, "checks": {"database": True, "profiles": True}}
    assert far == {"ready": True}


def test_the_console_counts_alerts_and_sees_the_broker(everything: str) -> None:
    samples = _samples(everything)
    assert _value(samples, "yizhan_broker_up") == 1
    assert ("yizhan_alerts_standing", frozenset({("kind", "role-down")})) in samples


def test_a_domains_metrics_come_in_one_answer_and_a_member_that_is_gone_is_down_in_it(city: ProcessDomain) -> None:
    addresses = [city.address(name) for name in city.names]
    before = _samples(gather(announced(Home(city.settings.home), addresses)).decode())
    assert all(_value(before, "yizhan_up", member=address) == 1 for address in addresses)
    assert all(_value(before, "process_cpu_seconds_total", member=address) > 0 for address in addresses)
    city.kill("transport")
    after = _samples(gather(announced(Home(city.settings.home), addresses)).decode())
    assert _value(after, "yizhan_up", member=city.address("transport")) == 0
    assert _value(after, "yizhan_up", member=city.address("planning")) == 1
