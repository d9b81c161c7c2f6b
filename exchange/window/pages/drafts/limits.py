"""What files may be: said before anybody chooses one."""

from __future__ import annotations

from exchange.portal.drafting import MOST_FILES
from exchange.schemas.base import ATTACHMENT_LIMIT
from exchange.web import render
from exchange.window.guest import Guest
from exchange.window.uploads.kinds import ALLOWED

AT_ONCE = 10
"""Files that one form brings."""
UPLOAD_MOST = AT_ONCE * ATTACHMENT_LIMIT + 65_536
"""Octets of such a form."""


def limits_of(guest: Guest) -> list[str]:
    """Return the limits in words."""
    largest = render.size(ATTACHMENT_LIMIT)
    return [
        guest.say(f"格式：{ALLOWED}", f"Kinds: {ALLOWED}"),
        guest.say(
            f"每个文件不超过 {largest}（{ATTACHMENT_LIMIT:,} 字节）",
            f"Each file up to {largest} ({ATTACHMENT_LIMIT:,} bytes)",
        ),
        guest.say(
            f"一次最多 {AT_ONCE} 个，整个申请最多 {MOST_FILES} 个", f"Up to {AT_ONCE} at once, {MOST_FILES} in all"
        ),
        guest.say("不能加密或设置密码", "Without a password"),
    ]
