"""The section of notices: its lists, pages, acts and files."""

from __future__ import annotations

from exchange.desk.notices.waiting import BASKET, COVERS
from exchange.desk.pages.notices import answering, covering, following, issuing, reading
from exchange.desk.section import DeskSection

SECTION = DeskSection(
    pages=(
        reading.LIST,
        issuing.WRITE,
        issuing.DRAFTS,
        issuing.FORM,
        issuing.PREVIEW,
        reading.NOTICE,
        reading.RETURN,
        answering.FORM,
        answering.PREVIEW,
        covering.FORM,
        covering.PREVIEW,
        following.RECALL,
        following.COLLECTED,
        following.RECEIPTS,
    ),
    acts=(*issuing.ACTS, *reading.ACTS, *answering.ACTS, *covering.ACTS, *following.ACTS),
    savings=(issuing.SAVE,),
    downloads=(*issuing.FILES, *reading.FILES, *covering.FILES, *following.FILES),
    baskets=(BASKET, COVERS),
    done={
        "notice-signed": ("已签收。", "It is signed for."),
        "notice-returned": ("已退回，理由将告知发文机关。", "It is sent back, with the reason."),
        "notice-kept": ("填报草稿已保存，尚未签名。", "The draft of the answer is kept. Nothing is signed yet."),
        "cover-kept": ("草稿已保存，尚未签名。", "The draft is kept. Nothing is signed yet."),
        "notice-covered": ("已签名转发。", "The cover is signed, and the notice passed on under it."),
        "notice-passed-on": ("已原样转发。", "The notice is passed on as it is."),
        "notice-issued": ("通知已签发，正在逐级下发。", "The notice is signed, and on its way down."),
        "notice-dropped": ("草稿已删除。", "The draft is thrown away."),
        "notice-reminded": ("催办已发出。", "The reminder is on its way."),
        "notice-recalled": (
            "通知已撤回；已收到的单位保留原件，签收情况继续统计。",
            "It is taken back. Whoever has it keeps it, and who had signed is still told.",
        ),
        "notice-asked": ("已逐级调取回执，陆续到达。", "The receipts are asked for, level by level; they will come."),
        "notice-answered": ("已填报，正在送达。", "The form is answered; the answer is on its way."),
    },
)
