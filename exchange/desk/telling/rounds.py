"""The desk's own rounds: once on every working day it is looked what is to be told to whom, and letters go out.

A day on which nobody works has none; what falls due meanwhile is told on the working day before.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta

from starlette.datastructures import QueryParams

from exchange.clock import CST
from exchange.desk.basket import Basket
from exchange.desk.face import DeskFace
from exchange.desk.permissions import DeskAction, may_at_desk
from exchange.desk.telling.gathering import open_deadlines
from exchange.desk.visit import DeskVisit
from exchange.errors import ExchangeError
from exchange.language import speaking
from exchange.machine.crew import Loop
from exchange.machine.logger import get_logger
from exchange.machine.posting.outgoing import OutgoingMail
from exchange.messaging.failing.store import FailingWork
from exchange.web.door.account import Account
from exchange.web.door.records import AccountRow
from exchange.web.door.store import Accounts
from exchange.web.telling.letters import due_now, due_text
from exchange.web.telling.records import OfficerLetterRow, OfficerMailRow
from exchange.web.telling.sending import WORK, OfficerPost
from exchange.web.telling.states import CONFIRM_WITHIN, OfficerLetterKind, OfficerLetterState
from exchange.web.telling.store import OfficerLetters, OfficerMails

FIRST_HOUR, LAST_HOUR = 8, 20
"""Letters are written between these hours in China; whose desk was not served in the morning gets them later."""
EVERY = 30.0
"""Seconds between two rounds."""
_AT_ONCE = 20
_KEPT = timedelta(days=30)
_SPACE = uuid.UUID("0c7f7c1e-3a0f-5f0e-9a63-2d8f3f5f7a11")

log = get_logger()


class OfficerRounds:
    """Looks and tells, for one member's desk."""

    def __init__(self, face: DeskFace, baskets: Sequence[Basket], mail: OutgoingMail, settings: str) -> None:
        """``settings`` is the path of the page on which letters are stopped."""
        self._face, self._baskets, self._settings = face, baskets, settings
        self._tidied: date | None = None
        self._post = OfficerPost(face.node, mail, face.office())

    def run(self, ended: threading.Event) -> None:
        """Look again and again."""
        while not ended.wait(EVERY):
            try:
                self.look()
            except ExchangeError as error:  # the database is away: it is looked at again
                log.error("officers.failed", node=self._face.node.address, code=error.code, reason=str(error))
            except Exception:
                log.exception("officers.failed", node=self._face.node.address)

    def look(self) -> int:
        """Look once; returns how many letters were taken."""
        local = self._face.now().astimezone(CST)
        self._face.node.renew()
        if FIRST_HOUR <= local.hour < LAST_HOUR and self._face.node.calendar.is_workday(local.date()):
            self._write(local.date())
        self._tidy(local.date())
        return self._post.look()

    def _write(self, day: date) -> None:
        """Write the letters of a day that are not written yet; of whoever cannot be told, others are not in want."""
        now = self._face.now()
        with self._face.node.store.reading() as tx:
            resting = {item for item, again in tx[FailingWork].next_tries(WORK).items() if again > now}
            rows = [(row, tx[Accounts].get(row.account)) for row in tx[OfficerMails].to_tell(day.isoformat(), _AT_ONCE)]
        for row, account in rows:
            if row.account in resting:
                continue
            try:
                self._tell(row, account, day)
            except ExchangeError as error:
                with self._face.node.store.transaction() as tx:
                    tx[FailingWork].failed(WORK, row.account, error.code, now)

    def _tell(self, row: OfficerMailRow, account: AccountRow | None, day: date) -> None:
        letter = self._letter(row, account, day) if account is not None and account.locked_at is None else None
        with self._face.node.step() as step:
            if step.tx[OfficerMails].told(row.account, row.address, day.isoformat()) and letter is not None:
                step.tx[OfficerLetters].add(letter)
            step.tx[FailingWork].over(WORK, [row.account])

    def _letter(self, row: OfficerMailRow, account: AccountRow, day: date) -> OfficerLetterRow | None:
        """What somebody is told on a day, if anything is."""
        if DeskAction.LOOK not in may_at_desk(account.role):
            return None
        with speaking(row.language):
            visit = DeskVisit(self._face, Account(account.name, account.role), row.language, QueryParams(), {})
            waiting = [(visit.words(one.title), one.waiting(visit)) for one in self._baskets]
            due = due_now(open_deadlines(visit, self._baskets), waiting, visit.node.calendar, visit.now)
        if not due.calls_for_a_letter(row.wish):
            return None
        subject, text = due_text(due, row.language, row.site, self._settings)
        letter_id = str(uuid.uuid5(_SPACE, f"{visit.node.address}/{row.account}/{day}"))
        return OfficerLetterRow(
            letter_id, row.account, OfficerLetterKind.DUE, row.language, row.address, subject, text,
            OfficerLetterState.WAITING, 0, visit.now, visit.now,
        )  # fmt: skip

    def _tidy(self, day: date) -> None:
        """Once a day, forget old letters, and addresses that nobody has confirmed."""
        if self._tidied != day:
            with self._face.node.store.transaction() as tx:
                tx[OfficerMails].forget_asked(self._face.now() - CONFIRM_WITHIN)
                tx[OfficerLetters].forget(self._face.now() - _KEPT, 10_000)
            self._tidied = day


@contextmanager
def officers_told(rounds: OfficerRounds | None) -> Iterator[None]:
    """Meanwhile officers are told by mail, where that is set up."""
    ended = threading.Event()
    if rounds is not None:
        Loop("officers", lambda: rounds.run(ended), ended.is_set).start()
    try:
        yield
    finally:
        ended.set()
