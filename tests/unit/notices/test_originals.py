"""What a relay office shows for its count: each original is verified by itself; what does not verify proves nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest

from exchange.audit import prove_receipt, tree_root
from exchange.envelope import Identity, pack_leaves, sign_document
from exchange.errors import Forged, Malformed, SenderError, Untrusted
from exchange.notices.evidence.originals import EvidencePart, Subject, account_of, read_page
from exchange.schemas import (
    Body,
    Count,
    Forwarding,
    Header,
    Reader,
    ReaderState,
    Receipt,
    ReceiptBatch,
    ReceiptOutcome,
    ReceiptsShown,
    Shown,
    ShownSort,
    SignOff,
    Tally,
)
from tests.unit.levels import NOW, family, seen_from

ID, OTHER_ID, THIRD_ID = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "123")
LEVELS = family("anhui", "anhui.hefei")
ANHUI, HEFEI = LEVELS["anhui"], LEVELS["anhui.hefei"]
VIEW = seen_from(ANHUI, [HEFEI.signed()])
"""The tree as the origin sees it: the city's directory is delegated."""
PLANNING, RELAY = HEFEI.department.address, HEFEI.relay.address
DIGEST = hashlib.sha256(b"what the origin has signed").hexdigest()
SUBJECT = Subject(ID, DIGEST)


def signed(body: Body, by: Identity, to: str, enclosures: Sequence[bytes] = (), message_id: str = OTHER_ID) -> bytes:
    header = Header(
        message_id=message_id, conversation_id=ID, kind=body.KIND, sender=by.address, addressees=(to,), created_at=NOW
    )
    return sign_document(header.model_dump_json().encode(), body, by, enclosures)


def sign_off(by: Identity = HEFEI.department, to: str = RELAY, **changes: Any) -> bytes:
    body = SignOff(notice_id=ID, digest=DIGEST, accepted=True, at=NOW)
    return signed(body.model_copy(update=changes), by, to)


def forwarding(by: Identity = HEFEI.relay, to: str = PLANNING, **changes: Any) -> bytes:
    body = Forwarding(notice_id=ID, origin="anhui.planning", digest=DIGEST, path=("anhui.relay", RELAY))
    return signed(body.model_copy(update=changes), by, to, message_id=THIRD_ID)


def receipt(of: bytes, by: Identity = HEFEI.department, **changes: Any) -> bytes:
    """A receipt with its path, in a batch with another one."""
    one = Receipt(
        outcome=ReceiptOutcome.ACCEPTED, message_id=THIRD_ID, sender=RELAY, receiver=by.address,
        digest=hashlib.sha256(of).hexdigest(), arrived_at=NOW, signed_for_at=NOW,
    ).model_copy(update=changes)  # fmt: skip
    leaves = [one.model_dump_json().encode(), one.model_copy(update={"message_id": ID}).model_dump_json().encode()]
    batch = ReceiptBatch(root=tree_root(leaves).hex(), size=2, receiver=by.address, sender=RELAY, at=NOW)
    return prove_receipt(signed(batch, by, RELAY), leaves, 0).model_dump_json().encode()


def page(
    original: bytes, proof: str, sort: ShownSort = ShownSort.SIGN_OFF, others: Sequence[bytes] = (),
    address: str = PLANNING, by: Identity = HEFEI.relay, part: int = 1, parts: int = 1,
) -> tuple[bytes, list[bytes]]:  # fmt: skip
    """A part as a relay office signs it, counting that original."""
    tally = Tally(
        notice_id=ID, domain="anhui.hefei", serial=1, counts=(Count(level=1, meant=1, has=1),), unsigned=(PLANNING,),
        root=tree_root([bytes.fromhex(proof)]).hex(),
    )  # fmt: skip
    body = ReceiptsShown(
        request_id=OTHER_ID, notice_id=ID, tally=tally, proofs=(proof,), part=part, parts=parts,
        shown=(Shown(address=address, sort=sort),),
    )  # fmt: skip
    enclosures = [pack_leaves([original]), *([pack_leaves(others)] if others else [])]
    return signed(body, by, "anhui.planning", enclosures), enclosures


def read(*args: Any, **options: Any) -> EvidencePart:
    return read_page(*page(*args, **options), VIEW)


def proof_of(original: bytes) -> str:
    return hashlib.sha256(original).hexdigest()


def facts(*pages: EvidencePart) -> tuple[tuple[Reader, ...], tuple[str, ...]]:
    found = account_of(pages, SUBJECT, VIEW)
    return found.facts, tuple(map(str, found.faults))


def test_an_answer_is_proved_by_its_own_signature_along_the_delegation() -> None:
    original = sign_off()
    account = account_of([read(original, proof_of(original))], SUBJECT, VIEW)
    (fact,) = account.facts
    assert (fact.address, fact.state, fact.proof) == (PLANNING, ReaderState.SIGNED, proof_of(original))
    assert account.rebuilt == account.tally.root
    assert account.whole
    assert not account.faults


def test_an_answer_that_sends_the_notice_back_is_proved_as_that() -> None:
    original = sign_off(accepted=False, reason="不属我局")
    ((fact,), faults) = facts(read(original, proof_of(original)))
    assert (fact.state, fact.reason, faults) == (ReaderState.RETURNED, "不属我局", ())


def test_a_receipt_is_proved_with_what_it_is_a_receipt_of() -> None:
    passed = forwarding()
    original = receipt(passed)
    ((fact,), faults) = facts(read(original, "0" * 64, ShownSort.RECEIPT, [passed]))
    assert (fact.address, fact.state, faults) == (PLANNING, ReaderState.HAS, ())


def test_a_notice_that_a_system_refused_is_proved_as_returned() -> None:
    passed = forwarding()
    original = receipt(passed, outcome=ReceiptOutcome.RETURNED, reason_code="secret", reason="涉密")
    ((fact,), _) = facts(read(original, "0" * 64, ShownSort.RECEIPT, [passed]))
    assert (fact.state, fact.reason) == (ReaderState.RETURNED, "secret: 涉密")


ALTERED = bytearray(sign_off())
ALTERED[-1] ^= 1


@pytest.mark.parametrize(
    ("original", "why"),
    [
        (sign_off(by=HEFEI.relay), "signed by anhui.hefei.relay"),
        (sign_off(by=ANHUI.department), "signed by anhui.planning"),
        (sign_off(notice_id=OTHER_ID), "another notice"),
        (sign_off(digest="0" * 64), "another notice"),
        (sign_off(to="anhui.relay"), "somebody else"),
        (bytes(ALTERED), ""),
        (b"invented", ""),
        (forwarding(), "not an answer"),
    ],
    ids=[
        "invented",
        "another authority",
        "another notice",
        "another text",
        "to others",
        "altered",
        "bytes",
        "no answer",
    ],
)
def test_what_is_not_this_bodys_answer_to_this_notice_proves_nothing(original: bytes, why: str) -> None:
    found, (fault,) = facts(read(original, proof_of(original)))
    assert found == ()
    assert PLANNING in fault
    assert why in fault


GOOD = forwarding()
OF_ANOTHER = forwarding(notice_id=OTHER_ID)
OF_ANOTHER_TEXT = forwarding(digest="0" * 64)
TO_OTHERS = forwarding(to="anhui.hefei.relay")
BY_OTHERS = forwarding(by=ANHUI.relay)


@pytest.mark.parametrize(
    ("original", "others", "why"),
    [
        (receipt(OF_ANOTHER), [OF_ANOTHER], "another notice"),
        (receipt(OF_ANOTHER_TEXT), [OF_ANOTHER_TEXT], "another notice"),
        (receipt(TO_OTHERS), [TO_OTHERS], "to others"),
        (receipt(BY_OTHERS), [BY_OTHERS], "not passed on there"),
        (receipt(GOOD), [], "not shown"),
        (receipt(GOOD), [OF_ANOTHER], "not shown"),
        (receipt(GOOD, by=HEFEI.relay), [GOOD], "a receipt of anhui.hefei.relay"),
        (receipt(GOOD, message_id=ID), [GOOD], "to others"),
        (receipt(GOOD).replace(b'"index":0', b'"index":1'), [GOOD], ""),
        (b"{}", [GOOD], "not a receipt"),
    ],
    ids=["another notice", "another text", "to others", "another relay", "without", "with another", "another authority",
         "another message", "altered", "none"],
)  # fmt: skip
def test_what_is_not_this_bodys_receipt_of_this_notice_proves_nothing(
    original: bytes, others: list[bytes], why: str
) -> None:
    found, (fault,) = facts(read(original, "0" * 64, ShownSort.RECEIPT, others))
    assert found == ()
    assert why in fault


def test_a_domain_shows_no_other_domains_bodies_and_nobody_shows_for_it() -> None:
    original = sign_off(by=ANHUI.department)
    _, (fault,) = facts(read(original, proof_of(original), address="anhui.planning"))
    assert "no authority of anhui.hefei" in fault
    with pytest.raises(Forged, match="does not speak for"):
        read(sign_off(), "0" * 64, by=ANHUI.relay)


def test_a_part_whose_originals_were_exchanged_is_refused() -> None:
    signed_page, _ = page(sign_off(), "0" * 64)
    with pytest.raises(Forged, match="not those that were signed"):
        read_page(signed_page, [pack_leaves([sign_off(by=HEFEI.relay)])], VIEW)
    with pytest.raises(Malformed, match="shows none"):
        read_page(sign_off(), [], VIEW)
    with pytest.raises(SenderError):
        read_page(b"nothing", [], VIEW)


def test_a_signer_whom_no_delegation_vouches_for_proves_nothing() -> None:
    alone = seen_from(ANHUI, [])
    with pytest.raises(Untrusted):
        read_page(*page(sign_off(), "0" * 64), alone)


def test_parts_come_in_any_order_and_twice_and_are_whole_only_together() -> None:
    original = sign_off()
    first, second = (read(original, proof_of(original), part=part, parts=2) for part in (1, 2))
    assert not account_of([second], SUBJECT, VIEW).whole
    assert account_of([second, first, second], SUBJECT, VIEW) == account_of([first, second], SUBJECT, VIEW)
    assert len(account_of([first, second], SUBJECT, VIEW).facts) == 1


def test_parts_that_say_different_things_are_found() -> None:
    original = sign_off()
    one = read(original, proof_of(original))
    other = read(original, "0" * 64)
    assert "different things" in str(account_of([one, other], SUBJECT, VIEW).faults[0])
