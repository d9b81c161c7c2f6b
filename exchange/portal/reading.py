"""The signed bytes of a case's papers, for whoever may see the case: what anybody can verify again."""

from __future__ import annotations

from exchange.errors import NotFound
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node
from exchange.portal.drafting import draft_in


def signed_paper(node: Node, number: str, message_id: str) -> bytes:
    """Return the signed bytes of one paper of a filing. Raises NotFound."""
    with node.store.reading() as tx:
        draft = draft_in(tx, number)
        stored = tx[Documents].of_conversation(draft.filing_id) if draft.filing_id is not None else []
    found = next((one for one in stored if one.message_id == message_id), None)
    if found is None:
        raise NotFound("the case has no such paper", remedy="choose one of those that are listed")
    return found.signed
