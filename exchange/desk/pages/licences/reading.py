"""The licences that this window has issued, or was told of: found by words, and read with every entry on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from exchange.clock import CST, end_text
from exchange.desk.faults import FormFault
from exchange.desk.looking import CHUNK, key_of, place_of
from exchange.desk.pages.lead.forms import empty_fault, lines
from exchange.desk.section import DeskGroup, DeskPage
from exchange.desk.seen import expect_seen, mark_of
from exchange.desk.visit import DeskVisit
from exchange.errors import NotFound
from exchange.hand_codes import grouped
from exchange.language import Words, name_of, read_back
from exchange.language.licences import LICENCE_CHANGES, LICENCE_STANDINGS
from exchange.licences.finding.store import LicenceSearch
from exchange.licences.kept import KeptLicence, kept_licences
from exchange.licences.records import LicencePlace
from exchange.licences.register import licence_issued
from exchange.licences.rules.publishing import publish_by
from exchange.licences.rules.standing import LicenceStanding
from exchange.licences.store import Licences
from exchange.messaging.node import Step
from exchange.schemas import LicenceEntry

TONES: Mapping[LicenceStanding, str] = {
    LicenceStanding.VALID: "good",
    LicenceStanding.NOT_YET: "info",
    LicenceStanding.EXPIRED: "warn",
    LicenceStanding.REVOKED: "bad",
    LicenceStanding.CANCELLED: "",
}
_LONGEST = 80
_MOST_ARTICLES, _LONGEST_LINE = 20, 500
"""As signed messages hold them."""


def today(visit: DeskVisit) -> date:
    """Return the day by which licences stand."""
    return visit.now.astimezone(CST).date()


def own_kept(visit: DeskVisit) -> KeptLicence:
    """Return the licence of this window that the path names. Raises NotFound."""
    number = visit.path["licence"]
    found = licence_issued(visit.node, visit.node.address, number)
    if found is None:
        raise NotFound("no licence {number} was issued here", remedy="look for it in the list", number=number)
    return found


def expect_licence_seen(visit: DeskVisit, step: Step) -> str:
    """Return the number of the licence; raise Changed where something was entered on it since the form was made."""
    number = visit.path["licence"]
    expect_seen(visit, step.tx[Licences].get(visit.node.address, number))
    return number


def standing_of(visit: DeskVisit, kept: KeptLicence) -> tuple[str, str]:
    """Return the tone and the word of how it stands today."""
    standing = kept.on(today(visit)).standing
    return TONES[standing], visit.words(LICENCE_STANDINGS[standing.value])


def faults_of_basis(visit: DeskVisit, *, required: bool) -> Iterator[FormFault]:
    """Yield what is wrong with a legal basis that was typed, one article a line."""
    label: Words = ("依据", "Legal basis")
    given = lines(visit, "basis")
    if required and not given:
        yield empty_fault(visit, "basis", label)
    if len(given) > _MOST_ARTICLES or any(len(one) > _LONGEST_LINE for one in given):
        what, remedy = (
            visit.say("太长", "it is too long"),
            visit.say("每行一条，至多二十条", "one a line, twenty at most"),
        )
        yield FormFault("basis", visit.words(label), what, remedy)


def _list(visit: DeskVisit) -> Mapping[str, object]:
    words = visit.query.get("words", "").strip()[:_LONGEST]
    place = place_of(visit.query.get("after", ""))
    after = LicencePlace(place[0], *place[1].partition(" ")[::2]) if place is not None else None
    with visit.node.store.reading() as tx:
        found = tx[LicenceSearch].page(words, after, CHUNK)
        kept = kept_licences(tx, found.rows)
    last = found.after
    key = key_of((last.issued_at, f"{last.number} {last.issuer}")) if last is not None else ""
    return {
        "search": words,
        "own": visit.node.address,
        "found": [(one, *standing_of(visit, one), one.on(today(visit))) for one in kept],
        "next": f"/lead/licences?{urlencode({'words': words, 'after': key})}" if key else "",
    }


def shown_licence(visit: DeskVisit, kept: KeptLicence) -> dict[str, Any]:
    """Return what every page of one licence shows."""
    tone, standing = standing_of(visit, kept)
    return {
        "licence": kept.body.number,
        "kept": kept,
        "tone": tone,
        "standing": standing,
        "rows": list(_rows(visit, kept)),
        "entries": list(_entries(visit, kept)),
        "state": kept.row.state.value,
        "mark": mark_of(kept.row),
    }


def _rows(visit: DeskVisit, kept: KeptLicence) -> Iterator[tuple[str, object, str]]:
    body, then, say = kept.body, kept.on(today(visit)), visit.say
    yield say("事项", "Matter"), say(body.matter_name, body.matter_name_en), ""
    yield say("持有人", "Holder"), f"{then.holder.name} {then.holder.identifier}", ""
    yield say("许可内容", "It permits"), then.permits, ""
    if then.conditions:
        yield say("条件", "Conditions"), then.conditions, ""
    until = then.valid_until.isoformat() if then.valid_until is not None else say("长期", "without an end")
    yield say("有效期", "Valid"), say(f"{then.valid_from} 至 {until}", f"from {then.valid_from} until {until}"), ""
    yield say("依据", "Legal basis"), list(body.basis), ""
    publish, provisional = publish_by(body.decided_at, visit.node.calendar)
    soon = say("（暂定）", " (provisional)") if provisional else ""
    yield say("公示期限", "To be published by"), f"{end_text(publish)}{soon}", ""
    yield say("校验码", "Verification code"), grouped(kept.row.code), ""


def _entries(visit: DeskVisit, kept: KeptLicence) -> Iterator[tuple[str, str, str, str]]:
    yield "done", visit.say("颁发", "Issued"), f"{kept.body.at.astimezone(CST):%Y-%m-%d}", ""
    for one in kept.entries:
        tone = "warn" if one.ends else "done"
        said = "\n".join([*_new_words(visit, one), read_back(one.reasons), *one.basis])
        day = one.effective_on.isoformat()
        yield tone, name_of(LICENCE_CHANGES, one.change.value), visit.say(f"{day} 起", f"from {day}"), said


def _new_words(visit: DeskVisit, entry: LicenceEntry) -> Iterator[str]:
    """What it says that the licence did not, or the entries before."""
    if entry.valid_until is not None:
        yield visit.say("有效期至 ", "valid until ") + entry.valid_until.isoformat()
    if entry.permits is not None:
        yield visit.say("许可内容：", "permits: ") + entry.permits
    if entry.conditions is not None:
        yield visit.say("条件：", "conditions: ") + (entry.conditions or visit.say("无", "none"))
    if entry.holder is not None:
        yield visit.say("持有人：", "holder: ") + f"{entry.holder.name} {entry.holder.identifier}"


LIST = DeskPage("/lead/licences", ("许可证件", "Licences"), "licences/list.html", _list, in_menu=True,
                group=DeskGroup.CASES)  # fmt: skip
