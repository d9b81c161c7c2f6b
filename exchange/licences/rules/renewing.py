"""The renewal of a licence (Administrative License Law, article 50): what may be renewed, until when it has to be asked
for, and until when the licence is valid then. Pure.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from exchange.clock import CST
from exchange.language import Text
from exchange.language.licences import LICENCE_STANDINGS
from exchange.language.names import coded
from exchange.licences.rules.holders import written_code
from exchange.licences.rules.standing import LicenceStanding, licence_on
from exchange.schemas import Licence, LicenceChange, LicenceEntry, RenewalTerm

_DAY = timedelta(days=1)
_LAST = date(2200, 12, 31)
"""Nothing that is signed speaks of a later day."""
_ENDED = (LicenceStanding.REVOKED, LicenceStanding.CANCELLED)


def why_not_renewable(
    licence: Licence, entries: Sequence[LicenceEntry], matter: str, identifier: str, day: date
) -> tuple[Text, Text] | None:
    """Return why the renewal of a licence cannot be asked for on a day, and what to do; None where it can.

    ``matter`` and ``identifier`` are what the application says. Too late is not too late to be taken: see `term_asked`.
    """
    then, last = licence_on(licence, entries, day), licence_on(licence, entries, date.max)
    anew = Text("apply for a new licence")
    if last.standing in _ENDED:
        said = coded(LICENCE_STANDINGS, last.standing.value)
        return Text("the licence {number} is {standing}", {"number": licence.number, "standing": said}), anew
    if matter != licence.matter:
        facts = {"number": licence.number, "matter": licence.matter}
        return Text("the licence {number} was granted in another matter, {matter}", facts), Text("name that matter")
    if written_code(identifier) != written_code(then.holder.identifier):
        return (
            Text("whoever applies does not hold the licence {number}", {"number": licence.number}),
            Text("its holder asks for the renewal, by the code or number under which it holds it"),
        )
    if last.valid_until is None:
        return Text("the licence {number} is valid without an end", {"number": licence.number}), Text("nothing to do")
    if day > last.valid_until:
        facts = {"number": licence.number, "until": last.valid_until.isoformat()}
        return Text("the licence {number} is over since {until}", facts), anew
    return None


def term_asked(number: str, expires_on: date, days: int, received: datetime) -> RenewalTerm:
    """Return until when a renewal had to be asked for, and whether it was.

    These are days of the calendar: article 82 counts working days for what an authority does, and this is the holder's.
    """
    by = expires_on - timedelta(days=days)
    in_time = received.astimezone(CST).date() <= by
    return RenewalTerm(licence=number, expires_on=expires_on, ask_by=by, in_time=in_time)


def renewed_until(licence: Licence, entries: Sequence[LicenceEntry]) -> date | None:
    """Return the last day of a validity that is as long again as the one that is running; None: it has no end.

    In whole months where it is of whole months, else in days.
    """
    begins, until = licence.valid_from, licence.valid_until
    for entry in entries:
        if entry.change is LicenceChange.RENEWED and entry.valid_until is not None and until is not None:
            begins, until = until + _DAY, entry.valid_until
    if until is None:
        return None
    after = until + _DAY
    if after.day == begins.day:
        months = (after.year - begins.year) * 12 + after.month - begins.month
        return min(_months_on(after, months) - _DAY, _LAST)
    return min(until + (after - begins), _LAST)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
