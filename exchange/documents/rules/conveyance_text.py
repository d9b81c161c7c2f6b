"""What a document's own words plainly say of its way: how many matters it has, whether it asks."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"《[^《》]*》|“[^“”]*”|（[^（）]*）")
_MATTER = re.compile(r"关于")
_ASKS = re.compile(
    r"(?:妥否|当否|可否|可行否|是否(?:妥当|可行|同意))[，,]?(?:请|敬请|恳请)"
    r"|(?:请|敬请|恳请|特请|请求)(?:上级|市政府|省政府|国务院)?(?:予以|给予|尽快|尽早)?(?:审批|批准|批复|批示|核准)(?!的)"
    r"|特此请示|请示事项如下"
)


def matters_in(title: str) -> tuple[str, ...]:
    """Return the matters a title names, one behind each 关于 that is not part of a quoted title.

    The result is empty if it names none.
    """
    plain = _QUOTED.sub("", "".join(title.split()))
    return tuple(part for part in _MATTER.split(plain)[1:] if part)


def asks_for_a_decision(body: str) -> bool:
    """Return whether a text says plainly that something be approved or decided (夹带请示事项); quoted words do not."""
    return _ASKS.search(_QUOTED.sub("", "".join(body.split()))) is not None
