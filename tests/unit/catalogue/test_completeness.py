"""Everything that is missing is told at once (Administrative License Law, article 32)."""

from __future__ import annotations

import hashlib

import pytest

from exchange.catalogue.completeness import check_application, completeness_of
from exchange.errors import BadApplication
from exchange.language.choice import Language
from exchange.schemas import Attachment, FieldAnswer, InputType, Material, SubmittedMaterial
from tests.unit.catalogue.test_answers import field
from tests.unit.examples import CLAIM
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


# --- what a matter asks beside -------------------------------------------------------------------------------------

RICH = matter(
    materials=(
        Material(code="plan", name="施工方案", name_en="Plan of the works", files=2),
        Material(code="survey", name="地形图", promise_days=10),
        Material(code="photo", name="照片", required=False, promise_days=1),
    ),
    fields=(field("length", InputType.DECIMAL), field("depth", InputType.DECIMAL, required=False)),
)
LONG = (FieldAnswer(field="length", value="12.5"),)


def lacking(
    *materials: SubmittedMaterial, answers: tuple[FieldAnswer, ...] = LONG, promised: tuple[str, ...] = ()
) -> list[str]:
    found = completeness_of(application(*materials, answers=answers), RICH, None).lacking(promised)
    assert all(one.what.written(Language.CHINESE) != str(one.what) for one in found)
    return [str(one.what) for one in found]


def test_answers_are_part_of_what_is_complete() -> None:
    assert lacking(noted("plan"), noted("survey")) == []
    assert lacking(noted("plan"), noted("survey"), answers=()) == ["length (length): the answer is missing; answer it"]
    with pytest.raises(BadApplication, match="the answer is missing"):
        check_application(application(noted("plan"), noted("survey")), RICH, ())


def test_a_material_has_as_many_files_as_the_matter_allows() -> None:
    assert lacking(noted("plan"), noted("plan"), noted("survey")) == []
    assert lacking(*[noted("plan")] * 3, noted("survey")) == ["3 files, 2 at most: Plan of the works (plan)"]


def test_a_file_in_the_claim_store_is_handed_in_and_is_no_enclosure() -> None:
    large = SubmittedMaterial(code="plan", claim=CLAIM)
    check_application(application(large, noted("survey"), answers=LONG), RICH, ())
    with pytest.raises(BadApplication, match="0 attachments are named, 1 enclosed"):
        check_application(application(large, noted("survey"), answers=LONG), RICH, (PLAN,))


def test_a_material_that_is_neither_a_file_nor_a_note_is_not_handed_in() -> None:
    nothing = SubmittedMaterial(code="plan", note=" ")
    assert lacking(nothing, noted("survey")) == ["neither a file nor a note: Plan of the works (plan)"]


def test_what_may_be_promised_is_told_apart_and_is_no_fault_once_it_is() -> None:
    found = completeness_of(application(noted("plan"), answers=LONG), RICH, ())
    assert found.faults == ()
    assert [material.code for material in found.promisable] == ["survey"]
    (one,) = found.lacking()
    assert (one.material, str(one.what)) == ("survey", "missing: 地形图 (survey)")
    assert str(one.remedy) == "hand it in, or promise it within 10 working days of acceptance"
    assert found.lacking(("survey",)) == ()
    check_application(application(noted("plan"), answers=LONG), RICH, (), promised=("survey",))
    with pytest.raises(BadApplication, match="地形图"):
        check_application(application(noted("plan"), answers=LONG), RICH, ())


def test_what_nobody_may_promise_stays_missing() -> None:
    assert lacking(noted("survey"), promised=("plan",)) == ["missing: Plan of the works (plan)"]


def test_each_shortcoming_names_what_it_is_about() -> None:
    found = completeness_of(application(noted("tree"), answers=()), RICH, (PLAN,)).lacking()
    assert [(one.material, one.field) for one in found] == [
        ("survey", ""), ("plan", ""), ("tree", ""), ("", "length"), ("", "")
    ]  # fmt: skip


def test_without_the_files_at_hand_everything_else_is_looked_at() -> None:
    given = application(attached("plan", PLAN), noted("survey"), answers=LONG)
    assert completeness_of(given, RICH, None).lacking() == ()
    assert [str(one.what) for one in completeness_of(given, RICH, ()).lacking()] == [
        "1 attachments are named, 0 enclosed"
    ]
