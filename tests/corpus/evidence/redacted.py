"""Bundles for readers who may not see everything, and what might be tried with what is withheld."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from exchange.envelope.document import clear_header
from exchange.evidence.bundle.contents import BundleReader
from exchange.schemas import OpinionRecall, Standing, Verdict
from tests.corpus.evidence.forged import OTHER, RECALL, decided, silence_against_opinion
from tests.corpus.evidence.listed import list_again
from tests.corpus.evidence.town import (
    ASKED,
    DECISION,
    LEAD,
    MONITOR,
    NOTICE,
    OPINION,
    POLICE,
    PaperTown,
    answered,
    good,
    silent,
    usual,
)
from tests.unit.facts import at

Index, Files = dict[str, Any], dict[str, bytes]


def for_reader(reader: BundleReader, forge: Callable[[Index, Files], None] | None = None) -> Callable[[], PaperTown]:
    """The good case, every message of which was signed for, as a reader gets it."""

    def make() -> PaperTown:
        town = good()
        for_documents = {data: path for path, data in town.parts.files.items() if path.startswith("documents/")}
        for kind, own, receiver, moment in (
            (b"vnd.yizhan.decision+json", DECISION, POLICE, at("03-10")),
            (b"vnd.yizhan.deadline-notice+json", NOTICE, MONITOR, town.asked_at),
        ):
            signed = next(data for data in for_documents if kind in data)
            town.receipt(signed, own, LEAD, receiver, moment)
        town.reader, town.forge = reader, forge
        return town

    return make


def not_listed(index: Index, files: Files) -> None:
    """The window hides that there is an opinion: what it left out it does not name."""
    withheld = index["withheld"]
    index["withheld"] = [one for one in withheld if one is not max(withheld, key=lambda one: one["size"])]


def yet_there(index: Index, files: Files) -> None:
    """What the index calls withheld lies in the ZIP all the same."""
    data = b"left out, and not left out"
    digest = hashlib.sha256(data).hexdigest()
    index["withheld"].append(_named(f"enclosures/{digest}", data))
    files[f"enclosures/{digest}"] = data


def under_another_name(index: Index, files: Files) -> None:
    """The same, as a file that the index names under another name."""
    path = next(path for path in files if path.startswith("receipts/"))
    digest = hashlib.sha256(files[path]).hexdigest()
    index["withheld"].append(_named(f"enclosures/{digest}", files[path]))


def directory_left_out(index: Index, files: Files) -> None:
    """A later directory, which knows a revocation, is called withheld."""
    index["withheld"].append(_named(f"directories/{hashlib.sha256(b'later').hexdigest()}.cose", b"later"))


def of_nothing(index: Index, files: Files) -> None:
    """A document is called withheld that nobody has signed for, and perhaps nobody has signed."""
    index["withheld"].append(_named(f"documents/{hashlib.sha256(b'invented').hexdigest()}.cose", b"invented"))


def _named(path: str, data: bytes) -> dict[str, Any]:
    return {"path": path, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "why": "internal"}


def silence_over_withheld() -> PaperTown:
    """Silence is counted of a department that had answered in time, and its answer is withheld."""
    return _without(silence_against_opinion(), OTHER)


def recall_withheld() -> PaperTown:
    """An opinion is not counted; its department had recalled it, and the recall is withheld."""
    town = PaperTown()
    _, transport = usual(town)
    answered(town, Verdict.DISAGREE)
    body = OpinionRecall(
        case_number="C-1", department=POLICE, opinion_id=OPINION, reasons="补充核查",
        officer="张三", at=at("03-05"),
    )  # fmt: skip
    signed = town.sign(body, "police", (LEAD,), RECALL, at("03-05"), conversation=ASKED)
    town.receipt(signed, RECALL, POLICE, LEAD, at("03-05"))
    silent(town, transport)
    return _without(decided(town, police=Standing.MOOT), RECALL)


def _without(town: PaperTown, message_id: str) -> PaperTown:
    """The same for a court, without one message."""

    def forge(index: Index, files: Files) -> None:
        documents = {path: data for path, data in files.items() if path.startswith("documents/")}
        path = next(one for one, data in documents.items() if clear_header(data).message_id == message_id)
        index["files"] = [one for one in index["files"] if one["path"] != path]
        index["withheld"] = [_named(path, files.pop(path))]
        list_again(index, files)

    town.reader, town.forge = BundleReader.COURT, forge
    return town
