"""Joint documents against cheating signers: what does not verify comes back with the reason, and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest

from exchange.envelope import countersign, join
from exchange.errors import CallerError, Conflict, NotFound, Secret
from exchange.joint.lead import propose_joint, withdraw_joint
from exchange.joint.signer import refuse_joint, sign_joint
from exchange.joint.status import joint_status
from exchange.messaging.documents import Documents
from exchange.messaging.node import new_id
from exchange.schemas import (
    Attachment,
    Body,
    Document,
    DocumentKind,
    JointDocument,
    JointDraft,
    JointEnded,
    JointEnding,
    JointRefusal,
    JointSignature,
)
from tests.property.joint_table import LEAD, READER, SECOND, SIGNERS, THIRD, Table, report

PLAN = b"%PDF-1.7 the roads"
ATTACHED = Attachment(
    name="路网.pdf", media_type="application/pdf", size=len(PLAN), digest=hashlib.sha256(PLAN).hexdigest()
)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    table = Table(tmp_path_factory.mktemp("table"))
    yield table
    table.close()


def asked(table: Table) -> str:
    """A text that has come to all who are to sign it."""
    joint_id = propose_joint(table.nodes[LEAD], report(), SIGNERS[1:], [READER])
    table.settle()
    return joint_id


def answer_to(
    table: Table, sender: str, to: str, body: Body, enclosures: Sequence[bytes] = (), message_id: str | None = None
) -> str:
    """What becomes of a message that a body sends without looking at any rule: ``delivered``, or the reason's code."""
    with table.nodes[sender].step() as step:
        sent = step.send(body, (to,), enclosures=enclosures, message_id=message_id)
    table.settle()
    (copy,) = table.copies(sender, sent)
    return str((copy.last_error or "").partition(":")[0] if copy.state == "returned" else copy.state)


def text(table: Table, **changes: object) -> JointDraft:
    plain = JointDraft(
        joint_id=new_id(), document=report(attachments=(ATTACHED,)), signers=SIGNERS,
        addressees=(READER,),
    )  # fmt: skip
    return plain.model_copy(update=changes)


def signed_by(table: Table, payload: bytes, *signers: str) -> list[bytes]:
    return [countersign(payload, table.nodes[one].identity, table.clock.now()) for one in signers]


def issued(
    table: Table,
    draft: JointDraft,
    signatures: Sequence[bytes] | None = None,
    *,
    sender: str = LEAD,
    to: str = READER,
    attached: Sequence[bytes] = (PLAN,),
    **changes: object,
) -> str:
    """What becomes of a joint document that somebody sends out."""
    payload = draft.model_dump_json().encode()
    whole = join(payload, signed_by(table, payload, *draft.signers) if signatures is None else signatures)
    honest = JointDocument(
        joint_id=draft.joint_id, digest=hashlib.sha256(payload).hexdigest(), issued_on=table.clock.now().date()
    )
    return answer_to(table, sender, to, honest.model_copy(update=changes), (whole, *attached))


# --- at the reader ----------------------------------------------------------------------------------------------------


def test_what_all_have_signed_is_taken_and_nothing_else(table: Table) -> None:
    draft = text(table)
    payload = draft.model_dump_json().encode()
    full = signed_by(table, payload, *SIGNERS)
    before = table.clock.now() - timedelta(days=1)
    other = countersign(payload + b" ", table.nodes[THIRD].identity, table.clock.now())
    early = [*full[:2], countersign(payload, table.nodes[THIRD].identity, before - timedelta(days=500))]
    assert issued(table, draft) == "delivered"
    assert issued(table, text(table), None, attached=()) == "altered"
    for signatures, code in [
        (full[:2], "forged"),
        ([*full[:2], full[1]], "forged"),
        ([*full, full[2]], "forged"),
        ([full[0], full[2], full[1]], "forged"),
        ([*full[:2], other], "forged"),
        ([*full, *signed_by(table, payload, READER)], "untrusted"),
        (early, "clock"),
    ]:
        assert issued(table, draft, signatures) == code


def test_the_date_is_that_of_the_last_signature_whatever_the_lead_states(table: Table) -> None:
    draft = text(table)
    today = table.clock.now().date()
    assert issued(table, draft, issued_on=today - timedelta(days=1)) == "forged"
    assert issued(table, draft, issued_on=date(2027, 1, 1)) == "forged"
    payload = draft.model_dump_json().encode()
    late = countersign(payload, table.nodes[THIRD].identity, table.clock.now() + timedelta(days=1))
    assert issued(table, draft, [*signed_by(table, payload, *SIGNERS[:2]), late]) == "clock"


def test_it_comes_from_the_lead_with_the_text_and_attachments_that_were_signed_to_whom_the_signers_meant(
    table: Table,
) -> None:
    draft = text(table)
    assert issued(table, draft, sender=SECOND) == "forged"
    assert issued(table, draft, joint_id=new_id()) == "forged"
    assert issued(table, draft, digest="0" * 64) == "forged"
    assert issued(table, draft, attached=()) == "altered"
    assert issued(table, draft, attached=(PLAN, PLAN)) == "altered"
    assert issued(table, draft, attached=(b"another plan",)) == "altered"
    of_two = text(table, signers=(LEAD, SECOND))
    assert issued(table, of_two, to=THIRD) == "forged"
    payload = of_two.model_dump_json().encode()
    assert issued(table, of_two, signed_by(table, payload, *SIGNERS)) == "untrusted"
    bare = JointDocument(joint_id=draft.joint_id, digest="0" * 64, issued_on=table.clock.now().date())
    assert answer_to(table, LEAD, READER, bare) == "forged"
    assert answer_to(table, LEAD, READER, bare, (b"no COSE",)) == "malformed"


def test_what_the_rules_do_not_let_them_issue_together_is_returned_though_all_have_signed(table: Table) -> None:
    assert issued(table, text(table, signers=(LEAD, READER), addressees=(SECOND,)), to=SECOND) == "joint"
    letter = report(kind=DocumentKind.LETTER, attachments=(ATTACHED,))
    assert issued(table, text(table, document=letter)) == "conveyance"
    request = report(kind=DocumentKind.REQUEST, attachments=(ATTACHED,))
    assert issued(table, text(table, document=request)) == "joint"
    marked = report(body="机密★一年\n三县路网", attachments=(ATTACHED,))
    assert issued(table, text(table, document=marked)) == "secret"


# --- at the lead ------------------------------------------------------------------------------------------------------


def test_a_signature_counts_from_who_was_asked_over_what_was_sent_round_and_of_its_own_time(table: Table) -> None:
    joint_id = asked(table)
    row = table.row(LEAD, joint_id)
    payload = joint_status(table.nodes[SECOND], joint_id).draft.model_dump_json().encode()
    assert hashlib.sha256(payload).hexdigest() == row.digest

    def send(sender: str, signature: bytes, **changes: object) -> str:
        honest = JointSignature(joint_id=joint_id, digest=row.digest, signature=signature)
        return answer_to(table, sender, LEAD, honest.model_copy(update=changes))

    (second,) = signed_by(table, payload, SECOND)
    (reader,) = signed_by(table, payload, READER)
    now, third = table.clock.now(), table.nodes[THIRD].identity
    assert send(READER, reader) == "not-entitled"
    assert send(THIRD, second) == "forged"
    assert send(THIRD, countersign(b"{}", third, now)) == "forged"
    assert send(THIRD, countersign(payload, third, now), digest="0" * 64) == "altered"
    assert send(THIRD, countersign(payload, third, now), joint_id=new_id()) == "unknown-joint"
    assert send(THIRD, countersign(payload, third, now - timedelta(hours=1))) == "forged"
    assert send(THIRD, countersign(payload, third, now + timedelta(hours=1))) == "clock"
    assert send(THIRD, b"no COSE") == "malformed"
    stands = joint_status(table.nodes[LEAD], joint_id)
    assert [one.state for one in stands.signers] == ["signed", "received", "received"]
    assert send(SECOND, second) == "delivered"
    assert send(SECOND, second) == "delivered", "once more is nothing new"
    assert table.row(LEAD, joint_id).state == "open"
    assert send(THIRD, countersign(payload, third, now)) == "delivered"
    assert send(SECOND, second) == "delivered"
    assert table.row(LEAD, joint_id).state == "issued"
    assert len(table.kept(LEAD, joint_id, JointDocument.KIND)) == 1
    refusal = JointRefusal(joint_id=joint_id, digest=row.digest, reasons="不同意")
    assert answer_to(table, SECOND, LEAD, refusal) == "joint-closed", "it has gone out"


def test_what_is_over_takes_no_signature_and_no_refusal(table: Table) -> None:
    joint_id = asked(table)
    digest = table.row(LEAD, joint_id).digest
    refusal = JointRefusal(joint_id=joint_id, digest=digest, reasons="不同意")
    assert answer_to(table, READER, LEAD, refusal) == "not-entitled"
    sign_joint(table.nodes[SECOND], joint_id)  # under way while the lead withdraws
    withdraw_joint(table.nodes[LEAD], joint_id, "文稿有误")
    table.settle()
    assert table.row(SECOND, joint_id).state == "withdrawn"
    assert "joint-closed" in joint_status(table.nodes[SECOND], joint_id).answer_fault
    assert answer_to(table, THIRD, LEAD, refusal) == "joint-closed"
    with pytest.raises(Conflict, match="is withdrawn"):
        sign_joint(table.nodes[THIRD], joint_id)
    with pytest.raises(Conflict, match="is withdrawn"):
        withdraw_joint(table.nodes[LEAD], joint_id, "again")


# --- at who is asked --------------------------------------------------------------------------------------------------


def test_a_text_is_taken_from_its_lead_by_who_is_named_and_only_if_it_may_go_so(table: Table) -> None:
    def send(draft: JointDraft, *, sender: str = LEAD, to: str = SECOND, message_id: str | None = None) -> str:
        enclosures = (PLAN,) if draft.document.attachments else ()
        return answer_to(table, sender, to, draft, enclosures, message_id or draft.joint_id)

    assert send(text(table), sender=THIRD) == "joint"
    assert send(text(table), message_id=new_id()) == "joint"
    assert send(text(table), to=READER) == "not-entitled"
    assert send(text(table, document=report(attachments=(ATTACHED, ATTACHED)))) == "altered"
    assert send(text(table, document=report(kind=DocumentKind.LETTER))) == "conveyance"
    assert send(text(table, document=report(title="机密★一年"))) == "secret"
    mixed = text(table, signers=(SECOND, LEAD, READER), addressees=(THIRD,))
    assert send(mixed, sender=SECOND, to=LEAD) == "joint"
    assert send(text(table)) == "delivered"


def test_only_the_lead_ends_it_and_a_refusal_is_shown_as_it_was_signed(table: Table) -> None:
    joint_id = asked(table)
    row = table.row(SECOND, joint_id)
    withdrawn = JointEnded(
        joint_id=joint_id, digest=row.digest, ending=JointEnding.WITHDRAWN, by=LEAD, reasons="文稿有误"
    )
    refused = withdrawn.model_copy(update={"ending": JointEnding.REFUSED, "by": THIRD})
    assert answer_to(table, THIRD, SECOND, withdrawn) == "not-entitled"
    assert answer_to(table, LEAD, SECOND, withdrawn.model_copy(update={"by": THIRD})) == "not-entitled"
    assert answer_to(table, LEAD, SECOND, refused) == "altered"
    assert answer_to(table, LEAD, SECOND, refused, (b"no COSE",)) == "malformed"
    with table.nodes[THIRD].store.reading() as tx:
        own = tx[Documents].get(LEAD, joint_id)
    assert own is not None
    assert answer_to(table, LEAD, SECOND, refused, (own.signed,)) == "altered"
    assert table.row(SECOND, joint_id).state == "open"


# --- before anything is sent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "cosigners", "addressees", "error", "why"),
    [
        (report(), [READER], [SECOND], CallerError, r"one rank .*\(article 17\)"),
        (report(), [], [READER], CallerError, "two or more signers|at least 2"),
        (report(), [LEAD], [READER], CallerError, "stands there once"),
        (report(), [SECOND], [SECOND], CallerError, "stands there once"),
        (report(), [SECOND], [], CallerError, "at least 1"),
        (report(kind=DocumentKind.LETTER), [SECOND], [READER], CallerError, r"article 8\(14\)"),
        (report(kind=DocumentKind.REQUEST), [SECOND], [READER], CallerError, "sent by one authority"),
        (report(signatory=None), [SECOND], [READER], CallerError, r"article 9\(6\)"),
        (report(), ["a.b.nobody"], [READER], NotFound, "no member"),
        (report(), ["z.b.planning"], [READER], NotFound, "another tree"),
        (report(title="机密★一年"), [SECOND], [READER], Secret, "marking"),
        (report(attachments=(ATTACHED,)), [SECOND], [READER], CallerError, "enclosures"),
    ],
)
def test_what_breaks_a_rule_is_refused_before_it_is_sent_round(
    table: Table, document: Document, cosigners: list[str], addressees: list[str], error: type[Exception], why: str
) -> None:
    with pytest.raises(error, match=why):
        propose_joint(table.nodes[LEAD], document, cosigners, addressees)
    assert table.lying == []


def test_each_answers_once_with_reasons_where_it_refuses_and_what_went_out_is_not_withdrawn(table: Table) -> None:
    joint_id = asked(table)
    with pytest.raises(CallerError, match="says why"):
        refuse_joint(table.nodes[SECOND], joint_id, "  ")
    sign_joint(table.nodes[SECOND], joint_id)
    for act in (
        lambda: sign_joint(table.nodes[SECOND], joint_id),
        lambda: refuse_joint(table.nodes[SECOND], joint_id, "x"),
    ):
        with pytest.raises(Conflict, match="is signed"):
            act()
    with pytest.raises(NotFound, match="waits for a signature"):
        sign_joint(table.nodes[LEAD], joint_id)
    with pytest.raises(NotFound, match="is led"):
        withdraw_joint(table.nodes[THIRD], joint_id, "x")
    with pytest.raises(CallerError, match="reasons"):
        withdraw_joint(table.nodes[LEAD], joint_id, "")
    sign_joint(table.nodes[THIRD], joint_id)
    table.settle()
    assert table.row(LEAD, joint_id).state == "issued"
    with pytest.raises(Conflict, match="is issued"):
        withdraw_joint(table.nodes[LEAD], joint_id, "late")
