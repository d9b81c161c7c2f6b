"""By which fonts papers are drawn: those that GB/T 9704 wants where they are installed, else free ones. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exchange.errors import BadConfiguration
from exchange.language import Words

FONTS, FOLDERS = "EXCHANGE_PAPER_FONTS", "EXCHANGE_PAPER_FONT_FOLDERS"
"""Environment variables: families by what they are for, and folders to look for fonts in besides the system's."""
SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))

USES: Mapping[str, Words] = {
    "body": ("仿宋", "FangSong"),
    "title": ("小标宋", "XiaoBiaoSong"),
    "heading": ("黑体", "SimHei"),
    "page": ("宋体", "SimSun"),
}
"""What a paper needs a font for, and what the standard's is called."""
_STANDARD: Mapping[str, tuple[str, ...]] = {
    "body": ("FangSong_GB2312", "FangSong", "仿宋_GB2312", "仿宋", "STFangsong", "FZFangSong-Z02"),
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK"),
    "heading": ("SimHei", "黑体", "STHeiti", "FZHei-B01S"),
    "page": ("SimSun", "宋体", "STSong", "FZShuSong-Z01S"),
}
_SERIF = ("Noto Serif CJK SC", "Noto Serif SC", "Source Han Serif SC", "Source Han Serif CN")
_SANS = ("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN")
_FREE: Mapping[str, tuple[str, ...]] = {
    "body": (*_SERIF, *_SANS),
    "title": (*_SERIF, *_SANS),
    "heading": (*_SANS, *_SERIF),
    "page": (*_SERIF, *_SANS),
}


@dataclass(frozen=True)
class PaperFonts:
    """What the environment says of fonts."""

    families: Mapping[str, str] = field(default_factory=dict)
    """By use."""
    folders: tuple[Path, ...] = ()

    @classmethod
    def read(cls, env: Mapping[str, str] = os.environ) -> PaperFonts:
        """Read EXCHANGE_PAPER_FONTS and EXCHANGE_PAPER_FONT_FOLDERS. Raises BadConfiguration."""
        families = {}
        for one in filter(None, map(str.strip, re.split("[;,]", env.get(FONTS, "")))):
            use, _, family = map(str.strip, one.partition("="))
            if use not in USES or not family:
                raise BadConfiguration(
                    "EXCHANGE_PAPER_FONTS: {one!r} names no font of a paper",
                    remedy="write for example body=FangSong; title=FZXiaoBiaoSong-B05S; heading=SimHei; page=SimSun",
                    one=one,
                )
            families[use] = family
        folders = tuple(Path(one) for one in env.get(FOLDERS, "").split(os.pathsep) if one)
        return cls(families, folders)

    @property
    def places(self) -> tuple[Path, ...]:
        """All folders in which fonts are looked for."""
        return (*self.folders, *SYSTEM_FOLDERS)


@dataclass(frozen=True)
class ChosenFonts:
    """The families by which a paper is drawn."""

    families: Mapping[str, tuple[str, ...]]
    """By use, the wanted first; what it does not have is drawn by those behind it."""
    lacking: tuple[str, ...]
    """The uses whose own font is not installed, so that a free one stands in for it."""


def choose_fonts(installed: Iterable[str], wanted: Mapping[str, str]) -> ChosenFonts | None:
    """Choose from what is installed; None where there is nothing that Chinese is drawn by."""
    known = set(installed)
    if not known & {*_SERIF, *_SANS, *(one for use in _STANDARD.values() for one in use), *wanted.values()}:
        return None
    families, lacking = {}, []
    for use in USES:
        named = (wanted[use],) if use in wanted else _STANDARD[use]
        own = [one for one in named if one in known]
        families[use] = (*own[:1], *(one for one in _FREE[use] if one in known))
        if not own:
            lacking.append(use)
        if not families[use]:  # another use's font is better than none
            families[use] = tuple(one for other in families.values() for one in other)[:1]
    return ChosenFonts(families, tuple(lacking))
