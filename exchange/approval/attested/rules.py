"""All rules of this room."""

from __future__ import annotations

from exchange.approval.attested.answers import OPINIONS
from exchange.approval.attested.cases import CASES, DECISIONS, REOPENED, REOPENINGS
from exchange.approval.attested.clocks import CASE_LEDGERS, CLOCK_PAPERS, CLOCKS_HELD
from exchange.approval.attested.desks import DESK_PAPERS, DESKS
from exchange.approval.attested.filing_papers import FILING_PAPERS
from exchange.approval.attested.filings import FILINGS_HELD
from exchange.approval.attested.hearings import HEARING_PAPERS, HEARINGS_HELD
from exchange.approval.attested.ledgers import LEDGER_PAPERS, LEDGERS
from exchange.approval.attested.parts import PARTS, REQUESTS
from exchange.approval.attested.recalls import RECALL_PAPERS
from exchange.approval.attested.reminded import REMINDED_PAPERS
from exchange.approval.attested.renewals import RENEWAL_PAPERS, RENEWALS_HELD
from exchange.approval.attested.silences import DEFAULTS
from exchange.approval.attested.supplements import SUPPLEMENT_PAPERS, SUPPLEMENTS_HELD
from exchange.approval.attested.watches import REMINDERS, WATCH_PAPERS, WATCHES

APPROVAL_ROWS = (
    CASES, REOPENINGS, PARTS, LEDGERS, CLOCKS_HELD, CASE_LEDGERS, HEARINGS_HELD, FILINGS_HELD, RENEWALS_HELD,
    SUPPLEMENTS_HELD, DESKS, WATCHES, REMINDERS,
)  # fmt: skip
APPROVAL_PAPERS = (
    DECISIONS, REOPENED, REQUESTS, OPINIONS, DEFAULTS, *LEDGER_PAPERS, *CLOCK_PAPERS, *HEARING_PAPERS, *FILING_PAPERS,
    *RENEWAL_PAPERS, *SUPPLEMENT_PAPERS, *DESK_PAPERS, *REMINDED_PAPERS, *RECALL_PAPERS, *WATCH_PAPERS,
)  # fmt: skip
