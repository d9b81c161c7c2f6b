"""What a member signs in its own words is looked at before it is signed; what it passes on or counts is not its own."""

from __future__ import annotations

from exchange.errors import BadText
from exchange.schemas import (
    Body,
    Decision,
    Document,
    FormAnswer,
    ForwardedRequest,
    Forwarding,
    JointDraft,
    JointRefusal,
    Notice,
    Opinion,
    Recall,
    SignOff,
    Wire,
)
from exchange.schemas.written import faults_in

OWN_WORDS: frozenset[type[Body]] = frozenset(
    {
        Decision,
        Document,
        FormAnswer,
        ForwardedRequest,
        Forwarding,
        JointDraft,
        JointRefusal,
        Notice,
        Opinion,
        Recall,
        SignOff,
    }
)
"""Kinds of message whose text its signer has written. All others repeat what was said, and checked, elsewhere."""


def check_own_words(body: Body) -> None:
    """Raises BadText for a message in its signer's own words that nobody could read as they were meant."""
    if type(body) in OWN_WORDS:
        check_written(body)


def check_written(written: Wire) -> None:
    """Raises BadText naming every field whose text has a fault."""
    faults = [f"{'.'.join(map(str, place))}: {what}" for place, what in faults_in(written)]
    if faults:
        raise BadText("; ".join(faults[:5]))
