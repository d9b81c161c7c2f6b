"""Levels as they are run, on two brokers: directories travel, requests go up by command and by library, and a relay
office that is killed in the middle repeats nothing."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from exchange.agent import Agent
from exchange.broker.admin.node_info import NodeInfo
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.notices.issue import issue_notice
from exchange.notices.status import notice_status
from exchange.notices.store import Notices
from exchange.schemas import Document, DocumentKind, DocumentNumber, Notice
from exchange.setup.certify import certify
from exchange.store import Store
from tests.contract.claim_stores import new_bucket, s3_server
from tests.journeys.city import wait_until
from tests.journeys.places import new_root
from tests.journeys.served import DEPARTMENTS, Served, conversations, served_levels
from tests.processes import run

pytestmark = pytest.mark.broker

DIE_AFTER_COMMIT = Path(__file__).parents[2] / "faults" / "die_after_commit.py"


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo, second_broker: NodeInfo
) -> Iterator[list[Served]]:
    """A province on one broker, its city and county on another."""
    root = new_root()
    names = [root, f"{root}.b", f"{root}.b.c"]
    with served_levels(tmp_path_factory.mktemp("served"), broker, second_broker, names) as found:
        yield found


def paper(kind: DocumentKind, title: str, body: str = "因连日暴雨，需要加固堤防。") -> Document:
    return Document(
        number=DocumentNumber(agency="庐政", year=2026, serial=1),
        kind=kind,
        issuer="区人民政府",
        signatory="王某",
        title=title,
        addressees=("市人民政府",),
        body=body,
        date=date(2026, 6, 1),
    )


def written(folder: Path, document: Document) -> str:
    """A document as a file, as people write it."""
    path = folder / f"{document.kind.value}.toml"
    fields = {
        "number": str(document.number), "kind": document.kind.value, "issuer": document.issuer,
        "signatory": document.signatory, "title": document.title, "body": document.body,
    }  # fmt: skip
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    path.write_text("\n".join([*lines, 'addressees = ["市人民政府"]']), encoding="utf-8")
    return str(path)


REQUEST = paper(DocumentKind.REQUEST, "关于追加防汛经费的请示")
OPINION = paper(DocumentKind.OPINION, "关于追加防汛经费的意见", "情况属实，建议同意。")
REPLY = paper(DocumentKind.REPLY, "关于追加防汛经费的批复", "同意。")


def test_directories_travel_all_the_way_up_and_down(served: list[Served]) -> None:
    top, _, low = (one.folder for one in served)
    know_each_other(served)
    certify(low.settings, f"{low.name}.planning", low.say)
    wait_until(lambda: top.view.of(low.name).directory == low.directory, 90, "the rotation below known at the top")
    certify(top.settings, f"{top.name}.planning", top.say)
    wait_until(lambda: low.view.of(top.name).directory == top.directory, 90, "the rotation at the top known below")


def know_each_other(served: list[Served]) -> None:
    top = served[0].folder
    wait_until(lambda: set(top.states()) == {one.name for one in served}, 90, "the county known at the top")


def test_a_request_goes_up_a_level_by_commands_alone_and_its_answer_comes_back(
    served: list[Served], tmp_path: Path
) -> None:
    _, city, county = served
    asker, office, above = county.address("planning"), county.address("window"), city.address("window")

    def said(at: Served, *words: str) -> dict[str, str]:
        found: dict[str, str] = json.loads(run(at.folder, *words, "--json").stdout)
        return found

    def stands(at: Served, name: str) -> str:
        inbox = json.loads(run(at.folder, "inbox", "--as", at.address(name), "--json").stdout)
        return {one["request"]: one["state"] for one in inbox["requests"]}.get(request, "")

    def is_answered(name: str) -> bool:
        return stands(county, name) == "answered"

    request = said(county, "send", written(tmp_path, REQUEST), "--to", office, "--as", asker)["message_id"]
    wait_until(lambda: stands(county, "window") == "received", 60, "the request")
    passed_on = run(
        county.folder, "forward", request, "--opinion", written(tmp_path, OPINION), "--as", office, "--json"
    )
    forwarded = json.loads(passed_on.stdout)["message_id"]
    wait_until(lambda: stands(city, "window") == "received", 60, "the request a level up")
    shown = run(city.folder, "show", request, "--as", above).stdout
    assert "情况属实，建议同意。" in shown
    wait_until(lambda: stands(county, "planning") == "forwarded", 60, "word of it at who asked")
    said(city, "send", written(tmp_path, REPLY), "--to", asker, "--answers", forwarded, "--as", above)
    for name in ("planning", "window"):
        wait_until(partial(is_answered, name), 60, f"the answer at {name}")


def test_an_agent_passes_a_request_on_and_sees_it_through(served: list[Served]) -> None:
    top, city, _ = served
    city.stop("window")
    try:
        with Agent.open(city.address("window"), city.folder.home.root) as agent:
            see_through(agent, top, city)
    finally:
        city.start("window")


def see_through(agent: Agent, top: Served, city: Served) -> None:
    assert agent.request("11111111-1111-4111-8111-111111111111") is None
    city.stop("planning")
    try:
        with Agent.open(city.address("planning"), city.folder.home.root) as asker:
            request = asker.send(REQUEST, [agent.address])
            wait_until(lambda: state_at(agent, request) == "received", 60, "the request")
            sent = agent.forward(request, OPINION)
            (copy,) = agent.deliveries(sent)
            assert copy.addressee == top.address("window")
            delivered = [OutboxState.DELIVERED]
            wait_until(lambda: [one.state for one in agent.deliveries(sent)] == delivered, 60, "its receipt")
            wait_until(lambda: state_at(asker, request) == "forwarded", 60, "word of it at who asked")
            seen = asker.request(request)
            assert seen is not None
            assert [(one.by, one.to, one.opinion) for one in seen.forwards] == [
                (agent.address, top.address("window"), OPINION.body)
            ]
    finally:
        city.start("planning")


def state_at(agent: Agent, request: str) -> str | None:
    found = agent.request(request)
    return found.state if found else None


def test_a_large_attachment_of_a_notice_is_fetched_two_levels_below_from_a_storage_all_share(
    served: list[Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, _, county = served
    know_each_other(served)
    content = bytes(range(256)) * 4_000
    (tmp_path / "map.zip").write_bytes(content)
    file = Path(written(tmp_path, paper(DocumentKind.NOTICE, "关于做好防汛工作的通知")))
    file.write_text(file.read_text(encoding="utf-8") + '\nattachments = ["map.zip"]', encoding="utf-8")
    reader = county.address("planning")
    with s3_server() as endpoint:
        for name, value in {
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests",
            "AWS_REGION": "us-east-1", "EXCHANGE_CLAIMS_URL": f"s3://{new_bucket(endpoint)}/claims",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        sent = run(top.folder, "notice", "send", str(file), "--to", reader, "--json")
        notice = json.loads(sent.stdout)["notice"]
        assert "map.zip" in sent.stderr, "how far it is"
        wait_until(partial(passed_on, county.members["planning"]._store, notice), 60, "the notice two levels below")
        saved = run(county.folder, "show", notice, "--as", reader, "--save", str(tmp_path / "saved"))
    assert "content_key" not in saved.stdout
    assert "关于做好防汛工作的通知" in saved.stdout
    assert (tmp_path / "saved" / "map.zip").read_bytes() == content


# --- a relay office that is killed ------------------------------------------------------------------------------------


@pytest.mark.drill
def test_a_relay_office_killed_again_and_again_while_notices_come_down_and_tallies_go_up_repeats_nothing(
    served: list[Served],
) -> None:
    city = served[1]
    notices: list[str] = []
    city.stop("relay")
    database = city.look_at("relay")
    try:
        for batch in ("1", "3"):  # between commit and acknowledgement
            notices += issue(served, 2)
            doomed = city.process("relay", str(DIE_AFTER_COMMIT), city.address("relay"), batch)
            assert doomed.wait(90) == -signal.SIGKILL
        for at_work in (passed_on, told_from_below):
            notices += issue(served, 2)
            serving = city.process("relay")
            wait_until(partial(at_work, database, notices[-1]), 90, at_work.__name__)
            serving.kill()
            serving.wait()
        last = city.process("relay")
        for notice in notices:
            wait_until(partial(is_counted, served, notice), 120, "right counts")
        wait_until(lambda: settled(database), 120, "a receipt for all that the relay office sent")
        last.kill()
        last.wait()
        assert each_once(conversations(database, "sent", "forwarding"), notices)
        for level in served:
            for name in DEPARTMENTS:
                store = level.members[name]._store
                assert each_once(conversations(store, "received", "forwarding"), notices), level.address(name)
                assert each_once(conversations(store, "sent", "sign-off"), notices), level.address(name)
        assert refused([database, *(member._store for one in served for member in one.members.values())]) == []
    finally:
        database.close()
        city.start("relay")


def issue(served: list[Served], count: int) -> list[str]:
    """Notices of the province to the departments of every level."""
    document = paper(DocumentKind.NOTICE, "关于做好防汛工作的通知")
    notice = Notice(document=document, audience="departments at any")
    return [issue_notice(served[0].node("window"), notice) for _ in range(count)]


def passed_on(relay: Store, notice: str) -> bool:
    with relay.reading() as tx:
        return tx[Notices].get(notice) is not None


def told_from_below(relay: Store, notice: str) -> bool:
    with relay.reading() as tx:
        return any(branch.tally for branch in tx[Notices].branches(notice))


def settled(relay: Store) -> bool:
    with relay.reading() as tx:
        return set(tx[Outbox].counts()) <= {OutboxState.DELIVERED}


def is_counted(served: list[Served], notice: str) -> bool:
    """Whether the origin sees both departments of each of three levels, and all of them signed."""
    found = notice_status(served[0].node("window"), notice)
    return found is not None and [(c.meant, c.has, c.signed, c.returned) for c in found.counts] == [(2, 2, 2, 0)] * 3


def each_once(found: Counter[str], notices: list[str]) -> bool:
    return {notice: found[notice] for notice in notices} == dict.fromkeys(notices, 1)


def refused(stores: list[Store]) -> list[str]:
    """Reasons of everything that anybody refused."""
    reasons: list[str] = []
    for store in stores:
        with store.reading() as tx:
            reasons += [letter.reason for letter in tx[Inbox].dead_letters()]
    return reasons
