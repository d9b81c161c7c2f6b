"""The section in which documents are written and sent."""

from __future__ import annotations

from exchange.desk.pages.letters import form, handling, lists, sending
from exchange.desk.section import DeskSection

SECTION = DeskSection(
    pages=(lists.KINDS, lists.DRAFTS, form.WRITE, form.FORM, sending.PREVIEW),
    acts=(form.KEEP, form.DROP, sending.SEND, sending.FORWARD, handling.RETURN, handling.FILE, *sending.STANDING),
    savings=(form.SAVE,),
    downloads=(sending.PICTURE,),
    done={
        "letter-kept": ("草稿已保存，尚未签发。", "The draft is kept. Nothing is signed yet."),
        "letter-dropped": ("草稿已删除。", "The draft is thrown away."),
        "letter-sent": ("公文已签发，正在送达。", "The document is signed, and on its way."),
        "letter-returned": ("已退回发文机关，并告知理由。", "It goes back to who wrote it, with the reason."),
        "letter-filed": ("已归档。", "It is filed."),
        "letter-forwarded": (
            "已签发转报，来文全文随附。",
            "It is passed on with your opinion and the whole file.",
        ),
    },
)
