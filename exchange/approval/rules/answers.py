"""Answers: the short way for a department's rule to read a consultation and to say one of the verdicts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange.clock import CST
from exchange.schemas import Consultation, ObjectionGround, Opinion, Verdict
from exchange.workdays import given_calendar, working_days_between

_OF_THE_DESK = "00000000-0000-0000-0000-000000000000"
"""A rule does not know by which message it was asked; the desk puts the consultation's id in when it sends."""


@dataclass(frozen=True)
class Department:
    """Who answers: the department's address and the officer who stands for its rule."""

    address: str
    officer: str

    def agree(self, consultation: Consultation, today: date, reasons: str = "") -> Opinion:
        """Return an opinion that agrees (同意)."""
        return self._opinion(consultation, today, Verdict.AGREE, reasons=reasons)

    def agree_if(self, consultation: Consultation, today: date, conditions: str, *basis: str) -> Opinion:
        """Return an opinion that agrees with conditions (附条件同意)."""
        return self._opinion(consultation, today, Verdict.AGREE_WITH_CONDITIONS, conditions=conditions, basis=basis)

    def disagree(
        self, consultation: Consultation, today: date, reasons: str, *basis: str, ground: ObjectionGround | None = None
    ) -> Opinion:
        """Return an opinion that disagrees (不同意), with its reasons and basis; ``ground``: safety, where so."""
        return self._opinion(consultation, today, Verdict.DISAGREE, reasons=reasons, basis=basis, ground=ground)

    def not_competent(self, consultation: Consultation, today: date, competent_body: str) -> Opinion:
        """Return an opinion that the department is not competent (非本部门职责), naming the right authority."""
        return self._opinion(consultation, today, Verdict.NOT_COMPETENT, competent_body=competent_body)

    def _opinion(self, consultation: Consultation, today: date, verdict: Verdict, **fields: Any) -> Opinion:
        return Opinion(
            case_number=consultation.case_number,
            consultation_id=_OF_THE_DESK,
            department=self.address,
            verdict=verdict,
            officer=self.officer,
            decided_on=today,
            **fields,
        )


def said(consultation: Consultation) -> str:
    """Return all that the applicant says in words: project, summary and the notes to the materials."""
    application = consultation.application
    return "\n".join([application.project, application.summary, *(item.note for item in application.materials)])


def answered(consultation: Consultation, field: str) -> str | None:
    """Return what the applicant has answered to a field of the matter's form, as it travels; None if nothing."""
    return next((one.value for one in consultation.application.answers if one.field == field), None)


def figure(consultation: Consultation, label: str, field: str = "") -> float | None:
    """Return the number that a field of the form has, else the first one behind a label in what the applicant says.

    As in 安全出口2个; None if there is none.
    """
    given = answered(consultation, field)
    if given is not None:
        return float(given)
    found = re.search(rf"{re.escape(label)}[^\d，。；\n]{{0,10}}(\d+(?:\.\d+)?)", said(consultation))
    return float(found.group(1)) if found else None


def working_days_open(consultation: Consultation, today: date) -> int:
    """Return how many working days have passed since the consultation was issued, by the calendar that counts here."""
    return working_days_between(given_calendar(), consultation.issued_at.astimezone(CST).date(), today)[0]
