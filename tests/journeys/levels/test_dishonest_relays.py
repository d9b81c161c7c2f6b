"""Relay offices that alter, invent or stray: the next one notices and returns it with the reason; nothing counts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import pytest

from exchange.messaging.documents import Documents
from exchange.messaging.outbox import Outbox
from exchange.messaging.records import OutboxState
from exchange.notices.counting import tell
from exchange.notices.evidence.ask import Gathering, ask_receipts
from exchange.notices.evidence.rules import Evidence, Missing
from exchange.notices.store import Notices
from exchange.schemas import Body, Count, Forwarding, Recall, ReceiptsRequest, ReceiptsShown, SignOff, Tally
from tests.journeys.city import wait_until
from tests.journeys.province import Province

pytestmark = pytest.mark.broker


def sent(anhui: Province, sender: str, to: str, body: Body, enclosures: Sequence[bytes] = ()) -> str:
    """Sends a message as its body's node would; the reason for which it comes back."""
    node, addressee = anhui.node(sender), anhui.address(to)
    with node.step() as step:
        message_id = step.send(body, (addressee,), enclosures=enclosures)

    def row() -> tuple[OutboxState, str]:
        with node.store.reading() as tx:
            copy = tx[Outbox].rows(message_id)[0]
        return copy.state, copy.last_error or ""

    wait_until(lambda: row()[0] in (OutboxState.RETURNED, OutboxState.DELIVERED), 30, f"an answer of {to}")
    state, reason = row()
    assert state is OutboxState.RETURNED, f"{to} took {body.KIND} of {sender}"
    return reason


@pytest.fixture(scope="module")
def notice(anhui: Province) -> str:
    """A notice to all health authorities below, on its way as it should be."""
    notice_id = anhui.issue(f"health at any except {anhui.address('health')}")
    anhui.reaches(notice_id, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)])
    return notice_id


def original(anhui: Province, notice: str) -> bytes:
    with anhui.node("office").store.reading() as tx:
        stored = tx[Documents].get(anhui.address("office"), notice)
    assert stored is not None
    return stored.signed


def forwarding(anhui: Province, notice: str, signed: bytes, *path: str) -> Forwarding:
    return Forwarding(
        notice_id=notice,
        origin=anhui.address("office"),
        digest=hashlib.sha256(signed).hexdigest(),
        path=tuple(anhui.address(relay) for relay in path),
    )


def test_a_relay_that_alters_the_origins_document_is_found_by_its_signature(anhui: Province, notice: str) -> None:
    signed = bytearray(original(anhui, notice))
    signed[-200] ^= 1
    altered = forwarding(anhui, notice, bytes(signed), "relay", "hefei.relay")
    assert "origin" in sent(anhui, "hefei.relay", "hefei.health", altered, [bytes(signed)])


def test_a_relay_that_drops_the_origins_document_is_found(anhui: Province, notice: str) -> None:
    bare = forwarding(anhui, notice, original(anhui, notice), "relay", "hefei.relay")
    assert "altered" in sent(anhui, "hefei.relay", "hefei.health", bare)
    assert "altered" in sent(anhui, "hefei.relay", "hefei.health", bare, [b"something else"])


@pytest.mark.parametrize(
    ("sender", "to", "path"),
    [
        ("hefei.feixi.relay", "hefei.feixi.health", ("relay", "hefei.feixi.relay")),
        ("hefei.relay", "hefei.health", ("hefei.relay",)),
        ("hefei.relay", "hefei.health", ("relay", "hefei.relay", "hefei.relay")),
        ("hefei.relay", "hefei.health", ("relay", "hefei.feixi.relay")),
        ("hefei.feixi.relay", "hefei.relay", ("relay", "hefei.relay", "hefei.feixi.relay")),
        ("hefei.feixi.relay", "hefei.feidong.relay", ("relay", "hefei.relay", "hefei.feixi.relay")),
    ],
    ids=["a level skipped", "not begun at the origin", "in a circle", "another's name", "upward", "sideways"],
)
def test_what_is_not_on_its_way_down_is_returned(
    anhui: Province, notice: str, sender: str, to: str, path: tuple[str, ...]
) -> None:
    signed = original(anhui, notice)
    assert "path" in sent(anhui, sender, to, forwarding(anhui, notice, signed, *path), [signed])


def test_a_body_that_is_no_relay_office_passes_nothing_on(anhui: Province, notice: str) -> None:
    signed = original(anhui, notice)
    astray = forwarding(anhui, notice, signed, "relay", "hefei.relay")
    assert "path" in sent(anhui, "hefei.emergency", "hefei.health", astray, [signed])


def test_a_relay_counts_for_its_own_level_only(anhui: Province, notice: str) -> None:
    before = anhui.counts(notice)
    invented = Tally(
        notice_id=notice, domain=anhui.address("hefei.feidong"), serial=99,
        counts=(Count(level=2, meant=500, has=500, signed=500),), root="ab" * 32,
    )  # fmt: skip
    assert "not-entitled" in sent(anhui, "hefei.feixi.relay", "hefei.relay", invented)
    upward = invented.model_copy(update={"domain": anhui.address("hefei.feixi"), "counts": (
        Count(level=1, meant=500, has=500, signed=500),)})  # fmt: skip
    assert "malformed" in sent(anhui, "hefei.feixi.relay", "hefei.relay", upward)
    assert anhui.counts(notice) == before


def test_only_those_whom_a_notice_was_passed_on_to_sign_for_it(anhui: Province, notice: str) -> None:
    before = anhui.counts(notice)
    digest = hashlib.sha256(original(anhui, notice)).hexdigest()
    now = anhui.node("hefei.emergency").clock.now()
    answer = SignOff(notice_id=notice, digest=digest, accepted=True, at=now)
    assert "not-entitled" in sent(anhui, "hefei.emergency", "hefei.relay", answer)
    another_text = answer.model_copy(update={"digest": "0" * 64})
    assert "altered" in sent(anhui, "hefei.health", "hefei.relay", another_text)
    assert anhui.counts(notice) == before


def test_a_recall_by_somebody_else_is_returned(anhui: Province, notice: str) -> None:
    digest = hashlib.sha256(original(anhui, notice)).hexdigest()
    stolen = Recall(notice_id=notice, digest=digest, reason="not mine", at=anhui.node("health").clock.now())
    assert "not-entitled" in sent(anhui, "health", "relay", stolen)
    assert anhui.status(notice).row.state == "open"


def test_a_recall_of_another_text_is_returned_by_the_relay_office_and_by_the_reader(anhui: Province) -> None:
    notice, health = anhui.issue("health at any"), anhui.node("health")

    def arrived() -> bool:
        with health.store.reading() as tx:
            return tx[Notices].get(notice) is not None

    wait_until(arrived, 60, "the notice")
    wrong = Recall(notice_id=notice, digest="0" * 64, reason="another text", at=health.clock.now())
    assert "altered" in sent(anhui, "office", "relay", wrong)
    with anhui.node("office").store.reading() as tx:
        signed = next(one.signed for one in tx[Documents].recent("sent", Recall.KIND, 1))
    assert "altered" in sent(anhui, "relay", "health", forwarding(anhui, notice, signed, "relay"), [signed])
    with health.store.reading() as tx:
        row = tx[Notices].get(notice)
    assert row is not None
    assert row.state != "recalled"


def test_an_origin_that_can_be_nobodys_is_returned_and_no_failure_of_ours(anhui: Province, notice: str) -> None:
    signed = original(anhui, notice)
    nowhere = forwarding(anhui, notice, signed, "relay", "hefei.relay").model_copy(update={"origin": "office"})
    assert "path" in sent(anhui, "hefei.relay", "hefei.health", nowhere, [signed])


# --- counts without receipts ------------------------------------------------------------------------------------------


def fetched(anhui: Province, notice: str) -> Evidence:
    """What the origin finds when it asks for the receipts behind the counts."""
    node, found = anhui.node("office"), Evidence(moved=("all",))
    while found.moved:  # asked again where levels had more to tell than the one above had heard
        gathering = Gathering(node, ask_receipts(node, notice))
        wait_until(lambda: not gathering.look().waiting, 30, "receipts")  # noqa: B023
        found = gathering.look()
    return found


def invent(anhui: Province, relay: str, notice: str, body: str, proof: str, proof_id: str | None) -> None:
    """A relay office writes into its record that an authority has signed, and tells the level above."""
    node = anhui.node(relay)
    with node.store.transaction() as tx:
        row = tx[Notices].reader(notice, anhui.address(body))
        assert row is not None
        tx[Notices].set_reader(
            replace(row, state="signed", settled_at=node.clock.now(), proof=proof, proof_id=proof_id)
        )
        tx[Notices].touch(notice)
    tell(node)


def test_a_relay_that_invents_a_receipt_counts_it_and_cannot_show_it(anhui: Province) -> None:
    invented = anhui.issue(f"health at any except {anhui.address('health')}")
    anhui.reaches(invented, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 1, 0)])
    invent(anhui, "hefei.feixi.relay", invented, "hefei.feixi.health", "ab" * 32, None)
    anhui.reaches(invented, [(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 2, 0)])
    found = fetched(anhui, invented)
    assert found.missing == (Missing(anhui.address("hefei.feixi"), 1),)
    assert anhui.address("hefei.feixi.health") not in {one.address for one in found.proved}
    assert not found.holds


def test_a_relay_that_shows_a_bodys_answer_to_another_notice_is_found(anhui: Province) -> None:
    first, second = (anhui.issue(anhui.address("hefei.feidong.health")) for _ in range(2))
    for notice in (first, second):
        anhui.reaches(notice, [(0, 0, 0, 0), (0, 0, 0, 0), (1, 1, 1, 0)])
    with anhui.node("hefei.feidong.relay").store.reading() as tx:
        answer = tx[Notices].reader(first, anhui.address("hefei.feidong.health"))
    assert answer is not None
    assert answer.proof is not None
    invent(anhui, "hefei.feidong.relay", second, "hefei.feidong.health", answer.proof, answer.proof_id)
    found = fetched(anhui, second)
    assert any("another notice" in str(one.why) for one in found.faults)
    assert found.missing == (Missing(anhui.address("hefei.feidong"), 1),)
    assert found.proved == ()


def test_receipts_are_shown_to_nobody_beside_the_way_and_by_nobody_for_others(anhui: Province, notice: str) -> None:
    curious = ReceiptsRequest(
        request_id=notice, notice_id=notice, asker=anhui.address("hefei.emergency"), domain=anhui.address("hefei")
    )
    assert "not-entitled" in sent(anhui, "hefei.emergency", "hefei.relay", curious)
    sideways = curious.model_copy(
        update={"asker": anhui.address("hefei.feixi.relay"), "domain": anhui.address("hefei.feidong")}
    )
    assert "not-entitled" in sent(anhui, "hefei.feixi.relay", "hefei.feidong.relay", sideways)
    lie = ReceiptsShown(
        request_id=notice,
        notice_id=notice,
        tally=Tally(
            notice_id=notice, domain=anhui.address("hefei.feidong"), serial=9, counts=(Count(level=2, meant=0),)
        ),
    )
    assert "forged" in sent(anhui, "hefei.feixi.relay", "office", lie)
