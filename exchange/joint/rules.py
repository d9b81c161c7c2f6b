"""Joint documents (联合行文): several authorities of one rank sign one document, and it goes out when the last has
signed.

The bytes that all sign bear no date, since it is the last signature's (Regulation of 2012, articles 9(11) and 17); the
date is derived from the signatures that go out with them, so that every reader can derive it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.clock import CST
from exchange.directory.hierarchy import domain_of, level_of
from exchange.envelope.countersignature import Countersignature
from exchange.errors import CallerError, Forged, Untrusted
from exchange.language import Text


@dataclass(frozen=True)
class Joint:
    """A document that is to be signed by several authorities."""

    digest: str
    """SHA-256 of the bytes that all sign."""
    signers: tuple[str, ...]
    """Who must sign; the lead (主办机关), whose number the document bears, first."""


def check_joint(joint: Joint, offices: frozenset[str] = frozenset()) -> None:
    """Raise CallerError unless two or more authorities of one rank are named, each once (article 17).

    ``offices`` stand for the government of their level; a department has the rank of the governments below.
    """
    if len(joint.signers) < 2 or len(set(joint.signers)) != len(joint.signers):
        raise CallerError("a joint document has two or more signers, each once", remedy="name every authority once")
    ranks = {level_of(domain_of(signer)) + (signer not in offices) for signer in joint.signers}
    if len(ranks) > 1:
        raise CallerError(
            "only authorities of one rank issue a document together (article 17)",
            remedy="let the others be addressees or copied, or let authorities of their rank sign",
        )


def check_countersignature(joint: Joint, signature: Countersignature) -> None:
    """Raise Untrusted for an authority that is not among the signers, Forged for a signature over other bytes."""
    if signature.by not in joint.signers:
        raise Untrusted(
            "{by} is not among the signers",
            remedy="those are {signers}",
            by=signature.by,
            signers=", ".join(joint.signers),
        )
    if signature.digest != joint.digest:
        raise Forged(
            "{by} signed another text than the lead sent round",
            remedy="the lead sends its text round again; all sign the same bytes",
            by=signature.by,
        )


def signatures_of(joint: Joint, signatures: Iterable[Countersignature]) -> dict[str, Countersignature]:
    """Return the valid signature of each signer, its first, in the signers' order; whatever order they came in.

    Raises as ``check_countersignature``.
    """
    first = dict[str, Countersignature]()
    for signature in signatures:
        check_countersignature(joint, signature)
        first[signature.by] = min(first.get(signature.by, signature), signature, key=lambda each: each.at)
    return {signer: first[signer] for signer in joint.signers if signer in first}


def waiting_for(joint: Joint, signatures: Iterable[Countersignature]) -> tuple[str, ...]:
    """Return who has not signed yet, in the signers' order; the document goes out when nobody is left."""
    held = signatures_of(joint, signatures)
    return tuple(signer for signer in joint.signers if signer not in held)


def issued_on(joint: Joint, signatures: Iterable[Countersignature]) -> date | None:
    """Return the date of issue (成文日期): the day, in China Standard Time, of the last signature.

    It is None until all have signed.

    A document of fewer than two signers is never issued together. Raises as ``check_countersignature``.
    """
    held = signatures_of(joint, signatures)
    if len(held) < max(2, len(joint.signers)):
        return None
    return max(signature.at for signature in held.values()).astimezone(CST).date()


def check_issue(joint: Joint, signatures: Sequence[Countersignature], stated: date) -> None:
    """Judge a joint document as it goes out, with the date that it states.

    Raises as ``check_countersignature``, and Forged unless every signer has signed, each once and in the signers'
    order, and the date is that of the last signature.
    """
    missing = waiting_for(joint, signatures)
    if missing or len(joint.signers) < 2:
        raise Forged(
            "not signed by {missing}",
            remedy="all that are named sign, and it goes",
            missing=", ".join(missing) or "two authorities",
        )
    order = tuple(signature.by for signature in signatures)
    if order != joint.signers:
        doubled = sorted({by for by in order if order.count(by) > 1})
        what = (
            Text("signed twice by {doubled}", {"doubled": ", ".join(doubled)})
            if doubled
            else "signatures are not in the order of the signers"
        )
        raise Forged(what, remedy="the lead puts every signature there once, in the order in which the text names them")
    if issued_on(joint, signatures) != stated:
        raise Forged(
            "dated {stated}, and last signed on {joint}",
            remedy="a joint document bears the date of its last signature (article 9(11))",
            stated=stated,
            joint=issued_on(joint, signatures),
        )
