"""All rules of this room."""

from __future__ import annotations

from exchange.notices.attested.answers import ANSWERS, COLLECTION_ANSWERS, COLLECTIONS
from exchange.notices.attested.branches import COLLECTION_BRANCHES, NOTICE_BRANCHES, TALLIES
from exchange.notices.attested.readers import NOTICE_READERS, SIGN_OFFS
from exchange.notices.attested.spreading import NOTICE_COPIES, SPREAD
from exchange.notices.attested.standing import NOTICES_HELD

NOTICE_ROWS = (
    NOTICES_HELD, NOTICE_READERS, NOTICE_COPIES, NOTICE_BRANCHES, COLLECTIONS, COLLECTION_ANSWERS, COLLECTION_BRANCHES,
)  # fmt: skip
NOTICE_PAPERS = (*SPREAD, *SIGN_OFFS, *TALLIES, *ANSWERS)
