"""Everything that is missing is told at once (Administrative License Law, article 32)."""

from __future__ import annotations

import hashlib

import pytest

from exchange.approval.rules.application import check_application
from exchange.errors import BadApplication
from exchange.schemas import Attachment, Material, SubmittedMaterial
from tests.unit.facts import application, matter

PLAN = b"plan of the works"
WANTED = matter(
    materials=(
        Material(code="plan", name="施工方案"),
        Material(code="traffic", name="交通组织方案"),
        Material(code="photo", name="现场照片", required=False),
    )
)


def attached(code: str, content: bytes) -> SubmittedMaterial:
    digest = hashlib.sha256(content).hexdigest()
    attachment = Attachment(name=f"{code}.txt", media_type="text/plain", size=len(content), digest=digest)
    return SubmittedMaterial(code=code, attachment=attachment)


def noted(code: str) -> SubmittedMaterial:
    return SubmittedMaterial(code=code, note="on file")


def faults(*materials: SubmittedMaterial, enclosures: tuple[bytes, ...] = ()) -> str:
    with pytest.raises(BadApplication) as error:
        check_application(application(*materials), WANTED, enclosures)
    return str(error.value)


def test_a_complete_application_passes_with_notes_and_with_attachments() -> None:
    check_application(application(noted("plan"), noted("traffic")), WANTED, ())
    check_application(application(attached("plan", PLAN), noted("traffic")), WANTED, (PLAN,))


def test_what_is_not_required_may_be_left_out_or_handed_in() -> None:
    check_application(application(noted("plan"), noted("traffic"), noted("photo")), WANTED, ())


def test_all_missing_materials_are_named_by_name_and_code() -> None:
    told = faults()
    assert "施工方案 (plan)" in told
    assert "交通组织方案 (traffic)" in told
    assert "photo" not in told


def test_missing_unknown_and_doubled_are_told_together() -> None:
    told = faults(noted("plan"), noted("plan"), noted("tree"))
    assert "missing: 交通组织方案" in told
    assert "unknown material: tree" in told
    assert "2 times: plan" in told


def test_an_attachment_that_was_not_enclosed_is_told() -> None:
    assert "1 attachments are named, 0 enclosed" in faults(attached("plan", PLAN), noted("traffic"))


def test_an_enclosure_that_no_material_names_is_told() -> None:
    assert "0 attachments are named, 1 enclosed" in faults(noted("plan"), noted("traffic"), enclosures=(PLAN,))


def test_an_enclosure_other_than_the_attachment_says_is_told() -> None:
    other = PLAN.replace(b"plan", b"plot")
    assert "plan.txt is not the file" in faults(attached("plan", PLAN), noted("traffic"), enclosures=(other,))
    assert "plan.txt is not the file" in faults(attached("plan", PLAN), noted("traffic"), enclosures=(PLAN + b"!",))


def test_enclosures_stand_in_the_order_of_their_attachments() -> None:
    both = (attached("plan", PLAN), attached("traffic", b"traffic"))
    check_application(application(*both), WANTED, (PLAN, b"traffic"))
    told = faults(*both, enclosures=(b"traffic", PLAN))
    assert "plan.txt" in told
    assert "traffic.txt" in told
