"""What the paper of a joint document says: the text that all have signed, once every signature holds."""

from __future__ import annotations

from exchange.operations.trace.dossier import Filed
from exchange.paper.making import JointText


def joint_text(item: Filed) -> JointText | None:
    """Return what several authorities have signed; None for other messages."""
    if item.joint is None:
        return None
    return JointText(item.joint.draft.document, item.joint.draft.signers, item.joint.issued_on)
