"""Where applicants want to be told: given on a page, confirmed and stopped by who gets the words; nobody is flooded."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exchange.clock import SteppedClock
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.machine.webhook_signature import key_of
from exchange.portal import ending
from exchange.portal.told import rounds
from exchange.portal.told.asking import contacts_of
from exchange.portal.told.settings import ToldSettings
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay
from exchange.portal.told.store import WordsToTell
from tests.web.window.wicket import HOST, Applicant, Wicket

MAILS = ToldSettings("https://window.test", OutgoingMail("smtps://mail.test", "no-reply@window.test"))


@pytest.fixture
def telling(wicket: Wicket) -> Wicket:
    """A window that tells its applicants by both ways."""
    wicket.face.told = MAILS
    return wicket


def give(applicant: Applicant, way: str, address: str) -> int:
    """Give an address on the page; returns the answer's status."""
    path = f"/cases/{applicant.number}/told"
    return applicant.post(path, {**applicant.hidden(path), "way": way, way: address}).status_code


def noted(wicket: Wicket, way: ToldWay = ToldWay.MAIL) -> list[ToldEvent]:
    """What is to be told by a way."""
    with wicket.opened.store.reading() as tx:
        return [word.event for word, _ in tx[WordsToTell].due(way, wicket.face.now(), 50)]


def token_of(wicket: Wicket, applicant: Applicant) -> str:
    return contacts_of(wicket.opened.node, applicant.number)[0].token


def test_where_nothing_is_configured_nothing_is_offered(applicant: Applicant) -> None:
    assert "/told" not in applicant.get(f"/drafts/{applicant.number}")
    assert applicant.http.get(f"/cases/{applicant.number}/told").status_code == 404


def test_without_a_mail_server_only_systems_are_told(wicket: Wicket, applicant: Applicant) -> None:
    wicket.face.told = ToldSettings("https://window.test")
    page = applicant.get(f"/cases/{applicant.number}/told")
    assert 'name="mail"' not in page
    assert 'name="webhook"' in page
    assert give(applicant, "mail", "wang@example.cn") == 404


def test_an_address_is_confirmed_by_who_has_it_and_stopped_by_one_click(telling: Wicket, applicant: Applicant) -> None:
    assert "Be told of it by mail" in applicant.get(f"/drafts/{applicant.number}")
    assert give(applicant, "mail", "ｗａｎｇ@example.cn") == 303
    assert noted(telling) == [ToldEvent.CONFIRM]
    assert "not confirmed yet" in applicant.get(f"/cases/{applicant.number}/told")
    token = token_of(telling, applicant)
    reader = telling.visitor(language="zh").http
    assert reader.get(f"/told/{token}").status_code == 200
    assert reader.get(f"/told/{token}/confirm").status_code == 200
    [contact] = contacts_of(telling.opened.node, applicant.number)
    assert contact.state is ContactState.ASKED, "programs that open links confirm nothing"
    assert contact.address == "wang@example.cn"
    answer = reader.post(f"/told/{token}/confirm")
    assert "已确认" in answer.text
    assert "wang" not in answer.text, "whoever gets a forwarded letter does not learn whose it was"
    assert give(applicant, "mail", "wang@example.cn") == 303
    assert len(noted(telling)) == 1, "who is confirmed is not asked again"
    clicked = reader.post(f"/told/{token}/stop", data={"List-Unsubscribe": "One-Click"})
    assert clicked.status_code == 200
    assert contacts_of(telling.opened.node, applicant.number) == []
    assert noted(telling) == []
    assert reader.post(f"/told/{token}/stop", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert reader.get(f"/told/{token}").status_code == 404
    assert "Stopped" not in reader.post(f"/told/{token}/confirm").text


REFUSED = (
    ("mail", "wang@example.cn\r\nBcc: all@example.cn"),
    ("mail", "<script>alert(1)</script>@example.cn"),
    ("webhook", "http://oa.example.cn/hook"),
    ("webhook", "http://127.0.0.1/hook"),
    ("webhook", "https://user:secret@oa.example.cn/"),
    ("webhook", "https://[::1"),
    ("webhook", "javascript:alert(1)"),
    ("webhook", "https://oa.example.cn/" + "x" * 1000),
)


def test_what_cannot_be_told_is_said_and_shown_again(telling: Wicket, applicant: Applicant) -> None:
    for way, address in REFUSED:
        assert give(applicant, way, address) == 422, address
        assert applicant.last is not None
        assert "<script>alert" not in applicant.last.text
    assert noted(telling) == noted(telling, ToldWay.WEBHOOK) == []


def test_a_system_gets_its_secret_once_and_another_address_takes_the_place(
    telling: Wicket, applicant: Applicant
) -> None:
    assert give(applicant, "webhook", "https://oa.example.cn/hook") == 200
    assert applicant.last is not None
    [contact] = contacts_of(telling.opened.node, applicant.number)
    assert contact.secret is not None
    assert key_of(contact.secret)
    assert contact.secret in applicant.last.text
    assert contact.secret not in applicant.get(f"/cases/{applicant.number}/told")
    assert give(applicant, "webhook", "https://oa.example.cn/other") == 200
    [other] = contacts_of(telling.opened.node, applicant.number)
    assert (other.address, other.secret == contact.secret) == ("https://oa.example.cn/other", False)
    path = f"/cases/{applicant.number}/told"
    assert applicant.post(f"{path}/stop", {**applicant.hidden(path), "way": "webhook"}).status_code == 303
    assert contacts_of(telling.opened.node, applicant.number) == []


def test_nobody_is_flooded_by_us(telling: Wicket) -> None:
    answers = []
    for place in range(4):
        stranger = telling.visitor(place=f"198.51.100.{place}")
        stranger.begin()
        answers.append(give(stranger, "mail", f"Victim+{place}@example.cn"))
    assert answers == [303, 303, 303, 429]
    assert stranger.last is not None
    assert "asked for too often" in stranger.last.text
    many = telling.visitor(place="198.51.100.9")
    many.begin()
    assert [give(many, "mail", f"other{place}@example.cn") for place in range(6)] == [303] * 5 + [429]


def test_strangers_and_other_sites_change_nothing(telling: Wicket, applicant: Applicant) -> None:
    path = f"/cases/{applicant.number}/told"
    sent = {**applicant.hidden(path), "way": "mail", "mail": "wang@example.cn"}
    assert telling.visitor().post(path, sent).status_code == 401
    foreign = applicant.http.post(path, data=sent, headers={"origin": "https://evil.test"})
    assert foreign.status_code == 403
    assert applicant.http.post(path, data={**sent, "token": "x"}, headers={"origin": HOST}).status_code == 403
    assert noted(telling) == []


def test_who_has_a_draft_that_ends_is_told_before_and_its_address_goes_with_it(
    telling: Wicket, applicant: Applicant
) -> None:
    give(applicant, "mail", "wang@example.cn")
    telling.visitor().http.post(f"/told/{token_of(telling, applicant)}/confirm")
    node = telling.opened.node
    begun = node.clock.now()
    node.clock = clock = SteppedClock(begun)
    clock.step_to(begun + timedelta(days=26))
    rounds.look(node)
    assert ToldEvent.DRAFT_ENDING not in noted(telling)
    clock.step_to(begun + timedelta(days=27, hours=1))
    rounds.look(node)
    rounds.look(node)
    assert noted(telling).count(ToldEvent.DRAFT_ENDING) == 1
    clock.step_to(begun + timedelta(days=31))
    ending.look(node)
    assert contacts_of(node, applicant.number) == []
    assert noted(telling) == []
