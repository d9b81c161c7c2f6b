"""What stands against issuing a text jointly: everything at once, each with its element, for whoever writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from exchange.directory import Lookup
from exchange.documents.convey import known_among, offices_among
from exchange.documents.judging import secret_faults, twice_named
from exchange.documents.rules.broken import DocumentElement, DocumentFault
from exchange.documents.rules.conveyance import conveyance_of, faults
from exchange.errors import CallerError
from exchange.joint.rules import Joint, check_joint
from exchange.messaging.documents import Documents
from exchange.messaging.node import Node, Step
from exchange.messaging.rules.agreements import false_agreements, not_agreed
from exchange.schemas import Document, DocumentKind

_ANSWERED = (DocumentKind.REQUEST, DocumentKind.REPLY)
"""Kinds that ask one authority or answer one: who asks and who is answered is one authority each."""


def proposal_faults(
    step: Step, document: Document, signers: Sequence[str], main: Sequence[str], copies: Sequence[str]
) -> Iterator[DocumentFault]:
    """Yield everything for which a text of these signers, the own authority first, would not be sent round."""
    parties = ((DocumentElement.SIGNERS, signers[1:]), (DocumentElement.TO, main), (DocumentElement.COPIES, copies))
    unreachable = set()
    for element, addresses in parties:
        for address, error in _unreachable(step.node, addresses):
            unreachable.add(address)
            yield DocumentFault(element, error)
    yield from _named_twice(signers, main, copies)
    if not main:
        none = CallerError("a document needs at least one addressee", remedy="name an address of the directory")
        yield DocumentFault(DocumentElement.TO, none)
    for false in false_agreements(document, step.tx[Documents].get):
        yield DocumentFault(DocumentElement.CONCERNS, false)
    meant = [[one for one in addresses if one not in unreachable] for addresses in (signers, main, copies)]
    yield from text_faults(step.node.directory, document.model_copy(update={"copies": tuple(meant[2])}), *meant[:2])


def text_faults(
    directory: Lookup, document: Document, signers: Sequence[str], main: Sequence[str]
) -> Iterator[DocumentFault]:
    """Yield what is wrong with a text that several are to sign, as far as they and its addressees are known here.

    It is classified, the signers are not of one rank, nobody issues its kind jointly, or one of the signers might not
    send it there by itself: every broken rule once, with its article.
    """
    addressees = known_among(directory, main)
    yield from secret_faults(document)
    offices = offices_among(directory, (*signers, *addressees, *document.copies))
    try:
        check_joint(Joint("", tuple(signers)), offices)
    except CallerError as error:
        yield DocumentFault(DocumentElement.SIGNERS, error)
    if document.kind in _ANSWERED:
        yield DocumentFault(DocumentElement.KIND, _of_one_authority(document.kind))
        return
    told = set()
    for signer in signers if addressees else ():
        way = conveyance_of(document, signer, addressees, document.copies, offices)
        for one in faults(replace(way, concerned=(), not_agreed=not_agreed(document, signers))):
            if str(one) not in told:
                told.add(str(one))
                yield DocumentFault(one.element, one)


def _of_one_authority(kind: DocumentKind) -> CallerError:
    return CallerError(
        "a {kind} is sent by one authority, and answered to one",
        remedy="the lead sends it by `exchange send`, and names in it the authorities it has agreed with",
        kind=kind.value,
    )


def _unreachable(node: Node, addresses: Iterable[str]) -> Iterator[tuple[str, CallerError]]:
    for one in addresses:
        try:
            node.expect((one,))
        except CallerError as error:
            yield one, error


def _named_twice(signers: Sequence[str], main: Sequence[str], copies: Sequence[str]) -> Iterator[DocumentFault]:
    """Somebody signs it and has it sent besides: who signs has it anyway."""
    for element, addresses in ((DocumentElement.TO, main), (DocumentElement.COPIES, copies)):
        both = [one for one in addresses if one in signers]
        if both:
            error = CallerError(
                "{both}: signs it, and is named here again",
                remedy="name each authority once; who signs has it anyway",
                both=", ".join(both),
            )
            yield DocumentFault(element, error)
    yield from twice_named(main, copies)
