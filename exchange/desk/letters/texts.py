"""An official document as its page shows it: elements, text, files, who issues it, and the messages around it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exchange.claims import opened_parts
from exchange.desk.section import DeskFile
from exchange.desk.visit import DeskVisit
from exchange.directory.hierarchy import domain_of
from exchange.documents.rules.issuing import Issuing
from exchange.errors import NotFound
from exchange.language.names import PURPOSES, URGENCIES
from exchange.operations.trace.dossier import Filed, attachments, claims
from exchange.runtime.home import open_claims
from exchange.schemas import Document, Purpose, Role, Urgency

Rows = list[tuple[str, str, str]]


@dataclass(frozen=True)
class LetterFile:
    """A file that came with a document."""

    name: str
    size: int
    path: str
    is_picture: bool


def elements(visit: DeskVisit, document: Document) -> Rows:
    """Return a document's elements with their labels, those that it has."""
    say, printing = visit.say, document.printing
    copied = [visit.face.names().get(one, (one, one)) for one in document.copies]
    found = [
        (say("文种", "Kind"), document.kind.value),
        (say("发文字号", "Number"), str(document.number)),
        (say("发文机关", "Issuer"), document.issuer),
        (say("签发人", "Signatory"), document.signatory or ""),
        (say("主送", "Addressees"), "、".join(document.addressees)),
        (say("抄送", "Copies"), "、".join(map(visit.words, copied)) or "、".join(document.copy_recipients)),
        (say("紧急程度", "Urgency"), urgency_words(visit, document.urgency)),
        (say("用途", "Purpose"), "" if document.purpose is Purpose.ACTION else visit.words(PURPOSES[document.purpose])),
        (say("成文日期", "Date"), document.date.isoformat() if document.date else ""),
        (say("附注", "Notes"), document.notes),
        (say("发文机关标志", "Issuing mark"), document.issuing_mark or ""),
        (say("印发", "Printed"), f"{printing.by} {printing.on.isoformat()}" if printing is not None else ""),
    ]
    concerned = [
        (say("涉及", "Concerns"), f"{visit.words(visit.face.names().get(one.authority, (one.authority,) * 2))} · "
         + (say(f"已在 {one.agreed_in} 中同意", f"agreed in {one.agreed_in}") if one.agreed_in
            else say("未说明是否同意", "not said to have agreed")))
        for one in document.concerns
    ]  # fmt: skip
    return [(label, text, "") for label, text in (*found, *concerned) if text]


def urgency_words(visit: DeskVisit, urgency: Urgency) -> str:
    """Name a degree of urgency; nothing for an ordinary one."""
    return "" if urgency is Urgency.ORDINARY else visit.words(URGENCIES[urgency.value])


def letter_files(item: Filed, path: str) -> list[LetterFile]:
    """Return the files of a message: only what the signed document names."""
    inside = [(one.name, one.size, one.media_type, one.digest) for one, _ in attachments(item)]
    large = [(one.name, one.size, one.media_type, one.digest) for one in claims(item)]
    return [
        LetterFile(name, size, f"{path}/files/{digest}", media_type in ("image/png", "image/jpeg"))
        for name, size, media_type, digest in (*inside, *large)
    ]


def letter_file(visit: DeskVisit, item: Filed, digest: str) -> DeskFile:
    """Give a file that the signed document names by this digest. Raises NotFound."""
    for attachment, content in attachments(item):
        if attachment.digest == digest:
            return DeskFile(attachment.name, attachment.media_type, iter((content,)))
    for claim in claims(item):
        if claim.digest == digest:
            return DeskFile(claim.name, claim.media_type, opened_parts(claim, open_claims(visit.face.settings)))
    raise NotFound("there is no such file with this document", remedy="look at its page again")


def issuing_faults(visit: DeskVisit, found: Issuing | None) -> Iterator[str]:
    """Say where the name or number on a document is not its signer's."""
    if found is not None and found.issuer_is_signer is False:
        yield visit.say(
            f"文件上的发文机关“{found.issuer}”不是签名者。", f"The issuer on it, {found.issuer}, is not who signed it."
        )
    if found is not None and found.code_is_signers is False:
        yield visit.say(
            f"发文字号中的机关代字“{found.code}”不是签名者的。",
            f"The agency code in its number, {found.code}, is not the signer's.",
        )


def members(visit: DeskVisit) -> Sequence[tuple[str, str]]:
    """Return everybody a document may go to, address and name, those of the own domain first."""
    node, names = visit.node, visit.face.names()
    found = []
    for member in node.directory.everyone:
        is_open = member.revoked_at is None and Role.PORTAL not in member.roles
        if member.address != node.address and is_open:
            words = names.get(member.address, (member.name, member.name_en or member.name))
            found.append((domain_of(member.address) != node.domain, member.address, visit.words(words)))
    return [(address, name) for _, address, name in sorted(found)]
