"""What a file of a stranger is called here: one line that others can read, without a way to anywhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from exchange.errors import BadFile
from exchange.schemas.written import IGNORED, TextShape, fault_of, is_visible

LONGEST = 120
"""Characters of a name; a longer one is cut before its ending."""
_READ = 2_000
_ENDING = re.compile(r"\.\w{1,10}$")
_UNSEEN = re.compile(f"[{IGNORED}]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\x00-\x1f\x7f-\x9f\u2028\u2029]')


@dataclass(frozen=True)
class FileName:
    """A name as it is kept."""

    name: str
    changed: bool
    """Whether it is another than was sent, which is said."""


def file_name(sent: str) -> FileName:
    """Return what a file that was sent under a name is called here.

    Of a path only the last part is taken; what cannot be seen, turns the direction of writing, or is a sign of no name
    is left out; what is too long is cut. Raises BadFile where nothing is left, or others could not read it.
    """
    last = re.split(r"[/\\]", sent[-_READ:])[-1]
    plain = _NOT_IN_NAMES.sub("", _UNSEEN.sub("", unicodedata.normalize("NFC", last)))
    name = _cut(" ".join(plain.split()).lstrip(". "))
    if not name or not is_visible(_ENDING.sub("", name)):
        raise BadFile("the file has no name that can be read", remedy="give the file another name, and choose it again")
    if fault_of(name, TextShape.LINE):
        raise BadFile(
            "the file's name has signs that others cannot read",
            remedy="give the file a name of ordinary letters, digits or ideographs, and choose it again",
        )
    return FileName(name, name != unicodedata.normalize("NFC", sent))


def _cut(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    ending = (_ENDING.search(name) or [""])[0]
    return name[: LONGEST - len(ending) - 1].rstrip() + "…" + ending
