"""Letters about deadlines: an officer gives an address, confirms it by a link that comes there, and stops it again."""

from __future__ import annotations

import hmac
import secrets
import uuid
from collections.abc import Mapping
from datetime import timedelta

from exchange.desk.faults import FormFault, FormFaults
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskPage
from exchange.desk.visit import DeskVisit
from exchange.errors import Conflict, NotFound, TooManyRequests
from exchange.language import Words
from exchange.machine.posting.addresses import read_mail_address
from exchange.messaging.node import Step
from exchange.web.door.tokens import hashed
from exchange.web.telling.letters import confirm_text
from exchange.web.telling.records import OfficerLetterRow, OfficerMailRow
from exchange.web.telling.states import (
    CONFIRM_WITHIN,
    MailWish,
    OfficerLetterKind,
    OfficerLetterState,
    OfficerMailState,
)
from exchange.web.telling.store import OfficerLetters, OfficerMails

SETTINGS = "/account/calendar"
"""The page on which all this is set."""
MOST_OF_A_DAY = 5
"""How often within a day an account has an address asked."""
_WITHIN = timedelta(days=1)
WISHES: Mapping[MailWish, Words] = {
    MailWish.DAILY: ("每个工作日：待办和临近期限", "Every working day: what waits, and what is due soon"),
    MailWish.DUE: (
        "只在临期时：还有 3 个、1 个工作日和到期当天",
        "Only when something is due: 3 working days and 1 before, and on the day",
    ),
}
MAIL_DONE: Mapping[str, Words] = {
    "mail-asked": ("确认邮件即将发出，请打开其中的网址。", "A letter is on its way there; open the link in it."),
    "mail-changed": ("邮件提醒已更改。", "The letters are changed."),
    "mail-confirmed": ("邮箱已确认，提醒将寄到那里。", "The address is confirmed; letters go there now."),
    "mail-stopped": ("邮箱地址已删除，不再寄信。", "The address is deleted; no more letters are sent."),
}


def mail_view(visit: DeskVisit) -> Mapping[str, object]:
    """Return what the page shows of letters."""
    with visit.node.store.reading() as tx:
        row = tx[OfficerMails].of(visit.who)
    wish = row.wish if row is not None else MailWish.DAILY
    return {
        "mails": visit.face.mail is not None,
        "mail": row,
        "mail_address": visit.typed("mail", row.address if row is not None else ""),
        "wish": visit.typed("wish", wish.value),
        "wishes": [(one.value, visit.words(words)) for one, words in WISHES.items()],
    }


def ask_address(visit: DeskVisit, step: Step) -> str:
    """Keep an address, and have it asked; one that is confirmed already is only told at other times."""
    if visit.face.mail is None:
        raise Conflict(
            "no mail server is set up for this desk", remedy="ask whoever runs this machine to set up its mail server"
        )
    address, wish = _typed(visit)
    before, now = step.tx[OfficerMails].of(visit.who), step.now
    if before is not None and before.address == address and before.state is OfficerMailState.CONFIRMED:
        step.tx[OfficerMails].change(visit.who, wish, visit.language, visit.site)
        return f"{SETTINGS}?done=mail-changed"
    if step.tx[OfficerLetters].made_since(visit.who, OfficerLetterKind.CONFIRM, now - _WITHIN) >= MOST_OF_A_DAY:
        raise TooManyRequests("addresses were asked several times today for this account", remedy="try again tomorrow")
    token = secrets.token_urlsafe(32)
    step.tx[OfficerMails].put(
        OfficerMailRow(visit.who, address, visit.language, wish, OfficerMailState.ASKED, hashed(token), visit.site, now)
    )
    step.tx[OfficerLetters].add(_question(visit, step, address, token))
    return f"{SETTINGS}?done=mail-asked"


def _typed(visit: DeskVisit) -> tuple[str, MailWish]:
    """What was typed. Raises FormFaults."""
    found, wish, faults = read_mail_address(visit.typed("mail")), visit.typed("wish"), list[FormFault]()
    if not isinstance(found, str):
        label, (what, remedy) = visit.say("邮箱", "Mail address"), found
        faults.append(FormFault("mail", label, what.written(visit.language), remedy.written(visit.language)))
    if wish not in tuple(MailWish):
        label = visit.say("何时寄信", "When letters come")
        faults.append(
            FormFault("wish", label, visit.say("没有选择", "nothing is chosen"), visit.say("选择一项", "choose one"))
        )
    if faults or not isinstance(found, str):
        raise FormFaults(faults)
    return found, MailWish(wish)


def _question(visit: DeskVisit, step: Step, address: str, token: str) -> OfficerLetterRow:
    subject, text = confirm_text(visit.who, visit.language, f"{visit.site}{SETTINGS}/mail/{token}")
    return OfficerLetterRow(
        str(uuid.uuid4()), visit.who, OfficerLetterKind.CONFIRM, visit.language, address, subject, text,
        OfficerLetterState.WAITING, 0, step.now, step.now,
    )  # fmt: skip


def _asked(visit: DeskVisit, row: OfficerMailRow | None) -> OfficerMailRow:
    """The address that a link confirms, if it is of whoever is signed in. Raises NotFound."""
    good = row is not None and hmac.compare_digest(row.token_hash, hashed(visit.path["token"]))
    if row is None or not good or visit.now > row.asked_at + CONFIRM_WITHIN:
        raise NotFound(
            "this link confirms no address of this account",
            remedy="sign in to the account that gave the address, or give it anew under Calendar and mail",
        )
    return row


def _confirming(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        return {"mail": _asked(visit, tx[OfficerMails].of(visit.who))}


def confirm_address(visit: DeskVisit, step: Step) -> str:
    """Have letters go to an address from now on; twice is as good as once."""
    _asked(visit, step.tx[OfficerMails].of(visit.who))
    step.tx[OfficerMails].confirm(visit.who)
    return f"{SETTINGS}?done=mail-confirmed"


def stop_letters(visit: DeskVisit, step: Step) -> str:
    """Delete the address, and what is on its way there."""
    step.tx[OfficerMails].erase(visit.who)
    return f"{SETTINGS}?done=mail-stopped"


CONFIRM = DeskPage(
    f"{SETTINGS}/mail/{{token}}",
    ("确认邮箱", "Confirm the address"),
    "mail_confirm.html",
    _confirming,
    DeskAction.MAIL,
    every=0,
)
