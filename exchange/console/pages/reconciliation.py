"""The reconciliation's page: three balances with lights, and each difference with its message's way.

A run goes through all stores, which a page must not wait for: it is taken on a thread of its own, one at a time,
whenever somebody watches and the last one is no longer fresh. The page shows the last one, and when it was.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from exchange.clock import monotonic
from exchange.console.section import Group, Page, Section, Visit
from exchange.errors import ExchangeError, OperatorError
from exchange.machine.logger import get_logger
from exchange.operations.domain_view import DomainView
from exchange.operations.reconciliation.books import Balance, BalanceVerdict
from exchange.operations.reconciliation.domain import open_reconciliation
from exchange.operations.reconciliation.facts import LAWS, Difference, Law
from exchange.operations.reconciliation.words import FAULTS, LAW_WORDS, TERMS, VERDICTS

log = get_logger()

FRESH = 30.0
"""Seconds after which a new run begins, if somebody watches; ten times as long as it took, where that is more."""
SHOWN = 200
"""Differences that the page lists; `exchange reconcile --json` has all."""

_LIGHTS = {BalanceVerdict.BALANCED: "good", BalanceVerdict.DIFFERS: "bad", BalanceVerdict.UNKNOWN: "warn"}


@dataclass
class Reconciler:
    """Reconciles a domain in the background, and keeps the last result."""

    view: DomainView
    balance: Balance | None = None
    at: datetime | None = None
    trouble: ExchangeError | None = None
    """Why the last run failed as a whole."""
    _ended: float = 0.0
    _took: float = 0.0
    _thread: threading.Thread | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def refresh(self) -> None:
        """Begin a run if it is time; never wait for it."""
        with self._turn:
            if self.is_running or (self.at is not None and monotonic() - self._ended < max(FRESH, 10 * self._took)):
                return
            self._thread = threading.Thread(target=self._look, name="reconciliation", daemon=True)
            self._thread.start()

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._thread is not None and self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Wait for the run under way."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _look(self) -> None:
        began = monotonic()
        try:
            with open_reconciliation(self.view.settings, self.view.where) as books:
                self.keep(books.reconcile())
        except ExchangeError as error:
            self.keep(None, error)
        except Exception:
            log.exception("reconciliation.failed")
            self.keep(None, OperatorError("the last reconciliation failed", remedy="see the console's log"))
        self._took = self._ended - began

    def keep(self, balance: Balance | None, trouble: ExchangeError | None = None) -> None:
        """Keep this as the last result, as of now."""
        self.balance, self.trouble = balance, trouble
        self.at, self._ended = self.view.clock.now(), monotonic()


def reconciler(view: DomainView) -> Reconciler:
    """Return the one reconciler of a domain view."""
    found = view.kept_once("reconciliation", lambda: Reconciler(view))
    assert isinstance(found, Reconciler)  # noqa: S101
    return found


def _reconciliation(visit: Visit) -> Mapping[str, object]:
    last = reconciler(visit.view)
    last.refresh()
    if last.trouble is not None:
        raise last.trouble
    balance = last.balance
    return {
        "at": last.at,
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
    pages=(
        Page(
            "/reconciliation",
            ("对账", "Reconciliation"),
            "reconciliation.html",
            _reconciliation,
            in_menu=True,
            group=Group.MESSAGES,
        ),
    )
)
