"""Tells applicants what was noted for them, until it is taken: a part of its own of whoever serves the portal.

Whatever a mail server or a webhook does, nothing else waits for it. What is told may come twice, under the same id.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from exchange.errors import ExchangeError
from exchange.language import Words
from exchange.machine.lanes import Lanes
from exchange.machine.logger import get_logger
from exchange.machine.posting.outgoing import send_letter
from exchange.machine.posting.webhooks import Poster, again_after
from exchange.machine.webhook_signature import signed_headers
from exchange.messaging.failing.store import FailingWork
from exchange.messaging.node import Node
from exchange.portal.states import DraftState
from exchange.portal.store import Drafts
from exchange.portal.told.letters import event_body, letter_of
from exchange.portal.told.records import ContactRow, WordRow
from exchange.portal.told.rounds import WORK
from exchange.portal.told.settings import ToldSettings
from exchange.portal.told.states import ContactState, ToldEvent, ToldWay, WordState
from exchange.portal.told.store import Contacts, WordsToTell
from exchange.store.transaction import Transaction

log = get_logger()

PATIENCE = timedelta(days=3)
"""After so long without success a word is abandoned."""
MAIL_LANE = "mail server"
"""What the mail server is called where it is the trouble."""
_BATCH = 100
_CLAIMED = timedelta(minutes=1)
"""Longer than an attempt can take; a process that dies meanwhile leaves the word due again after it."""
_LEAVING = 3.0
_REST = timedelta(minutes=10)
"""A mail server that takes nothing is tried again no later."""
_LANES = 16

Pair = tuple[WordRow, ContactRow]


class ApplicantTeller:
    """Looks and tells until it is stopped. Several may do so at once: every attempt is claimed."""

    def __init__(
        self, node: Node, settings: ToldSettings, office: Words, poster: Poster | None = None, every: float = 2.0
    ) -> None:
        self._node, self._settings, self._office, self._every = node, settings, office, every
        self._poster = poster or Poster(())
        self._lanes = Lanes("applicants", _LANES)

    def run(self, stopping: threading.Event) -> None:
        """Tell what is due, again and again; what is under way at the end is told anew by the next process."""
        while not stopping.wait(self._every):
            try:
                self.look()
            except ExchangeError as error:  # the database is away: it is looked at again
                log.error("applicants.failed", node=self._node.address, code=error.code, reason=str(error))
            except Exception:
                log.exception("applicants.failed", node=self._node.address)
        self._lanes.wait(_LEAVING)
        self._poster.close()

    def round(self, patience: float = 30.0) -> None:
        """Look once, and wait until everything due was tried, ``patience`` seconds at most."""
        self.look()
        self._lanes.wait(patience)

    def look(self) -> None:
        """Look once; what is due is told in each receiver's own lane, which is not waited for."""
        now, lanes = self._node.clock.now(), dict[str, list[Pair]]()
        with self._node.store.reading() as tx:
            again = tx[FailingWork].next_tries(WORK).get(MAIL_LANE)
            for way in self._ways(resting=again is not None and again > now):
                for pair in tx[WordsToTell].due(way, now, _BATCH):
                    lanes.setdefault(_lane(pair[1]), []).append(pair)
        for name, pairs in lanes.items():
            self._lanes.start(name, partial(self._one_after_another, pairs))

    def _ways(self, *, resting: bool) -> list[ToldWay]:
        mails = [ToldWay.MAIL] if self._settings.mails and not resting else []
        return [*mails, *([ToldWay.WEBHOOK] if self._settings.posts else [])]

    def _one_after_another(self, pairs: Sequence[Pair]) -> None:
        """What one receiver is told, in order, up to where the receiver itself is the trouble."""
        for word, contact in pairs:
            if not self._attempt(word, contact):
                return

    def _attempt(self, word: WordRow, contact: ContactRow) -> bool:
        """Try one word once; tells whether the next one may be tried."""
        now = self._node.clock.now()
        with self._node.store.transaction() as tx:
            if not tx[WordsToTell].claim(word, now + _CLAIMED):
                return True
            if not _still_holds(tx, word, contact):
                tx[WordsToTell].settle(word.word_id, WordState.ABANDONED, now, "over")
                return True
        return self._mail(word, contact) if contact.way is ToldWay.MAIL else self._post(word, contact)

    def _mail(self, word: WordRow, contact: ContactRow) -> bool:
        site, mail = self._settings.site, self._settings.mail
        assert mail is not None  # noqa: S101 -- else no mail is looked for
        write = partial(letter_of, word, contact, site, mail.sender, self._office)
        fate = send_letter(mail, write, contact.address, word.word_id)
        if fate.untaken is None:
            self._taken(word)
        else:
            self._failed(word, fate.untaken, for_good=fate.for_good)
        return self._server_is(fate.server)

    def _server_is(self, trouble: str | None) -> bool:
        """Note whether the mail server takes letters: what fails is seen by operators. Tells whether it does."""
        with self._node.store.transaction() as tx:
            if trouble is not None:
                tx[FailingWork].failed(WORK, MAIL_LANE, trouble, self._node.clock.now(), _REST)
            elif MAIL_LANE in tx[FailingWork].next_tries(WORK):
                tx[FailingWork].over(WORK, [MAIL_LANE])
        return trouble is None

    def _post(self, word: WordRow, contact: ContactRow) -> bool:
        body = event_body(word, contact, self._settings.site)
        stamp = int(self._node.clock.now().timestamp())
        signed = signed_headers((contact.secret or "",), word.word_id, stamp, body)
        reason = self._poster.post(contact.address, {"user-agent": "yizhan-webhook/1", **signed}, body)
        if reason is not None:
            self._failed(word, reason)
            return False
        self._taken(word)
        return True

    def _taken(self, word: WordRow) -> None:
        with self._node.store.transaction() as tx:
            tx[WordsToTell].settle(word.word_id, WordState.SENT, self._node.clock.now())

    def _failed(self, word: WordRow, reason: str, *, for_good: bool = False) -> None:
        now = self._node.clock.now()
        with self._node.store.transaction() as tx:
            if for_good or now - word.made_at >= PATIENCE:
                tx[WordsToTell].settle(word.word_id, WordState.ABANDONED, now, reason)
                log.warning("applicant.untold", node=self._node.address, word=word.word_id, reason=reason)
            else:
                tx[WordsToTell].later(word.word_id, reason, now + again_after(word.attempts + 1))


def _lane(contact: ContactRow) -> str:
    return MAIL_LANE if contact.way is ToldWay.MAIL else urlsplit(contact.address).netloc.lower()


def _still_holds(tx: Transaction, word: WordRow, contact: ContactRow) -> bool:
    """Whether it is still so: what waited long may be over, or its contact gone."""
    there = tx[Contacts].get(contact.contact_id)
    if there is None:
        return False
    if word.event is ToldEvent.CONFIRM:
        return there.state is ContactState.ASKED
    if word.event is ToldEvent.DRAFT_ENDING:
        row = tx[Drafts].get(word.number)
        return row is not None and row.state is DraftState.OPEN and row.filing_id is None
    return True
