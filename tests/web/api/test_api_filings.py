"""A system that files for applicants, over a domain without a broker: what is taken, what is refused and why."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange.claims import fetch, open_claim_store
from exchange.errors import CallerError
from exchange.messaging.documents import Documents
from exchange.operations.systems.member.store import GivenAnswers
from exchange.portal.drafting import draft_of
from exchange.portal.states import DraftState
from exchange.portal.view import case_view
from exchange.runtime.settings import Home
from exchange.schemas import Filing, FilingChannel
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web.access.typed import read_code
from tests.web.api.test_api_window import APPLICATION, FORM
from tests.web.clamd import scanner
from tests.web.department import Bureau, bureau, token_for
from tests.web.house import QUICK

API, PORTAL, WINDOW, PLANNING = "/api/v1", "hefei.portal", "hefei.window", "hefei.planning"
TRUTH = "本单位对申请材料实质内容的真实性负责"
AGENT = {"name": "孙工", "identifier": "340100199001010011", "contact": "13955100101"}
FILING: dict[str, Any] = {**APPLICATION, "declaration": TRUTH, "agent": AGENT}
FIELDS = """
[[fields]]
name = "length"
label = {zh = "长度", en = "Length"}
type = "integer"
minimum = "1"

[[fields]]
name = "night"
label = {zh = "夜间施工", en = "Works at night"}
type = "yes-no"
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bureau]:
    made = bureau(tmp_path_factory.mktemp("bureau"), portal=True)
    made.api.passwords = QUICK
    yield made
    made.view.close()


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Bureau]:
    """A domain whose matter has fields."""
    made = bureau(tmp_path, portal=True)
    made.api.passwords = QUICK
    matter = Home(made.view.settings.home).departments / "catalogue" / "works.toml"
    matter.write_text(matter.read_text(encoding="utf-8") + FIELDS, encoding="utf-8")
    yield made
    made.view.close()


def filed(served: Bureau, number: str) -> Filing:
    """What the portal has signed."""
    return case_view(served.api.member(PORTAL).node, number).filing


def filings_of(served: Bureau) -> int:
    """How many filings the portal has signed."""
    with served.api.member(PORTAL).store.reading() as tx:
        return tx[Documents].count("sent", Filing.KIND)


def test_what_a_system_files_is_signed_and_on_its_way_with_channel_agent_and_declaration(served: Bureau) -> None:
    client = served.client(PORTAL)
    made = client.post(f"{API}/filings", json=FILING)
    assert made.status_code == 201, made.text
    number = made.json()["number"]
    found = filed(served, number)
    assert (found.channel, found.declaration) == (FilingChannel.API, TRUTH)
    assert found.agent is not None
    assert found.agent.name == AGENT["name"]
    assert found.application.materials[0].attachment is not None
    progress = client.get(made.headers["location"])
    assert progress.json()["standing"] == "sent"
    assert [paper["message_id"] for paper in progress.json()["papers"]] == [made.json()["message_id"]]
    assert progress.headers["etag"] == f'"{progress.json()["revision"]}"'
    assert client.get(f"{API}/documents/{made.json()['message_id']}/attachments/0").content.decode() == "施工方案"


def test_the_code_opens_the_filing_is_said_once_and_is_kept_nowhere(served: Bureau) -> None:
    client, key = served.client(PORTAL), {"idempotency-key": "filing-1"}
    first, again = (client.post(f"{API}/filings", json=FILING, headers=key) for _ in range(2))
    number, code = first.json()["number"], first.json()["code"]
    node = served.api.member(PORTAL).node
    assert QUICK.verify(draft_of(node, number).code_hash, read_code(code))
    assert (again.status_code, again.json()) == (201, {**first.json(), "code": None})
    assert (again.headers["idempotency-replayed"], again.headers["location"]) == ("true", first.headers["location"])
    with node.store.reading() as tx:
        kept = tx[GivenAnswers].get("filing-1", served.api.clock.now().replace(year=2000))
    assert kept is not None
    assert read_code(code) not in kept.answer.decode().replace("-", "")


def test_under_one_key_one_application_is_filed_and_another_one_is_refused(served: Bureau) -> None:
    client, key = served.client(PORTAL), {"idempotency-key": "filing-2"}
    before = filings_of(served)
    numbers = {client.post(f"{API}/filings", json=FILING, headers=key).json()["number"] for _ in range(4)}
    assert (len(numbers), filings_of(served)) == (1, before + 1)
    other = client.post(f"{API}/filings", json={**FILING, "summary": "x"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_a_lost_code_is_replaced_and_the_former_one_opens_nothing(served: Bureau) -> None:
    client, node = served.client(PORTAL), served.api.member(PORTAL).node
    made = client.post(f"{API}/filings", json=FILING).json()
    path = f"{API}/filings/{made['number']}/access-code"
    new = client.post(path, json={"reason": "遗失"}).json()["code"]
    kept = draft_of(node, made["number"]).code_hash
    assert QUICK.verify(kept, read_code(new))
    assert not QUICK.verify(kept, read_code(made["code"]))
    assert client.post(f"{API}/filings/2026-0000-0000/access-code", json={"reason": "r"}).status_code == 404


def test_every_fault_of_the_form_is_told_at_once_with_its_place_and_its_remedy(asking: Bureau) -> None:
    client = asking.client(PORTAL)
    wrong = {
        **FILING,
        "materials": [{"code": "map", "note": "n"}],
        "answers": [{"field": "length", "value": "0"}, {"field": "depth", "value": "2"}],
    }
    answer = client.post(f"{API}/filings", json=wrong, headers={"accept-language": "zh-CN"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "application"), answer.text
    places = {(one["pointer"], one.get("field"), one.get("material")) for one in problem["errors"]}
    assert places == {
        ("/materials", None, "plan"),
        ("/materials/0", None, "map"),
        ("/answers/0/value", "length", None),
        ("/answers", "night", None),
        ("/answers/1/value", "depth", None),
    }
    assert all(one["remedy"] and one["remedy_zh"] and one["detail_zh"] for one in problem["errors"])
    assert filings_of(asking) == 0
    right = {**FILING, "answers": [{"field": "length", "value": "850"}, {"field": "night", "value": "no"}]}
    assert client.post(f"{API}/filings", json=right).status_code == 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"matter": "fishing"}, "application"),
        ({"project": "机密★10年"}, "secret"),
        ({"declaration": ""}, "request"),
        ({"declaration": None}, "request"),
        ({"surprise": 1}, "request"),
        ({"materials": [{"code": "plan", "attachment": {"name": "a", "content": "=!"}}]}, "request"),
    ],
)
def test_what_does_not_hold_is_refused_and_nothing_is_filed(served: Bureau, change: dict[str, Any], code: str) -> None:
    before = filings_of(served)
    answer = served.client(PORTAL).post(f"{API}/filings", json={**FILING, **change})
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert filings_of(served) == before


def test_a_large_file_of_a_form_lies_encrypted_in_the_claim_store_and_comes_out_as_it_was(
    served: Bureau, tmp_path: Path
) -> None:
    content = b"%PDF-1.7 /Page " + bytes(range(256)) * (ATTACHMENT_LIMIT // 256 + 40)
    message = {**FILING, "materials": [{"code": "plan", "file": "方案.pdf"}]}
    sending: Any = {"data": {"message": json.dumps(message)}, "files": {"attachment": ("方案.pdf", content)}}
    home, key = Home(served.view.settings.home), {"idempotency-key": "large"}
    first = served.client(PORTAL).post(f"{API}/filings", **sending, headers=key)
    assert first.status_code == 201, first.text
    stored = sorted(home.claims.rglob("*"))
    again = served.client(PORTAL).post(f"{API}/filings", **sending, headers=key)
    assert again.json()["number"] == first.json()["number"]
    assert sorted(home.claims.rglob("*")) == stored  # nothing is left there a second time
    (material,) = filed(served, first.json()["number"]).application.materials
    assert material.claim is not None
    assert (material.attachment, material.claim.name, material.claim.size) == (None, "方案.pdf", len(content))
    assert fetch(material.claim, tmp_path / "out", open_claim_store(home.claims)).read_bytes() == content
    assert not any(content[:4096] in one.read_bytes() for one in stored if one.is_file())


def test_a_large_file_in_base64_is_refused_and_so_is_one_of_a_form_that_is_not_complete(served: Bureau) -> None:
    client, home = served.client(PORTAL), Home(served.view.settings.home)
    before = sorted(home.claims.rglob("*"))
    large = {**FORM, "content": base64.b64encode(bytes(ATTACHMENT_LIMIT + 3)).decode()}
    answer = client.post(f"{API}/filings", json={**FILING, "materials": [{"code": "plan", "attachment": large}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "request")
    message = {**FILING, "materials": [{"code": "map", "file": "a.pdf"}]}
    files: Any = {"attachment": ("a.pdf", bytes(ATTACHMENT_LIMIT + 1))}
    answer = client.post(f"{API}/filings", data={"message": json.dumps(message)}, files=files)
    assert (answer.status_code, answer.json()["code"]) == (422, "application")
    assert sorted(home.claims.rglob("*")) == before


def test_nothing_is_completed_of_which_nothing_was_said_nor_a_draft_that_nobody_has_handed_in(served: Bureau) -> None:
    client = served.client(PORTAL)
    number = client.post(f"{API}/filings", json=FILING).json()["number"]
    answer = client.post(f"{API}/filings/{number}/supplement", json=APPLICATION)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert draft_of(served.api.member(PORTAL).node, number).state is DraftState.FILED
    assert client.get(f"{API}/filings/2026-0000-0000/progress").status_code == 404


def test_what_is_said_on_a_filing_is_conditional_on_what_was_read_and_said_once_under_a_key(served: Bureau) -> None:
    client = served.client(PORTAL)
    path = client.post(f"{API}/filings", json=FILING).headers["location"].removesuffix("/progress")
    read = client.get(f"{path}/progress").headers["etag"]
    said, key = {"text": "占道范围已核定"}, {"idempotency-key": f"statement-{path}", "if-match": read}
    first, again = (client.post(f"{path}/statement", json=said, headers=key) for _ in range(2))
    assert (first.status_code, again.json()) == (202, first.json()), first.text
    papers = client.get(f"{path}/progress").json()["papers"]
    assert [paper["kind"] for paper in papers] == ["filing", "filing-statement"]
    late = client.post(f"{path}/withdrawal", json={}, headers={"if-match": read})
    assert (late.status_code, late.json()["code"]) == (412, "changed")
    now = client.get(f"{path}/progress").headers["etag"]
    assert client.post(f"{path}/withdrawal", json={}, headers={"if-match": now}).status_code == 202


@pytest.mark.parametrize("scopes", [("read",), ("receive",)])
def test_a_token_without_the_scope_files_nothing(served: Bureau, scopes: tuple[str, ...]) -> None:
    answer = served.client(PORTAL, scopes).post(f"{API}/filings", json=FILING)
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")


def test_nobody_else_files_and_a_portal_does_nothing_else(served: Bureau) -> None:
    assert served.client(WINDOW).post(f"{API}/filings", json=FILING).status_code == 403
    assert served.client(PLANNING).get(f"{API}/filings/2026-0000-0000/progress").status_code == 403
    portal = served.client(PORTAL)
    assert portal.get(f"{API}/filings").status_code == 403
    assert portal.post(f"{API}/cases", json=APPLICATION).status_code == 403
    for member, scope in ((PORTAL, "send"), (PORTAL, "submit"), (WINDOW, "file"), (PLANNING, "file")):
        with pytest.raises(CallerError):
            token_for(served.view, member, (scope,))


def test_a_portal_lists_what_is_offered_to_the_public_alone(asking: Bureau) -> None:
    folder = Home(asking.view.settings.home).departments / "catalogue"
    inner = (folder / "works.toml").read_text(encoding="utf-8").partition("[guide]")[0]
    (folder / "inner.toml").write_text(inner.replace('code = "works"', 'code = "inner"'), encoding="utf-8")
    listed = {
        member: [one["code"] for one in asking.client(member).get(f"{API}/matters").json()["items"]]
        for member in (PORTAL, WINDOW)
    }
    assert listed == {PORTAL: ["works"], WINDOW: ["inner", "works"]}
    refused = asking.client(PORTAL).post(f"{API}/filings", json={**FILING, "matter": "inner"})
    assert (refused.json()["code"], "works" in refused.json()["remedy"]) == ("application", True)


def test_a_path_with_a_line_break_in_it_is_answered_as_a_problem(served: Bureau) -> None:
    answer = served.client(WINDOW).get(f"{API}/filings/a%0Ab/files/0")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert served.client(WINDOW).get(f"{API}/nowhere%0A").headers["content-type"] == "application/problem+json"


def test_files_are_looked_at_as_those_of_the_window_are_and_what_was_not_scanned_says_so(served: Bureau) -> None:
    client = served.client(PORTAL)

    def hand_in(content: bytes) -> Any:
        attached = {"name": "方案.pdf", "media_type": "application/pdf", "content": base64.b64encode(content).decode()}
        return client.post(f"{API}/filings", json={**FILING, "materials": [{"code": "plan", "attachment": attached}]})

    before = filings_of(served)
    with scanner(b"harm") as place:
        served.api.scanner = place
        refused = hand_in(b"some harm in it")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/materials/0")
        assert "方案.pdf: the scanner has found something harmful" in refused.json()["errors"][0]["detail"]
        looked = hand_in("方案".encode()).json()["number"]
    served.api.scanner = None
    unlooked = hand_in("另一份方案".encode()).json()["number"]
    for content in (b"MZ\x90\x00\x03", b"", b"%PDF-1.4 /Page /Encrypt 5 0 R"):
        assert hand_in(content).status_code == 422, content
    assert filings_of(served) == before + 2, "what is refused is nowhere signed"
    for number, scanned in ((looked, True), (unlooked, False)):
        (file,) = client.get(f"{API}/filings/{number}/progress").json()["files"]
        assert (file["scanned"], file["media_type"]) == (scanned, "text/plain")
    attachment = filed(served, looked).application.materials[0].attachment
    assert attachment is not None
    assert filed(served, looked).scanned == (attachment.digest,), "officers of the window are told"
    assert filed(served, unlooked).scanned == ()
    assert attachment.media_type == "text/plain", "signed as what it is, not as what was said of it"
