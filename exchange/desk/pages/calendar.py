"""Calendar and mail: what an officer is told beyond the pages, set by everybody for their own account."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from functools import partial

from exchange.desk.basket import Basket
from exchange.desk.pages.mailing import (
    CONFIRM,
    MAIL_DONE,
    SETTINGS,
    ask_address,
    confirm_address,
    mail_view,
    stop_letters,
)
from exchange.desk.permissions import DeskAction
from exchange.desk.section import DeskAct, DeskDownload, DeskFile, DeskPage, DeskSection
from exchange.desk.telling.gathering import open_deadlines
from exchange.desk.visit import DeskVisit
from exchange.messaging.node import Step
from exchange.web.door.tokens import hashed
from exchange.web.telling.records import CalendarSubscription
from exchange.web.telling.store import CalendarSubscriptions

_PATH = SETTINGS


def calendar_section(baskets: Sequence[Basket]) -> DeskSection:
    """Return the section, whose deadlines are those of the lists of all sections."""
    return DeskSection(
        pages=(PAGE, CONFIRM),
        acts=(
            DeskAct(f"{_PATH}/mail", DeskAction.MAIL, ask_address, PAGE),
            DeskAct(f"{_PATH}/mail/stop", DeskAction.MAIL, stop_letters, PAGE),
            DeskAct(CONFIRM.path, DeskAction.MAIL, confirm_address, CONFIRM),
            DeskAct(f"{_PATH}/subscribe", DeskAction.CALENDAR, _subscribe, PAGE),
            DeskAct(f"{_PATH}/revoke", DeskAction.CALENDAR, _revoke, PAGE),
        ),
        downloads=(DeskDownload(f"{_PATH}/deadlines.ics", partial(_file, baskets)),),
        done={"calendar-revoked": ("日历地址已作废。", "The address of the calendar is void."), **MAIL_DONE},
    )


def _page(visit: DeskVisit) -> Mapping[str, object]:
    with visit.node.store.reading() as tx:
        subscription = tx[CalendarSubscriptions].of(visit.who)
    token = visit.face.handed.pop(visit.who, "") if visit.form is None else ""
    return {
        "subscription": subscription,
        "calendar_path": f"/calendar/{token}/deadlines.ics" if token else "",
        **mail_view(visit),
    }


def _subscribe(visit: DeskVisit, step: Step) -> str:
    token, now = secrets.token_urlsafe(32), visit.face.gate.clock.now()
    step.tx[CalendarSubscriptions].put(CalendarSubscription(visit.who, hashed(token), visit.language, now))
    visit.face.handed[visit.who] = token
    return f"{_PATH}#subscription"


def _revoke(visit: DeskVisit, step: Step) -> str:
    step.tx[CalendarSubscriptions].revoke(visit.who)
    visit.face.handed.pop(visit.who, None)
    return f"{_PATH}?done=calendar-revoked"


def _file(baskets: Sequence[Basket], visit: DeskVisit) -> DeskFile:
    from exchange.web.telling.calendar_file import FILE_NAME, MEDIA_TYPE, calendar_of  # as in the feed

    face = visit.face
    own = [one for one in baskets if not one.roles or one.roles & face.roles]

    deadlines = open_deadlines(visit, own)
    made = calendar_of(deadlines, face.node.address, face.office(), visit.language, visit.site, visit.now)
    return DeskFile(FILE_NAME, f"{MEDIA_TYPE}; charset=utf-8", (made,))


PAGE = DeskPage(_PATH, ("日历与邮件", "Calendar and mail"), "calendar.html", _page, every=0)
