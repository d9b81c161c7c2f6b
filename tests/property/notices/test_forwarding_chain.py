"""The signed chain of a notice on its way down: whole it holds, and whatever is done to it, somebody notices."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.clock import SteppedClock
from exchange.envelope import Identity, sign_document
from exchange.errors import Returned
from exchange.messaging.node import Node
from exchange.notices.origin import Forwarded, unpack
from exchange.schemas import Cover, DocumentNumber, Forwarding, Header, Notice
from exchange.workdays import ChinaCalendar
from tests.unit.examples import COVER, DOCUMENT
from tests.unit.levels import NOW, family, seen_from

PLAN = b"a plan"
ID = "11111111-1111-4111-8111-111111111111"
TREE = ("c", "c.d", "c.d.e")
PATH = tuple(f"{domain}.relay" for domain in TREE)


@dataclass(frozen=True)
class Way:
    """A notice that came to ``c.d.e.planning``: all signed messages, and who could have signed others."""

    reader: Node
    header: Header
    forwarding: Forwarding
    enclosures: tuple[bytes, ...]
    identities: dict[str, Identity]


def cover(serial: int) -> Cover:
    number = DocumentNumber(agency="合政办", year=2026, serial=serial)
    return COVER.model_copy(update={"document": COVER.document.model_copy(update={"number": number}), "act_by": None})


def header(sender: str, to: str, kind: str, message_id: str = ID) -> Header:
    return Header(message_id=message_id, conversation_id=ID, kind=kind, sender=sender, addressees=(to,), created_at=NOW)


def signed(head: Header, body: Any, identity: Identity, enclosures: Sequence[bytes]) -> bytes:
    return sign_document(head.model_dump_json().encode(), body, identity, enclosures)


@cache
def way() -> Way:
    levels = family(*TREE)
    identities = {one.address: one for level in levels.values() for one in level.identities()}
    named = DOCUMENT.attachments[0].model_copy(update={"digest": hashlib.sha256(PLAN).hexdigest(), "size": len(PLAN)})
    document = DOCUMENT.model_copy(update={"attachments": (named,), "date": date(2026, 3, 2)})
    notice = Notice(document=document, audience="all")
    origin = "c.planning"
    first = signed(header(origin, PATH[0], Notice.KIND), notice, identities[origin], [PLAN])
    enclosures: tuple[bytes, ...] = (first, PLAN)
    digest = hashlib.sha256(first).hexdigest()
    targets = (*PATH[1:], "c.d.e.planning")
    covers = (None, cover(21), cover(22))
    for place, relay in enumerate(PATH):
        body = Forwarding(notice_id=ID, origin=origin, digest=digest, path=PATH[: place + 1], cover=covers[place])
        head = header(relay, targets[place], Forwarding.KIND)
        if place == len(PATH) - 1:
            break
        enclosures = (*enclosures, signed(head, body, identities[relay], enclosures))
    view = seen_from(levels["c.d.e"], [level.signed() for level in levels.values()])
    node = Node(
        identity=identities["c.d.e.planning"], directory=view, store=cast(Any, None), clock=SteppedClock(NOW),
        calendar=ChinaCalendar(), new_id=lambda: ID,
    )  # fmt: skip
    return Way(node, head, body, enclosures, identities)


def unpacked(enclosures: Sequence[bytes], **changes: object) -> Forwarded:
    found = way()
    return unpack(found.reader, found.header, found.forwarding.model_copy(update=dict(changes)), enclosures)


def refused(enclosures: Sequence[bytes], **changes: object) -> str:
    with pytest.raises(Returned) as error:
        unpacked(enclosures, **changes)
    assert error.value.remedy
    return error.value.code


def test_a_whole_chain_holds_and_names_each_covers_signer_in_order() -> None:
    found = unpacked(way().enclosures)
    assert [(one.relay, str(one.cover.document.number)) for one in found.covers] == [
        ("c.d.relay", "合政办〔2026〕21号"),
        ("c.d.e.relay", "合政办〔2026〕22号"),
    ]
    assert found.header.sender == "c.planning"
    assert isinstance(found.body, Notice)


@given(st.data())
def test_a_single_altered_bit_of_whatever_is_enclosed_is_noticed(data: st.DataObject) -> None:
    enclosures = list(way().enclosures)
    place = data.draw(st.integers(0, len(enclosures) - 1))
    altered = bytearray(enclosures[place])
    altered[data.draw(st.integers(0, len(altered) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    enclosures[place] = bytes(altered)
    assert refused(enclosures) in ("altered", "origin")


@given(st.lists(st.integers(0, 3), max_size=6))
def test_no_other_choice_or_order_of_what_is_enclosed_holds(places: list[int]) -> None:
    enclosures = way().enclosures
    if places == list(range(len(enclosures))):
        return
    assert refused([enclosures[place] for place in places]) in ("altered", "origin")


@given(st.lists(st.sampled_from([*PATH, "c.d.f.relay", "c.relays"]), min_size=1, max_size=5))
def test_no_other_way_than_the_one_that_was_signed_holds(path: list[str]) -> None:
    if tuple(path) == PATH:
        return
    assert refused(way().enclosures, path=tuple(path)) in ("path", "altered")


@pytest.mark.parametrize("signer", ["c.relay", "c.d.e.relay", "c.d.planning"])
def test_nobody_but_the_level_itself_speaks_in_its_covers(signer: str) -> None:
    found = way()
    body = Forwarding(notice_id=ID, origin="c.planning", digest=found.forwarding.digest, path=PATH[:2], cover=cover(33))
    for sender in (signer, "c.d.relay"):
        forged = signed(header(sender, PATH[2], Forwarding.KIND), body, found.identities[signer], found.enclosures[:-1])
        assert refused([*found.enclosures[:-1], forged]) in ("altered", "origin")


def test_a_forwarding_that_was_meant_for_another_level_leads_nowhere() -> None:
    found = way()
    body = Forwarding(notice_id=ID, origin="c.planning", digest=found.forwarding.digest, path=PATH[:2])
    sideways = signed(
        header("c.d.relay", "c.d.f.relay", Forwarding.KIND), body, found.identities["c.d.relay"], found.enclosures[:-1]
    )
    assert refused([*found.enclosures[:-1], sideways]) == "path"


def test_the_cover_of_the_level_above_is_not_ones_own() -> None:
    assert refused(way().enclosures, cover=cover(21)) == "cover"
