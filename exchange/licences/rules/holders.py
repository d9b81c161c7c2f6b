"""Who holds a licence, as the public may read it: organisations in full, persons by family name and marks. Pure.

An organisation is known by its unified social credit code alone (GB 32100); whoever has none that is right counts as a
person, so that a slip of the pen makes nothing public.
"""

from __future__ import annotations

from datetime import date

from exchange.schemas import LicenceHolder

CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""What a unified social credit code consists of: no I, O, S, V, Z."""
_LENGTH = 18
_ID_WEIGHTS = tuple(2**place % 11 for place in range(17, 0, -1))
_ID_CHECKS = "10X98765432"
MARK = "*"
_SHOWN = 4
"""Signs at the end of a person's identifier that stay; fewer where it is short."""
_JOINS = frozenset("·•・ .-")
"""What stands between the parts of a name, and stays."""
_DOUBLE = (
    "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容"
    "仲孙钟离长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐"
    "段干百里呼延东郭南门羊舌微生左丘东门西门第五"
)
DOUBLE_NAMES = frozenset(_DOUBLE[at : at + 2] for at in range(0, len(_DOUBLE), 2))
"""Family names of two characters."""


def is_credit_code(text: str) -> bool:
    """Tell whether a text is a unified social credit code whose check digit is right."""
    if len(text) != _LENGTH or any(sign not in CREDIT_SIGNS for sign in text):
        return False
    total = sum(CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:-1]))
    return CREDIT_SIGNS[-total % 31] == text[-1]


def is_identity_number(text: str) -> bool:
    """Tell whether a text is a resident identity number (GB 11643) of a day that there is, check digit and all."""
    if len(text) != _LENGTH or not (text[:-1].isascii() and text[:-1].isdecimal()):
        return False
    try:
        date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text[:-1], _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11] == text[-1].upper()


def is_organisation(holder: LicenceHolder) -> bool:
    """Tell whether a holder is shown in full; what might be a person's identity number is taken for one."""
    code = written_code(holder.identifier)
    return is_credit_code(code) and not is_identity_number(code)


def written_code(identifier: str) -> str:
    """Return an identifier as it is compared: in capitals, without blanks."""
    return "".join(identifier.split()).upper()


def shown_holder(holder: LicenceHolder) -> LicenceHolder:
    """Return a holder as the public may read it."""
    if is_organisation(holder):
        return holder
    return LicenceHolder(name=masked_name(holder.name), identifier=masked_identifier(holder.identifier))


def masked_name(name: str) -> str:
    """Keep a family name, and what joins the parts of a name; a mark for every other sign."""
    text = name.strip()
    kept = 2 if text[:2] in DOUBLE_NAMES and len(text) > 2 else 1
    if len(text) <= kept:
        return MARK
    return text[:kept] + "".join(sign if sign in _JOINS else MARK for sign in text[kept:])


def masked_identifier(identifier: str) -> str:
    """Keep the last signs of a person's identifier: enough for whoever knows it, and no more."""
    text = written_code(identifier) or MARK
    kept = min(_SHOWN, len(text) // 4)
    return MARK * (len(text) - kept) + text[len(text) - kept :]
