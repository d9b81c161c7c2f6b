"""Documents between two levels, over two brokers: nothing lost, nothing doubled, whatever is down in between."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from exchange.broker.admin.depths import member_depths
from exchange.broker.admin.management import ManagementClient
from exchange.broker.admin.node_info import NodeInfo
from exchange.broker.admin.shovels import shovel_names
from exchange.broker.traffic.turns import IN_A_ROW
from exchange.clock import RealClock
from exchange.envelope import envelope_for
from exchange.errors import CallerError, ExchangeError, NotFound
from exchange.levels.transit import Fates
from exchange.licences.asking import QueryWanted, answers, ask
from exchange.messaging import dispatch
from exchange.messaging.inbox import Inbox
from exchange.messaging.outbox import Outbox
from exchange.messaging.ports import Publication, PublishOutcome
from exchange.messaging.resend import resend
from exchange.messaging.rules.label import HOPS, MAX_HOPS, TO
from exchange.notices.issue import issue_notice, recall
from exchange.notices.store import Notices
from exchange.operations.dead_letters.redrive import redrive
from exchange.operations.reconciliation.books import BalanceVerdict
from exchange.operations.reconciliation.facts import BalanceTerm
from exchange.operations.reconciliation.reconcile import RealTime, Reconciliation
from exchange.schemas import AnswerResult, DocumentKind, NonDelivery, NonDeliveryReason, Notice, Urgency
from exchange.trials.local import LocalDomain
from tests.contract.traffic import left_in, publishing
from tests.journeys.city import wait_until
from tests.journeys.hops import Hop, held
from tests.journeys.places import brokers_are_given, private_broker
from tests.journeys.two_levels import (
    GHOST,
    HEALTH,
    LOWER,
    LOWER_RELAY,
    PLANNING,
    RELAY,
    TRANSPORT,
    UNLINKED,
    UPPER,
    WINDOW,
    Levels,
    two_levels,
)

pytestmark = pytest.mark.broker


@pytest.fixture(scope="module")
def levels(tmp_path_factory: pytest.TempPathFactory, broker: NodeInfo, second_broker: NodeInfo) -> Iterator[Levels]:
    """On the brokers that are given; else the upper one is private, and may be stopped."""
    folder = tmp_path_factory.mktemp("levels")
    with ExitStack() as stack:
        node, upper = None, broker
        if not brokers_are_given():
            node, upper = stack.enter_context(private_broker(folder / "upper"))
        yield stack.enter_context(two_levels(folder, upper, second_broker, node))


@pytest.fixture
def stoppable(levels: Levels, tmp_path: Path) -> Iterator[Levels]:
    """The same where the upper broker may be stopped, else two levels on private ones."""
    if levels.upper_node is not None:
        yield levels
        return
    with (
        private_broker(tmp_path / "upper") as (node, upper),
        private_broker(tmp_path / "lower") as (_, lower),
        two_levels(tmp_path, upper, lower, node) as found,
    ):
        yield found


def titles(name: str, count: int) -> list[str]:
    return [f"{name} {number}" for number in range(count)]


def uplinked(levels: Levels) -> int:
    return sum(left_in(levels.lower.info.url, f"uplink.{UPPER}{urgent}") for urgent in ("", ".urgent"))


def test_a_document_goes_up_once_and_its_signed_receipt_comes_back(levels: Levels) -> None:
    ids = levels.send(PLANNING, TRANSPORT, ["up"])
    (copy,) = levels.settled(PLANNING, ids, "delivered")
    assert copy.queue == f"uplink.{UPPER}"
    assert copy.receipt_id is not None
    assert levels.took(TRANSPORT, ["up"]) == ["up"]


def test_a_department_below_asks_the_window_of_its_superior_and_is_answered(levels: Levels) -> None:
    node = levels.lower.nodes[PLANNING]
    query = ask(node, QueryWanted("核实", ("行政许可法第三十三条",), number="HJX-NONE-1"), WINDOW)
    levels.lower.members[PLANNING].wake()
    wait_until(lambda: bool(answers(node, query)), 60.0, "the answer from above")
    (found,) = answers(node, query)
    assert (found.window, found.answer.result) == (WINDOW, AnswerResult.NONE)


def test_a_document_goes_down_once_and_its_signed_receipt_comes_back(levels: Levels) -> None:
    ids = levels.send(TRANSPORT, PLANNING, ["down"], Urgency.URGENT)
    (copy,) = levels.settled(TRANSPORT, ids, "delivered")
    assert copy.queue == f"uplink.{LOWER}.urgent"
    assert levels.took(PLANNING, ["down"]) == ["down"]


def test_a_relay_office_signs_for_nothing_that_passes_through(levels: Levels) -> None:
    levels.settled(PLANNING, levels.send(PLANNING, HEALTH, ["through"]), "delivered")
    with levels.upper.nodes[RELAY].store.reading() as tx:
        assert tx[Inbox].counts().get("document", 0) == 0


def test_what_is_sent_while_the_upper_broker_is_down_waits_below_and_arrives_once(stoppable: Levels) -> None:
    assert stoppable.upper_node is not None
    names = titles("outage", 60)
    before = stoppable.send(PLANNING, TRANSPORT, names[:20])
    stoppable.upper_node.stop()
    try:
        during = stoppable.send(PLANNING, TRANSPORT, names[20:])
        stoppable.settled(PLANNING, during, "sent")
        wait_until(lambda: uplinked(stoppable) >= len(during), what="waiting in the uplink queue")
    finally:
        stoppable.upper_node.start(print)
    stoppable.settled(PLANNING, before + during, "delivered", 120.0)
    assert sorted(stoppable.took(TRANSPORT, names)) == sorted(names)


def test_a_relay_office_that_stops_in_the_middle_loses_and_doubles_nothing(levels: Levels) -> None:
    names = titles("stream", 120)
    ids = levels.send(PLANNING, TRANSPORT, names[:60])
    wait_until(lambda: len(levels.took(TRANSPORT, names)) > 0, what="the first of the stream")
    levels.upper.stop(RELAY)
    ids += levels.send(PLANNING, TRANSPORT, names[60:])
    wait_until(lambda: left_in(levels.upper.info.url, f"{RELAY}.transit") > 0, what="waiting for the relay office")
    levels.upper.start(RELAY)
    levels.settled(PLANNING, ids, "delivered", 120.0)
    assert came_once(levels, names)


def came_once(levels: Levels, names: list[str]) -> bool:
    """Whether each was handled once; order is not promised after a failure.

    A broker may put first what was still on its way to a consumer that closed its channel (seen on 3.10, 4.0 and 4.3).
    """
    return sorted(levels.took(TRANSPORT, names)) == sorted(names)


def test_a_relay_office_that_fails_between_its_confirms_and_its_acknowledgement_repeats_no_effect(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait, failures = Fates.wait, iter([True])

    def once(self: Fates) -> object:
        found = wait(self)
        if found and next(failures, False):
            raise ExchangeError("the relay office dies here")
        return found

    monkeypatch.setattr(Fates, "wait", once)
    names = titles("twice", 30)
    levels.settled(PLANNING, levels.send(PLANNING, TRANSPORT, names), "delivered", 120.0)
    assert next(failures, None) is None
    assert came_once(levels, names)


def test_a_message_that_has_been_passed_on_too_often_ends_with_a_notice(
    levels: Levels, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "label_for", lambda to: {TO: to, HOPS: MAX_HOPS if to == TRANSPORT else 0})
    (copy,) = levels.settled(PLANNING, levels.send(PLANNING, TRANSPORT, ["circling"]), "failed")
    assert "too-many-hops" in (copy.last_error or "")
    assert levels.took(TRANSPORT, ["circling"]) == []
    assert stopped(levels, copy.message_id) == 1

    monkeypatch.undo()
    resend(levels.lower.nodes[PLANNING], copy.message_id)
    levels.settled(PLANNING, [copy.message_id], "delivered")
    assert levels.took(TRANSPORT, ["circling"]) == ["circling"]
    wait_until(lambda: stopped(levels, copy.message_id) == 0, 30, "the dead letter's end at the relay office")


def stopped(levels: Levels, message_id: str) -> int:
    """Dead letters of a message at the relay offices."""
    found = 0
    for relay in (levels.upper.nodes[RELAY], levels.lower.nodes[LOWER_RELAY]):
        with relay.store.reading() as tx:
            found += sum(letter.message_id == message_id for letter in tx[Inbox].dead_letters())
    return found


@pytest.mark.parametrize(
    ("to", "code"), [(GHOST, "unknown-addressee"), (UNLINKED, "no-link")], ids=["ghost", "unlinked"]
)
def test_an_addressee_that_is_not_there_is_told_to_the_sender_by_the_relay_office(
    levels: Levels, to: str, code: str
) -> None:
    ids = levels.send(PLANNING, to, [f"to {to}"])
    (copy,) = levels.settled(PLANNING, ids, "failed")
    assert (copy.last_error or "").startswith(f"{code}: ")
    assert f"({RELAY})" in (copy.last_error or "")
    relay = levels.upper.nodes[RELAY]
    with relay.store.reading() as tx:
        (letter,) = [each for each in tx[Inbox].dead_letters() if each.message_id == ids[0]]
    assert (letter.stage, letter.reason_code, letter.sender) == ("transit", code, PLANNING)
    with pytest.raises(CallerError, match="passing through"):
        redrive(relay, {}, None, letter.id)


@pytest.mark.parametrize(
    ("signer", "fields", "code"),
    [
        (HEALTH, {"relay": HEALTH}, "not-a-relay"),
        (HEALTH, {"relay": RELAY}, "not-a-relay"),
        (RELAY, {"envelope": "ab" * 32}, "not-ours"),
        (RELAY, {"addressee": LOWER_RELAY}, "not-on-the-way"),
    ],
    ids=["a body", "in a relay's name", "other bytes", "off the way"],
)
def test_a_notice_that_nobody_could_truly_give_is_returned_and_gives_up_nothing(
    levels: Levels, signer: str, fields: dict[str, str], code: str
) -> None:
    levels.upper.stop(TRANSPORT)
    try:
        ids = levels.send(PLANNING, TRANSPORT, [f"slandered {signer} {fields}"])
        forged = NonDelivery(
            **{
                "message_id": ids[0], "addressee": TRANSPORT, "envelope": "cd" * 32, "relay": signer,
                "reason_code": NonDeliveryReason.NO_LINK, "reason": "-", "at": RealClock().now(), **fields,
            }
        )  # fmt: skip
        with levels.upper.nodes[signer].step() as step:
            notice = step.send(forged, [PLANNING])
        (copy,) = levels.settled(signer, [notice], "returned")
        assert (copy.last_error or "").startswith(f"{code}: ")
        assert levels.copies(PLANNING, ids)[0].state in ("written", "sent")
    finally:
        levels.upper.start(TRANSPORT)
    levels.settled(PLANNING, ids, "delivered")


def test_only_the_own_relay_office_may_bring_what_was_signed_elsewhere(levels: Levels) -> None:
    levels.upper.stop(RELAY)
    levels.upper.stop(HEALTH)
    try:
        ids = levels.send(PLANNING, TRANSPORT, ["carried by another"])
        wait_until(lambda: left_in(levels.upper.info.url, f"{RELAY}.transit") == 1, what="waiting for the relay office")
        with levels.lower.nodes[PLANNING].store.reading() as tx:
            copy = tx[Outbox].waiting(ids[0], TRANSPORT)
        assert copy is not None
        body = envelope_for(copy.common, copy.recipient)
        stray = Publication(1, f"{TRANSPORT}.inbox", body, ids[0], ids[0], "document")
        url = levels.upper.link(HEALTH).url
        with publishing(url, HEALTH, user_id=HEALTH) as (publisher, fates):
            publisher.publish([stray])
            assert fates.outcomes(1) == {PublishOutcome.CONFIRMED}
        wait_until(lambda: forged(levels, ids[0]), what="the refusal")
        assert levels.took(TRANSPORT, ["carried by another"]) == []
    finally:
        levels.upper.start(RELAY)
        levels.upper.start(HEALTH)
    levels.settled(PLANNING, ids, "delivered")


def test_a_link_brings_nobodys_word_but_that_of_whoever_published_it_behind_the_link(levels: Levels) -> None:
    levels.upper.stop(RELAY)
    try:
        ids = levels.send(PLANNING, TRANSPORT, ["carried up by another"])
        queue = f"{RELAY}.transit"
        wait_until(lambda: left_in(levels.upper.info.url, queue) == 1, what="waiting for the relay office")
        with levels.lower.nodes[PLANNING].store.reading() as tx:
            copy = tx[Outbox].waiting(ids[0], TRANSPORT)
        assert copy is not None
        stolen, label = envelope_for(copy.common, copy.recipient), {TO: TRANSPORT, HOPS: 0}
        for user_id in (None, LOWER_RELAY):
            again = Publication(1, f"uplink.{UPPER}", stolen, ids[0], ids[0], "document", label)
            with publishing(levels.lower.link(LOWER_RELAY).url, LOWER_RELAY, user_id=user_id) as (publisher, fates):
                publisher.publish([again])
                assert fates.outcomes(1) == {PublishOutcome.CONFIRMED}
        wait_until(lambda: left_in(levels.upper.info.url, queue) == 3, what="all of them at the relay office")
    finally:
        levels.upper.start(RELAY)
    levels.settled(PLANNING, ids, "delivered")
    wait_until(lambda: left_in(levels.upper.info.url, queue) == 0, what="the relay office to be through")
    with levels.upper.nodes[RELAY].store.reading() as tx:
        letters = tx[Inbox].dead_letters()
    told = {(one.reason_code, one.account) for one in letters if one.message_id == ids[0]}
    assert told == {("forged", f"link.{LOWER}")}
    assert levels.took(TRANSPORT, ["carried up by another"]) == ["carried up by another"]


def forged(levels: Levels, message_id: str) -> bool:
    with levels.upper.nodes[TRANSPORT].store.reading() as tx:
        letters = tx[Inbox].dead_letters()
    return any(each.reason_code == "forged" and each.message_id == message_id for each in letters)


def test_what_is_urgent_overtakes_what_waits_for_the_link(levels: Levels) -> None:
    names = titles("slow", 400)
    levels.lower_side.cut(UPPER)
    ordinary = levels.send(PLANNING, TRANSPORT, names)
    urgent = levels.send(PLANNING, TRANSPORT, ["hurry"], Urgency.EXTRA_URGENT)
    wait_until(lambda: uplinked(levels) >= 401, what="all of it at the uplink")
    levels.lower_side.join(None, print)
    levels.settled(PLANNING, ordinary + urgent, "delivered", 120.0)
    took = levels.took(TRANSPORT, [*names, "hurry"])
    assert sorted(took) == sorted([*names, "hurry"])
    assert took.index("hurry") < 300


def test_what_is_urgent_overtakes_in_transit_at_a_relay_office_and_starves_nobody(levels: Levels) -> None:
    names = titles("passing", 120)
    with held(levels.upper.members[RELAY]._transit._consumer) as hop:  # type: ignore[union-attr]
        levels.send(PLANNING, TRANSPORT, ["first through"])
        hop.caught()
        ids = levels.send(PLANNING, TRANSPORT, names)
        keeps_coming(hop, lambda title: ids.extend(levels.send(PLANNING, TRANSPORT, [title], Urgency.URGENT)), 120)
    levels.settled(PLANNING, ids, "delivered", 120.0)
    assert sorted(levels.took(TRANSPORT, names)) == sorted(names)


def test_what_is_urgent_overtakes_in_a_members_own_queue_and_starves_nobody(levels: Levels) -> None:
    names = titles("at the door", 120)
    with held(levels.upper.members[TRANSPORT]._consumer) as hop:  # type: ignore[arg-type]
        levels.send(HEALTH, TRANSPORT, ["first in"])
        hop.caught()
        ids = levels.send(HEALTH, TRANSPORT, names)
        keeps_coming(hop, lambda title: ids.extend(levels.send(HEALTH, TRANSPORT, [title], Urgency.EXTRA_URGENT)), 120)
    levels.settled(HEALTH, ids, "delivered", 120.0)
    assert levels.took(TRANSPORT, names) == names


def test_an_urgent_notice_overtakes_where_it_is_passed_on_and_stays_urgent_on_every_stage(levels: Levels) -> None:
    ordinary, urgent = list[str](), list[str]()
    with held(levels.lower.members[LOWER_RELAY]._consumer) as hop:  # type: ignore[arg-type]
        issue(levels, Urgency.ORDINARY)
        hop.caught()
        ordinary += [issue(levels, Urgency.ORDINARY) for _ in range(12)]
        keeps_coming(hop, lambda title: urgent.append(issue(levels, Urgency.URGENT)), 12)
    for notice_id in ordinary + urgent:
        wait_until(partial(has, levels, PLANNING, notice_id), 60, "the notice at its reader")
    for notice_id, mark in [(ordinary[0], ""), (urgent[0], ".urgent")]:
        assert queue_of(levels.upper, RELAY, notice_id) == f"uplink.{LOWER}{mark}"
        assert queue_of(levels.lower, LOWER_RELAY, notice_id) == f"{PLANNING}.inbox{mark}"
        taken_back = recall(levels.upper.nodes[TRANSPORT], notice_id, "附件有误")
        assert levels.copies(TRANSPORT, [taken_back])[0].queue == f"{RELAY}.inbox{mark}"


def keeps_coming(hop: Hop, send: Callable[[str], object], ordinary: int) -> None:
    """Lets a hop go with ordinary ones and an urgent one before it, and one more urgent one after each until the last.

    So an urgent one waits whenever the hop chooses; what it takes is its own choice, and nobody's luck.
    """
    numbers = itertools.count()

    def another() -> None:
        if hop.waiting()[1]:
            send(f"hurry {next(numbers)} {ordinary}")
            hop.holds(1, 0)

    send(f"hurry first {ordinary}")
    hop.holds(1, ordinary)
    hop.after_urgent = another
    hop.let_go()
    kinds = [kind for kind, _ in hop.took(ordinary)]
    last = len(kinds) - kinds[::-1].index("ordinary")
    runs = [len(list(run)) for kind, run in itertools.groupby(kinds[:last]) if kind == "urgent"]
    assert kinds[0] == "urgent"
    assert max(runs) == IN_A_ROW, "ordinary ones wait for no more batches than that"
    assert hop.overtaken[0] >= 1, "an urgent one waited while an ordinary one had its turn"


def issue(levels: Levels, urgency: Urgency) -> str:
    """A notice from the upper level to all authorities of the lower one."""
    document = levels.document(DocumentKind.NOTICE, f"notice {urgency}", urgency)
    notice_id = issue_notice(levels.upper.nodes[TRANSPORT], Notice(document=document, audience=f"all below {LOWER}"))
    levels.upper.members[TRANSPORT].wake()
    return notice_id


def has(levels: Levels, address: str, notice_id: str) -> bool:
    with levels.lower.nodes[address].store.reading() as tx:
        return tx[Notices].get(notice_id) is not None


def queue_of(domain: LocalDomain, relay: str, notice_id: str) -> str:
    """The queue into which a relay office has passed a notice on."""
    with domain.nodes[relay].store.reading() as tx:
        row = tx[Notices].get(notice_id)
        assert row is not None
        return tx[Outbox].rows(row.forwarding_id)[0].queue


def test_declaring_a_link_again_changes_nothing_and_cutting_it_can_be_repeated(levels: Levels) -> None:
    assert levels.upper_side.admit(LOWER, print) == levels.url
    assert levels.lower_side.join(levels.url, print) == []
    assert levels.lower_side.cut(UPPER) == shovel_names(LOWER, UPPER)
    assert levels.lower_side.cut(UPPER) == []
    assert [shovel.state for shovel in levels.lower_side.status()[0].shovels] == ["missing"] * 4
    assert sorted(levels.lower_side.join(None, print)) == sorted(shovel_names(LOWER, UPPER))
    wait_until(lambda: levels.lower_side.status()[0].runs, what="the link")


def seen(levels: Levels) -> set[str]:
    """States of the link's shovels, without the help of the plugin that tells them."""
    with pytest.MonkeyPatch.context() as without:
        without.setattr(ManagementClient, "shovels", lambda self: None)
        return {shovel.state for shovel in levels.lower_side.status()[0].shovels}


def test_the_upper_level_can_shut_a_lower_one_out_and_let_it_in_again(levels: Levels) -> None:
    assert levels.upper_side.cut(LOWER) == [f"link.{LOWER}"]
    ids = levels.send(PLANNING, TRANSPORT, ["shut out"])
    levels.settled(PLANNING, ids, "sent")
    wait_until(lambda: not levels.lower_side.status()[0].runs, what="the loss of the link")
    wait_until(lambda: seen(levels) == {"starting"}, what="the loss seen by the connections alone")
    assert levels.took(TRANSPORT, ["shut out"]) == []
    assert levels.upper_side.admit(LOWER, print) == levels.url
    levels.settled(PLANNING, ids, "delivered", 120.0)
    assert levels.took(TRANSPORT, ["shut out"]) == ["shut out"]
    wait_until(lambda: seen(levels) == {"running"}, what="the link seen by the connections alone")


def test_a_link_to_anyone_but_the_direct_neighbours_is_refused(levels: Levels) -> None:
    with pytest.raises(CallerError, match="not directly below"):
        levels.upper_side.admit(f"{LOWER}.z", print)
    with pytest.raises(CallerError, match="a root"):
        levels.upper_side.join("amqp://somewhere.localhost", print)
    with pytest.raises(NotFound, match="no link to q"):
        levels.lower_side.cut("q")


def test_the_books_of_both_levels_close_after_all_of_this(levels: Levels) -> None:
    for domain in (levels.upper, levels.lower):
        stores = {address: node.store for address, node in domain.nodes.items()}

        def depths(domain: LocalDomain = domain) -> Mapping[str, int]:
            with ManagementClient(domain.info.management_url or "", domain.info.url) as management:
                return member_depths(management, list(domain.nodes), ())

        balance = Reconciliation(stores, depths, RealTime(time.monotonic, time.sleep)).reconcile()
        assert balance.verdict is BalanceVerdict.BALANCED, (balance.differences, balance.unread)
        assert balance.counts[BalanceTerm.ELSEWHERE] > 0, "documents that the other level signed for"
        assert balance.counts[BalanceTerm.LINKS] > 0, "receipts, for which nobody signs"
