"""The licence that has come of a filing, or that it renews, as the portal has it on record."""

from __future__ import annotations

from exchange.clock import CST
from exchange.errors import BadApplication
from exchange.licences.kept import KeptLicence, kept_licence
from exchange.licences.register import licence_issued, licence_of_case
from exchange.licences.rules.renewing import why_not_renewable
from exchange.licences.store import Licences
from exchange.messaging.node import Node, Step
from exchange.portal.superior import window_of
from exchange.portal.view import CaseView
from exchange.schemas import Application


def licence_of_filing(node: Node, found: CaseView) -> KeptLicence | None:
    """Return the licence that was issued on a filing's case, or that it renews; None while there is none."""
    if found.renews is not None:
        return licence_issued(node, window_of(node), found.renews)
    cases = [one.case_number for one in found.acceptances if one.case_number is not None]
    return licence_of_case(node, window_of(node), cases[-1]) if cases else None


def expect_renewable(step: Step, application: Application) -> None:
    """Raise BadApplication where a renewal cannot be asked for: by what the portal has on record of the licence."""
    if application.renews is None:
        return
    row = step.tx[Licences].get(window_of(step.node), application.renews)
    if row is None:
        raise BadApplication(
            "no licence {number} of this window is on record",
            remedy="look at the number that stands on it",
            number=application.renews,
        )
    kept, day = kept_licence(step.tx, row), step.now.astimezone(CST).date()
    found = why_not_renewable(kept.body, kept.entries, application.matter, application.applicant.identifier, day)
    if found is not None:
        raise BadApplication(found[0], remedy=found[1])
