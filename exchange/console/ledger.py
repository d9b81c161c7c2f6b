"""The conservation ledger's page: three balances with lights, and each difference with its message's way.

A look goes through all stores, which a page must not wait for: it is taken on a thread of its own, one at a time,
whenever somebody watches and the last one is no longer fresh. The page shows the last one, and when it was.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from exchange.bootstrap.ledger import open_ledger
from exchange.clock import monotonic
from exchange.console.desk import Desk
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import ExchangeError, OperatorError
from exchange.rules.books import Balance, Verdict
from exchange.rules.conservation_facts import LAWS, Difference, Law
from exchange.rules.conservation_words import FAULTS, LAW_WORDS, TERMS, VERDICTS

log = structlog.get_logger()

FRESH = 30.0
"""Seconds after which a look is taken anew, if somebody watches; ten times as long as it took, where that is more."""
SHOWN = 200
"""Differences that the page lists; `exchange ledger --json` has all."""

_LIGHTS = {Verdict.BALANCED: "good", Verdict.DIFFERS: "bad", Verdict.UNKNOWN: "warn"}


@dataclass
class Looker:
    """Takes looks at a domain's ledger in the background, and keeps the last one."""

    desk: Desk
    balance: Balance | None = None
    at: datetime | None = None
    trouble: ExchangeError | None = None
    """Why the last look could not be taken at all."""
    _ended: float = 0.0
    _took: float = 0.0
    _thread: threading.Thread | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Begins a look if it is time; never waits for it."""
        with self._turn:
            if self.is_looking or (self.at is not None and monotonic() - self._ended < max(FRESH, 10 * self._took)):
                return
            self._thread = threading.Thread(target=self._look, name="ledger", daemon=True)
            self._thread.start()

    @property
    def is_looking(self) -> bool:
        """Whether a look is under way."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Waits for the look that is under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _look(self) -> None:
        began = monotonic()
        try:
            with open_ledger(self.desk.settings, self.desk.where) as ledger:
                self.keep(ledger.look())
        except ExchangeError as error:
            self.keep(None, error)
        except Exception:
            log.exception("ledger.failed")
            self.keep(None, OperatorError("the last look at the ledger failed", remedy="see the console's log"))
        self._took = self._ended - began

    def keep(self, balance: Balance | None, trouble: ExchangeError | None = None) -> None:
        """Takes this for the last look, as of now."""
        self.balance, self.trouble = balance, trouble
        self.at, self._ended = self.desk.clock.now(), monotonic()


_MAKING = threading.Lock()


def looker(desk: Desk) -> Looker:
    """The one looker of a desk."""
    with _MAKING:
        found = desk.kept.setdefault("ledger", Looker(desk))
    assert isinstance(found, Looker)  # noqa: S101
    return found


def _ledger(visit: Visit) -> Mapping[str, object]:
    look = looker(visit.desk)
    look.refresh()
    if look.trouble is not None:
        raise look.trouble
    balance = look.balance
    return {
        "at": look.at,
        "counted": balance is not None,
        "verdict": visit.say(*VERDICTS[balance.verdict]) if balance else "",
        "light": _LIGHTS[balance.verdict] if balance else "",
        "laws": [_law(visit, balance, law) for law in Law] if balance else [],
        "differences": [_difference(visit, one) for one in balance.differences[:SHOWN]] if balance else [],
        "more": balance.unnamed + max(0, len(balance.differences) - SHOWN) if balance else 0,
        "unread": balance.unread if balance else (),
    }


def _law(visit: Visit, balance: Balance, law: Law) -> Mapping[str, object]:
    """One balance: its light says yes only when everything was read."""
    whole, parts = LAWS[law]
    differs = bool(balance.of_law(law)) or balance.gap(law) != 0
    light = "bad" if differs else "warn" if balance.unread else "good"
    words = {
        "good": visit.say("相符", "balances"),
        "warn": visit.say("未能确定", "not known"),
        "bad": visit.say("不符", "does not balance"),
    }
    return {
        "name": visit.say(*LAW_WORDS[law]),
        "light": light,
        "said": words[light],
        "whole": (visit.say(*TERMS[whole]), balance.counts.get(whole, 0)),
        "parts": [(visit.say(*TERMS[part]), balance.counts.get(part, 0)) for part in parts],
        "gap": balance.gap(law),
    }


def _difference(visit: Visit, one: Difference) -> Mapping[str, str]:
    return {
        "fault": visit.say(*FAULTS[one.fault]),
        "message_id": one.message_id,
        "sender": one.sender,
        "member": one.member,
        "case": one.case_number or "",
    }


SECTION = Section(
    pages=(Page("/ledger", ("守恒账", "Ledger"), "ledger.html", _ledger, in_menu=True, group=Group.MESSAGES),)
)
