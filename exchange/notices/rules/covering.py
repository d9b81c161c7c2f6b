"""Covering instructions (转发、批转): which notices wait for one, what one may say, and until when it is expected.

A chain of covers lies in front of one notice, the highest level's first. A level may have things done earlier than
those above it ask, never later; it makes no order of what is for information; number and date are its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from enum import StrEnum

from exchange.directory.addressing import home_of
from exchange.errors import CallerError
from exchange.language import Text
from exchange.schemas import Cover, Notice
from exchange.workdays import WorkingCalendar, add_working_days

COVER_DAYS = 3
"""Working days within which a waiting notice is to be covered, or passed on as it is: those below need the rest."""


class Covering(StrEnum):
    """Which notices wait at a relay office for a cover, instead of going on at once."""

    NONE = "none"
    ASK = "ask"
    """Those from above (转发)."""
    ASK_ALL = "ask-all"
    """Those of the own level's authorities, too (批转)."""

    def asks(self, *, from_above: bool) -> bool:
        """Return whether a notice waits for a cover."""
        return self is Covering.ASK_ALL or (self is Covering.ASK and from_above)


def verb_of(origin: str, relay: str) -> str:
    """Return the verb of a cover.

    转发 passes on what is from above, 批转 approves what an authority of the own level has issued.
    """
    return "批转" if home_of(origin) == home_of(relay) else "转发"


def title_of(origin: str, relay: str, title: str) -> str:
    """Return the title of a cover that is given none: 关于转发《…》的通知; marks within the marks become 〈〉."""
    inner = title.replace("《", "〈").replace("》", "〉")
    return f"关于{verb_of(origin, relay)}《{inner}》的通知"


def act_by_under(notice: Notice, covers: Sequence[Cover]) -> date | None:
    """Return the day by whose end a notice is to be dealt with below these covers; None for one for information.

    For covers that hold; of others the earliest day counts, so that nobody gains time by a cover that is wrong.
    """
    if notice.act_by is None:
        return None
    return min([notice.act_by, *(cover.act_by for cover in covers if cover.act_by is not None)])


def check_covers(notice: Notice, covers: Sequence[Cover]) -> None:
    """Raise CallerError, code ``cover``, for a chain of covers of which one says what it may not; names which one."""
    for place, cover in enumerate(covers):
        for _, fault in cover_faults(notice, covers[:place], cover):
            raise fault


def cover_faults(notice: Notice, above: Sequence[Cover], cover: Cover) -> Iterator[tuple[str, CallerError]]:
    """Yield all that a cover says and may not, each with the field that says it; ``above``: the covers before it."""
    document = cover.document
    what = f"the cover {document.number}"
    if document.number in (notice.document.number, *(one.document.number for one in above)):
        yield (
            "number",
            _wrong(
                Text("{what} bears the number of another document", {"what": what}),
                Text("give the cover a number of its own"),
            ),
        )
    dates = [one.document.date for one in above] + [notice.document.date]
    if any(day is not None and document.date is not None and document.date < day for day in dates):
        yield (
            "date",
            _wrong(
                Text("{what} is dated before what it covers", {"what": what}),
                Text("date it by the day of its signature"),
            ),
        )
    if cover.act_by is not None:
        yield from (("act_by", fault) for fault in _day_faults(notice, above, cover.act_by, document.date, what))


def cover_due(received: date, act_by: date | None, calendar: WorkingCalendar) -> date:
    """Return the day by whose end a waiting notice is to be covered: three working days, or the day to act by."""
    due, _ = add_working_days(calendar, received, COVER_DAYS)
    return due if act_by is None else min(due, act_by)


def _day_faults(
    notice: Notice, above: Sequence[Cover], act_by: date, dated: date | None, what: str
) -> Iterator[CallerError]:
    """What is wrong with the day that a cover sets."""
    limit = act_by_under(notice, above)
    if limit is None:
        yield _wrong(
            Text("{what} sets a day to act by, and the notice is for information", {"what": what}),
            Text("leave the day out, or issue a notice"),
        )
    elif act_by > limit:
        yield _wrong(
            Text("{what} sets a later day to act by than {limit}", {"what": what, "limit": limit}),
            Text("name that day or an earlier one, or none"),
        )
    if dated is not None and act_by < dated:
        yield _wrong(
            Text("{what} sets a day to act by that was over when it was dated", {"what": what}),
            Text("name a later day"),
        )


def _wrong(why: Text, remedy: Text) -> CallerError:
    return CallerError(why, remedy=remedy, code="cover")
