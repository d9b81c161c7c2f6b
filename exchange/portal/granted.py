"""The licence that has come of a filing, as the portal has it on record."""

from __future__ import annotations

from exchange.licences.kept import KeptLicence
from exchange.licences.register import licence_of_case
from exchange.messaging.node import Node
from exchange.portal.superior import window_of
from exchange.portal.view import CaseView


def licence_of_filing(node: Node, found: CaseView) -> KeptLicence | None:
    """Return the licence that was issued on a filing's case; None while there is none."""
    cases = [one.case_number for one in found.acceptances if one.case_number is not None]
    return licence_of_case(node, window_of(node), cases[-1]) if cases else None
