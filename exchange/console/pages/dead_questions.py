"""What is asked before dead letters are redriven, discarded or released, and what their pages' addresses name."""

from __future__ import annotations

from exchange.console.section import Question, Visit
from exchange.errors import NotFound
from exchange.messaging.dead_letter_store import DeadLetters
from exchange.messaging.inbox import Inbox
from exchange.messaging.records import DeadLetter
from exchange.schemas.titles import TITLES


def member_of(visit: Visit) -> str:
    """Return the member of a page's address. Raises NotFound."""
    member = visit.path["member"]
    if member not in visit.view.profiles():
        raise NotFound("no member {member!r}", remedy="choose one from the list", member=member)
    return member


def sent(visit: Visit, name: str) -> str:
    """Return what a form has sent under a name."""
    return str(visit.form.get(name, "")) if visit.form is not None else ""


def ask_redrive(visit: Visit) -> Question:
    """Ask before all of a cause are redriven."""
    member, code = member_of(visit), sent(visit, "code")
    with visit.view.store(member).reading() as tx:
        total = tx[DeadLetters].count(code, sent(visit, "stage") or None)
    return Question(
        ("全部重新处理？", "Redrive all?"),
        ((f"{member} 的 {total} 件死信（{code}）将重新处理，保留原编号。",
          f"{total} dead letters of {member} ({code}) are handled again, each under its own id."),
         ("原因未消除的会再次成为死信；处理过的不会重复处理。",
          "Those whose reason stands will be set aside again; nothing is handled twice.")),
        (f"重新处理 {total} 件", f"Redrive {total}"),
    )  # fmt: skip


def ask_discard(visit: Visit) -> Question:
    """Ask the second person before a letter is discarded. Raises NotFound."""
    member, id = member_of(visit), visit.path["id"]
    with visit.view.store(member).reading() as tx:
        letter = tx[Inbox].dead_letter(id)
    if letter is None:
        raise NotFound("no dead letter {id!r} at {member}", remedy="load the page again", id=id, member=member)
    chinese, english = TITLES.get(letter.kind or "", (letter.kind or "–",) * 2)
    by_chinese, by_english = _origin(letter)
    return Question(
        ("确认弃置？", "Discard it?"),
        ((f"{member} 的这件死信（{by_chinese}，{chinese}）将弃置，不再处理。",
          f"This dead letter of {member} ({by_english}, {english}) is not handled any more."),
         (f"提议人 {letter.proposed_by or '–'}，理由：{letter.proposed_why or '–'}",
          f"Proposed by {letter.proposed_by or '–'}, because: {letter.proposed_why or '–'}"),
         ("原件保留，但发件人得不到回执。", "Its bytes are kept, but its sender gets no receipt.")),
        ("弃置", "Discard"),
    )  # fmt: skip


def _origin(letter: DeadLetter) -> tuple[str, str]:
    claimed = letter.sender or "–"
    if letter.account is None:
        return f"自称来自 {claimed}", f"claims to be from {claimed}"
    if letter.pretends:
        return (
            f"由 {letter.account} 的账户带来，自称来自 {claimed}",
            f"came by the account of {letter.account}, claims to be {claimed}",
        )
    return f"来自 {letter.account}", f"from {letter.account}"


def ask_release(visit: Visit) -> Question:
    """Ask the second person before a withheld letter is released. Raises NotFound."""
    member, id = member_of(visit), visit.path["id"]
    with visit.view.store(member).reading() as tx:
        letter = tx[Inbox].dead_letter(id)
    if letter is None:
        raise NotFound("no dead letter {id!r} at {member}", remedy="load the page again", id=id, member=member)
    return Question(
        ("确认收下？", "Release it?"),
        ((f"签名证书已失效后才到达，只有签名自称更早；收下后按到达时间对待，视为 {letter.sender or '–'} 本人所发。",
          "It came after its signer's certificate had ended, and only its own date says that it is older. Released, it "
          f"counts as written by {letter.sender or '–'}, by when it arrived."),
         (f"提议人 {letter.proposed_by or '–'}，理由：{letter.proposed_why or '–'}",
          f"Proposed by {letter.proposed_by or '–'}, because: {letter.proposed_why or '–'}")),
        ("收下", "Release"),
    )  # fmt: skip
