"""What files may be: said before anybody chooses one."""

from __future__ import annotations

from exchange.portal.drafting import MOST_FILES
from exchange.portal.uploads.kinds import ALLOWED
from exchange.portal.uploads.limits import ALL_MOST, FILE_MOST
from exchange.web import render
from exchange.window.guest import Guest

AT_ONCE = 10
"""Files that one form brings."""
UPLOAD_MOST = 2 * FILE_MOST + 65_536
"""Octets of such a form."""


def limits_of(guest: Guest) -> list[str]:
    """Return the limits in words."""
    largest, whole = render.size(FILE_MOST), render.size(2 * FILE_MOST)
    return [
        guest.say(f"格式：{ALLOWED}", f"Kinds: {ALLOWED}"),
        guest.say(
            f"每个文件不超过 {largest}，一次合计不超过 {whole}",
            f"Each file up to {largest}, {whole} at once",
        ),
        guest.say(
            f"一次最多 {AT_ONCE} 个；整个申请最多 {MOST_FILES} 个，合计不超过 {render.size(ALL_MOST)}",
            f"Up to {AT_ONCE} at once; {MOST_FILES} in all, of {render.size(ALL_MOST)} together",
        ),
        guest.say("不能加密或设置密码", "Without a password"),
    ]
