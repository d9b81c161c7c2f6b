"""What was handed in, as it was signed: read again by its applicant."""

from __future__ import annotations

from starlette.responses import Response

from exchange.portal.drafting import draft_of
from exchange.portal.view import CasePaper, CaseView
from exchange.schemas import Applicant, Application, Filing, FilingSupplement, Matter
from exchange.web.application_form import PERSON
from exchange.window.guest import Guest
from exchange.window.pages.cases.status import matter_of, view_of
from exchange.window.pages.drafts.checking import shown_answer
from exchange.window.route import GuestRoute

Rows = list[tuple[str, object, str]]


def show(guest: Guest) -> Response:
    """Show the application as it was handed in last."""
    view = view_of(guest)
    paper, application = _latest(view)
    matter, agent = matter_of(guest, view), view.filing.agent
    parts = [
        (guest.say("延续", "Renewal"), _renewal(guest, application)),
        (guest.say("申请人", "Who applies"), _person(guest, application.applicant)),
        (guest.say("代办人", "Who handed it in"), _person(guest, agent) if agent is not None else []),
        (guest.say("申请事由", "What it is for"), _project(guest, application)),
        (guest.say("具体情况", "Particulars"), _answers(guest, application, matter)),
        (guest.say("材料", "Materials"), _materials(guest, application, matter)),
    ]
    return guest.page(
        "application.html",
        ("您提交的申请", "What you have handed in"),
        number=view.number,
        at=paper.at,
        message_id=paper.message_id,
        parts_of=parts,
        declaration=view.filing.declaration,
        files=draft_of(guest.face.node, view.number).files,
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


def _latest(view: CaseView) -> tuple[CasePaper, Application]:
    found = [
        (paper, paper.body.application) for paper in view.papers if isinstance(paper.body, Filing | FilingSupplement)
    ]
    return found[-1]


def _person(guest: Guest, who: Applicant) -> Rows:
    return [(guest.words(label), getattr(who, key), "") for key, label, _ in PERSON]


def _renewal(guest: Guest, application: Application) -> Rows:
    return [(guest.say("许可证件", "Licence"), application.renews, "")] if application.renews is not None else []


def _project(guest: Guest, application: Application) -> Rows:
    rows: Rows = [(guest.say("项目名称", "Name of the project"), application.project, "")]
    return [*rows, (guest.say("说明", "Description"), application.summary, "")] if application.summary else rows


def _answers(guest: Guest, application: Application, matter: Matter | None) -> Rows:
    fields = {field.name: field for field in matter.fields} if matter is not None else {}
    rows: Rows = []
    for answer in application.answers:
        field = fields.get(answer.field)
        label = guest.words(field.label.words) if field is not None else answer.field
        rows.append((label, shown_answer(guest, field, answer.value) if field is not None else answer.value, ""))
    return rows


def _materials(guest: Guest, application: Application, matter: Matter | None) -> Rows:
    names = {one.code: guest.words(one.names) for one in matter.materials} if matter is not None else {}
    by_code: dict[str, list[str]] = {}
    for one in application.materials:
        file = one.attachment or one.claim
        by_code.setdefault(one.code, []).append(file.name if file is not None else one.note)
    return [(names.get(code, code), files, "") for code, files in by_code.items()]


ROUTES = (GuestRoute("/cases/{number}/application", show),)
