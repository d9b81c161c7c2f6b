"""Alerts from a domain's real state to a real web server and a real mail server."""

from __future__ import annotations

import json
import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from exchange.clock import SteppedClock
from exchange.console.app import create_app
from exchange.console.sections import SECTIONS
from exchange.errors import BadConfiguration
from exchange.machine.webhook_signature import verify
from exchange.operations.alerts.channels import channels
from exchange.operations.alerts.round import Alerting
from exchange.operations.alerts.telling import Telling
from exchange.operations.domain_view import DomainView
from exchange.operations.health.read_facts import read_facts
from exchange.operations.troubles.rules import standing
from exchange.operations.troubles.settings import AlertSettings, load_alert_settings
from exchange.operations.troubles.store import Alerts
from exchange.runtime.member_record import CONSUMING
from tests import hostile_servers as servers
from tests.hostile_servers import hostile
from tests.web.alerts.alerting import SECRET, Hook, alerting_of, consume, kill_a_message, remedy
from tests.web.open_door import TOKEN, OpenDoor

ALERTS = next(section for section in SECTIONS if any(page.path == "/alerts" for page in section.pages))
"""The section as the console has it, with what it has running beside its pages."""


def test_a_trouble_is_told_once_signed_and_once_more_when_it_is_over(view: DomainView, hook: Hook) -> None:
    clock = view.clock
    assert isinstance(clock, SteppedClock)
    alerting = alerting_of(view, hook, clock)
    alerting.look()
    assert alerting.tell() == 0
    kill_a_message(view)
    for _ in range(3):
        alerting.look()
        alerting.tell()
    ((headers, body),) = hook.taken
    told = json.loads(body)
    assert (told["event"], told["kind"], told["subject"]) == ("raised", "dead-letters", "hefei.planning")
    assert told["url"] == "https://c.test/dead"
    assert told["domain"] == "hefei"
    assert int(headers["webhook-timestamp"]) == int(clock.now().timestamp())
    assert verify([SECRET], headers, body, clock.now().timestamp()) == told["delivery"]
    remedy(view)
    alerting.look()
    alerting.tell()
    assert json.loads(hook.taken[1][1])["event"] == "over"
    assert len(hook.taken) == 2


def test_letters_that_only_grow_old_are_not_told_to_be_over_and_later_ones_are_told(
    view: DomainView, hook: Hook
) -> None:
    clock = view.clock
    assert isinstance(clock, SteppedClock)
    alerting = alerting_of(view, hook, clock)
    kill_a_message(view)
    alerting.look()
    assert alerting.tell() == 1
    clock.step_to(clock.now() + timedelta(hours=2))
    consume(view)
    alerting.look()
    assert alerting.tell() == 0
    kill_a_message(view, b"another one")
    alerting.look()
    assert alerting.tell() == 1
    assert [json.loads(body)["event"] for _, body in hook.taken] == ["raised", "raised"]


def test_what_begins_within_the_time_of_settling_is_told_together_and_what_is_over_by_then_is_not(
    view: DomainView, hook: Hook
) -> None:
    clock = view.clock
    assert isinstance(clock, SteppedClock)
    alerting = alerting_of(view, hook, clock, settle=30)
    clock.step_to(clock.now() + timedelta(minutes=5))
    alerting.look()
    assert alerting.tell() == 0, "not yet"
    kill_a_message(view)
    alerting.look()
    remedy(view)
    alerting.look()
    clock.step_to(clock.now() + timedelta(seconds=31))
    assert alerting.tell() == 1, "one message for three members that are down; none for what is over"
    told = json.loads(hook.taken[0][1])
    assert (told["kind"], told["event"]) == ("role-down", "raised")
    assert set(told["subject"].split()) == set(view.profiles())
    assert "(3)" in told["english"]
    consume(view)
    alerting.look()
    clock.step_to(clock.now() + timedelta(seconds=31))
    assert alerting.tell() == 1
    assert json.loads(hook.taken[1][1])["event"] == "over"


def test_what_a_receiver_refuses_is_told_again_with_the_same_delivery_id(view: DomainView, hook: Hook) -> None:
    clock = SteppedClock(view.clock.now())
    alerting = alerting_of(view, hook, clock)
    hook.status = 503
    kill_a_message(view)
    alerting.look()
    assert alerting.tell() == 0
    with view.console.reading() as tx:
        ((channel, attempts, reason),) = tx[Alerts].troubles()
    assert (channel, attempts) == ("ops", 1)
    assert "503" in reason
    assert SECRET not in reason
    assert hook.url not in reason
    hook.status = 204
    assert alerting.tell() == 0, "not yet"
    clock.step_to(clock.now() + timedelta(seconds=11))
    assert alerting.tell() == 1
    assert hook.taken[0][0]["webhook-id"] == "alert-1"


def test_only_the_member_that_takes_in_nothing_is_down(view: DomainView) -> None:
    clock = view.clock
    assert isinstance(clock, SteppedClock)
    assert standing(read_facts(view)).alerts == ()
    clock.step_to(clock.now() + timedelta(hours=1))
    for name in ("monitor", "window"):
        with view.store(f"hefei.{name}").transaction() as tx:
            tx.set_meta(CONSUMING, clock.now().isoformat())
    with view.store("hefei.planning").transaction() as tx:
        tx.set_meta(CONSUMING, (clock.now() - timedelta(minutes=3)).isoformat())
    assert [alert.key for alert in standing(read_facts(view)).alerts] == ["role-down:hefei.planning"]


def test_a_database_that_is_no_database_hides_only_its_own_member(view: DomainView) -> None:
    view.close()
    view.home.database_file("hefei.planning").write_bytes(b"this is no database " * 100)
    for leftover in view.home.member("hefei.planning").glob("store.db-*"):
        leftover.unlink()
    keys = {alert.key for alert in standing(read_facts(view)).alerts}
    assert "database-away:hefei.planning" in keys
    assert not any("hefei.window" in key for key in keys)


def test_receivers_that_drip_or_hang_delay_nobody_else(
    view: DomainView, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SteppedClock(view.clock.now())
    with ExitStack() as stack:
        bad = {
            name: stack.enter_context(hostile(conduct, reads=name not in ("mail",)))
            for name, conduct in {
                "silent": servers.silent, "drips": servers.drips_headers, "mail": servers.drips_a_greeting,
            }.items()
        }  # fmt: skip
        hooks = [{"name": name, "url": bad[name].url, "secret": SECRET} for name in ("silent", "drips")]
        hooks.append({"name": "ops", "url": hook.url, "secret": SECRET})
        mail = {"server": "127.0.0.1", "port": bad["mail"].port, "sender": "x@c.test", "recipients": ["ops@c.test"]}
        settings = AlertSettings.model_validate_json(
            json.dumps({"webhooks": hooks, "mail": mail, "limits": {"settle_seconds": 0}})
        )
        told = channels(settings, clock, {})
        for name in ("silent", "drips", "mail:ops@c.test"):
            told[name]._seconds = 5.0  # type: ignore[attr-defined]
        alerting = Alerting(view, settings, told, real=clock)
        for body in (b"one", b"two"):
            kill_a_message(view, body)
        alerting.look()
        began = time.monotonic()
        alerting.begin_telling()
        while not hook.taken:
            assert time.monotonic() - began < 4.5
            threading.Event().wait(0.01)
        alerting.tell()
        assert len(hook.taken) == 1
        assert time.monotonic() - began < 15
        with view.console.reading() as tx:
            reasons = {channel: reason for channel, _, reason in tx[Alerts].troubles()}
    assert set(reasons) == {"silent", "drips", "mail:ops@c.test"}
    assert all("no whole answer within 5 s" in reason for reason in reasons.values())


CONFIGURATION = """
[alerts]
every_seconds = 30
console_url = "https://console.example"

[alerts.limits]
waiting_minutes = 5

[[alerts.webhooks]]
name = "ops"
url = "https://hooks.example/yizhan"
secret_env = "HOOK_SECRET"

[alerts.mail]
server = "mail.example"
sender = "exchange@console.example"
recipients = ["ops@console.example"]
"""


def _write(view: DomainView, text: str, mode: int = 0o600) -> None:
    path = view.home.root / "console.toml"
    path.write_text(text)
    path.chmod(mode)


def test_the_file_configures_channels_and_limits_and_other_tables_are_others_business(view: DomainView) -> None:
    assert load_alert_settings(view.home, {}) == AlertSettings()
    _write(view, CONFIGURATION + "\n[tls]\ncertificate = 'c.pem'\n")
    settings = load_alert_settings(view.home, {})
    assert settings.limits.limits().waiting == timedelta(minutes=5)
    assert list(channels(settings, view.clock, {"HOOK_SECRET": SECRET})) == ["ops", "mail:ops@console.example"]
    with pytest.raises(BadConfiguration, match="HOOK_SECRET"):
        channels(settings, view.clock, {})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("secret_env", "secret_nev"), "unknown field"),
        (('secret_env = "HOOK_SECRET"', ""), "needs a secret"),
        (('name = "ops"', 'name = "mail"'), "none is called mail"),
        (("hooks.example/yizhan", "u:p@ss@hooks.example"), "an @ where its host does not begin"),
        (('"ops@console.example"', '"a@c.test, b@c.test"'), "write one in each entry"),
        (('"ops@console.example"', '"a@c.test", "A <a@c.test>"'), "stands there twice"),
        (
            ('recipients = ["ops@console.example"]', 'recipients = ["a@c.test"]\nuser = "u"\nsecurity = "none"'),
            "without TLS",
        ),
    ],
)
def test_what_does_not_hold_is_told_with_its_line(view: DomainView, change: tuple[str, str], said: str) -> None:
    _write(view, CONFIGURATION.replace(*change))
    with pytest.raises(BadConfiguration, match=rf"console.toml:\d+: .*{said}"):
        load_alert_settings(view.home, {})


@pytest.mark.parametrize("secret", ["a-shared-secret", "whsec_", "whsec_c2hvcnQ=", "whsec_%", SECRET[6:], "", " "])
def test_a_webhooks_secret_is_one_of_the_scheme_or_is_refused_with_how_to_make_one(
    view: DomainView, secret: str
) -> None:
    _write(view, CONFIGURATION)
    settings = load_alert_settings(view.home, {})
    with pytest.raises(BadConfiguration) as refused:
        channels(settings, view.clock, {"HOOK_SECRET": secret} if secret else {})
    assert "exchange alerts secret" in refused.value.remedy or not secret
    assert len(secret) < 3 or secret not in refused.value.diagnostics().replace("a secret is whsec_", "")


def test_two_secrets_sign_while_one_is_replaced(view: DomainView, hook: Hook) -> None:
    _write(view, CONFIGURATION.replace("https://hooks.example/yizhan", hook.url))
    other = "whsec_" + "b" * 43 + "="
    settings = load_alert_settings(view.home, {})
    channel = channels(settings, view.clock, {"HOOK_SECRET": f"{other}\n{SECRET}"})["ops"]
    channel.tell(Telling("d-1", "test", "k", "warning", "s", "中", "en", "https://c.test/", "now", "hefei"))
    ((headers, body),) = hook.taken
    now = view.clock.now().timestamp()
    assert verify([SECRET], headers, body, now) == verify([other], headers, body, now) == "d-1"


def test_a_secret_in_a_file_that_others_can_read_is_refused(view: DomainView) -> None:
    _write(view, CONFIGURATION.replace('secret_env = "HOOK_SECRET"', f'secret = "{SECRET}"'), 0o644)
    with pytest.raises(BadConfiguration, match="can be read by others") as refused:
        load_alert_settings(view.home, {})
    assert SECRET not in refused.value.diagnostics()
    (view.home.root / "console.toml").chmod(0o600)
    assert SECRET not in repr(load_alert_settings(view.home, {}))


def test_the_console_looks_by_itself_while_it_is_served_and_its_page_shows_it(view: DomainView, hook: Hook) -> None:
    webhook = f'[[alerts.webhooks]]\nname = "ops"\nurl = "{hook.url}"\nsecret = "{SECRET}"\n'
    _write(view, f"[alerts]\nevery_seconds = 1\n[alerts.limits]\nsettle_seconds = 0\n{webhook}")
    kill_a_message(view)
    with TestClient(create_app(view, OpenDoor(), (ALERTS,))) as client:
        until = time.monotonic() + 30
        while not hook.taken and time.monotonic() < until:
            time.sleep(0.05)
        assert json.loads(hook.taken[0][1])["kind"] == "dead-letters"
        english = client.get("/alerts?language=en").text
        assert "hefei.planning: 1 dead letter" in english
        assert "no envelope" not in english
        assert SECRET not in english
        assert "死信" in client.get("/alerts?language=zh").text
        tested = client.post("/alerts/test", data={"token": TOKEN}, follow_redirects=False)
        assert "said=" in tested.headers["location"]
    assert [json.loads(body)["event"] for _, body in hook.taken].count("test") == 1
    assert not any(thread.name == "alerts" for thread in threading.enumerate())


def test_a_configuration_that_does_not_hold_takes_away_the_telling_and_not_the_console(view: DomainView) -> None:
    _write(view, "[alerts]\nevery = 1\n")
    with TestClient(create_app(view, OpenDoor(), (ALERTS,))) as client:
        shown = client.get("/alerts?language=en")
    assert shown.status_code == 200
    assert "unknown field" in shown.text


def test_the_environment_is_not_needed_for_the_defaults(view: DomainView) -> None:
    assert Alerting.open(view, {}).test() == {}
