"""What a department is told that asks for licence information, and why it is told nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from exchange.language import Text
from exchange.licences.rules.holders import MARK, is_organisation, shown_holder, written_code
from exchange.licences.rules.standing import licence_on
from exchange.schemas import Licence, LicenceEntry, LicenceQuery, Role, SharedLicence

LEAST_KNOWN = 4
"""Signs of a person's code that whoever asks has to know."""
_ASKS = frozenset({Role.DEPARTMENT, Role.WINDOW})


def why_not_told(query: LicenceQuery, roles: Collection[Role]) -> Text | None:
    """Return why a query is not answered; None where it is. ``roles``: those of whoever asks, in its own domain."""
    if _ASKS.isdisjoint(roles):
        return Text("licence information is for departments and windows")
    if not query.purpose.strip() or not all(one.strip() for one in query.basis):
        return Text("what it is needed for, and by which law, has to be said")
    if query.holder is not None and len(written_code(query.holder).replace(MARK, "")) < LEAST_KNOWN:
        return Text("at least {number} signs of the holder's code have to be known", {"number": LEAST_KNOWN})
    return None


def is_masked_code(holder: str) -> bool:
    """Tell whether a holder is asked for as the public register shows it."""
    return MARK in holder


def shared_licence(
    licence: Licence, digest: str, entries: Sequence[LicenceEntry], day: date, *, persons: bool
) -> SharedLicence:
    """Return a licence as a department is told of it. ``persons``: whether its matter lets persons be told of."""
    then = licence_on(licence, entries, day)
    masked = not persons and not is_organisation(then.holder)
    renewals = [entry for entry in entries if entry.valid_until is not None and entry.effective_on <= day]
    return SharedLicence(
        number=licence.number,
        digest=digest,
        matter=licence.matter,
        matter_name=licence.matter_name,
        matter_name_en=licence.matter_name_en,
        holder=shown_holder(then.holder) if masked else then.holder,
        masked=masked,
        permits="" if masked else then.permits,
        conditions="" if masked else then.conditions,
        valid_from=then.valid_from,
        valid_until=then.valid_until,
        standing=then.standing.value,
        renewed_by_law=bool(renewals) and renewals[-1].authorisation_id is not None,
    )
