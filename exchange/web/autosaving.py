"""What the script says that saves while somebody types (`autosave.js`), at the public window and at desks."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.language import Words

SAVING_TEXTS: Mapping[str, Words] = {
    "saved": ("已自动保存", "Saved by itself"),
    "left": (
        "已自动保存；尚未填好的部分还没有保存",
        "Saved by itself, but for what is not complete yet",
    ),
    "changed": (
        "这份草稿刚刚在别处被修改过，不再自动保存。按“保存”查看两边的内容，不会丢失。",
        "This draft was changed somewhere else, and is not saved by itself any more. Press save to see both; nothing "
        "is lost.",
    ),
    "offline": ("网络中断，尚未保存", "No connection now; not saved yet"),
}
"""By what they are for; each face has one more, ``over``: what to do where the session has ended."""
