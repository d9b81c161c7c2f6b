"""Document numbers (发文字号) and dates as bodies write them (GB/T 9704-2012, 7.2.5 and 7.3.5)."""

from __future__ import annotations

import re
from datetime import date
from unicodedata import normalize

from exchange.errors import CallerError
from exchange.schemas import AnnouncementNumber, DocumentNumber, Number, OrderNumber
from exchange.schemas.written import seen

_NUMBER = re.compile(
    r"(?P<agency>[^〔【\[(]+)(?:〔(?P<a>\d{4})〕|【(?P<b>\d{4})】|\[(?P<c>\d{4})\]|\((?P<d>\d{4})\))(?P<serial>\d+)号"
)
_ORDER = re.compile(r"(?P<agency>.+令)第(?P<serial>\d+)号")
_ANNOUNCED = re.compile(r"(?P<agency>.*(?:公告|通告|公报|令))(?:(?P<year>\d{4})年)?第(?P<serial>\d+)号")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
_DIGITS = {"〇": 0, "○": 0, "零": 0} | {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}


def parse_number(text: str) -> Number:
    """Reads 国办发〔2019〕6号, with other brackets brought to 〔〕; the number of an order, 国令第707号; or that of an
    announcement, 公告2026年第14号.

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


def parse_date(text: str) -> date | None:
    """Reads 2019年1月27日 or 二〇〇四年四月二十七日, alone in the text; None for all else, 2019年2月30日 among it."""
    plain = "".join(normalize("NFKC", text).split())
    found = _DATE.fullmatch(plain)
    if found is not None:
        year, month, day = (int(group) for group in found.groups())
    elif (found := _CHINESE_DATE.fullmatch(plain)) is not None:
        year = int("".join(str(_DIGITS[digit]) for digit in found[1]))
        month, day = _below_hundred(found[2]), _below_hundred(found[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _below_hundred(text: str) -> int:
    """Reads 七, 十, 二十, 二十七; 0, which is no month and no day, for what is not a number."""
    found = re.fullmatch(r"([一二三四五六七八九]?)(十?)([一二三四五六七八九]?)", text)
    if found is None or (found[1] and found[3] and not found[2]):
        return 0
    tens = _DIGITS.get(found[1], 1) * 10 if found[2] else _DIGITS.get(found[1], 0)
    return tens + _DIGITS.get(found[3], 0)


def _bad(text: str) -> CallerError:
    return CallerError(
        "{text!r} is no document number",
        remedy="agency code, year in 〔〕, no leading zeros: 国办发〔2019〕6号, 国令第707号, 公告2026年第14号",
        text=text,
    )
