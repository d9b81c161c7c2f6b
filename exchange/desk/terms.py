"""Remedies in the terms of a desk: its lists and pages for commands, the names of fields for options."""

from __future__ import annotations

import re
from collections.abc import Callable

from exchange.language import Words

_PLACES: tuple[tuple[str, Words], ...] = (
    (r"filing (?:list|show)", ("收件", "Filings")),
    (r"licence answers", ("许可信息查询", "Licence information")),
    (r"licence (?:list|show)", ("许可证件", "Licences")),
    (r"notice (?:list|status|form)", ("通知", "Notices")),
    (r"joint (?:list|show)", ("联合行文", "Joint documents")),
    (r"decide", ("作出决定", "Decide")),
    (r"status", ("并联审批", "Parallel cases")),
    (r"inbox|find", ("待办", "Inbox")),
    (r"register|show", ("公文", "Documents")),
    (r"send", ("起草公文", "Write a document")),
)
"""Commands that only look or begin something, and where a desk does that."""
_FIELDS: dict[str, Words] = {
    "basis": ("依据", "the legal basis"),
    "by": ("由谁决定", "who decides"),
    "conditions": ("条件", "the conditions"),
    "days": ("工作日", "the working days"),
    "drafted-by": ("拟稿人", "the drafter"),
    "holder": ("持有人", "the holder"),
    "instead-of": ("代替哪个部门", "in whose place"),
    "order": ("文书名称或编号", "the order"),
    "permits": ("许可内容", "what it permits"),
    "procedure": ("特别程序", "the special procedure"),
    "until": ("最后一日", "the last day"),
}
_BRACKETED = re.compile(r"\s*[（(](?:`?--[a-z-]+`?(?:, |、)?)+[)）]")
_MEMBER = re.compile(r"[；;] ?`--as`[^；;]*")
"""A command may be asked as another member; a desk is one member's."""
_OPTION = re.compile(r"`?(?<![\w-])--([a-z][a-z-]*)\b`?")


def in_desk_terms(remedy: str, say: Callable[[str, str], str]) -> str:
    """Write a remedy, in whichever language it is, for a reader who clicks; what only an operator does stays."""
    remedy = _MEMBER.sub("", _BRACKETED.sub("", remedy))
    for command, words in _PLACES:
        place = say(f"“{words[0]}”", f"“{words[1]}”")
        remedy = re.sub(rf"`exchange (?:{command})\b[^`]*`|\bexchange (?:{command})\b[^;；,，]*", place, remedy)
    return _OPTION.sub(lambda found: say(*_FIELDS[found[1]]) if found[1] in _FIELDS else found[0], remedy)
