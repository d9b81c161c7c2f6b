"""What was left out of a bundle for its reader, by docs/evidence.md: what its digest proves, and what stays open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from signed import Receipt, need

MAY_BE = re.compile(
    r"(documents/H\.cose|enclosures/H|receipts/H\.cbor|log/P/entries/[0-9]{1,16}\.cbor)"
    .replace("H", "[0-9a-f]{64}").replace("P", "[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
)  # fmt: skip
WHY = {"personal-data", "internal", "attachment", "journal", "other-cases"}
LEADS = {"subject-missing", "decision-missing", "term-missing", "never-asked"}
UNDECIDED = {"term", "opinion-in-time", "opinion-late"}
DEPARTMENTS = {"opinion-missing", "silence-lawful", "opinion-dropped", "silence-against-opinion"}
ANYBODYS = {"silence-missing", "opinion-counted-late"}
RECEIPTS = {"asked-without-receipt", "opinion-without-receipt", "receipt-missing"}

Finding = tuple[str, str, str]


class Withheld:
    """Files by path that the index names as left out, each with its digest."""

    def __init__(self, index: dict[str, Any]) -> None:
        self.listed = {one["path"]: one["sha256"] for one in index["files"]}
        need(index["reader"] in ("all", "applicant", "court", "public"), "it is for a reader that is not known here")
        self.files: dict[str, str] = {}
        for one in index.get("withheld", []):
            path, digest = one["path"], one["sha256"]
            need(index["reader"] != "all" and path not in self.listed and path not in self.files, "withheld, or not")
            need(MAY_BE.fullmatch(path) and ".." not in path and one["why"] in WHY, "this may not be left out")
            need(path.startswith("log/") or digest in path, "what was left out does not bear its digest")
            need(digest not in self.listed.values(), "what was left out is there under another name")
            self.files[path] = digest
        self.named: dict[str, set[str]] = {}

    def look(self, receipts: Iterable[Receipt], there: set[tuple[str, str]]) -> Iterator[Finding]:
        """What was left out, and whose it is by the receipts; ``there``: documents by sender and id."""
        receipts = list(receipts)
        for path, digest in self.files.items():
            yield "file-withheld", path, "it was left out for the reader"
            if path.startswith("documents/"):
                self.named[digest] = {r.sender for r in receipts if r.digest == digest}
                if not self.named[digest]:
                    yield "withheld-unproved", path, "no receipt is for it"
        for r in (r for r in receipts if (r.sender, r.id) not in there):
            if r.digest in self.named:
                code = "received-by-digest" if r.outcome == "accepted" else "returned"
                yield code, r.id, f"{r.receiver} has signed for octets with this digest at {r.signed_for}"
            elif f"documents/{r.digest}.cose" not in self.listed:
                yield "document-missing", r.id, f"{r.receiver} has signed for it, and it is not there"

    def last(self, receipts: Iterable[Receipt]) -> Iterator[Any]:
        """When what was left out was signed for."""
        yield from (r.signed_for for r in receipts if f"documents/{r.digest}.cose" in self.files)

    def may_have(self, *senders: str) -> bool:
        return any(not senders or not whose or whose & {*senders} for whose in self.named.values())

    def examined(self, found: list[Finding], lead: str, substitutions: list[dict[str, Any]]) -> list[Finding]:
        """Findings as they are, but for those that what was left out may change."""
        decided = any(code == "decision" for code, _, _ in found)
        lacks_receipts = any(path.startswith("receipts/") for path in self.files)

        def is_open(code: str, about: str) -> bool:
            acting = [one["substitute"] for one in substitutions if one["department"] == about]
            leads = code in LEADS or (code in UNDECIDED and not decided)
            return bool(
                (leads and self.may_have(lead))
                or (code in DEPARTMENTS and self.may_have(about, *acting))
                or (code in ANYBODYS and self.may_have())
                or (code in RECEIPTS and lacks_receipts)
            )

        return [("not-examined", about, f"something that may bear on it was left out: {text}")
                if is_open(code, about) else (code, about, text) for code, about, text in found]  # fmt: skip
