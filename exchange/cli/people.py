"""Commands for people at a desk: submit, status, inbox, show, reply, decide, withdraw, deadline."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.live import Live
from rich.table import Table

from exchange.bootstrap.applications import read_application
from exchange.bootstrap.home import Opened, open_member, window_of
from exchange.bootstrap.settings import Home, Settings
from exchange.cli.domain import HomeOption, JsonOption
from exchange.cli.view import case_json, case_view, cases_table, console, due_text, print_json, say, state_text
from exchange.envelope import verify_signed
from exchange.errors import BadOpinion, NotFound
from exchange.flow import conclude, respond
from exchange.flow.deadlines import Amendment, amend
from exchange.flow.ports import CaseState, StoredDocument
from exchange.flow.status import case_status, recent_cases
from exchange.flow.submit import submit as submit_case
from exchange.profiles import load_profiles
from schemas import EntryKind, Opinion, Outcome, Overruling, ProcedureKind, Role, SpecialProcedure, Verdict

AsOption = Annotated[
    str | None, typer.Option("--as", help="The member to act as, for example hefei.planning (default: the window).")
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    window, desk = "窗口 At the window", "部门 At a department"
    app.command("submit", rich_help_panel=window)(submit)
    app.command("status", rich_help_panel=window)(status)
    app.command("decide", rich_help_panel=window)(decide)
    app.command("withdraw", rich_help_panel=window)(withdraw)
    app.command("deadline", rich_help_panel=window)(deadline)
    app.command("inbox", rich_help_panel=desk)(inbox)
    app.command("show", rich_help_panel=desk)(show)
    app.command("reply", rich_help_panel=desk)(reply)


def _open(settings: Settings, address: str | None) -> Opened:
    return open_member(settings, address or window_of(settings))


def submit(
    file: Annotated[Path, typer.Argument(help="Application in TOML; attachments are named by paths beside it.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hands in an application at the window; all departments get it at once. 收件。

    A file looks like this:

        matter = "road-occupation"
        project = "Heating pipe in Huangshan Road"
        summary = "..."
        [applicant]
        name = "..."
        identifier = "91340100..."
        contact = "..."
        [[materials]]
        code = "plan"
        file = "plan.pdf"
    """
    settings = Settings.read(home=home)
    application, enclosures = read_application(file, settings.clock)
    opened = _open(settings, None)
    case = submit_case(opened.node, application, enclosures=enclosures)
    if as_json:
        print_json(case_json(case_status(opened.node, case.number)))
    else:
        console.print(f"已受理 accepted: [bold]{case.number}[/]; follow it with: exchange status {case.number} --watch")


def status(
    case: Annotated[str | None, typer.Argument(help="Case number; without one, the latest cases.")] = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Stay and refresh until decided.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Where a case stands, at any time. 查询进度。"""
    settings = Settings.read(home=home)
    node = _open(settings, None).node
    if case is None:
        cases = recent_cases(node)
        if as_json:
            print_json([case_json(item) for item in cases])
            return
        profiles = load_profiles(Home(settings.home).departments)
        shown = {address: p.label for address, p in profiles.items() if Role.DEPARTMENT in p.roles}
        console.print(cases_table(cases, shown, settings.clock.now()) if cases else "没有案件 no cases yet")
        return
    found = case_status(node, case)
    if as_json:
        print_json(case_json(found))
        return
    if not watch:
        console.print(case_view(found, settings.clock.now()))
        return
    with Live(case_view(found, settings.clock.now()), console=console, refresh_per_second=4) as live:
        while found.state in (CaseState.OPEN, CaseState.READY):
            time.sleep(0.5)
            found = case_status(node, case)
            live.update(case_view(found, settings.clock.now()))


def inbox(
    as_: AsOption = None,
    every: Annotated[bool, typer.Option("--all", help="Answered and closed ones too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What lies on a department's desk: consultations to answer, documents received. 待办。"""
    settings = Settings.read(home=home)
    node = _open(settings, as_).node
    with node.store.reading() as tx:
        rows = tx.desk.recent() if every else tx.desk.waiting()
        documents = tx.documents.recent("received", "document", 20)
    if as_json:
        print_json(
            {
                "consultations": [
                    {"case": r.case_number, "state": r.state, "matter": r.matter, "project": r.title,
                     "received_at": r.received_at.isoformat(), "cleared": r.cleared, "reminded": r.reminded}
                    for r in rows
                ],
                "documents": [{"message_id": d.message_id, "sender": d.sender} for d in documents],
            }
        )  # fmt: skip
        return
    table = Table(header_style="bold", border_style="dim")
    for title in ("受理编号 case", "事项 matter", "项目 project", "状态 state", "催办 reminded"):
        table.add_column(title)
    for row in rows:
        reminded = f"{row.reminded} %" if row.reminded else ""
        table.add_row(row.case_number, row.matter, row.title, row.state if row.cleared else "准备 prepare", reminded)
    console.print(table if rows else "没有待办 nothing waits")
    for document in documents:
        console.print(f"公文 document {document.message_id} from {document.sender}")


def show(
    what: Annotated[str, typer.Argument(help="A message id, or a case number on this desk.")],
    as_: AsOption = None,
    home: HomeOption = None,
) -> None:
    """Shows one message in full, verified from its signed bytes on record. 查看。"""
    settings = Settings.read(home=home)
    node = _open(settings, as_).node
    with node.store.reading() as tx:
        row = tx.desk.get(what)
        found: list[StoredDocument] = tx.documents.find(row.consultation_id if row else what)
        copies = tx.outbox.rows(found[0].message_id) if found else []
    if not found:
        raise NotFound(f"no message {what} at {node.address}", mend="`exchange inbox` and `exchange status` list ids")
    for stored in found:
        verified = verify_signed(stored.signed, node.directory)
        console.print(f"[dim]{stored.kind} {stored.message_id} · {stored.direction} · signed by {stored.sender}[/]")
        console.print_json(verified.payload.decode())
    for copy in copies:
        console.print(f"[dim]→ {copy.addressee}: {copy.state.value}, {copy.attempts} attempts[/]")


def reply(
    case: Annotated[str, typer.Argument(help="A case on the desk.")],
    verdict: Annotated[
        str,
        typer.Argument(
            help="agree · agree-with-conditions · disagree · not-competent · special-procedure · refer-upward"
        ),
    ],
    as_: Annotated[str, typer.Option("--as", help="The department that answers.")],
    officer: Annotated[str, typer.Option(help="Who signs for the opinion.")],
    reasons: str = "",
    conditions: str = "",
    basis: Annotated[list[str] | None, typer.Option(help="Legal basis; may be given several times.")] = None,
    competent_body: Annotated[str | None, typer.Option(help="With not-competent: the right body.")] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="With special-procedure: which one.")] = None,
    days: Annotated[int | None, typer.Option(help="With special-procedure: its length in working days.")] = None,
    home: HomeOption = None,
) -> None:
    """Answers a consultation: once, with what its verdict requires. 答复。"""
    settings = Settings.read(home=home)
    node = _open(settings, as_).node
    with node.store.reading() as tx:
        row = tx.desk.get(case)
    if row is None:
        raise NotFound(f"case {case} is not on the desk of {as_}", mend=f"exchange inbox --as {as_}")
    try:
        opinion = Opinion(
            case_number=case,
            consultation_id=row.consultation_id,
            department=as_,
            verdict=_verdict(verdict),
            reasons=reasons,
            conditions=conditions,
            basis=tuple(basis or ()),
            competent_body=competent_body,
            procedure=SpecialProcedure(kind=procedure, days=days or 0) if procedure else None,
            officer=officer,
            decided_on=settings.clock.now().date(),
        )
    except ValidationError as error:
        faults = "; ".join(item["msg"].removeprefix("Value error, ") for item in error.errors())
        raise BadOpinion(faults, mend="give the named options") from error
    message_id = respond.reply(node, opinion)
    console.print(f"已答复 answered: {case} ({verdict}), message {message_id}")


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        choices = ", ".join(verdict.value for verdict in Verdict)
        raise BadOpinion(f"{text!r} is not a verdict", mend=f"one of: {choices}") from None


def decide(
    case: str,
    outcome: Annotated[Outcome, typer.Argument(help="grant · grant-with-conditions · refuse")],
    officer: Annotated[str, typer.Option(help="Who decides.")],
    reasons: Annotated[str, typer.Option(help="Every decision is reasoned.")],
    conditions: str = "",
    overrule: Annotated[
        list[str] | None, typer.Option(help="DEPARTMENT=REASONS for each objection not followed.")
    ] = None,
    home: HomeOption = None,
) -> None:
    """The lead's decision on a case that is ready: explicit, reasoned, signed. 决定。"""
    settings = Settings.read(home=home)
    node = _open(settings, None).node
    overruled = tuple(
        Overruling(department=department, reasons=why)
        for department, _, why in (entry.partition("=") for entry in overrule or [])
    )
    ruling = conclude.Ruling(outcome, reasons, conditions, (), overruled, officer)
    message_id = conclude.decide(node, case, ruling)
    console.print(state_text(CaseState.DECIDED, outcome.value), f"{case}, message {message_id}")


def withdraw(case: str, reason: Annotated[str, typer.Option()], home: HomeOption = None) -> None:
    """Withdraws an undecided application at the applicant's wish. 撤回。"""
    settings = Settings.read(home=home)
    conclude.withdraw(_open(settings, None).node, case, reason)
    console.print(f"已撤回 withdrawn: {case}")


def deadline(
    case: str,
    department: str,
    entry: Annotated[EntryKind, typer.Argument(help="stop · resume · restart · extend")],
    reason: Annotated[str, typer.Option(help="Told to the department and to the monitors.")],
    basis: Annotated[list[str] | None, typer.Option(help="Legal basis; required to stop or extend.")] = None,
    days: Annotated[int | None, typer.Option(help="Working days; required to extend.")] = None,
    procedure: Annotated[ProcedureKind | None, typer.Option(help="Required to stop: for which procedure.")] = None,
    officer: Annotated[str | None, typer.Option("--by", help="Address of who orders it (default: the window).")] = None,
    home: HomeOption = None,
) -> None:
    """Stops, resumes, restarts or extends a department's term, as an entry in its ledger. 期限调整。"""
    settings = Settings.read(home=home)
    node = _open(settings, None).node
    amendment = Amendment(entry, reason, tuple(basis or ()), officer or node.address, days, procedure)
    notice = amend(node, case, department, amendment).notice
    found = next(part for part in case_status(node, case).parts if part.department == department)
    say(f"{entry.value}: {department} in {case} is now due {due_text(found.due_at) or 'when resumed'}; notice {notice}")
