"""Joint documents between domains on real brokers: asked, signed, sent out by the last signature, read and shown."""

from __future__ import annotations

import hashlib

import pytest

from exchange.clock import CST
from exchange.joint.lead import propose_joint, withdraw_joint
from exchange.joint.signer import refuse_joint, sign_joint
from exchange.joint.status import JointStatus, joint_status
from exchange.joint.store import JointDocuments
from exchange.operations.tasks.duties import DutyKind
from exchange.operations.trace.dossier import attachments, dossier, filed
from exchange.schemas import Attachment, Document, DocumentKind, DocumentNumber, JointDocument, Urgency
from tests.journeys.city import wait_until
from tests.journeys.province import Province
from tests.journeys.waits import duties

pytestmark = pytest.mark.broker

LEAD, SECOND = "hefei.feixi.health", "hefei.feidong.health"
ABOVE, TOP = "hefei.health", "health"
"""Departments of two counties; the one of the city above them; the one of the province, at another broker."""
MAP = b"%PDF-1.7 the wards"


def report() -> Document:
    content = Attachment(
        name="病区.pdf", media_type="application/pdf", size=len(MAP), digest=hashlib.sha256(MAP).hexdigest()
    )
    return Document(
        number=DocumentNumber(agency="肥西卫", year=2026, serial=8),
        kind=DocumentKind.REPORT,
        urgency=Urgency.URGENT,
        issuer="肥西县、肥东县卫生健康委员会",
        signatory="王某",
        title="关于联合救治情况的报告",
        addressees=("市卫生健康委员会",),
        body="两县病区已经贯通。",
        attachments=(content,),
        date=None,
    )


def proposed(anhui: Province) -> str:
    """A text that has come to the authority that is to sign it, with a copy for the province's department."""
    joint_id = propose_joint(
        anhui.node(LEAD), report(), [anhui.address(SECOND)], [anhui.address(ABOVE)], copies=[anhui.address(TOP)],
        enclosures=[MAP],
    )  # fmt: skip
    wait_until(lambda: known(anhui, SECOND, joint_id), 60, "the text")
    return joint_id


def known(anhui: Province, name: str, joint_id: str) -> bool:
    with anhui.node(name).store.reading() as tx:
        return tx[JointDocuments].get(joint_id) is not None


def reaches(anhui: Province, name: str, joint_id: str, state: str) -> JointStatus:
    node = anhui.node(name)
    wait_until(lambda: joint_status(node, joint_id).row.state == state, 60, f"{name} to see it {state}")
    return joint_status(node, joint_id)


def test_bodies_of_two_counties_sign_and_it_reaches_city_and_province_with_both_names_and_its_date(
    anhui: Province,
) -> None:
    joint_id = proposed(anhui)
    stands = joint_status(anhui.node(LEAD), joint_id)
    assert (stands.row.state, stands.signers[0].state) == ("open", "signed")

    assert duties(anhui.node(SECOND))[joint_id] is DutyKind.SIGN_JOINT
    sign_joint(anhui.node(SECOND), joint_id)
    assert joint_id not in duties(anhui.node(SECOND))

    led = reaches(anhui, LEAD, joint_id, "issued")
    signed = [one.at for one in led.signers if one.at is not None]
    day = max(signed).astimezone(CST).date()
    assert len(signed) == 2
    assert led.row.issue_id is not None
    assert led.row.issued_on == day.isoformat()
    assert reaches(anhui, SECOND, joint_id, "issued").row.issued_on == day.isoformat()
    for reader in (ABOVE, TOP):
        node = anhui.node(reader)
        wait_until(lambda node=node: bool(dossier(node, joint_id)), 60, f"the document at {reader}")
        (item,) = filed(node, led.row.issue_id)
        assert (item.fault, item.stored.kind) == ("", JointDocument.KIND)
        assert item.joint is not None
        assert [one.by for one in item.joint.signatures] == [anhui.address(LEAD), anhui.address(SECOND)]
        assert item.joint.issued_on == day
        assert [content for _, content in attachments(item)] == [MAP]
        assert item.registered is not None
        assert (item.registered.direction, item.registered.correspondents) == ("received", anhui.address(LEAD))
    (sent,) = filed(anhui.node(LEAD), led.row.issue_id)
    assert sent.registered is not None
    assert sent.registered.direction == "sent"


def test_a_refusal_ends_it_and_the_lead_has_the_reasons(anhui: Province) -> None:
    joint_id = proposed(anhui)
    refuse_joint(anhui.node(SECOND), joint_id, "数据尚未核对")
    led = reaches(anhui, LEAD, joint_id, "refused")
    assert (led.row.ended_by, led.row.reasons) == (anhui.address(SECOND), "数据尚未核对")
    assert led.signers[1].state == "refused"
    assert led.row.issue_id is None


def test_a_withdrawal_reaches_who_was_asked(anhui: Province) -> None:
    joint_id = proposed(anhui)
    withdraw_joint(anhui.node(LEAD), joint_id, "文稿有误")
    found = reaches(anhui, SECOND, joint_id, "withdrawn")
    assert (found.row.ended_by, found.row.reasons) == (anhui.address(LEAD), "文稿有误")
