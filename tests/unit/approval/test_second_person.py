"""The second person: two names that are two people, and nobody who has written at a draft."""

from __future__ import annotations

import pytest

from exchange.api.models import OpinionIn
from exchange.approval.department.consulted import wants_second_person
from exchange.approval.rules.second_person import expect_other_than_drafters, expect_second_person
from exchange.errors import BadOpinion, Denied
from exchange.schemas import Consultation, Opinion, Verdict
from tests.unit.examples import MESSAGES
from tests.unit.facts import ID

OPINION = next(body for body in MESSAGES if isinstance(body, Opinion))
ASKED = next(body for body in MESSAGES if isinstance(body, Consultation))


def test_an_opinion_of_two_names_two_people() -> None:
    assert OPINION.written_version == 1
    named = OPINION.model_copy(update={"officer": "王芳", "drafted_by": "李伟"})
    expect_second_person(named)
    assert named.written_version == 6
    for nobody_else in (None, "王芳", " 王芳 "):
        with pytest.raises(BadOpinion):
            expect_second_person(named.model_copy(update={"drafted_by": nobody_else}))
    with pytest.raises(BadOpinion, match="WANG has drafted"):
        expect_second_person(named.model_copy(update={"officer": "WANG", "drafted_by": "ｗａｎｇ"}))


def test_the_api_names_both() -> None:
    asked = OpinionIn(
        case_number="C-1", consultation_id=ID, verdict=Verdict.AGREE, officer="王芳", drafted_by="李伟",
        decided_on=OPINION.decided_on,
    )  # fmt: skip
    expect_second_person(asked.as_opinion("c.transport"))


def test_who_has_written_at_a_draft_does_not_sign_it() -> None:
    expect_other_than_drafters("王芳", ("李伟", "陈"))
    with pytest.raises(Denied):
        expect_other_than_drafters("陈", ("李伟", "陈"))


def test_a_request_wants_it_of_the_department_that_it_is_put_to() -> None:
    police, transport = ASKED.departments
    strict = ASKED.model_copy(update={"departments": (police, transport.model_copy(update={"second_person": True}))})
    assert strict.written_version == 7
    assert wants_second_person("c.transport", strict)
    assert not wants_second_person("c.police", strict)
    copied = strict.model_copy(update={"departments": strict.departments[1:], "copy_of": ID})
    assert wants_second_person("c.fire", copied), "a substitute is asked what its department is asked"
