"""A notice's text in a terminal: every level's cover, then the origin's document, each with who has signed it."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from exchange.cli.naming import in_full
from exchange.cli.view import act_by, plain
from exchange.language import tr
from exchange.notices.rules.covering import verb_of
from exchange.notices.text import NoticeText
from exchange.operations.said.terms import moment
from exchange.schemas import Document


def text_view(found: NoticeText) -> RenderableType:
    """Show the covers, the highest level's first, and then the origin's document; each with who signed it."""
    lines: list[RenderableType] = []
    for one in found.covers:
        verb = verb_of(found.row.origin, one.relay)
        lines += _document(
            one.cover.document,
            tr("{verb}, cover signed by {relay} at {at}", verb=verb, relay=in_full(one.relay), at=moment(one.at)),
        )
        if one.cover.act_by is not None:
            lines.append(Text(act_by(one.cover.act_by), "yellow"))
        lines.append(Text(""))
    notice = found.notice
    lines += _document(
        notice.document,
        tr("signed by {origin} at {signed_at}", origin=in_full(found.row.origin), signed_at=moment(found.signed_at)),
    )
    if notice.act_by is not None:
        lines.append(Text(act_by(notice.act_by)))
    return Group(*lines)


def text_json(found: NoticeText) -> dict[str, Any]:
    """Return the covers and the document for machines; every signature has been verified."""
    origin = found.row.origin
    return {
        "notice": found.row.notice_id, "origin": origin, "signed_at": found.signed_at.isoformat(),
        "act_by": found.row.act_by,
        "covers": [
            {"relay": one.relay, "verb": verb_of(origin, one.relay), "signed_at": one.at.isoformat(),
             **one.cover.model_dump(mode="json")}
            for one in found.covers
        ],
        "document": found.notice.document.model_dump(mode="json", exclude={"claims": {"__all__": {"content_key"}}}),
    }  # fmt: skip


def _document(document: Document, by: str) -> list[RenderableType]:
    signatory = "  " + tr("signatory {name}", name=document.signatory) if document.signatory else ""
    return [
        Text(by, "dim"),
        Text.assemble(plain(str(document.number), "bold"), "  ", plain(document.title)),
        plain(f"{document.issuer}  {document.date or ''}{signatory}"),
        plain(document.body),
    ]
