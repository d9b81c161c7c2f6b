"""What an applicant does after handing in: complete what was missing, state a view, ask for a hearing, withdraw."""

from __future__ import annotations

from starlette.responses import Response

from exchange.errors import BadText, Conflict
from exchange.language import Text, language
from exchange.portal.handing_in import reopen
from exchange.portal.speaking import state_view, withdraw
from exchange.portal.view import CaseView, FilingStanding
from exchange.web.application_form import MOST_OF_A_TEXT, text_fault
from exchange.window.forms.fault import InputFault, input_fault
from exchange.window.guest import Guest, goto
from exchange.window.pages.cases.status import view_of
from exchange.window.route import GuestRoute

_STATE = ("陈述申辩，或申请听证", "State your view, or ask for a hearing")
_WITHDRAW = ("撤回申请？", "Withdraw the application?")
_LABEL = ("陈述内容", "What you have to say")


def _under_way(guest: Guest) -> CaseView:
    """The case, which must not be over. Raises Conflict."""
    view = view_of(guest)
    _check_under_way(view)
    return view


def _check_under_way(view: CaseView) -> None:
    if view.is_over:
        raise Conflict("{number} is over", remedy="read how it ended on its page", number=view.number)


def supplement(guest: Guest) -> Response:
    """Open the application again, to complete it."""
    number = guest.request.path_params["number"]
    guest.check_form(number)
    reopen(guest.face.node, number)
    return goto(f"/drafts/{number}")


def ask_statement(guest: Guest) -> Response:
    """Show the form of a statement."""
    return _statement(guest, _under_way(guest), "", hearing=guest.request.query_params.get("hearing") == "yes")


def state(guest: Guest) -> Response:
    """Send a statement; where something is wrong, show it again with what was typed."""
    view = _under_way(guest)
    text, hearing = guest.typed("text").strip(), guest.typed("hearing") == "yes"
    if not guest.is_from_session(view.number):
        again = Text("is not sent yet: the access code was given again since"), Text("send it once more")
        return _statement(guest, view, text, hearing=hearing, faults=(input_fault("text", _LABEL, again),))
    found = text_fault(text, required=True, most=MOST_OF_A_TEXT)
    if found is not None:
        return _statement(guest, view, text, hearing=hearing, faults=(input_fault("text", _LABEL, found),))
    if any(one.text == text and one.hearing == hearing for one in view.statements):
        return goto(f"/cases/{view.number}?done=stated")  # pressed twice: it is on record already
    try:
        state_view(guest.face.node, view.number, text, hearing)
    except BadText as error:
        wrong = InputFault(
            "text", guest.words(_LABEL), error.written(language()), error.remedy_text.written(language())
        )
        return _statement(guest, view, text, hearing=hearing, faults=(wrong,))
    return goto(f"/cases/{view.number}?done={'hearing' if hearing else 'stated'}")


def _statement(
    guest: Guest, view: CaseView, text: str, *, hearing: bool, faults: tuple[InputFault, ...] = ()
) -> Response:
    return guest.page(
        "statement.html",
        _STATE,
        422 if faults else 200,
        number=view.number,
        text=text,
        hearing=hearing,
        faults=faults,
        fault_at={fault.anchor: fault for fault in faults},
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


def ask_withdrawal(guest: Guest) -> Response:
    """Ask whether the application is really to be withdrawn; nothing is done yet."""
    return _withdrawal(guest, _under_way(guest), "")


def take_back(guest: Guest) -> Response:
    """Withdraw, where that was affirmed."""
    view = view_of(guest)
    guest.check_form(view.number)
    if view.standing is FilingStanding.WITHDRAWN:
        return goto(f"/cases/{view.number}")  # pressed twice
    _check_under_way(view)
    reasons = guest.typed("reasons").strip()
    found = text_fault(reasons, required=False, most=MOST_OF_A_TEXT)
    if found is not None:
        label = ("理由", "Reasons")
        return _withdrawal(guest, view, reasons, (input_fault("reasons", label, found),))
    if not any(paper.body.KIND == "filing-withdrawal" and paper.signed_for is not False for paper in view.papers):
        withdraw(guest.face.node, view.number, reasons)
    return goto(f"/cases/{view.number}?done=withdrawn")


def _withdrawal(guest: Guest, view: CaseView, reasons: str, faults: tuple[InputFault, ...] = ()) -> Response:
    return guest.page(
        "withdraw.html",
        _WITHDRAW,
        422 if faults else 200,
        number=view.number,
        reasons=reasons,
        faults=faults,
        fault_at={fault.anchor: fault for fault in faults},
        crumbs=[(f"/cases/{view.number}", view.number)],
    )


ROUTES = (
    GuestRoute("/cases/{number}/supplement", supplement, "POST"),
    GuestRoute("/cases/{number}/statement", ask_statement),
    GuestRoute("/cases/{number}/statement", state, "POST"),
    GuestRoute("/cases/{number}/withdraw", ask_withdrawal),
    GuestRoute("/cases/{number}/withdraw", take_back, "POST"),
)
