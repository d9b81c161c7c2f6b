"""Tokens by page and by command, and webhooks as operators see them."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from exchange.api.webhooks.deliver import Deliverer
from exchange.clock import RealClock, SteppedClock, monotonic
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.machine.posting.webhooks import Poster
from exchange.operations.systems.store import Tokens, WebhookRecords
from exchange.operations.systems.webhooks import PATIENCE
from exchange.web.door.permissions import AccountRole
from tests import hostile_servers as servers
from tests.contract.api.test_store_api import delivery
from tests.hostile_servers import hostile
from tests.warm import run_warm
from tests.web.department import Bureau, api_in, bureau
from tests.web.open_door import TOKEN, OpenDoor

FORM = {"token": TOKEN, "member": "hefei.planning", "name": "registry", "days": "30", "scope": ["read", "send"]}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"))
    yield made
    made.view.close()


def officer(made: Bureau, role: AccountRole = AccountRole.SECURITY) -> tuple[TestClient, OpenDoor]:
    door = OpenDoor(role)
    return TestClient(create_app(made.view, door, SECTIONS), follow_redirects=False), door


def test_a_security_officer_makes_a_token_and_sees_it_once(made: Bureau) -> None:
    client, door = officer(made)
    place = client.post("/tokens/new", data=FORM).headers["location"]
    assert re.fullmatch(r"/tokens/made/[0-9a-f]{12}", place), "no token in an address"
    shown = re.search(r"yz_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", client.get(place).text)
    assert shown is not None
    assert shown[0] not in client.get(place).text
    assert shown[0] not in client.get("/tokens").text
    assert shown[0] not in repr(door.recorded)
    api = client.get("/api/v1/token", headers={"authorization": f"Bearer {shown[0]}"})
    assert api.json() == {"member": "hefei.planning", "name": "registry", "scopes": ["send", "read"]}

    revoke = {"token": TOKEN, "sure": "yes", "token_id": place.rpartition("/")[2]}
    assert "said=" in client.post("/tokens/revoke", data=revoke).headers["location"]
    assert client.get("/api/v1/token", headers={"authorization": f"Bearer {shown[0]}"}).status_code == 401
    assert [entry[3] for entry in door.recorded] == ["done", "done"]


def test_a_new_token_is_shown_to_nobody_but_who_made_it(made: Bureau) -> None:
    client, _ = officer(made)
    place = client.post("/tokens/new", data=FORM).headers["location"]
    other, door = officer(made)
    door.who = type(door.who)("another", AccountRole.SECURITY)
    assert "yz_" not in other.get(place).text
    assert "yz_" in client.get(place).text


@pytest.mark.parametrize("role", [AccountRole.OBSERVER, AccountRole.OPERATOR])
def test_nobody_else_sees_or_makes_tokens(made: Bureau, role: AccountRole) -> None:
    client, door = officer(made, role)
    assert client.get("/tokens").status_code == 403
    client.post("/tokens/new", data=FORM)
    assert [entry[3] for entry in door.recorded] == ["denied", "denied"], "the look and the action"


@pytest.mark.parametrize("change", [{"member": "hefei.nobody"}, {"days": "x"}, {"days": "9999"}, {"scope": []}])
def test_a_form_that_does_not_hold_makes_nothing(made: Bureau, change: dict[str, object]) -> None:
    client, door = officer(made)
    with made.api.view.console.reading() as tx:
        before = len(tx[Tokens].every())
    assert "said=" in client.post("/tokens/new", data={**FORM, **change}).headers["location"]
    with made.api.view.console.reading() as tx:
        assert len(tx[Tokens].every()) == before
    assert door.recorded[0][3] != "done"


def test_tokens_are_made_listed_and_revoked_by_commands(made: Bureau) -> None:
    env = {"EXCHANGE_HOME": str(made.view.settings.home), "PATH": "/usr/bin:/bin", "USER": "officer"}
    words = ["token", "new", "hefei.transport", "--scope", "receive", "--name", "oa", "--json"]
    done = run_warm(words, env)
    assert done.returncode == 0, done.stderr
    token = json.loads(done.stdout)
    client, _ = officer(made)
    headers = {"authorization": f"Bearer {token['token']}"}
    assert client.get("/api/v1/token", headers=headers).json()["scopes"] == ["receive"]
    listed = run_warm(["token", "list", "--json"], env)
    (row,) = (one for one in json.loads(listed.stdout) if one["id"] == token["id"])
    assert (row["state"], row["last_used_at"] is None) == ("active", False)
    assert token["token"][16:] not in listed.stdout
    assert run_warm(["token", "revoke", token["id"]], env).returncode == 0
    assert client.get("/api/v1/token", headers=headers).status_code == 401
    assert run_warm(["token", "revoke", token["id"]], env).returncode == 4
    assert run_warm(["token", "revoke", "nothing"], env).returncode == 3
    assert run_warm([*words[:3], "--scope", "all", "--name", "oa"], env).returncode == 2


def test_a_webhook_that_fails_for_days_is_disabled_shown_and_enabled_again(made: Bureau) -> None:
    clock = SteppedClock(RealClock().now())
    client, _ = officer(made, AccountRole.OPERATOR)
    api = api_in(client.app)  # type: ignore[arg-type]
    api.clock = clock
    planning = made.client("hefei.planning")
    url = "https://oa.example/events?key=of-ours"
    hook = planning.post("/api/v1/webhooks", json={"url": url, "events": ["message.arrived"]}).json()
    with api.view.console.transaction() as tx:
        row = tx[WebhookRecords].get(hook["id"])
        assert row is not None
        tx[WebhookRecords].advance(
            row.webhook_id, row.position, row.position + 1, [delivery(webhook_id=hook["id"], next_at=clock.now())]
        )
    asked: list[str] = []

    def nowhere(host: str, port: int) -> list[str]:
        asked.append(host)
        raise OSError(1, "no such host")

    deliverer = Deliverer(api, Poster((), nowhere))
    while asked.count("oa.example") < 2:
        deliverer.round()
        clock.step_to(clock.now() + timedelta(hours=1))
    assert "失败重试中" in client.get("/webhooks").text
    clock.step_to(clock.now() + PATIENCE)
    deliverer.round()
    page = client.get("/webhooks").text
    assert "已停用" in page
    assert "no such host" in page
    assert "of-ours" not in page
    assert hook["secret"] not in page
    before = len(asked)
    clock.step_to(clock.now() + PATIENCE)
    deliverer.round()
    assert len(asked) == before
    client.post("/webhooks/enable", data={"token": TOKEN, "webhook_id": hook["id"]})
    assert planning.get("/api/v1/webhooks").json()["items"][0]["state"] == "enabled"
    deliverer.close()


def test_a_receiver_that_drips_delays_only_itself_however_much_waits_for_it(made: Bureau) -> None:
    clock = SteppedClock(RealClock().now())
    client, _ = officer(made, AccountRole.OPERATOR)
    api = api_in(client.app)  # type: ignore[arg-type]
    api.clock = clock
    planning = made.client("hefei.planning")
    with hostile(servers.drips_headers) as slow, hostile(servers.answers(204)) as quick:
        for server, rows in ((slow, 250), (quick, 2)):
            asked = {"url": server.url, "events": ["message.arrived"]}
            hook = planning.post("/api/v1/webhooks", json=asked).json()["id"]
            due = [delivery(delivery_id=f"{hook}-{n}", webhook_id=hook, next_at=clock.now()) for n in range(rows)]
            with api.view.console.transaction() as tx:
                row = tx[WebhookRecords].get(hook)
                assert row is not None
                tx[WebhookRecords].advance(row.webhook_id, row.position, row.position + 1, due)
        deliverer = Deliverer(api, Poster(("127.0.0.0/8",), lambda host, port: ["127.0.0.1"], seconds=5.0))
        began = monotonic()
        deliverer.look()
        while len(quick.asked) < 2:
            assert monotonic() - began < 4.5
            threading.Event().wait(0.01)
        assert deliverer.round() <= 2
        assert len(slow.asked) == 1
    deliverer.close()
