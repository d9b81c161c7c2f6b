"""Mail addresses as people type them: what can be written to, in one way only; everything else is said. Pure."""

from __future__ import annotations

import re
from unicodedata import normalize

import idna

from exchange.language import Text

LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address, and of what stands before its @ (RFC 5321)."""
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_EXAMPLE = Text("write it like wang@example.cn")


def read_mail_address(typed: str) -> str | tuple[Text, Text]:
    """Return an address as letters are sent to it, or what is wrong with it and what to do.

    Full-width signs are taken for what they are; a domain in other letters becomes its ASCII form.
    """
    text = normalize("NFKC", typed).strip(" ")
    if any(sign <= " " or sign == "\x7f" or sign.isspace() for sign in text):
        return Text("has a space or a line end in it"), Text("take it out")
    if len(text) > LONGEST:
        return Text("has {length} characters, {most} at most", {"length": len(text), "most": LONGEST}), _EXAMPLE
    local, mark, domain = text.rpartition("@")
    if not mark or not local or not domain or "@" in local:
        return Text("is no mail address"), _EXAMPLE
    if not local.isascii():
        return Text("has other letters than ASCII before the @"), Text("give another address; ours cannot write there")
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        return Text("has signs before the @ that are not taken"), _EXAMPLE
    found = _domain(domain)
    if not found or len(local) + 1 + len(found) > LONGEST:
        return Text("does not name a domain behind the @"), _EXAMPLE
    return f"{local}@{found}"


def _domain(text: str) -> str:
    """The ASCII form of a domain; empty for what is none: a number, one label alone, letters that no domain has."""
    try:
        ascii_form = idna.encode(text, uts46=True).decode().lower()
    except (idna.IDNAError, UnicodeError):
        return ""
    labels = ascii_form.split(".")
    good = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdecimal()
    return ascii_form if good else ""


def counted_as(address: str) -> str:
    """Return what an address counts as where it is counted who was asked: however its letters and tags are written."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
