"""Whose turn it is, in one sentence, with until when; by what was signed and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.clock import end_text
from exchange.language import choose, name_of
from exchange.language.names import OUTCOMES
from exchange.portal.view import CaseView, FilingStanding
from exchange.schemas import OUTCOME_TITLES, CaseStep, FilingReceipt
from exchange.window.guest import Guest
from exchange.window.words import WAITING


@dataclass(frozen=True)
class Turn:
    """What stands largest on the page of a case."""

    kind: str
    """How it is coloured: good, warn, bad or info."""
    head: str
    says: tuple[str, ...] = ()


def turn_of(guest: Guest, view: CaseView) -> Turn:
    """Return whose turn it is."""
    standing = view.standing
    if standing is FilingStanding.UNDER_WAY:
        return _under_way(guest, view)
    if standing is FilingStanding.DECIDED:
        return _decided(guest, view)
    return _SAID[standing](guest, view)


def _sent(guest: Guest, view: CaseView) -> Turn:
    return Turn(
        "info",
        guest.say("已提交，正在送达窗口", "Handed in; on its way to the window"),
        (
            guest.say(
                "窗口签收后，这里会出现收件凭证，一般只需片刻。您可以关闭本页，以后再来看。",
                "Its receipt appears here as soon as the window has signed for it, usually in a moment. You can close "
                "this page and come back later.",
            ),
        ),
    )


def _returned(guest: Guest, view: CaseView) -> Turn:
    says = guest.say(
        "窗口未能接收这份申请。它没有被受理。请联系窗口，或重新申请。",
        "The window could not take it in. It is not accepted. Ask at the counter, or apply again.",
    )
    return Turn("bad", guest.say("已被退回", "It was sent back"), tuple(filter(None, (view.papers[0].reason, says))))


def _received(guest: Guest, view: CaseView) -> Turn:
    receipt = view.last(FilingReceipt)
    until = end_text(receipt.tell_by) if receipt is not None else ""
    return Turn(
        "info",
        guest.say("轮到窗口：审查是否受理", "The window's turn: it looks whether everything is there"),
        (
            guest.say(
                f"窗口最迟于 {until} 告知是否受理，或一次告知需要补正的全部内容。",
                f"By {until} it tells whether the application is accepted, or everything that is missing, once.",
            ),
            guest.say(
                "逾期不告知的，自收到之日起即为受理，系统会自动出具通知。",
                "If it tells nothing by then, the application counts as accepted from the day it came in, and that is "
                "put in writing by itself.",
            ),
        ),
    )


def _incomplete(guest: Guest, view: CaseView) -> Turn:
    return Turn(
        "warn",
        guest.say("轮到您：请补正材料", "Your turn: something is missing"),
        (
            guest.say(
                "窗口已一次告知全部需要补正的内容，见下文。补正后，自收到完整材料之日起受理。",
                "Everything that is missing is named below, once. When it is complete, it is accepted from the day on "
                "which the complete file came in.",
            ),
        ),
    )


def _completed(guest: Guest, view: CaseView) -> Turn:
    says = guest.say(
        "补正材料已提交，窗口将告知是否受理。",
        "What was missing was handed in. The window tells whether it is accepted.",
    )
    return Turn("info", guest.say("轮到窗口：审查补正材料", "The window's turn: it looks at what you added"), (says,))


def _not_accepted(guest: Guest, view: CaseView) -> Turn:
    last = view.acceptances[-1]
    says = guest.say("理由和救济途径见下文。", "Its reasons, and where you can turn against it, stand below.")
    return Turn("bad", choose(OUTCOME_TITLES[last.outcome]), (says,))


def _withdrawn(guest: Guest, view: CaseView) -> Turn:
    says = guest.say("按您的申请，本件已终止办理。", "It was ended at your wish.")
    return Turn("info", guest.say("已撤回", "Withdrawn"), (says,))


def _by_law(guest: Guest, view: CaseView) -> Turn:
    said = view.renewed_by_law
    head = guest.say("依法视为准予延续", "Renewed by law")
    if said is None:
        return Turn("good", head)
    over, until = said.expired_on.isoformat(), said.valid_until.isoformat()
    return Turn(
        "good",
        head,
        (
            guest.say(
                f"原有效期至 {over}，届满前窗口未作出决定，依行政许可法第五十条视为准予延续，现有效期至 {until}。",
                f"The licence was over on {over}, and the window had not decided. By article 50 of the Administrative "
                f"License Law the renewal counts as granted: it is valid until {until} now.",
            ),
            guest.say("依法产生，未经任何人批准。", "It has arisen by law; no person has approved it."),
        ),
    )


_SAID = {
    FilingStanding.BY_LAW: _by_law,
    FilingStanding.SENT: _sent,
    FilingStanding.RETURNED: _returned,
    FilingStanding.RECEIVED: _received,
    FilingStanding.INCOMPLETE: _incomplete,
    FilingStanding.COMPLETED: _completed,
    FilingStanding.NOT_ACCEPTED: _not_accepted,
    FilingStanding.WITHDRAWN: _withdrawn,
}


def _under_way(guest: Guest, view: CaseView) -> Turn:
    progress = view.progress
    due = progress.decide_by if progress is not None else view.acceptances[-1].decide_by
    by = (guest.say(f"最迟于 {end_text(due)} 作出决定。", f"It is to be decided by {end_text(due)}."),) if due else ()
    if progress is None:
        return Turn("info", guest.say("已受理，正在送各部门", "Accepted; it goes to the departments now"), by)
    if progress.step is CaseStep.TO_DECIDE:
        return Turn("info", guest.say("轮到窗口：作出决定", "The window's turn: it decides"), by)
    waiting = [guest.say(part.name, part.name_en) for part in progress.parts if part.step in WAITING]
    names = guest.say("、", ", ").join(waiting)
    head = guest.say(
        f"轮到 {len(waiting)} 个部门答复" if waiting else "各部门审查中",
        f"{len(waiting)} department{'' if len(waiting) == 1 else 's'} still to answer"
        if waiting
        else "With the departments",
    )
    return Turn("info", head, (*((names,) if names else ()), *by))


def _decided(guest: Guest, view: CaseView) -> Turn:
    decision = view.decision
    if decision is None:
        return Turn("info", guest.say("已作出决定，决定书送达中", "Decided; the decision is on its way"))
    kind = "bad" if decision.outcome.value == "refuse" else "good"
    says = [
        guest.say("理由、条件和救济途径见决定书。", "Reasons, conditions and remedies stand in the decision below.")
    ]
    delivered = view.progress is not None and view.progress.delivered_at is not None
    if decision.deliver_by is not None and kind == "good" and not delivered:
        until = end_text(decision.deliver_by)
        says.append(guest.say(f"证件最迟于 {until} 送达。", f"The licence is handed out by {until}."))
    return Turn(kind, guest.say("决定：", "Decided: ") + name_of(OUTCOMES, decision.outcome.value), tuple(says))
