"""Reports and requests go up, answers come back, letters go to peers: over three levels, on two brokers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import pytest

from exchange.broker.admin.node_info import NodeInfo
from exchange.clock import SteppedClock
from exchange.documents.forward import forward_request
from exchange.documents.request_record import RequestStatus, request_status
from exchange.documents.send import send_document
from exchange.envelope import verify_signed
from exchange.errors import CallerError, Conflict, NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.schemas import Attachment, Concerned, Document, DocumentKind, DocumentNumber, ForwardedRequest, Role
from exchange.trials.local import Seat
from exchange.trials.trial import Trial, relay_and, trial
from tests.journeys.city import MONDAY, wait_until
from tests.journeys.places import new_root, tree_on
from tests.processes import LEAD
from tests.web.desk.office import Office
from tests.web.desk.test_desk_letters import begun, guard

pytestmark = pytest.mark.broker

PROVINCE, CITY, COUNTY = "{}.office", "{}.b.office", "{}.b.c.office"
K = DocumentKind
PLAN = b"%PDF-1.7 the dike"


class Tree:
    """Three levels that are served; names are given from below the root: ``b.c.office``."""

    def __init__(self, trial: Trial, root: str) -> None:
        self.trial = trial
        self.root = root

    def address(self, name: str) -> str:
        return f"{self.root}.{name}"

    def node(self, name: str) -> Node:
        address = self.address(name)
        return self.trial.domains[address.rpartition(".")[0]].nodes[address]

    def state(self, sender: str, message_id: str, to: str) -> tuple[OutboxState, str]:
        """How a copy stands, and its reason."""
        with self.node(sender).store.reading() as tx:
            rows = {row.addressee: row for row in tx[Outbox].rows(message_id)}
        row = rows[self.address(to)]
        return row.state, row.last_error or ""

    def settled(self, sender: str, message_id: str, to: str) -> tuple[OutboxState, str]:
        over = (OutboxState.DELIVERED, OutboxState.RETURNED)
        wait_until(lambda: self.state(sender, message_id, to)[0] in over, 60, f"the receipt of {to}")
        return self.state(sender, message_id, to)

    def request(self, name: str, message_id: str) -> RequestStatus:
        found = request_status(self.node(name), message_id)
        assert found is not None
        return found

    def reaches(self, name: str, message_id: str, state: str) -> RequestStatus:
        def there() -> bool:
            found = request_status(self.node(name), message_id)
            return found is not None and found.state == state

        wait_until(there, 60, f"{state} at {name}")
        return self.request(name, message_id)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo, second_broker: NodeInfo) -> Iterator[Tree]:
    root = new_root("r")
    office, department = ("office", Seat((Role.WINDOW,))), ("planning", Seat((Role.DEPARTMENT,)))
    domains = [root, f"{root}.b", f"{root}.b.c", f"{root}.d"]
    seats = {domain: relay_and(domain, [office, department]) for domain in domains}
    with (
        tree_on(broker, second_broker, domains) as brokers,
        trial(tmp_path_factory.mktemp("reports"), seats, brokers, SteppedClock(MONDAY)) as running,
    ):
        yield Tree(running, root)


def paper(kind: DocumentKind, title: str, **fields: object) -> Document:
    full: dict[str, object] = {
        "number": DocumentNumber(agency="庐政", year=2026, serial=1),
        "kind": kind,
        "issuer": "区人民政府",
        "signatory": "王某",
        "title": title,
        "addressees": ("市人民政府",),
        "body": "因连日暴雨，需要加固堤防。",
        "date": MONDAY.date(),
    }
    return Document(**{**full, **fields})


def attachment(content: bytes = PLAN) -> Attachment:
    digest = hashlib.sha256(content).hexdigest()
    return Attachment(name="堤防.pdf", media_type="application/pdf", size=len(content), digest=digest)


def ask(tree: Tree, sender: str = "b.c.office", to: str = "b.office") -> str:
    """A request with an attachment, once it has come."""
    document = paper(K.REQUEST, "关于追加防汛经费的请示", attachments=(attachment(),))
    message_id = send_document(tree.node(sender), document, [tree.address(to)], enclosures=[PLAN])
    assert tree.settled(sender, message_id, to) == (OutboxState.DELIVERED, "")
    return message_id


def forward(tree: Tree, name: str, request_id: str, body: str = "情况属实，建议同意。", **more: object) -> str:
    opinion = paper(K.REQUEST, "关于转报追加防汛经费的请示", body=body)
    return forward_request(tree.node(name), request_id, opinion, **more)  # type: ignore[arg-type]


def bytes_of(node: Node, sender: str, message_id: str) -> tuple[bytes, tuple[bytes, ...]]:
    with node.store.reading() as tx:
        stored = tx[Documents].get(sender, message_id)
    assert stored is not None
    return stored.signed, stored.enclosures


# --- up and down again ------------------------------------------------------------------------------------------------


def test_a_report_goes_up_and_a_letter_to_a_peer_of_another_city_and_its_answer_back(tree: Tree) -> None:
    report = paper(K.REPORT, "关于堤防情况的报告")
    sent = send_document(tree.node("b.c.office"), report, [tree.address("b.office")])
    assert tree.settled("b.c.office", sent, "b.office")[0] is OutboxState.DELIVERED

    letter = paper(K.LETTER, "关于商请提供路网资料的函")
    asked = send_document(tree.node("b.planning"), letter, [tree.address("d.planning")])
    assert tree.settled("b.planning", asked, "d.planning")[0] is OutboxState.DELIVERED
    back = paper(K.LETTER, "关于提供路网资料的复函")
    reply = send_document(tree.node("d.planning"), back, [tree.address("b.planning")], in_reply_to=asked)
    assert tree.settled("d.planning", reply, "b.planning")[0] is OutboxState.DELIVERED
    with tree.node("b.planning").store.reading() as tx:
        assert [one.message_id for one in tx[Documents].of_conversation(asked) if one.kind == "document"] == [
            asked, reply]  # fmt: skip


def test_a_request_is_answered_where_it_was_asked_and_its_sender_sees_each_step(tree: Tree) -> None:
    request_id = ask(tree)
    assert tree.request("b.c.office", request_id).state == "received"
    assert tree.request("b.office", request_id).state == "received"

    reply = paper(K.REPLY, "关于追加防汛经费的批复", addressees=("区人民政府",), body="同意。")
    answer_id = send_document(tree.node("b.office"), reply, [tree.address("b.c.office")], in_reply_to=request_id)
    found = tree.reaches("b.c.office", request_id, "answered")
    assert (found.answered_by, found.answer_id) == (tree.address("b.office"), answer_id)
    assert tree.request("b.office", request_id).state == "answered"
    with pytest.raises(Conflict, match="answered"):
        send_document(tree.node("b.office"), reply, [tree.address("b.c.office")], in_reply_to=request_id)
    with pytest.raises(Conflict, match="answered"):
        forward(tree, "b.office", request_id)


def test_a_request_goes_up_two_levels_with_every_opinion_and_the_whole_file_and_its_answer_is_copied_back(
    tree: Tree,
) -> None:
    request_id = ask(tree, "b.c.planning", "b.c.office")
    own_map = b"map of the city"
    first = forward(tree, "b.c.office", request_id, "一意见")
    assert tree.settled("b.c.office", first, "b.office") == (OutboxState.DELIVERED, "")
    with pytest.raises(Conflict, match="went up to"):
        forward(tree, "b.c.office", request_id)
    opinion = paper(K.OPINION, "关于追加防汛经费的意见", body="二意见", attachments=(attachment(own_map),))
    second = forward_request(tree.node("b.office"), first, opinion, enclosures=[own_map])
    assert tree.settled("b.office", second, "office") == (OutboxState.DELIVERED, "")

    origin = tree.address("b.c.planning")
    signed, enclosed = bytes_of(tree.node("b.c.planning"), origin, request_id)
    of_first, _ = bytes_of(tree.node("b.c.office"), tree.address("b.c.office"), first)
    _, file = bytes_of(tree.node("office"), tree.address("b.office"), second)
    assert file == (signed, *enclosed, of_first, own_map)
    assert verify_signed(file[0], tree.node("office").directory).header.sender == origin

    seen = tree.reaches("b.c.planning", request_id, "forwarded")
    wait_until(lambda: len(tree.request("b.c.planning", request_id).forwards) == 2, what="word of both")
    seen = tree.request("b.c.planning", request_id)
    assert {(one.by, one.to, one.opinion) for one in seen.forwards} == {
        (tree.address("b.c.office"), tree.address("b.office"), "一意见"),
        (tree.address("b.office"), tree.address("office"), "二意见"),
    }

    reply = paper(K.REPLY, "关于追加防汛经费的批复", addressees=("区规划局",), body="同意。")
    with pytest.raises(CallerError, match="those who asked and to nobody else"):
        send_document(tree.node("office"), reply, [tree.address("b.office")], in_reply_to=second)
    answer = send_document(tree.node("office"), reply, [origin], in_reply_to=second)
    for name in ("b.c.planning", "b.c.office", "b.office"):
        assert tree.settled("office", answer, name) == (OutboxState.DELIVERED, "")
        found = tree.request(name, request_id)
        assert (found.state, found.answered_by) == ("answered", tree.address("office"))


def test_an_officer_passes_a_request_on_with_the_own_opinion_and_the_whole_file(tree: Tree, tmp_path: Path) -> None:
    request_id, window, map_of_ours = ask(tree), "b.office", ("意见附图.txt", b"our map", "text/plain")
    profile = tmp_path / "home" / "departments" / "office" / "profile.toml"
    profile.parent.mkdir(parents=True)
    profile.write_text(
        f'address = "{tree.address(window)}"\nname = "市政府"\nname_en = "city"\nroles = ["window"]\n'
        'officer = "officer"\nrule = "rule.py"\nrule_decides = true\n'
    )
    (profile.parent / "rule.py").write_text(LEAD)
    officer = Office(tree, tmp_path).officer(window)  # type: ignore[arg-type]
    assert f"/documents/write?forwards={request_id}" in officer.get(f"/documents/{request_id}")
    path = begun(officer, f"forwards={request_id}")
    typed = {
        "kind": "请示", "to": tree.address("office"), "forwards": request_id, "number": "庐政〔2026〕31号",
        "issuer": "市政府", "title": "关于转报追加防汛经费的请示", "body": "情况属实，建议同意。", "signatory": "王某",
        "then": "preview",
    }  # fmt: skip
    kept = officer.post(path, {**guard(officer), **typed}, files={"file": map_of_ours})
    assert kept.headers["location"] == f"{path}/preview"
    preview = officer.get(f"{path}/preview")
    assert "关于追加防汛经费的请示（庐政〔2026〕1号）" in preview, "what is passed on, by its name"
    gone, again = (officer.post(f"{path}/forward", officer.fields_of(preview)) for _ in range(2))
    assert gone.headers["location"] == again.headers["location"], "sent twice, it goes up once"
    sent = gone.headers["location"].removeprefix("/documents/").removesuffix("?done=letter-forwarded")
    assert tree.settled(window, sent, "office") == (OutboxState.DELIVERED, "")
    signed, enclosed = bytes_of(tree.node("b.c.office"), tree.address("b.c.office"), request_id)
    assert bytes_of(tree.node("office"), tree.address(window), sent)[1] == (signed, *enclosed, map_of_ours[1])
    assert tree.reaches("b.c.office", request_id, "forwarded").forwards[0].opinion == "情况属实，建议同意。"
    page = officer.get(f"/documents/{request_id}")
    assert "passed on" in page
    assert "write?forwards" not in page


# --- refused before it is sent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "to", "document", "article"),
    [
        ("b.planning", "b.office", paper(K.LETTER, "关于经费的函"), r"article 8\(14\)"),
        ("b.office", "b.c.office", paper(K.REPORT, "关于经费的报告"), r"article 8\(10\)"),
        ("b.c.office", "office", paper(K.REQUEST, "关于经费的请示"), "article 14"),
        ("b.c.office", "b.office", paper(K.REPORT, "关于经费的报告", signatory=None), r"article 9\(6\)"),
        ("b.c.office", "b.office", paper(K.REPORT, "关于经费的报告", body="妥否，请批复。"), r"article 15\(4\)"),
        ("b.office", "b.c.office", paper(K.REPLY, "关于经费的批复"), r"article 8\(12\)"),
        ("b.planning", "d.planning", paper(K.NOTICE, "关于经费的通知"), r"article 16\(2\)"),
    ],
)
def test_what_breaks_a_rule_is_refused_before_it_is_sent_with_the_article_and_the_remedy(
    tree: Tree, sender: str, to: str, document: Document, article: str
) -> None:
    node = tree.node(sender)
    with node.store.reading() as tx:
        before = len(tx[Documents].recent("sent", "document", 100))
    with pytest.raises(CallerError, match=article) as refused:
        send_document(node, document, [tree.address(to)])
    assert refused.value.code == "conveyance"
    assert refused.value.remedy
    with node.store.reading() as tx:
        assert len(tx[Documents].recent("sent", "document", 100)) == before


def test_a_level_is_skipped_only_with_a_copy_for_it(tree: Tree) -> None:
    document = paper(K.REPORT, "关于溃堤的报告")
    sent = send_document(tree.node("b.c.office"), document, [tree.address("office")], copies=[tree.address("b.office")])
    for to in ("office", "b.office"):
        assert tree.settled("b.c.office", sent, to) == (OutboxState.DELIVERED, "")


def test_a_request_is_passed_on_with_an_own_opinion_to_a_superior_and_by_who_was_asked(tree: Tree) -> None:
    request_id = ask(tree)
    node = tree.node("b.office")
    with pytest.raises(CallerError, match="is no opinion"):
        forward_request(node, request_id, paper(K.LETTER, "关于转报的函"))
    with pytest.raises(CallerError, match=r"article 15\(3\)"):
        forward(tree, "b.office", request_id, " ")
    for beside in ("d.office", "b.planning"):
        with pytest.raises(CallerError, match=r"article 8\(11\)"):
            forward(tree, "b.office", request_id, to=tree.address(beside))
    with pytest.raises(NotFound, match="no request"):
        forward(tree, "b.planning", request_id)
    with pytest.raises(NotFound, match="0 superior offices"):
        forward(tree, "office", request_id)
    assert tree.request("b.office", request_id).state == "received"


# --- returned where it arrives ----------------------------------------------------------------------------------------


def careless(tree: Tree, sender: str, document: Document, to: Sequence[str], **more: object) -> str:
    """Sends without looking at any rule."""
    with tree.node(sender).step() as step:
        return step.send(document, [tree.address(one) for one in to], **more)  # type: ignore[arg-type]


def test_what_arrives_on_an_unlawful_way_is_returned_with_the_article(tree: Tree) -> None:
    order = paper(K.LETTER, "关于经费的函")
    sent = careless(tree, "b.c.office", order, ["b.office"])
    state, reason = tree.settled("b.c.office", sent, "b.office")
    assert state is OutboxState.RETURNED
    assert reason.startswith("conveyance: ")
    assert "article 8(14)" in reason

    sent = careless(tree, "b.c.office", paper(K.REQUEST, "关于经费的请示"), ["b.office", "office"])
    state, reason = tree.settled("b.c.office", sent, "b.office")
    assert (state, "article 15(1)" in reason) == (OutboxState.RETURNED, True)
    found = request_status(tree.node("b.office"), sent)
    assert found is None, "what was returned is not to be answered"


def test_an_answer_to_nothing_or_by_one_who_was_not_asked_is_returned(tree: Tree) -> None:
    request_id = ask(tree, "b.c.planning", "b.c.office")
    reply = paper(K.REPLY, "关于追加防汛经费的批复")
    sent = careless(tree, "b.c.office", reply, ["b.c.planning"])
    state, reason = tree.settled("b.c.office", sent, "b.c.planning")
    assert (state, "answers a 请示, and this answers none" in reason) == (OutboxState.RETURNED, True)

    sent = careless(tree, "b.planning", reply, ["b.c.planning"], in_reply_to=request_id)
    state, reason = tree.settled("b.planning", sent, "b.c.planning")
    assert (state, reason.partition(":")[0]) == (OutboxState.RETURNED, "not-entitled")
    assert tree.request("b.c.planning", request_id).state == "received"


def test_a_file_that_was_altered_is_not_whole_or_goes_a_wrong_way_is_returned_with_the_reason(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The forwarder is one that does not look at its own words before it signs them.
    monkeypatch.setattr("exchange.envelope.document.check_own_words", lambda body: None)
    request_id = ask(tree)
    node = tree.node("b.office")
    signed, enclosed = bytes_of(node, tree.address("b.c.office"), request_id)
    opinion = paper(K.OPINION, "关于经费的意见")
    right = ForwardedRequest(
        request_id=request_id, origin=tree.address("b.c.office"), digest=hashlib.sha256(signed).hexdigest(),
        opinion=opinion, path=(tree.address("b.office"),),
    )  # fmt: skip
    other = bytes([*signed[:-1], signed[-1] ^ 1])
    cases: list[tuple[str, dict[str, object], tuple[bytes, ...], str]] = [
        ("altered", {}, (other, *enclosed), "office"),
        ("origin", {"digest": hashlib.sha256(other).hexdigest()}, (other, *enclosed), "office"),
        ("altered", {}, (signed, b"another plan"), "office"),
        ("altered", {}, (signed,), "office"),
        ("altered", {}, (signed, *enclosed, b"more"), "office"),
        ("altered", {"origin": tree.address("b.c.planning")}, (signed, *enclosed), "office"),
        ("altered", {"path": (tree.address("b.planning"), tree.address("b.office"))}, (signed, *enclosed), "office"),
        ("path", {"path": (tree.address("b.planning"),)}, (signed, *enclosed), "office"),
        ("path", {}, (signed, *enclosed), "d.office"),
        ("conveyance", {"opinion": paper(K.OPINION, "关于经费的意见", signatory=None)}, (signed, *enclosed), "office"),
        ("conveyance", {"opinion": paper(K.OPINION, "关于经费的意见", body=" ")}, (signed, *enclosed), "office"),
    ]
    for code, change, file, to in cases:
        with node.step() as step:
            sent = step.send(right.model_copy(update=change), [tree.address(to)], enclosures=file)
        state, reason = tree.settled("b.office", sent, to)
        assert (state, reason.partition(":")[0]) == (OutboxState.RETURNED, code), reason
    assert tree.request("b.c.office", request_id).state == "received"


# --- what concerns other departments ----------------------------------------------------------------------------------


def test_what_concerns_another_department_goes_down_with_its_agreement_and_comes_back_where_it_gave_none(
    tree: Tree,
) -> None:
    """Regulation of 2012, article 16(4); the planning department of the city stands for the others concerned."""
    office, planning, county = "b.office", "b.planning", "b.c.office"

    def order(agreed_in: str | None) -> Document:
        concerns = (Concerned(authority=tree.address(planning), agreed_in=agreed_in),)
        return paper(K.OPINION, "关于河道用地的意见", signatory=None, concerns=concerns)

    def send(agreed_in: str | None) -> str:
        return send_document(tree.node(office), order(agreed_in), [tree.address(county)])

    with pytest.raises(CallerError, match=r"16\(4\)"):
        send(None)
    with pytest.raises(NotFound, match="no message"):
        send(str(uuid4()))
    report = paper(K.REPORT, "关于河道用地的报告")
    reported = send_document(tree.node(planning), report, [tree.address(office)])
    assert tree.settled(planning, reported, office)[0] is OutboxState.DELIVERED
    sent = send(reported)
    assert tree.settled(office, sent, county) == (OutboxState.DELIVERED, "")
    assert tree.settled(office, sent, planning) == (OutboxState.DELIVERED, ""), "who agreed gets a copy"

    lying = order(str(uuid4())).model_copy(update={"copies": (tree.address(planning),)})
    with tree.node(office).step() as step:
        forged = step.send(lying, (tree.address(county), tree.address(planning)))
    state, said = tree.settled(office, forged, planning)
    assert state is OutboxState.RETURNED
    assert "has sent no document" in said
    with tree.node(office).step() as step:
        early = step.send(order(None), (tree.address(county),))
    state, said = tree.settled(office, early, county)
    assert state is OutboxState.RETURNED
    assert "16(4)" in said
