"""A licence and entries on it, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from exchange.schemas import Licence, LicenceChange, LicenceEntry, LicenceHolder
from tests.unit.facts import ID, OTHER_ID, at

COMPANY = LicenceHolder(name="合肥热电集团有限公司", identifier="91340100MA2RTLCW7X")
PERSON = LicenceHolder(name="张小明", identifier="11010519491231002X")


def licence(**fields: Any) -> Licence:
    """A licence of 11 March 2026, valid from the 16th for half a year."""
    return Licence(
        **{
            "number": "C-WORKS-2026-00001",
            "case_number": "C-1",
            "matter": "works",
            "matter_name": "占用道路施工",
            "matter_name_en": "Occupying a road for works",
            "holder": COMPANY,
            "permits": "占用黄山路慢车道",
            "conditions": "夜间施工",
            "decision_id": OTHER_ID,
            "decision_digest": "ab" * 32,
            "basis": ("城市道路管理条例第三十条",),
            "issuer": "c.window",
            "authority": "城市管理局",
            "authority_en": "Urban Management Bureau",
            "decided_at": at("03-10"),
            "valid_from": date(2026, 3, 16),
            "valid_until": date(2026, 9, 15),
            "at": at("03-11"),
        }
        | fields
    )


def entry(change: LicenceChange, on: date, position: int = 1, **fields: Any) -> LicenceEntry:
    """An entry that holds from a day on."""
    return LicenceEntry(
        **{
            "number": "C-WORKS-2026-00001",
            "licence_id": ID,
            "licence_digest": "ab" * 32,
            "position": position,
            "change": change,
            "reasons": "因故",
            "basis": ("行政许可法",),
            "effective_on": on,
            "at": at("03-20"),
        }
        | fields
    )
