"""What was found in a bundle of evidence, as one page for people: it needs no network, and runs nothing."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from markupsafe import Markup

from exchange.evidence.bundle.contents import BundleReader
from exchange.evidence.proof.findings import Conclusion, EvidenceFinding, FindingCode, Weight
from exchange.evidence.proof.logs import LOG
from exchange.evidence.proof.records import DOCUMENTS, ENCLOSURES, RECEIPTS
from exchange.evidence.proof.timeline import TimelineEntry
from exchange.evidence.proof.verifying import VerifiedBundle
from exchange.evidence.proof.words import CONCLUSIONS, READERS, REASONS, SUBJECTS, WEIGHTS
from exchange.language import Language, Words, choose, language
from exchange.language.members import calling
from exchange.web import render

_ORDER = (Weight.CONTRADICTION, Weight.MISSING, Weight.CLAIMED, Weight.WITHHELD, Weight.NOT_LOOKED_AT, Weight.PROVED)
"""What somebody has to look at stands first."""
_TONES = {
    Weight.CONTRADICTION: "bad", Weight.MISSING: "warn", Weight.CLAIMED: "warn", Weight.WITHHELD: "info",
    Weight.NOT_LOOKED_AT: "info", Weight.PROVED: "good",
}  # fmt: skip
_CONCLUDED = {
    Conclusion.CONTRADICTED: "bad", Conclusion.INCOMPLETE: "warn", Conclusion.WITHHELD: "info",
    Conclusion.PROVED: "good",
}  # fmt: skip
_FOLDERS: Mapping[str, Words] = {
    DOCUMENTS: ("文书", "Document"), ENCLOSURES: ("附件", "Enclosure"), RECEIPTS: ("回执", "Receipt"),
    LOG: ("日志条目", "Entry of a journal"),
}  # fmt: skip
"""What was withheld, by where it would lie."""
_ELSEWHERE = (FindingCode.RECEIVED_BY_DIGEST, FindingCode.SIGNED_BETWEEN)
"""What the course says, message by message."""
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
"""Signs that show nothing, or turn round what stands beside them."""


@dataclass(frozen=True)
class _Found:
    """A finding as a line of the page."""

    text: str
    entry: TimelineEntry | None
    """The message that it is about."""
    at_latest: datetime | None


def evidence_report(found: VerifiedBundle, bundle: bytes, authority: bytes) -> str:
    """Return the page, in the language that is spoken now; ``bundle`` and ``authority`` as they were given."""
    subject, contents = found.contents.subject, found.contents
    with calling(found.names):
        groups = [(one.value, choose(WEIGHTS[one]), _TONES[one], list(_lines(found, one))) for one in _ORDER]
    return render.page(
        "evidence.html",
        {
            "say": lambda chinese, english: choose((chinese, english)),
            "language": language().value,
            "plainly": plainly,
            "style": _style(),
            "mark": Markup((files("exchange.web") / "static" / "mark.svg").read_text("utf-8")),  # noqa: S704 -- ours
            "member_names": {one: _plain_words(words) for one, words in found.names.items()},
            "subject": subject,
            "subject_kind": choose(SUBJECTS[subject.kind]),
            "contents": contents,
            "domain": found.domain,
            "reader": choose(READERS[contents.reader]),
            "redacted": contents.reader is not BundleReader.ALL,
            "concluded": (choose(CONCLUSIONS[found.conclusion]), _CONCLUDED[found.conclusion]),
            "groups": [(name, words, tone, lines) for name, words, tone, lines in groups if lines],
            "counted": [(tone, words, len(lines), name) for name, words, tone, lines in groups],
            "receipts_elsewhere": sum(one.code is FindingCode.RECEIVED for one in found.findings),
            "by_digest": sum(one.code is FindingCode.RECEIVED_BY_DIGEST for one in found.findings),
            "timeline": found.timeline,
            "documents": found.documents,
            "receipts": found.receipts,
            "withheld": [
                (choose(_FOLDERS[one.path.partition("/")[0]]), one, choose(REASONS[one.why]))
                for one in contents.withheld
            ],
            "reasons": [(choose(REASONS[why]), n) for why, n in Counter(one.why for one in contents.withheld).items()],
            "bundle_digest": hashlib.sha256(bundle).hexdigest(),
            "authority_digest": hashlib.sha256(authority).hexdigest(),
        },
    )


def plainly(text: str) -> str:
    """Return a text of whoever wrote it, without signs that would show something else than stands there."""
    return _UNSEEN.sub("\ufffd", text)


def _plain_words(words: Words) -> Words:
    return plainly(words[0]), plainly(words[1])


def _lines(found: VerifiedBundle, weight: Weight) -> Iterator[_Found]:
    """The findings of a weight, but for those of which the course and the list of files tell one by one."""
    entries = {one.message_id: one for one in found.timeline}
    for one in found.findings:
        if one.weight is weight and not one.is_detail and one.code not in _ELSEWHERE:
            yield _line(one, entries.get(one.about))


def _line(one: EvidenceFinding, entry: TimelineEntry | None) -> _Found:
    at_latest = one.at_latest or (entry.at_latest if entry is not None else None)
    return _Found(_sentence(plainly(one.text.written(language()))), entry, at_latest)


def _sentence(text: str) -> str:
    """A line as a sentence begins in English; an address stays as it is written."""
    if language() is not Language.ENGLISH or "." in text.partition(" ")[0]:
        return text
    return text[:1].upper() + text[1:]


def _style() -> Markup:
    static = files("exchange.web") / "static"
    return Markup("\n".join((static / one).read_text("utf-8") for one in ("base.css", "evidence.css")))  # noqa: S704 -- ours
