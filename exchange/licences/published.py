"""The public register for machines and spreadsheets: CSV, JSON and an Atom feed. Pure functions of what is public."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from exchange.language import Words, choose, listed
from exchange.language.licences import LICENCE_CHANGES, LICENCE_STANDINGS
from exchange.licences.register import PublicEntry, PublicLicence
from exchange.machine.spreadsheet import csv_text

_COLUMNS: tuple[Words, ...] = (
    ("许可编号", "licence"),
    ("行政相对人名称", "holder"),
    ("行政相对人代码", "holder's code"),
    ("许可事项", "matter"),
    ("许可内容", "what it permits"),
    ("许可决定文书号", "decision"),
    ("许可决定日期", "decided on"),
    ("有效期自", "valid from"),
    ("有效期至", "valid until"),
    ("许可机关", "authority"),
    ("当前状态", "standing"),
    ("变动", "entries"),
)
"""The fields of the double publication (双公示), in Chinese and English."""
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may contain, escaped or not."""


def register_csv(licences: Iterable[PublicLicence]) -> str:
    """Return the register as a table for spreadsheets, in the reader's language; no cell becomes a formula."""
    return csv_text([[choose(title) for title in _COLUMNS], *(_row(one) for one in licences)])


def register_json(licences: Iterable[PublicLicence]) -> str:
    """Return the register as JSON, in codes and in both languages."""
    return json.dumps({"licences": [licence_json(one) for one in licences]}, ensure_ascii=False, indent=1)


def licence_json(one: PublicLicence) -> dict[str, Any]:
    """Return what is public of one licence, for machines."""
    return {
        "number": one.number,
        "holder": one.holder,
        "holder_code": one.holder_code,
        "organisation": one.organisation,
        "matter": one.matter,
        "matter_name": _both(one.matter_names),
        "permits": one.permits,
        "decision": one.decision,
        "decided_on": one.decided_on.isoformat(),
        "valid_from": one.valid_from.isoformat(),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "authority": _both(one.authority),
        "standing": one.standing.value,
        "issued_at": one.issued_at.isoformat(),
        "entries": [
            {
                "change": entry.change.value,
                "effective_on": entry.effective_on.isoformat(),
                "basis": list(entry.basis),
                "valid_until": entry.valid_until.isoformat() if entry.valid_until else None,
                "by_law": entry.by_law,
            }
            for entry in one.entries
        ],
    }


def register_atom(licences: Iterable[PublicLicence], base: str, title: str, updated: datetime) -> str:
    """Return the latest of the register as an Atom feed (RFC 4287). ``base``: the address of the public window."""
    root, found = base.rstrip("/"), list(licences)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_xml(title)}</title>",
        f"<id>{_xml(root)}/licences</id>",
        f'<link rel="alternate" type="text/html" href="{_xml(root)}/licences"/>',
        f'<link rel="self" type="application/atom+xml" href="{_xml(root)}/licences.atom"/>',
        f"<updated>{updated.isoformat()}</updated>",
    ]
    return "\n".join([*lines, *(_atom_entry(one, root) for one in found), "</feed>"]) + "\n"


def _atom_entry(one: PublicLicence, root: str) -> str:
    link = f"{root}/licences?q={one.number}"
    said = f"{one.holder} {one.holder_code} {choose(LICENCE_STANDINGS[one.standing.value])} {_days(one)}"
    return "\n".join(
        [
            "<entry>",
            f"<title>{_xml(f'{one.number} {choose(one.matter_names)}')}</title>",
            f"<id>{_xml(link)}</id>",
            f'<link rel="alternate" type="text/html" href="{_xml(link)}"/>',
            f"<published>{one.issued_at.isoformat()}</published>",
            f"<updated>{one.changed_at.isoformat()}</updated>",
            f"<author><name>{_xml(choose(one.authority))}</name></author>",
            f"<summary>{_xml(said)}</summary>",
            "</entry>",
        ]
    )


def _row(one: PublicLicence) -> list[str]:
    return [
        one.number,
        one.holder,
        one.holder_code,
        choose(one.matter_names),
        one.permits,
        one.decision,
        one.decided_on.isoformat(),
        one.valid_from.isoformat(),
        one.valid_until.isoformat() if one.valid_until else "",
        choose(one.authority),
        choose(LICENCE_STANDINGS[one.standing.value]),
        listed(map(_entered, one.entries)),
    ]


def _entered(entry: PublicEntry) -> str:
    return f"{entry.effective_on.isoformat()} {choose(LICENCE_CHANGES[entry.change.value])}"


def _days(one: PublicLicence) -> str:
    return f"{one.valid_from.isoformat()} – {one.valid_until.isoformat() if one.valid_until else ''}".rstrip()


def _both(words: Words) -> dict[str, str]:
    return {"zh": words[0], "en": words[1]}


def _xml(text: str) -> str:
    return html.escape(_NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text))
