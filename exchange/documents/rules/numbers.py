"""Document numbers (发文字号) as authorities write them (GB/T 9704-2012, 7.2.5)."""

from __future__ import annotations

import re
from unicodedata import normalize

from exchange.errors import CallerError
from exchange.schemas import AnnouncementNumber, DocumentNumber, Number, OrderNumber
from exchange.schemas.written import seen

_NUMBER = re.compile(
    r"(?P<agency>[^〔【\[(]+)(?:〔(?P<a>\d{4})〕|【(?P<b>\d{4})】|\[(?P<c>\d{4})\]|\((?P<d>\d{4})\))(?P<serial>\d+)号"
)
_ORDER = re.compile(r"(?P<agency>.+令)第(?P<serial>\d+)号")
_ANNOUNCED = re.compile(r"(?P<agency>.*(?:公告|通告|公报|令))(?:(?P<year>\d{4})年)?第(?P<serial>\d+)号")


def parse_number(text: str) -> Number:
    """Read a document number, as 国办发〔2019〕6号, with other brackets brought to 〔〕.

    It may also be the number of an order, 国令第707号, or that of an announcement, 公告2026年第14号.

    Raises CallerError for anything else, leading zeros among it.
    """
    plain = seen("".join(normalize("NFKC", seen(text)).split()))
    order, number, announced = _ORDER.fullmatch(plain), _NUMBER.fullmatch(plain), _ANNOUNCED.fullmatch(plain)
    found = order or number or announced
    if found is None or found["serial"].startswith("0"):
        raise _bad(text)
    serial = int(found["serial"])
    try:
        if order is not None:
            return OrderNumber(agency=order["agency"], serial=serial)
        if announced is not None:
            counted = int(announced["year"]) if announced["year"] else None
            return AnnouncementNumber(agency=announced["agency"], year=counted, issue=serial)
        year = next(year for year in found.group("a", "b", "c", "d") if year)
        return DocumentNumber(agency=found["agency"], year=int(year), serial=serial)
    except ValueError as error:
        raise _bad(text) from error


def _bad(text: str) -> CallerError:
    return CallerError(
        "{text!r} is no document number",
        remedy="agency code, year in 〔〕, no leading zeros: 国办发〔2019〕6号, 国令第707号, 公告2026年第14号",
        text=text,
    )
