"""Filings in a terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from exchange.approval.acceptance.officers import FilingStatus
from exchange.approval.filings.records import FilingRow
from exchange.approval.filings.states import FilingState
from exchange.cli.documents.document_views import without_keys
from exchange.cli.naming import called
from exchange.cli.view import plain
from exchange.hand_codes import grouped
from exchange.language import choose, listed, name_of, tr
from exchange.language.filings import CHANNELS, FILING_STANDINGS, FILING_STATES, PART_STEPS, scan_words
from exchange.licences.kept import KeptLicence
from exchange.operations.said.terms import due_text, ends_text, moment
from exchange.portal.asked_about import AskedAbout
from exchange.portal.records import ApplicationDraft, DraftFile
from exchange.portal.view import CaseView
from exchange.schemas import OUTCOME_TITLES, Acceptance, CaseProgress, DepartmentProgress, RenewalTerm
from exchange.schemas.titles import kind_name

_COLOURS = {
    FilingState.RECEIVED: "yellow",
    FilingState.INCOMPLETE: "magenta",
    FilingState.ACCEPTED: "green",
    FilingState.NOT_ACCEPTED: "red",
    FilingState.WITHDRAWN: "dim",
    FilingState.BY_LAW: "green",
}


def filings_view(rows: Sequence[FilingRow]) -> Table:
    """Show filings as a list."""
    table = Table(header_style="bold", border_style="dim")
    for title in (tr("filing"), tr("matter"), tr("project"), tr("state"), tr("to be told by"), tr("case")):
        table.add_column(title, overflow="fold")
    for row in rows:
        by = due_text(row.tell_by) if row.state is FilingState.RECEIVED else ""
        table.add_row(row.number, row.matter, plain(row.project), _state(row), by, row.case_number or "")
    return table


def filing_view(found: FilingStatus) -> RenderableType:
    """Show one filing, as an officer looks at it."""
    row, grid = found.row, Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, text in _lines(found):
        if text:
            grid.add_row(label, plain(text))
    head = Text.assemble((row.number, "bold"), "  ", plain(row.project), "  ", _state(row))
    return Group(head, grid)


def _lines(found: FilingStatus) -> list[tuple[str, str]]:
    row, application = found.row, found.application
    names = {one.code: choose(one.names) for one in found.matter.materials}
    fields = {field.name: choose(field.label.words) for field in found.matter.fields}
    waits = row.state is FilingState.RECEIVED
    lines = [
        (tr("matter"), choose(found.matter.names)),
        (tr("applicant"), f"{application.applicant.name}  {application.applicant.identifier}"),
        (tr("came by"), f"{called(row.portal)}, {name_of(CHANNELS, row.channel)}"),
        (tr("received"), moment(row.received_at)),
        (tr("completed"), moment(row.complete_at) if row.complete_at != row.received_at else ""),
        (tr("to be told by"), ends_text(found.term.at, provisional=found.term.provisional) if waits else ""),
        (tr("renewal"), _renewal(found.renewal) if found.renewal is not None else ""),
        (tr("summary"), application.summary),
    ]
    lines += [(fields.get(answer.field, answer.field), answer.value) for answer in application.answers]
    for one in application.materials:
        named = one.attachment or one.claim
        file = f"{named.name} ({choose(scan_words(named.digest, found.scanned))})" if named is not None else one.note
        lines.append((names.get(one.code, one.code), file))
    for promise in found.promised:
        name = names.get(promise.material, promise.material)
        lines.append((tr("promised"), tr("{name}, by {day}", name=name, day=promise.until)))
    return [*lines, (tr("case"), row.case_number or "")]


def row_json(row: FilingRow) -> dict[str, Any]:
    """Return a filing as the lists have it."""
    return {
        "filing": row.number,
        "portal": row.portal,
        "matter": row.matter,
        "project": row.project,
        "applicant": row.applicant,
        "channel": row.channel.value,
        "state": row.state.value,
        "outcome": row.outcome.value if row.outcome else None,
        "received_at": row.received_at,
        "complete_at": row.complete_at,
        "tell_by": row.tell_by if row.state is FilingState.RECEIVED else None,
        "case": row.case_number,
        "acceptance_id": row.acceptance_id,
        "hearing_at": row.hearing_at,
    }


def filing_json(found: FilingStatus) -> dict[str, Any]:
    """Return one filing with what was handed in."""
    told = {"tell_by": found.term.at, "provisional": found.term.provisional}
    promised = {"promised": [one.model_dump(mode="json") for one in found.promised]}
    shown: dict[str, Any] = without_keys({"application": found.application.model_dump(mode="json")})
    return row_json(found.row) | told | promised | shown


def draft_view(found: ApplicationDraft) -> Text:
    """Show a draft that was not handed in."""
    said = tr("not handed in yet; deleted on {day}", day=moment(found.ends_at))
    return Text.assemble((found.number, "bold"), "  ", plain(found.entered.project), "  ", (said, "yellow"))


def case_view_view(
    found: CaseView, licence: KeptLicence | None = None, files: Sequence[DraftFile] = ()
) -> RenderableType:
    """Show how a filing stands for its applicant."""
    head = Text.assemble((found.number, "bold"), "  ", (name_of(FILING_STANDINGS, found.standing), "cyan"))
    lines: list[RenderableType] = [head]
    for paper in found.papers:
        body = paper.body
        if isinstance(body, CaseProgress):
            continue
        title = choose(OUTCOME_TITLES[body.outcome]) if isinstance(body, Acceptance) else kind_name(body.KIND)
        lines.append(Text.assemble((moment(paper.at), "dim"), "  ", title, "  ", plain(paper.reason, "red")))
    if found.progress is not None:
        lines += [_part_line(part) for part in found.progress.parts]
    if found.renewal is not None:
        lines.append(plain(_renewal(found.renewal)))
    if found.renewed_by_law is not None:
        until = found.renewed_by_law.valid_until.isoformat()
        lines.append(plain(tr("renewed by law, approved by nobody: valid until {day}", day=until)))
    if found.decision is not None:
        lines.append(plain(found.decision.reasons))
    lines += [Text.assemble("  ", plain(one.name), "  ", (_said_of(one), "dim")) for one in files]
    if licence is not None:
        code = grouped(licence.row.code)
        lines.append(plain(tr("licence {number}; verification code {code}", number=licence.row.number, code=code)))
    return Group(*lines)


def _renewal(term: RenewalTerm) -> str:
    said = {"number": term.licence, "over": term.expires_on.isoformat(), "by": term.ask_by.isoformat()}
    if term.in_time:
        return tr("renewal of {number}, over on {over}: in time; if undecided then, it is granted by law", **said)
    return tr("renewal of {number}, over on {over}: asked for after {by}; nothing is granted by law", **said)


def _said_of(file: DraftFile) -> str:
    return choose(scan_words(file.digest, (file.digest,) if file.scanned else ()))


def _part_line(part: DepartmentProgress) -> Text:
    due = ends_text(part.due_at, provisional=part.provisional)
    said = " ".join((name_of(PART_STEPS, part.step), part.conditions, part.reasons)).strip()
    return Text.assemble("  ", choose((part.name, part.name_en)), "  ", plain(said), "  ", (due, "dim"))


def case_view_json(
    found: CaseView, licence: KeptLicence | None = None, files: Sequence[DraftFile] = ()
) -> dict[str, Any]:
    """Return how a filing stands for its applicant, with the bodies of the signed papers."""
    return {
        "filing": found.number,
        "standing": found.standing.value,
        "files": [
            {"material": one.material, "name": one.name, "digest": one.digest, "scanned": bool(one.scanned)}
            for one in files
        ],
        "licence": {"number": licence.row.number, "code": licence.row.code} if licence else None,
        "papers": [
            {
                "kind": paper.body.KIND,
                "message_id": paper.message_id,
                "ours": paper.ours,
                "at": paper.at,
                "signed_for": paper.signed_for,
                "reason": paper.reason,
                "body": without_keys(paper.body.model_dump(mode="json")),
            }
            for paper in found.papers
        ],
    }


def _state(row: FilingRow) -> Text:
    return Text(name_of(FILING_STATES, row.state), style=_COLOURS[row.state])


def asked_line(one: AskedAbout) -> Text:
    """Show that a department was told of a licence."""
    told = tr("told of the licence: {department}, {at}", department=called(one.asker), at=moment(one.at))
    return plain(f"{told}; {one.purpose} ({listed(one.basis)})")


def asked_json(one: AskedAbout) -> dict[str, Any]:
    """Return that a department was told of a licence."""
    return {"asker": one.asker, "at": one.at, "purpose": one.purpose, "basis": list(one.basis)}
