"""What every layout writes with: the language, names, days as they stand on papers, and what all papers share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from exchange.clock import CST, end_text
from exchange.language import Language, Words, choose, read_back, speaking
from exchange.language.members import calling
from exchange.paper.sheet import PartLook, Sheet, SheetForm, SheetPart

_NUMERALS = "一二三四五六七八九十"
_CODE_SIGNS = 13
"""As many as the number below a seal has."""


@dataclass(frozen=True)
class PaperSetting:
    """What a paper is drawn with beside the signed document itself."""

    language: Language = Language.CHINESE
    names: Mapping[str, Words] = field(default_factory=dict)
    """Members by address."""
    matters: Mapping[str, Words] = field(default_factory=dict)
    materials: Mapping[str, Words] = field(default_factory=dict)
    addressee: str = ""
    """To whom it goes, where the document does not say so."""
    link: str = ""
    """The address in its QR code."""
    code: str = ""
    """The verification code of a licence."""


@dataclass(frozen=True)
class Pen:
    """One signed document's."""

    setting: PaperSetting
    sender: str
    at: datetime
    digest: str

    def say(self, chinese: str, english: str) -> str:
        """Choose one of two texts."""
        return choose((chinese, english), self.setting.language)

    def name(self, address: str) -> str:
        """Name a member."""
        return choose(self.setting.names.get(address, (address, address)), self.setting.language)

    def matter(self, code: str) -> str:
        """Name a matter."""
        return choose(self.setting.matters.get(code, (code, code)), self.setting.language)

    def material(self, code: str) -> str:
        """Name a material."""
        return choose(self.setting.materials.get(code, (code, code)), self.setting.language)

    def applicant(self) -> str:
        """Address the applicant."""
        name = self.setting.addressee
        return self.say(f"{name or '申请人'}：", f"{name or 'To the applicant'}:")

    def follow(self, filing: str) -> str:
        """Say what a QR code to the page of a case is for."""
        return self.say(
            f"扫码查询办理进度（编号 {filing}，另需查询码）", f"Follow the case here: {filing}, with its code"
        )

    def on_record(self, english: str) -> str:
        """Say a reason that is on record."""
        with calling(self.setting.names), speaking(self.setting.language):
            return read_back(english)

    def day(self, day: date) -> str:
        """Write a day."""
        return self.say(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")

    def moment(self, at: datetime) -> str:
        """Write a moment."""
        local = at.astimezone(CST)
        return f"{self.day(local)}{self.say('', ' ')}{local:%H:%M}"

    def end(self, at: datetime) -> str:
        """Write until when something may be done: midnight is the end of the day before."""
        day, time = end_text(at).split(" ")
        return f"{self.day(date.fromisoformat(day))}{self.say('', ' ')}{time}"

    def headed(self, *sections: tuple[str, Iterable[str]]) -> tuple[SheetPart, ...]:
        """Write sections with numbered heads; those without text are left out."""
        found = [(head, [text for text in texts if text.strip()]) for head, texts in sections]
        parts: list[SheetPart] = []
        for at, (head, texts) in enumerate((head, texts) for head, texts in found if texts):
            parts.append(SheetPart(self.say(f"{_NUMERALS[at]}、{head}", f"{at + 1}. {head}"), PartLook.HEAD))
            parts += [SheetPart(text) for text in texts]
        return tuple(parts)

    def counted(self, texts: Iterable[str]) -> list[str]:
        """Number several texts, where there are several."""
        listed = list(texts)
        return [f"{at}. {text}" for at, text in enumerate(listed, 1)] if len(listed) > 1 else listed

    def sheet(self, title: str, number: str, parts: tuple[SheetPart, ...], **more: Any) -> Sheet:
        """Make the paper: its signer's seal stands on it, unless the layout says what stands in its place."""
        name, written = self.name(self.sender), self.day(self.at.astimezone(CST))
        base: dict[str, Any] = {
            "form": SheetForm.DOCUMENT,
            "mark": name,
            "signer": name,
            "dated": written,
            "seal": "" if more.get("instead") else name,
            "printed_by": name,
            "printed_on": self.say(f"{written}印发", written),
            "link": self.setting.link if more.get("link_says") else "",
            "original_is": self.say(
                f"本件由{name}电子签名。签名原件附于本文件之内，任何人都可以核验；核验以原件为准。",
                f"Signed electronically by {name}. The signed original lies in this file, and is what counts.",
            ),
        }
        return Sheet(
            language=self.setting.language, number=number, title=title, parts=parts, at=self.at,
            seal_code=self.digest[:_CODE_SIGNS], **{**base, **more},
        )  # fmt: skip
