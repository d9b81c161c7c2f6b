"""Mail addresses as people write them into a file: one an entry, whatever the name beside it holds."""

from __future__ import annotations

import re
from email.headerregistry import Address

_ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\"\\]+@[^\s@,;:<>()\[\]\"\\]+")


def mailbox(text: str) -> Address:
    """Parse ``a@b``, ``Name <a@b>`` or ``"Name" <a@b>``: a comma in the name separates nothing. Raises ValueError."""
    text = text.strip()
    name, _, address = text[:-1].rpartition("<") if text.endswith(">") else ("", "", text)
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    if not _ADDRESS.fullmatch(address.strip()) or any(sign < " " or sign == "\x7f" for sign in name):
        raise ValueError(f"{text!r} is no mail address; write one an entry: a@b.example, or Name <a@b.example>")
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        raise ValueError(f"{text!r}: its domain is none") from None
    return Address(name, local, ascii_domain)
