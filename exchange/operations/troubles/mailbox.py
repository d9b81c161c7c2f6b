"""Mail addresses as people write them into a file: one in each entry, whatever the name beside it holds."""

from __future__ import annotations

import re
from email.headerregistry import Address

from exchange.language import Unfit

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")


def mailbox(text: str) -> Address:
    """Parse ``a@b``, ``Name <a@b>`` or ``"Name" <a@b>``: a comma in the name separates nothing. Raises Unfit."""
    text = text.strip()
    name, _, address = text[:-1].rpartition("<") if text.endswith(">") else ("", "", text)
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not _ADDRESS.fullmatch(address.strip()) or any(sign < " " or sign == "\x7f" for sign in name):
        raise Unfit(
            "{text!r} is no mail address; write one in each entry: a@b.example, or Name <a@b.example>", text=text
        )
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise Unfit("{text!r}: what stands behind the @ is no domain", text=text) from None
    return Address(name, local, ascii_domain)
