"""A licence as it is on record here: its row, and the signed documents from which everything about it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.envelope.document import parse_body, payload_of
from exchange.errors import NotFound
from exchange.licences.records import LicenceEntryRow, LicenceRow
from exchange.licences.rules.codes import verification_code
from exchange.licences.rules.entering import state_by
from exchange.licences.rules.holders import shown_holder, written_code
from exchange.licences.rules.standing import LicenceOnDay, licence_on
from exchange.licences.store import Licences
from exchange.messaging.documents import Documents
from exchange.schemas import Licence, LicenceEntry, LicenceHolder
from exchange.store.transaction import Transaction


@dataclass(frozen=True)
class KeptLicence:
    """A licence with all entries on it, as they were signed."""

    row: LicenceRow
    body: Licence
    signed: bytes
    entries: tuple[LicenceEntry, ...]
    papers: tuple[bytes, ...]
    """The signed entries, in their order."""

    def on(self, day: date) -> LicenceOnDay:
        """Return how it is on a day."""
        return licence_on(self.body, self.entries, day)


def kept_licence(tx: Transaction, row: LicenceRow) -> KeptLicence:
    """Return a licence of the register with what was signed. Raises NotFound where a signed document is gone."""
    return _kept(tx, row, tx[Licences].entries(row.issuer, row.number) if row.entries else ())


def _kept(tx: Transaction, row: LicenceRow, entered: Iterable[LicenceEntryRow]) -> KeptLicence:
    signed = _signed(tx, row.issuer, row.number, row.message_id)
    found = _read(tx, row.issuer, row.number, entered)
    entries, papers = tuple(entry for entry, _ in found), tuple(paper for _, paper in found)
    return KeptLicence(row, parse_body(Licence, payload_of(signed)), signed, entries, papers)


def kept_licences(tx: Transaction, rows: Iterable[LicenceRow]) -> list[KeptLicence]:
    """Return several licences of the register, in their order; what was signed of them is read together."""
    found = list(rows)
    entered: dict[tuple[str, str], list[LicenceEntryRow]] = {}
    for issuer in {row.issuer for row in found}:
        own = [row for row in found if row.issuer == issuer]
        by_number = tx[Licences].entries_of(issuer, [row.number for row in own if row.entries])
        entered |= {(issuer, number): entries for number, entries in by_number.items()}
        of_entries = [entry.message_id for entries in by_number.values() for entry in entries]
        tx[Documents].read_ahead(issuer, [*(row.message_id for row in own), *of_entries])
    return [_kept(tx, row, entered.get((row.issuer, row.number), ())) for row in found]


def register_row(body: Licence, message_id: str, digest: str, entries: Sequence[LicenceEntry] = ()) -> LicenceRow:
    """Return the row of a licence that was just issued, or taken in after the ``entries`` on it."""
    named = [entry.holder for entry in entries if entry.holder is not None]
    return LicenceRow(
        issuer=body.issuer,
        number=body.number,
        state=state_by({entry.change for entry in entries}),
        matter=body.matter,
        case_number=body.case_number,
        message_id=message_id,
        digest=digest,
        code=verification_code(digest),
        issued_at=body.at,
        entries=len(entries),
        **_shown(named[-1] if named else body.holder),
    )


def entry_row(issuer: str, entry: LicenceEntry, message_id: str) -> LicenceEntryRow:
    """Return the row of an entry on a licence."""
    return LicenceEntryRow(issuer, entry.number, entry.position, entry.change, message_id)


def shown_from(entry: LicenceEntry) -> dict[str, str]:
    """Return what the register says of a licence's holder from an entry on, where the entry names another one."""
    return _shown(entry.holder) if entry.holder is not None else {}


def entries_of(tx: Transaction, issuer: str, number: str) -> tuple[tuple[LicenceEntry, bytes], ...]:
    """Return the entries on a licence in their order, each with its signed bytes. Raises NotFound."""
    return _read(tx, issuer, number, tx[Licences].entries(issuer, number))


def _read(
    tx: Transaction, issuer: str, number: str, rows: Iterable[LicenceEntryRow]
) -> tuple[tuple[LicenceEntry, bytes], ...]:
    papers = (_signed(tx, issuer, number, row.message_id) for row in rows)
    return tuple((parse_body(LicenceEntry, payload_of(paper)), paper) for paper in papers)


def _shown(holder: LicenceHolder) -> dict[str, str]:
    shown, code = shown_holder(holder), written_code(holder.identifier)
    return {"shown_name": shown.name, "shown_code": shown.identifier, "identifier": code}


def _signed(tx: Transaction, issuer: str, number: str, message_id: str) -> bytes:
    stored = tx[Documents].get(issuer, message_id)
    if stored is None:
        raise NotFound(
            "the signed document {message_id} of licence {number} is not on record",
            remedy="restore the database from its backup",
            message_id=message_id,
            number=number,
        )
    return stored.signed
