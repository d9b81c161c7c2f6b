"""What might be tried with the list of events in a bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from exchange.evidence.bundle.events_file import EVENTS
from exchange.evidence.proof.events import with_events
from exchange.schemas import ReceiptOutcome
from tests.corpus.evidence.town import DECISION, LEAD, POLICE, TRANSPORT, PaperTown, good
from tests.unit.facts import at

Index, Files, Events = dict[str, Any], dict[str, bytes], list[dict[str, Any]]


def sent_back() -> PaperTown:
    """The police have the decision, and transport has sent it back."""
    town = good()
    signed = next(data for data in town.parts.files.values() if b"vnd.yizhan.decision+json" in data)
    town.receipt(signed, DECISION, LEAD, POLICE, at("03-10"))
    town.receipt(signed, DECISION, LEAD, TRANSPORT, at("03-10"), outcome=ReceiptOutcome.RETURNED,
                 reason_code="not-yours", reason="不属本机关职权")  # fmt: skip
    return town


def delivery_invented() -> PaperTown:
    """Of what transport has sent back, its maker says that it was delivered, and names transport's receipt."""

    def invent(events: Events) -> None:
        [back] = [one for one in events if one["event"] == "ConsignmentRejection"]
        code = {"reason_code"}
        events.append({key: back[key] for key in back if key not in code} | {"event": "ContentConsignment"})

    return _listing(invent)


def refusal_left_out() -> PaperTown:
    """Of what transport has sent back, nothing is listed."""
    return _listing(lambda events: events.remove(next(one for one in events if one["event"] == "ConsignmentRejection")))


def list_left_out() -> PaperTown:
    """There is no list, and the index names none."""

    def forge(index: Index, files: Files) -> None:
        del files[EVENTS]
        index["files"] = [one for one in index["files"] if one["path"] != EVENTS]

    town = sent_back()
    town.forge = forge
    return town


def list_taken_out() -> PaperTown:
    """The index names the list, and somebody has taken it out."""
    town = sent_back()
    town.forge = lambda _, files: files.pop(EVENTS) and None
    return town


def unreadable() -> PaperTown:
    """The list names an event that there is not."""
    return _listing(lambda events: events[0].update(event="Delivered"))


def _listing(change: Callable[[Events], None]) -> PaperTown:
    def forge(index: Index, files: Files) -> None:
        told = json.loads(files[EVENTS])
        change(told["events"])
        _put(index, files, json.dumps(told).encode())

    town = sent_back()
    town.forge = forge
    return town


def list_again(index: Index, files: Files) -> None:
    """List the events of what is there now, as whoever makes a bundle does."""
    _put(index, files, with_events({path: data for path, data in files.items() if path != EVENTS})[EVENTS])


def _put(index: Index, files: Files, data: bytes) -> None:
    files[EVENTS] = data
    [listed] = [one for one in index["files"] if one["path"] == EVENTS]
    listed.update(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
