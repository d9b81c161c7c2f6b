"""Undelivered: a relay office says that a copy of ours ended there, and why; the copy is abandoned, the document kept.

The notice counts only from the relay office of a domain on that copy's way, for the very bytes that we sent, and only
while nobody has signed for the copy: a receipt is stronger than a notice, whichever comes first.
"""

from __future__ import annotations

import hashlib

from exchange.directory.addressing import home_of, way_between
from exchange.directory.hierarchy import relay_of
from exchange.envelope import envelope_for
from exchange.errors import Returned
from exchange.messaging.incoming import Incoming
from exchange.messaging.node import Step
from exchange.messaging.outbox import Outbox
from exchange.schemas import Body, NonDelivery, Role

_REMEDY = "treat as an attack or a defect of whoever signed it; the copy is sent on as if nothing had been said"


def take_non_delivery(step: Step, message: Incoming, notice: Body) -> None:
    """Mark the copy as failed with the notice's reason. Raises Returned for one who may not say so."""
    assert isinstance(notice, NonDelivery)  # noqa: S101
    _check_relay(step, message.sender, notice)
    copy = step.tx[Outbox].waiting(notice.message_id, notice.addressee)
    if copy is None:
        return
    if hashlib.sha256(envelope_for(copy.common, copy.recipient)).hexdigest() != notice.envelope:
        raise Returned("what did not arrive is not what was sent", code="not-ours", remedy=_REMEDY)
    reason = f"{notice.reason_code}: {notice.reason} ({notice.relay})"
    step.tx[Outbox].mark_failed(copy.id, reason, step.now, None)
    facts = {"addressee": notice.addressee, "code": notice.reason_code.value, "relay": notice.relay}
    step.note("not-delivered", None, notice.message_id, **facts)


def _check_relay(step: Step, signer: str, notice: NonDelivery) -> None:
    domain = home_of(signer)
    roles = step.node.directory.member(signer).roles
    if notice.relay != signer or signer != relay_of(domain) or Role.RELAY not in roles:
        raise Returned("only a relay office says that something ended on its way", code="not-a-relay", remedy=_REMEDY)
    if domain not in way_between(step.node.domain, home_of(notice.addressee)):
        raise Returned(
            "{domain} is not on the way to {addressee}",
            code="not-on-the-way",
            remedy=_REMEDY,
            domain=domain,
            addressee=notice.addressee,
        )
