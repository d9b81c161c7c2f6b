"""An official document by the elements of GB/T 9704-2012: head, text, signature, notes, imprint. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.language.names import URGENCIES
from exchange.paper.pen import Pen
from exchange.paper.sheet import Sheet, SheetPart
from exchange.schemas import Document, Urgency


def official(body: Document, pen: Pen, who_signs: str = "") -> Sheet:
    """Lay out a document; where its issuer is not called as its signer is, the paper says who has signed it.

    ``who_signs`` says it in place of that, of one that several sign.
    """
    signer = pen.name(pen.sender)
    notes = [f"（{body.notes.strip('（）')}）"] if body.notes.strip() else []
    if who_signs:
        notes.append(who_signs)
    elif body.issuer != signer:
        notes.append(pen.say(f"（由{signer}签名）", f"(signed by {signer})"))
    more = {}
    if body.printing is not None:
        on = pen.day(body.printing.on)
        more = {"printed_by": body.printing.by, "printed_on": pen.say(f"{on}印发", on)}
    names = [*body.attachment_note] or [*(one.name for one in body.attachments), *(one.name for one in body.claims)]
    return pen.sheet(
        body.title,
        str(body.number),
        (SheetPart(body.body), *_attached(names, pen)),
        mark=body.issuing_mark or body.issuer,
        signer=body.issuer,
        dated=pen.day(body.date) if body.date is not None else "",
        addressee=f"{'、'.join(body.addressees)}：" if body.addressees else "",
        urgent="" if body.urgency is Urgency.ORDINARY else pen.say(*URGENCIES[body.urgency.value]),
        signatory=pen.say(f"签发人：{body.signatory}", f"Signatory: {body.signatory}") if body.signatory else "",
        notes=tuple(notes),
        copies=f"{pen.say('抄送：', 'Copies: ')}{'，'.join(body.copy_recipients)}。" if body.copy_recipients else "",
        **more,
    )


def jointly(signers: Sequence[str], pen: Pen, *, signed: bool) -> str:
    """Say who signs a document together, or is to."""
    chinese, english = "、".join(map(pen.name, signers)), ", ".join(map(pen.name, signers))
    if signed:
        return pen.say(f"（由{chinese}联合签名）", f"(signed jointly by {english})")
    return pen.say(f"（待{chinese}联合签名）", f"(to be signed jointly by {english})")


def _attached(names: list[str], pen: Pen) -> tuple[SheetPart, ...]:
    """The note of what is attached (附件说明)."""
    if not names:
        return ()
    if len(names) == 1:
        return (SheetPart(pen.say(f"附件：{names[0]}", f"Attached: {names[0]}")),)
    first = pen.say(f"附件：1. {names[0]}", f"Attached: 1. {names[0]}")
    return (SheetPart(first), *(SheetPart(f"{place}. {name}") for place, name in enumerate(names[1:], 2)))
