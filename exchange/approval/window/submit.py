"""Submit: an application becomes a case, put to all departments of its first stage at once, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from exchange.approval.clocks.store import CaseClocks
from exchange.approval.records import CaseRow, PartRow
from exchange.approval.rules.clock.reminding import first_looked_at
from exchange.approval.rules.states import CaseState, PartState
from exchange.approval.window.deadlines import matter_key
from exchange.approval.window.issuing import CaseFiles, issue_first
from exchange.approval.window.store import Cases
from exchange.catalogue.completeness import check_application
from exchange.catalogue.typed import tidied_application
from exchange.envelope.written import check_written
from exchange.errors import BadApplication, Conflict
from exchange.messaging.checks import expect_window
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.secrecy import check_application_secrecy
from exchange.schemas import Application, Approver, Matter, Role, Urgency


def submit(
    node: Node,
    application: Application,
    *,
    case_number: str | None = None,
    enclosures: Sequence[bytes] = (),
    fixed_due: Mapping[str, datetime] | None = None,
    urgency: Urgency = Urgency.ORDINARY,
) -> CaseRow:
    """Accept an application at the window and fan it out; returns the new case.

    ``fixed_due`` gives departments a due moment that a statute or court fixed instead of the catalogue's term.
    Raises Denied (this is no window), BadApplication (unknown matter; everything missing, at once), Secret (a marking
    of secrecy in what the applicant says) or Conflict (case number taken).
    """
    expect_window(node)
    whole = tidied_application(application, matter_for(node, application.matter).fields)
    with node.step() as step:
        return submit_in(
            step, whole, case_number=case_number, enclosures=enclosures, fixed_due=fixed_due, urgency=urgency
        )


def submit_in(
    step: Step,
    application: Application,
    *,
    case_number: str | None = None,
    enclosures: Sequence[bytes] = (),
    fixed_due: Mapping[str, datetime] | None = None,
    urgency: Urgency = Urgency.ORDINARY,
) -> CaseRow:
    """Do what `submit` does, inside a step."""
    expect_window(step.node)
    matter = matter_for(step.node, application.matter)
    if application.renews is not None:
        raise BadApplication(
            "a renewal is filed at a portal: on its receipt rests what silence comes to (article 50)",
            remedy="hand it in at the window's portal, where an application on paper is entered, too",
        )
    check_written(application)
    check_application_secrecy(application)
    check_application(application, matter, enclosures)
    files = CaseFiles(enclosures, urgency)
    return open_case(step, application, matter, files, number=case_number, fixed_due=fixed_due)


def open_case(
    step: Step,
    application: Application,
    matter: Matter,
    files: CaseFiles,
    *,
    accepted_from: datetime | None = None,
    number: str | None = None,
    fixed_due: Mapping[str, datetime] | None = None,
) -> CaseRow:
    """Open the case of an application that is accepted, whatever is missing in it, and put it to its first stage.

    ``accepted_from``: from when on it counts as accepted, where that was before now. Raises NotFound (a department
    cannot be written to) or Conflict (case number taken; the matter was changed and is still the same version).
    """
    step.node.expect([approver.department for approver in matter.approvers if approver.stage == 1])
    number = number or _next_number(step)
    if step.tx[Cases].get(number) is not None:
        raise Conflict(
            "case {number} exists", remedy="leave the number to the window, or choose another", number=number
        )
    case = _new_case(step, number, application, matter, accepted_from or step.now)
    keep_matter(step, matter)
    due = fixed_due or {}
    step.tx[Cases].open(case, [_new_part(case, approver, due) for approver in matter.approvers])
    step.note("submitted", number, None, matter=matter.code, version=matter.version)
    step.tx[CaseClocks].begin(number, first_looked_at(case, matter))
    issue_first(step, case, matter, files)
    return case


def matter_for(node: Node, code: str) -> Matter:
    """Return the catalogue's matter. Raises BadApplication naming the known ones."""
    matter = node.catalogue.get(code)
    if matter is None:
        raise BadApplication(
            "the catalogue has no matter {code_named!r}",
            remedy="choose one of: {catalogue}",
            code_named=code,
            catalogue=", ".join(sorted(node.catalogue)),
        )
    return matter


def keep_matter(step: Step, matter: Matter) -> None:
    """Keep the matter's text for as long as there are cases; a version says the same for ever. Raises Conflict."""
    key, text = matter_key(matter.code, matter.version), matter.model_dump_json()
    kept = step.tx.get_meta(key)
    if kept is None:
        step.tx.set_meta(key, text)
    elif kept != text:
        raise Conflict(
            "matter {code_named} was changed, but is still version {version}",
            remedy="give the changed matter a new version in the catalogue",
            code_named=matter.code,
            version=matter.version,
        )


def _new_case(step: Step, number: str, application: Application, matter: Matter, opened_at: datetime) -> CaseRow:
    return CaseRow(
        number=number,
        matter=matter.code,
        matter_version=matter.version,
        state=CaseState.OPEN,
        stage=1,
        application=application.model_dump_json().encode(),
        applicant=application.applicant.name,
        project=application.project,
        conversation_id=step.node.new_id(),
        opened_at=opened_at,
    )


def _new_part(case: CaseRow, approver: Approver, due: Mapping[str, datetime]) -> PartRow:
    return PartRow(
        case_number=case.number,
        department=approver.department,
        stage=approver.stage,
        state=PartState.PLANNED,
        fixed_due=due.get(approver.department),
    )


def _next_number(step: Step) -> str:
    """The next docket number: prefix, year and serial."""
    year = step.now.year
    key = f"case-serial:{year}"
    serial = int(step.tx.get_meta(key) or 0) + 1
    step.tx.set_meta(key, str(serial))
    return f"{number_prefix(step.node)}-{year}-{serial:06d}"


def number_prefix(node: Node) -> str:
    """Return with what a window's numbers begin: its domain's name; with several windows, each with its own."""
    domain, name = node.directory.domain, node.address
    several = len(node.directory.with_role(Role.WINDOW)) > 1
    prefix = name.removeprefix(domain.rpartition(".")[0] + ".") if several else domain.rpartition(".")[2]
    return prefix.replace(".", "-").upper()
