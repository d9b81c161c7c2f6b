"""Commands that look at a department's desk, and at what any member has on record: inbox, show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from exchange.approval.department.desk import ANSWERABLE
from exchange.approval.department.records import DeskRow
from exchange.approval.department.returned import correct_until, returned_in
from exchange.approval.department.store import DepartmentDesk
from exchange.approval.department.terms import terms_of
from exchange.approval.rules.department_term import DeskTerm
from exchange.approval.rules.states import DeskState
from exchange.approval.window.lead_duties import lead_duties
from exchange.cli.approval.inbox_view import (
    consultation_json,
    decision_json,
    decisions_table,
    desk_table,
    duties_table,
    duty_json,
)
from exchange.cli.approval.term_views import changes_table, desk_term_text, term_json
from exchange.cli.documents.attachments import fetch_claims
from exchange.cli.documents.message_views import letter_json, letter_view, whole_letter_view
from exchange.cli.documents.request_views import request_json, request_view, requests_view
from exchange.cli.documents.saving import save_attachments, say_saved
from exchange.cli.naming import in_full
from exchange.cli.options import AsOption, HomeOption, JsonOption, open_as
from exchange.cli.view import console, plain, print_json, say_more
from exchange.documents.request_record import request_status, requests_here
from exchange.language import tr
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.operations.tasks.duties import duties_here
from exchange.operations.trace.dossier import dossier, filed
from exchange.paging import every as walk
from exchange.runtime.settings import Settings
from exchange.schemas import Consultation, Document, JointDocument
from exchange.schemas.titles import kind_name


def register(app: typer.Typer) -> None:
    """Add the commands."""
    panel = "At a department"
    app.command("inbox", rich_help_panel=panel)(inbox)
    app.command("show", rich_help_panel=panel)(show)


def inbox(
    as_: AsOption = None,
    all_: Annotated[bool, typer.Option("--all", help="Answered and closed ones too.")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What waits for somebody here, with since when and until when.

    At a window: cases that wait for the lead's decision, or were escalated to it. At a department: consultations to
    answer. Anywhere: documents to sign together, notices to sign for or to cover, forms to fill in, requests to answer
    or pass on, what came back; each with its command. Days are working days; a term ends at 24:00.

    A request that came is answered with `exchange send FILE --to WHO-ASKED --answers ID`, or passed on to the superior
    with `exchange forward ID --opinion FILE`.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    requests, older_requests = requests_here(node)
    duties = duties_here(node)
    with node.store.reading() as tx:
        decisions = lead_duties(tx, node.calendar, node.clock.now())
        rows = (
            tx[DepartmentDesk].recent()
            if all_
            else [*_on_desk(tx[DepartmentDesk], DeskState.WAITING), *_on_desk(tx[DepartmentDesk], DeskState.DEFAULTED)]
        )
        more = sum(tx[DepartmentDesk].counts().values()) - len(rows) if all_ else 0
        terms = terms_of(node, tx, [row for row in rows if row.state in ANSWERABLE])
        back = {row.case_number: returned_in(tx, row) for row in rows} if as_json else {}
        until = {number: correct_until(node, tx, row) for row in rows if back.get(number := row.case_number)}
        documents = tx[Documents].recent("received", "document", 20)
        documents += tx[Documents].recent("received", JointDocument.KIND, 20)
        came = sum(tx[Documents].count("received", kind) for kind in (Document.KIND, JointDocument.KIND))
    if as_json:
        print_json(
            {
                "decisions": [decision_json(duty) for duty in decisions],
                "consultations": [
                    consultation_json(row, terms.get(number), back[number], until.get(number))
                    for row in rows
                    for number in (row.case_number,)
                ],
                "duties": [duty_json(duty) for duty in duties],
                "documents": [{"message_id": d.message_id, "sender": d.sender, "kind": d.kind} for d in documents],
                "requests": [request_json(one) for one in requests],
            }
        )
        return
    if decisions:
        console.print(decisions_table(decisions))
    if rows:
        console.print(desk_table(rows, terms, node.clock.now()))
        say_more(more)
    if duties:
        console.print(duties_table(duties, as_))
    if not (decisions or rows or duties):
        console.print(tr("nothing waits"))
    if requests:
        console.print(requests_view(requests))
        say_more(older_requests)
    for document in documents:
        console.print(
            plain(
                tr(
                    "{what} {id} from {sender}",
                    what=kind_name(document.kind),
                    id=document.message_id,
                    sender=in_full(document.sender),
                )
            )
        )
    say_more(came - len(documents))


def _on_desk(kept: DepartmentDesk, state: DeskState) -> Iterator[DeskRow]:
    return walk(lambda after, most: kept.page(state, after, most), lambda row: row.place)


def show(
    what: Annotated[
        str, typer.Argument(help="A case number or a request's id: all its messages. Another message's id: that one.")
    ],
    as_: AsOption = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Write the attachments into this folder.")
    ] = None,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Draw one message as an official paper (PDF/A) instead, with --output.")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write the paper.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Shows what is on record of a case, or one message in full, verified from its signed bytes.

    With `--pdf` one message becomes a paper in the layout of official documents, with the signed original inside; the
    same message gives the same file every time.
    """
    settings = Settings.read(home=home)
    node = open_as(settings, as_).node
    if pdf or output is not None:
        from exchange.cli.documents.drawn_papers import write_paper  # what draws takes a while to import

        write_paper(node, filed(node, what) if pdf else [], output, as_json=as_json)
        return
    of_case = dossier(node, what)
    found = of_case or filed(node, what)
    request = request_status(node, what) if found[0].verified else None
    term = _term_of(node, what)
    if as_json:
        print_json([_with_term(letter_json(item), term) for item in found])
    else:
        if term is not None:
            console.print(Text.assemble((tr("due") + "  ", "bold"), desk_term_text(term)))
            if term.amendments:
                console.print(changes_table([(node.address, entry) for entry in term.amendments]))
        if request is not None:
            console.print(request_view(request))
        for item in found:
            console.print(letter_view(item) if of_case else whole_letter_view(item), soft_wrap=not of_case)
    if save is not None:
        say_saved(chain(save_attachments(found, save), fetch_claims(found, save, settings)))


def _term_of(node: Node, case_number: str) -> DeskTerm | None:
    """The term of a consultation that this department may still answer."""
    with node.store.reading() as tx:
        row = tx[DepartmentDesk].get(case_number)
        if row is None or row.state not in ANSWERABLE:
            return None
        return terms_of(node, tx, (row,)).get(case_number)


def _with_term(letter: dict[str, Any], term: DeskTerm | None) -> dict[str, Any]:
    """A consultation's letter says how the term stands."""
    is_asked = term is not None and letter["kind"] == Consultation.KIND and letter["direction"] == "received"
    return letter | {"term": term_json(term)} if term is not None and is_asked else letter
