"""What came is sent back with its reason, and what is dealt with is filed: forms on the page of a document."""

from __future__ import annotations

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.pages.documents import PAGE, expect_unhandled
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct
from exchange.desk.visit import DeskVisit
from exchange.documents.filing import file_in
from exchange.documents.returning import return_in
from exchange.language import Text, language
from exchange.messaging.node import Step


def _return(visit: DeskVisit, step: Step) -> str:
    message, reason = visit.path["message"], visit.typed("reason").strip()
    if not reason:
        said = language()
        what, remedy = Text("a return needs its reason"), Text("say what does not satisfy which rule")
        label = visit.say("退文理由", "Reason")
        raise FormFaults([FormFault("reason", label, what.written(said), remedy.written(said))])
    expect_unhandled(visit, step, message)
    return_in(step, message, reason, visit.who)
    return f"/documents/{message}?done=letter-returned"


def _file(visit: DeskVisit, step: Step) -> str:
    message = visit.path["message"]
    file_in(step, message, visit.who)
    return f"/documents/{message}?done=letter-filed"


RETURN = DeskAct("/documents/{message}/return", DeskAction.RETURN, _return, PAGE)
FILE = DeskAct("/documents/{message}/file", DeskAction.FILE, _file, PAGE)
