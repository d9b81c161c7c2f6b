"""In whose name and under whose number a message on record is issued, joint and forwarded ones too."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.directory import Lookup
from exchange.documents.rules.issuing import Issuing, issuing, issuing_in
from exchange.envelope import Verified, verify_signed
from exchange.errors import SenderError
from exchange.joint.reader import open_issue
from exchange.schemas import Forwarding, JointDocument


def issuing_of(directory: Lookup, verified: Verified, enclosures: Sequence[bytes]) -> Issuing | None:
    """Hold what a message issues against its signer: a joint document's lead, or a forwarded one's origin.

    None where it holds no document, or one that does not verify.
    """
    try:
        if isinstance(verified.body, JointDocument):
            joint = open_issue(directory, verified.header, verified.body, enclosures)
            return issuing(joint.draft.document, joint.draft.signers[0], directory.everyone, joint=True)
        if isinstance(verified.body, Forwarding) and enclosures:
            verified = verify_signed(enclosures[0], directory)
    except SenderError:
        return None
    return issuing_in(verified.body, verified.header.sender, directory.everyone)
