"""Where applicants want to be told, given by their systems: asked, confirmed by what the address got, limited alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from exchange.machine.posting.outgoing import OutgoingMail
from exchange.machine.webhook_signature import key_of
from exchange.portal.told.asking import contacts_of
from exchange.portal.told.settings import ToldSettings
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay
from exchange.portal.told.store import WordsToTell
from tests.web.api.test_api_filings import API, FILING, PORTAL, WINDOW
from tests.web.department import Bureau, bureau
from tests.web.house import QUICK

MAILS = ToldSettings("https://window.test", OutgoingMail("smtps://mail.test", "no-reply@window.test"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"), portal=True)
    made.api.passwords, made.api.told = QUICK, MAILS
    yield made
    made.view.close()


def handed_in(client: TestClient) -> str:
    """The path of a filing's contacts."""
    return f"{API}/filings/{client.post(f'{API}/filings', json=FILING).json()['number']}/contacts"


def number_in(path: str) -> str:
    return path.split("/")[-2]


def noted(served: Bureau, path: str, way: ToldWay) -> list[ToldEvent]:
    """What is to be told of a filing by a way."""
    node = served.api.member(PORTAL).node
    with node.store.reading() as tx:
        due = tx[WordsToTell].due(way, node.clock.now(), 100)
    return [word.event for word, _ in due if word.number == number_in(path)]


def test_an_address_is_asked_confirmed_by_what_it_was_sent_and_deleted(served: Bureau) -> None:
    client, node = served.client(PORTAL), served.api.member(PORTAL).node
    path = handed_in(client)
    answer = client.put(f"{path}/mail", json={"address": "ｗａｎｇ@example.cn", "language": "en"})
    shown = {"way": "mail", "address": "wang@example.cn", "language": "en", "state": "asked"}
    assert (answer.status_code, answer.json()) == (202, {**shown, "secret": None}), answer.text
    assert noted(served, path, ToldWay.MAIL) == [ToldEvent.CONFIRM], "nothing but the question"
    [contact] = contacts_of(node, number_in(path))
    assert contact.token not in answer.text, "only who has the address can confirm it"
    guessed = client.post(f"{API}/contacts/confirmation", json={"token": contact.token[:-1] + "_"})
    assert guessed.status_code == 404
    for _ in range(2):
        confirmed = client.post(f"{API}/contacts/confirmation", json={"token": contact.token})
        assert confirmed.json() == {"number": number_in(path), "way": "mail"}
    assert client.get(path).json() == {"items": [{**shown, "state": "confirmed"}]}
    again = client.put(f"{path}/mail", json={"address": "wang@example.cn"})
    assert (again.json()["state"], len(noted(served, path, ToldWay.MAIL))) == ("confirmed", 1)
    assert client.delete(f"{path}/mail").status_code == 204
    assert (client.get(path).json(), contacts_of(node, number_in(path))) == ({"items": []}, [])
    assert noted(served, path, ToldWay.MAIL) == []
    assert client.delete(f"{path}/mail").status_code == 404


def test_a_system_gets_its_secret_once_and_the_address_before_is_told_no_more(served: Bureau) -> None:
    client, node = served.client(PORTAL), served.api.member(PORTAL).node
    path = handed_in(client)
    first = client.put(f"{path}/webhook", json={"address": "https://oa.example.cn/hook"}).json()
    assert key_of(first["secret"])
    other = client.put(f"{path}/webhook", json={"address": "https://oa.example.cn/other"}).json()
    [contact] = contacts_of(node, number_in(path))
    assert (contact.address, contact.secret) == ("https://oa.example.cn/other", other["secret"])
    assert contact.state is ContactState.ASKED
    assert other["secret"] != first["secret"]
    assert other["secret"] not in client.get(path).text


@pytest.mark.parametrize(
    ("way", "body", "status"),
    [
        ("mail", {"address": "wang@example.cn\r\nBcc: all@example.cn"}, 422),
        ("mail", {"address": ""}, 422),
        ("mail", {"address": "wang@example.cn", "token": "x"}, 422),
        ("webhook", {"address": "http://oa.example.cn/hook"}, 422),
        ("webhook", {"address": "https://user:secret@oa.example.cn/"}, 422),
        ("pigeon", {"address": "wang@example.cn"}, 422),
    ],
)
def test_what_cannot_be_told_is_refused_and_nobody_is_asked(
    served: Bureau, way: str, body: dict[str, Any], status: int
) -> None:
    path = handed_in(client := served.client(PORTAL))
    answer = client.put(f"{path}/{way}", json=body, headers={"accept-language": "zh"})
    assert answer.status_code == status, answer.text
    assert client.get(path).json() == {"items": []}


def test_nobody_is_flooded_through_a_system(served: Bureau) -> None:
    client = served.client(PORTAL)
    paths = [handed_in(client) for _ in range(4)]
    answers = [client.put(f"{path}/mail", json={"address": f"Victim+{at}@example.cn"}) for at, path in enumerate(paths)]
    assert [one.status_code for one in answers] == [202, 202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) > 3600
    last = paths[-1]
    many = [client.put(f"{last}/mail", json={"address": f"other{at}@example.cn"}).status_code for at in range(7)]
    assert many == [202] * 6 + [429], "of one number six"


def test_where_no_way_is_set_nobody_is_asked_and_only_a_portals_token_does_it(served: Bureau) -> None:
    path = handed_in(client := served.client(PORTAL))
    asked = {"address": "wang@example.cn"}
    assert served.client(PORTAL, ("read",)).put(f"{path}/mail", json=asked).status_code == 403
    assert served.client(WINDOW).get(path).status_code == 403
    assert client.put(f"{API}/filings/2026-0000-0000/contacts/mail", json=asked).status_code == 404
    served.api.told = ToldSettings("https://window.test")
    assert client.put(f"{path}/mail", json=asked).status_code == 404, "no mail server"
    hooked = client.put(f"{path}/webhook", json={"address": "https://oa.example.cn/hook"})
    served.api.told = ToldSettings()
    assert (hooked.status_code, client.put(f"{path}/webhook", json=asked).status_code) == (202, 404)
    assert client.delete(f"{path}/webhook").status_code == 204, "whatever is set, an address can be deleted"
    served.api.told = MAILS
