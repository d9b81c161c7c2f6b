"""When a department may ask for a supplement, when the window may pass it on, and what answers it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from exchange.approval.rules.course.supplement_states import SUPPLEMENTS, SupplementState
from exchange.approval.rules.course.supplements import (
    AskingFacts,
    why_not_asked,
    why_not_passed_on,
    why_not_settled,
)
from exchange.approval.rules.states import CaseState, PartState
from exchange.catalogue.brought import brings
from exchange.portal.invited import open_invitations
from exchange.schemas import (
    Application,
    Attachment,
    FieldAnswer,
    Filing,
    FilingChannel,
    FilingSupplement,
    SubmittedMaterial,
    SupplementInvitation,
    SupplementRequest,
    WantedPaper,
)
from tests.unit.examples import EXAMPLES
from tests.unit.facts import at

FREE = AskingFacts(asked=False, closed=False, answered=False, waiting=False, over=False)
SKETCH, WORDS = WantedPaper(material="sketch", what="交通组织图"), WantedPaper(what="管线交底书")


@pytest.mark.parametrize(
    ("fact", "code"),
    [
        ("asked", "already-asked"), ("closed", "case-closed"), ("answered", "already-answered"),
        ("waiting", "premature"), ("over", "too-late"),
    ],
)  # fmt: skip
def test_each_fact_alone_keeps_a_department_from_asking(fact: str, code: str) -> None:
    assert why_not_asked(FREE) is None
    refused = why_not_asked(replace(FREE, **{fact: True}))
    assert refused is not None
    assert refused.code == code


def test_an_open_request_is_passed_on_or_declined_in_an_undecided_case_and_a_settled_one_never_again() -> None:
    for case in CaseState:
        undecided = case in (CaseState.OPEN, CaseState.READY)
        assert (why_not_settled(case, SupplementState.ASKED) is None) is undecided
    for state in set(SupplementState) - {SupplementState.ASKED}:
        assert why_not_settled(CaseState.OPEN, state) is not None
    passed = {part for part in PartState if why_not_passed_on(part, by_portal=True) is None}
    assert passed == {PartState.ISSUED, PartState.SIGNED, PartState.ESCALATED}
    assert why_not_passed_on(PartState.SIGNED, by_portal=False) is not None


def test_only_what_was_sent_back_may_be_asked_again() -> None:
    assert SUPPLEMENTS.before(SupplementState.ASKED) == {SupplementState.RETURNED}


def application(*files: tuple[str, str], summary: str = "", answer: str = "") -> Application:
    filed = EXAMPLES["filing"]
    assert isinstance(filed, Filing)
    materials = tuple(
        SubmittedMaterial(
            code=code, attachment=Attachment(name="a.pdf", media_type="application/pdf", size=1, digest=digit * 64)
        )
        for code, digit in files
    )
    answers = (FieldAnswer(field="lanes", value=answer),) if answer else ()
    changed = {"materials": materials, "summary": summary, "answers": answers}
    return filed.application.model_copy(update=changed)


BEFORE = application(("plan", "1"))


@pytest.mark.parametrize(
    ("wanted", "after", "brought"),
    [
        (SKETCH, application(("plan", "1"), ("sketch", "2")), True),
        (SKETCH, application(("plan", "2")), False),
        (SKETCH, application(("plan", "1"), summary="一段说明"), False),
        (WORDS, application(("plan", "1"), ("plan", "2")), True),
        (WORDS, application(("plan", "1"), summary="一段说明"), True),
        (WORDS, application(("plan", "1"), answer="2"), True),
        (WORDS, BEFORE, False),
        (WORDS, application(), False),
    ],
)
def test_a_named_material_is_brought_by_a_new_file_of_it_and_words_by_anything_new(
    wanted: WantedPaper, after: Application, brought: bool
) -> None:
    assert brings((wanted,), BEFORE, after) is brought


def test_an_invitation_is_open_until_something_of_it_was_handed_in_since() -> None:
    invitation = EXAMPLES["supplement-invitation"]
    assert isinstance(invitation, SupplementInvitation)
    first = Filing(
        filing=invitation.filing, application=BEFORE, channel=FilingChannel.WEB, declaration="真实", at=at("03-02")
    )
    sketch, words = (invitation.model_copy(update={"wanted": (one,)}) for one in (SKETCH, WORDS))
    other = FilingSupplement(filing=invitation.filing, application=application(("plan", "3")), at=at("03-06"))
    whole = application(("plan", "3"), ("sketch", "2"))
    both = FilingSupplement(filing=invitation.filing, application=whole, at=at("03-07"))
    assert open_invitations([first, sketch, words]) == (sketch, words)
    assert open_invitations([first, sketch, words, other]) == (sketch,)
    assert open_invitations([first, sketch, other, words, both]) == ()
    assert open_invitations([first, both, sketch]) == (sketch,), "what was there before answers nothing"


def test_a_request_names_something_and_its_law() -> None:
    asked = EXAMPLES["supplement-request"]
    assert isinstance(asked, SupplementRequest)
    said = asked.model_dump()
    for wrong in ({"wanted": ()}, {"basis": ()}, {"basis": (" ",)}, {"wanted": (SKETCH, SKETCH)}, {"reasons": ""}):
        with pytest.raises(ValidationError):
            SupplementRequest.model_validate({**said, **wrong})
    SupplementRequest.model_validate({**said, "wanted": (SKETCH,), "basis": ()})
