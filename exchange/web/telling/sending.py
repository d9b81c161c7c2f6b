"""Hands letters to officers to the mail server, one after another, until each is taken or abandoned.

A letter that was taken while its writer died may come twice, under the same Message-ID.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from exchange.language import Words
from exchange.machine.logger import get_logger
from exchange.machine.posting.outgoing import OutgoingMail, send_letter
from exchange.machine.posting.webhooks import again_after
from exchange.messaging.failing.store import FailingWork
from exchange.messaging.node import Node
from exchange.operations.audit.store import AuditLog
from exchange.web.arriving import source
from exchange.web.door.store import Accounts
from exchange.web.telling.letters import letter_to
from exchange.web.telling.records import OfficerLetterRow
from exchange.web.telling.states import OfficerLetterKind, OfficerLetterState
from exchange.web.telling.store import OfficerLetters

WORK = "telling officers"
"""What this work is called where it fails."""
MAIL_LANE = "mail server"
"""What the mail server is called where it is the trouble."""
ACTION = "officer.mail"
"""What the audit log calls all that concerns these letters."""
PATIENCE = {OfficerLetterKind.CONFIRM: timedelta(days=3), OfficerLetterKind.DUE: timedelta(hours=12)}
"""After so long without success a letter is abandoned; what was due this morning is no news tomorrow."""
_BATCH = 100
_CLAIMED = timedelta(minutes=1)
"""Longer than an attempt can take; a process that dies meanwhile leaves the letter due again after it."""
_REST = timedelta(minutes=10)
"""A mail server that takes nothing is tried again no later."""

log = get_logger()


class OfficerPost:
    """One member's letters. Several may send at once: every attempt is claimed."""

    def __init__(self, node: Node, mail: OutgoingMail, office: Words) -> None:
        self._node, self._mail, self._office = node, mail, office

    def look(self) -> int:
        """Try what is due; returns how many letters were taken."""
        now, taken = self._node.clock.now(), 0
        with self._node.store.reading() as tx:
            again = tx[FailingWork].next_tries(WORK).get(MAIL_LANE)
            due = [] if again is not None and again > now else tx[OfficerLetters].due(now, _BATCH)
        for row in due:
            found = self._attempt(row)
            if found is None:
                break
            taken += found
        return taken

    def _attempt(self, row: OfficerLetterRow) -> int | None:
        """Try one letter once; returns how many were taken, or None where the next one would fare no better."""
        now = self._node.clock.now()
        with self._node.store.transaction() as tx:
            if not tx[OfficerLetters].claim(row, now + _CLAIMED):
                return 0
            account = tx[Accounts].get(row.account)
            if account is None or account.locked_at is not None:
                tx[OfficerLetters].settle(row.letter_id, OfficerLetterState.ABANDONED, now, "over")
                return 0
        write = partial(letter_to, row, self._mail.sender, self._office)
        fate = send_letter(self._mail, write, row.address, row.letter_id)
        if fate.untaken is None:
            with self._node.store.transaction() as tx:
                tx[OfficerLetters].settle(row.letter_id, OfficerLetterState.SENT, self._node.clock.now())
        else:
            self._untaken(row, fate.untaken, for_good=fate.for_good)
        self._server_is(fate.server)
        return None if fate.server is not None else int(fate.untaken is None)

    def _untaken(self, row: OfficerLetterRow, reason: str, *, for_good: bool) -> None:
        """It is tried again, or abandoned: that is in the audit log, for whoever answers for the office."""
        now = self._node.clock.now()
        with self._node.store.transaction() as tx:
            if not for_good and now - row.made_at < PATIENCE[row.kind]:
                tx[OfficerLetters].later(row.letter_id, reason, now + again_after(row.attempts + 1))
                return
            tx[OfficerLetters].settle(row.letter_id, OfficerLetterState.ABANDONED, now, reason)
            tx[AuditLog].append(now, row.account, ACTION, f"{row.letter_id}: {reason}", "failed", source())
        log.warning("officer.untold", node=self._node.address, letter=row.letter_id, reason=reason)

    def _server_is(self, trouble: str | None) -> None:
        """Note whether the mail server takes letters: what fails is seen by operators."""
        with self._node.store.transaction() as tx:
            if trouble is not None:
                tx[FailingWork].failed(WORK, MAIL_LANE, trouble, self._node.clock.now(), _REST)
            elif MAIL_LANE in tx[FailingWork].next_tries(WORK):
                tx[FailingWork].over(WORK, [MAIL_LANE])
