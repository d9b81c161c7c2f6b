"""All rules of this room."""

from __future__ import annotations

from exchange.approval.attested.answers import OPINIONS
from exchange.approval.attested.cases import CASES, DECISIONS, REOPENINGS
from exchange.approval.attested.desks import DESK_PAPERS, DESKS
from exchange.approval.attested.ledgers import LEDGER_PAPERS, LEDGERS
from exchange.approval.attested.parts import PARTS, REQUESTS
from exchange.approval.attested.silences import DEFAULTS
from exchange.approval.attested.watches import REMINDERS, WATCH_PAPERS, WATCHES

APPROVAL_ROWS = (CASES, REOPENINGS, PARTS, LEDGERS, DESKS, WATCHES, REMINDERS)
APPROVAL_PAPERS = (DECISIONS, REQUESTS, OPINIONS, DEFAULTS, *LEDGER_PAPERS, *DESK_PAPERS, *WATCH_PAPERS)
