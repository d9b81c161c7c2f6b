"""Alerts by mail: by TLS, with a password that nobody sees, to mailboxes whatever they are called."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from exchange.clock import SteppedClock
from exchange.operations.alerts.channels import channels
from exchange.operations.alerts.round import Alerting
from exchange.operations.domain_view import DomainView
from exchange.operations.troubles.mailbox import mailbox
from exchange.operations.troubles.store import Alerts
from tests.web.alerts.alerting import kill_a_message
from tests.web.alerts.mail_server import mail_server, mail_settings


def test_mail_goes_by_tls_with_a_password_and_says_it_in_both_languages(view: DomainView, certificate: Path) -> None:
    with mail_server(certificate) as (post, port):
        settings = mail_settings(port, certificate)
        alerting = Alerting(view, settings, channels(settings, view.clock, {}))
        kill_a_message(view)
        alerting.look()
        assert alerting.tell() == 1
    (letter,) = post.letters
    assert "死信" in letter["Subject"]
    assert "1 dead letter" in letter["Subject"]
    assert "/dead" in letter.get_content()
    assert letter["Yizhan-Delivery"] == "alert-1"


def test_no_password_goes_to_a_mail_server_that_cannot_prove_who_it_is(view: DomainView, certificate: Path) -> None:
    with mail_server(certificate) as (post, port):
        settings = mail_settings(port, None)
        reason = Alerting(view, settings, channels(settings, view.clock, {})).test("mail")["mail:ops@c.test"]
    assert reason is not None
    assert "certificate is not trusted" in reason
    assert post.tried == []


def test_a_wrong_password_is_said_and_not_shown(view: DomainView, certificate: Path) -> None:
    with mail_server(certificate) as (post, port):
        settings = mail_settings(port, certificate, "wrong-password")
        reason = Alerting(view, settings, channels(settings, view.clock, {})).test("mail")["mail:ops@c.test"]
    assert reason is not None
    assert "535" in reason
    assert "wrong-password" not in reason
    assert post.letters == []


def test_who_is_refused_is_still_owed_it_and_a_comma_in_a_name_separates_nothing(
    view: DomainView, certificate: Path
) -> None:
    clock = SteppedClock(view.clock.now())
    with mail_server(certificate) as (post, port):
        post.refused = ("gone@c.test",)
        people = ["Zhang, San <san@c.test>", '"Li, \\"Si\\"" <si@c.test>', "gone@c.test", "王五，值班 <wu@c.test>"]
        settings = mail_settings(port, certificate).model_copy()
        mail = settings.mail.model_copy(update={"recipients": tuple(people)})  # type: ignore[union-attr]
        settings = settings.model_copy(update={"mail": mail})
        alerting = Alerting(view, settings, channels(settings, clock, {}), real=clock)
        kill_a_message(view)
        alerting.look()
        assert alerting.tell() == 3
        assert sorted(letter["To"].addresses[0].addr_spec for letter in post.letters) == [
            "san@c.test", "si@c.test", "wu@c.test",
        ]  # fmt: skip
        assert {len(letter["To"].addresses) for letter in post.letters} == {1}
        names = {letter["To"].addresses[0].display_name for letter in post.letters}
        assert names == {"Zhang, San", 'Li, "Si"', "王五，值班"}
        with view.console.reading() as tx:
            ((channel, attempts, reason),) = tx[Alerts].troubles()
        assert (channel, attempts) == ("mail:gone@c.test", 1)
        assert "refuses this recipient (550)" in reason
        post.refused = ()
        clock.step_to(clock.now() + timedelta(minutes=1))
        assert alerting.tell() == 1
        assert post.letters[-1]["To"] == "gone@c.test"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("a@b.c", "", "a@b.c"),
        (" Zhang, San <a@b.c> ", "Zhang, San", "a@b.c"),
        ('"Zhang, San" <a@b.c>', "Zhang, San", "a@b.c"),
        ("值班室 <a@政务.cn>", "值班室", f"a@{'政务'.encode('idna').decode()}.cn"),
    ],
)
def test_a_mailbox_is_read_whatever_its_name_holds(text: str, name: str, address: str) -> None:
    found = mailbox(text)
    assert (found.display_name, found.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b", "a@b, c@d", "a b@c", "X <a@b> <c@d", "X\nBcc: e@f <a@b>", "a@b;c"]
)
def test_what_is_no_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        mailbox(text)
