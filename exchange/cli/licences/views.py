"""Licences in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.cli.naming import in_full
from exchange.cli.view import plain
from exchange.hand_codes import grouped
from exchange.language import choose, listed, name_of, tr
from exchange.language.licences import LICENCE_CHANGES, LICENCE_STANDINGS, VERIFICATIONS
from exchange.licences.kept import KeptLicence
from exchange.licences.published import licence_json
from exchange.licences.register import public_licence
from exchange.licences.rules.publishing import publish_by
from exchange.licences.rules.standing import LicenceStanding
from exchange.licences.verifying import Verification, VerifiedLicence
from exchange.operations.said.terms import ends_text, moment
from exchange.schemas import LicenceEntry
from exchange.workdays import WorkingCalendar

_SIGNS = {
    Verification.VALID: ("✓", "green"),
    Verification.NOT_YET: ("!", "yellow"),
    Verification.ELSEWHERE: ("?", "yellow"),
}
_WRONG = ("✗", "red")


def licences_view(found: Sequence[KeptLicence], day: date) -> Table:
    """Show licences as a list."""
    table = Table(header_style="bold", border_style="dim")
    titles = (tr("licence"), tr("holder"), tr("matter"), tr("standing"), tr("valid until"), tr("case"))
    for title in titles:
        table.add_column(title, overflow="fold")
    for one in found:
        then, body = one.on(day), one.body
        last = then.valid_until.isoformat() if then.valid_until else ""
        matter = choose((body.matter_name, body.matter_name_en))
        table.add_row(
            body.number, plain(then.holder.name), plain(matter), _standing(then.standing), last, body.case_number
        )
    return table


def licence_view(found: KeptLicence, day: date, calendar: WorkingCalendar) -> RenderableType:
    """Show one licence in full."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _lines(found, day, calendar):
        if text:
            grid.add_row(label, plain(text))
    return Group(Text.assemble((found.body.number, "bold"), "  ", _standing(found.on(day).standing)), grid)


def _lines(found: KeptLicence, day: date, calendar: WorkingCalendar) -> Iterator[tuple[str, str]]:
    body, then = found.body, found.on(day)
    until, provisional = publish_by(body.decided_at, calendar)
    yield tr("matter"), choose((body.matter_name, body.matter_name_en))
    yield tr("holder"), f"{then.holder.name}  {then.holder.identifier}"
    yield tr("permits"), then.permits
    yield tr("conditions"), then.conditions
    yield tr("valid from"), then.valid_from.isoformat()
    yield tr("valid until"), then.valid_until.isoformat() if then.valid_until else tr("without an end")
    yield tr("issued by"), in_full(body.issuer)
    yield tr("issued"), moment(body.at)
    yield tr("case"), body.case_number
    yield tr("basis"), listed(body.basis)
    yield tr("to be published by"), ends_text(until, provisional=provisional)
    yield tr("verification code"), grouped(found.row.code)
    for entry in found.entries:
        yield f"{entry.position}. {name_of(LICENCE_CHANGES, entry.change)}", _entered(entry)


def _entered(entry: LicenceEntry) -> str:
    day = entry.effective_on.isoformat()
    return tr("from {day}: {reasons} ({basis})", day=day, reasons=entry.reasons, basis=listed(entry.basis))


def kept_json(found: KeptLicence, day: date, calendar: WorkingCalendar) -> dict[str, Any]:
    """Return one licence in full, with the bodies of what was signed."""
    then = found.on(day)
    until, provisional = publish_by(found.body.decided_at, calendar)
    return {
        "number": found.row.number,
        "standing": then.standing.value,
        "valid_until": then.valid_until,
        "code": found.row.code,
        "message_id": found.row.message_id,
        "digest": found.row.digest,
        "publish_by": until,
        "provisional": provisional,
        "licence": found.body.model_dump(mode="json"),
        "entries": [entry.model_dump(mode="json") for entry in found.entries],
        "public": licence_json(public_licence(found, day)),
    }


def verified_view(found: VerifiedLicence) -> RenderableType:
    """Show what came of verifying a licence."""
    sign, colour = _SIGNS.get(found.result, _WRONG)
    lines: list[RenderableType] = [Text(f"{sign} {name_of(VERIFICATIONS, found.result)}", style=colour)]
    one = found.licence
    if found.issued_by is not None:
        lines.append(plain(tr("signed by {authority}", authority=choose(found.issued_by))))
    if one is not None:
        last = one.valid_until.isoformat() if one.valid_until else tr("without an end")
        lines += [
            plain(f"{one.number}  {choose(one.matter_names)}"),
            plain(f"{one.holder}  {one.holder_code}"),
            plain(found.permits),
            plain(tr("from {first} until {last}", first=one.valid_from.isoformat(), last=last)),
            plain(choose(one.authority)),
        ]
        if found.conditions:
            lines.append(plain(found.conditions))
    return Group(*lines)


def verified_json(found: VerifiedLicence) -> dict[str, Any]:
    """Return what came of verifying a licence, for machines."""
    return {
        "result": found.result.value,
        "licence": licence_json(found.licence) if found.licence else None,
        "permits": found.permits,
        "conditions": found.conditions,
        "issued_by": list(found.issued_by) if found.issued_by else None,
    }


def _standing(standing: LicenceStanding) -> Text:
    sign, colour = _SIGNS.get(Verification(standing.value), _WRONG)
    return Text(f"{sign} {name_of(LICENCE_STANDINGS, standing)}", style=colour)
