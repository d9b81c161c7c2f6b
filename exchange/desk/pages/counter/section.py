"""The counter, at a window and at a portal: the same form, and two ways in which it is filed."""

from __future__ import annotations

from exchange.desk.pages.counter import filing, form
from exchange.desk.section import DeskSection
from exchange.schemas import Role

_DONE = {
    "counter-kept": ("草稿已保存，尚未提交。", "The draft is kept. Nothing is filed yet."),
    "counter-dropped": ("草稿已删除。", "The draft is thrown away."),
}
AT_WINDOWS = DeskSection(
    pages=(form.MATTERS, form.BEGIN, filing.PREVIEW, form.FORM),
    acts=(form.DROP, filing.SUBMIT, form.KEEP),
    downloads=(filing.SCAN,),
    savings=(form.SAVE,),
    roles=frozenset({Role.WINDOW}),
    done={
        **_DONE,
        "case-opened": (
            "已受理，案件已成立，并送达第一阶段各部门。",
            "It is accepted: the case is open, and the departments of its first stage are asked.",
        ),
    },
)
AT_PORTALS = DeskSection(
    pages=(form.MATTERS, form.BEGIN, filing.HANDED, filing.PREVIEW, form.FORM),
    acts=(filing.GIVEN, form.DROP, filing.HAND_IN, form.KEEP),
    downloads=(filing.SCAN,),
    savings=(form.SAVE,),
    roles=frozenset({Role.PORTAL}),
    done={
        **_DONE,
        "counter-handed": ("编号和查询码已交申请人。", "Number and access code are handed over."),
    },
)
