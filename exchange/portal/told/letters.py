"""How an event is told: as a letter, or as the body of a webhook. Number, kind of event and a link; nothing else. Pure.

No text of anybody stands in it but the office's own name, and whatever a mail's reader does with it, all that it leads
to is a page that asks for number and access code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from exchange.language import Language, Words
from exchange.paper.links import status_link
from exchange.portal.told.records import ContactRow, WordRow
from exchange.portal.told.states import ToldEvent

_POLICY = SMTP.clone(max_line_length=900)  # links stay whole; lines end before the 998 octets of RFC 5322

EVENT_WORDS: Mapping[ToldEvent, Words] = {
    ToldEvent.CONFIRM: ("请确认接收通知", "please confirm that you want to be told"),
    ToldEvent.RECEIVED: ("窗口已收件", "the window has it"),
    ToldEvent.INCOMPLETE: ("需要补正", "something is missing"),
    ToldEvent.INVITED: ("有部门请您补充材料", "a department asks for something more"),
    ToldEvent.ACCEPTED: ("已受理", "it is accepted"),
    ToldEvent.REFUSED: ("有不予受理等文书", "it is not accepted"),
    ToldEvent.EXTENDED: ("办理期限已延长", "the term is extended"),
    ToldEvent.HEARING: ("有听证通知", "there is news of a hearing"),
    ToldEvent.HEARING_HELD: ("听证笔录已出", "the record of the hearing is there"),
    ToldEvent.OPINION: ("有部门已答复", "a department has answered"),
    ToldEvent.OVERRUN: ("已超过法定期限", "it is undecided beyond its term"),
    ToldEvent.WITHDRAWN: ("已撤回", "it is withdrawn"),
    ToldEvent.DECIDED: ("已作出决定", "it is decided"),
    ToldEvent.LICENSED: ("证件已颁发", "the licence is issued"),
    ToldEvent.LICENCE_CHANGED: ("证件有变动", "there is an entry on the licence"),
    ToldEvent.LICENCE_ENDED: ("证件已撤销或注销", "the licence is revoked or cancelled"),
    ToldEvent.PROMISE_DUE: ("承诺后补的材料即将到期", "what you have promised to hand in is due soon"),
    ToldEvent.DRAFT_ENDING: ("草稿即将到期删除", "the draft will soon be deleted"),
}
"""What each event is called to the applicant."""


def told_link(site: str, token: str) -> str:
    """Return the link to the page on which a contact is confirmed or stopped."""
    return f"{site}/told/{token}"


def stop_link(site: str, token: str) -> str:
    """Return the link that stops a contact, by one POST (RFC 8058) or by a page that asks."""
    return f"{told_link(site, token)}/stop"


def letter_of(word: WordRow, contact: ContactRow, site: str, sender: str, office: Words) -> EmailMessage:
    """Return a word as a letter in its reader's language: the same at every attempt."""
    zh = contact.language is Language.CHINESE
    local, _, domain = sender.rpartition("@")
    name = " ".join((office[0] if zh else office[1]).split())
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = Address(name, local, domain)
    letter["To"] = Address(addr_spec=contact.address)
    words = EVENT_WORDS[word.event][0 if zh else 1]
    letter["Subject"] = f"{word.number}：{words}" if zh else f"{word.number}: {words}"
    letter["Date"] = format_datetime(word.made_at)
    letter["Message-ID"] = f"<{word.word_id}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    if word.event is not ToldEvent.CONFIRM:
        letter["List-Unsubscribe"] = f"<{stop_link(site, contact.token)}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    lines = _asking(word, contact, site, zh) if word.event is ToldEvent.CONFIRM else _telling(word, contact, site, zh)
    letter.set_content("\n".join(lines) + "\n")
    return letter


def _asking(word: WordRow, contact: ContactRow, site: str, zh: bool) -> list[str]:
    link = told_link(site, contact.token)
    if zh:
        return [
            f"有人登记了这个邮箱，用来接收编号 {word.number} 的办理通知。", "",
            "是您登记的，请打开以下网址确认；确认之前不会再给您写信：", link, "",
            "不是您登记的，不必理会：三天后这个邮箱地址会被删除。",
        ]  # fmt: skip
    return [
        f"Somebody wants this address to be told of number {word.number}.", "",
        "If that was you, confirm it here; nothing else is sent to you before:", link, "",
        "If it was not you, do nothing: the address is deleted after three days.",
    ]  # fmt: skip


def _telling(word: WordRow, contact: ContactRow, site: str, zh: bool) -> list[str]:
    words = EVENT_WORDS[word.event][0 if zh else 1]
    status, stopping = status_link(site, word.number), stop_link(site, contact.token)
    if zh:
        return [
            f"编号 {word.number}：{words}。", "", "请凭编号和查询码查看：", status, "",
            "本邮件由系统发出，请勿回复。不想再接收：", stopping,
        ]  # fmt: skip
    return [
        f"Number {word.number}: {words}.", "", "Read it with your number and access code:", status, "",
        "This letter was sent by a machine; answers are not read. To get no more of them:", stopping,
    ]  # fmt: skip


def event_body(word: WordRow, contact: ContactRow, site: str) -> bytes:
    """Return a word as the body of a webhook: the same at every attempt."""
    data = {"filing": word.number, "url": status_link(site, word.number), "stop": stop_link(site, contact.token)}
    if word.event is ToldEvent.CONFIRM:
        data["confirm"] = f"{told_link(site, contact.token)}/confirm"
    body = {"id": word.word_id, "type": word.event.value, "timestamp": word.made_at.isoformat(), "data": data}
    return json.dumps(body, separators=(",", ":")).encode()
