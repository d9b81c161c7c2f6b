"""What a licence, or an entry on one, says, line by line."""

from __future__ import annotations

from exchange.language import choose, listed, name_of, tr
from exchange.language.licences import LICENCE_CHANGES
from exchange.operations.said.names import Lines
from exchange.schemas import Licence, LicenceEntry, LicenceHolder


def licence_lines(body: Licence | LicenceEntry) -> Lines:
    """Yield which licence it is, what it permits to whom, and until when; or what was entered on it, and why."""
    yield tr("licence"), body.number
    if isinstance(body, LicenceEntry):
        yield tr("change"), name_of(LICENCE_CHANGES, body.change)
        yield tr("valid from"), body.effective_on.isoformat()
        yield tr("reasons"), body.reasons
    else:
        yield tr("matter"), choose((body.matter_name, body.matter_name_en))
        yield tr("valid from"), body.valid_from.isoformat()
    if body.holder is not None:
        yield tr("holder"), _called(body.holder)
    yield tr("permits"), body.permits or ""
    yield tr("conditions"), body.conditions or ""
    yield tr("valid until"), body.valid_until.isoformat() if body.valid_until else ""
    yield tr("basis"), listed(body.basis)


def _called(holder: LicenceHolder) -> str:
    return f"{holder.name}  {holder.identifier}"
