"""Whose name and number a document bears: both are text that anybody can write, its signer is proved."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from exchange.schemas import Body, Document, ForwardedRequest, JointDraft, Member
from exchange.schemas.document import DocumentNumber, Number

_MASTHEAD = "文件"
"""What an issuing mark may add to the authority's name (GB/T 9704-2012, 7.2.4)."""


_PUBLIC = ("公告", "通告", "公报", "令")
"""Ends what stands before the number of an order or announcement; the rest names the agency."""


@dataclass(frozen=True)
class Issuing:
    """In whose name a document goes out, held against who has signed it; of a joint one, against its lead."""

    issuer: str
    code: str
    """The agency code of its number; empty where it bears none."""
    signer: str
    issuer_is_signer: bool | None
    """None where nobody can tell: the signer's names are not known, or several authorities issue it."""
    code_is_signers: bool | None
    """None where nobody can tell: no code, or the directory lists none for its signer."""


def issuing_in(body: Body, signer: str, members: Iterable[Member]) -> Issuing | None:
    """Do `issuing` for the document that a message carries; None where it carries none."""
    document = body.document if isinstance(body, JointDraft) else document_in(body)
    return issuing(document, signer, members, joint=isinstance(body, JointDraft)) if document is not None else None


def issuing(document: Document, signer: str, members: Iterable[Member], *, joint: bool = False) -> Issuing:
    """Hold a document's masthead and number against its signer, by what the directories of ``members`` say."""
    known = {member.address: member for member in members}
    own, code = known.get(signer), code_in(document.number)
    names = (own.name, own.name_en) if own is not None and not joint else ()
    return Issuing(
        document.issuer, code, signer, is_signers_name(document.issuer, names), _is_signers_code(code, signer, known)
    )


def code_in(number: Number) -> str:
    """Return the agency code (机关代字) of a document's number; empty where it has none."""
    if isinstance(number, DocumentNumber):
        return number.agency
    ending = next(one for one in _PUBLIC if number.agency.endswith(one))
    return number.agency.removesuffix(ending)


def _is_signers_code(code: str, signer: str, known: dict[str, Member]) -> bool | None:
    """No, too, where it is another's in the signer's domain or above: the signer's own need not be listed for that."""
    if not code:
        return None
    held = {_plain(one) for one in known[signer].codes} if signer in known else set()
    if _plain(code) in held:
        return True
    above = (member for member in known.values() if f"{signer}.".startswith(f"{member.address.rpartition('.')[0]}."))
    others = (one for member in above if member.address != signer for one in member.codes)
    return False if held or _plain(code) in {_plain(one) for one in others} else None


def document_in(body: Body) -> Document | None:
    """Return the document that a message carries in its signer's name; what several sign together is none."""
    if isinstance(body, JointDraft):
        return None
    found = body.opinion if isinstance(body, ForwardedRequest) else getattr(body, "document", body)
    return found if isinstance(found, Document) else None


def is_signers_name(issuer: str, names: Collection[str]) -> bool | None:
    """Tell whether an issuer is its signer, by the signer's ``names``; None where none is known."""
    if not names:
        return None
    return _plain(issuer) in {_plain(name) for name in names}


def _plain(name: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return text.removesuffix(_MASTHEAD)
