"""Whom a bundle's signatures are held against: directories that lead back to the authority that the reader trusts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from exchange.directory import DirectoryView, Lookup, TreeView, grow
from exchange.directory.calendars import SignedCalendar, in_force, read_calendar
from exchange.directory.certificates import Certificate, der, load_certificate
from exchange.directory.freshness import Freshness, read_freshness
from exchange.directory.succession import read_succession
from exchange.directory.view import read_directory, view_of
from exchange.errors import BadBundle, BadDirectory
from exchange.evidence.bundle.reading import Bundle
from exchange.evidence.proof.findings import EvidenceFinding, FindingCode, Weight
from exchange.language import Text
from exchange.workdays import WorkingCalendar

AUTHORITIES, DIRECTORIES, CALENDARS = "authorities", "directories", "calendars"
PAPERS, FRESHNESS = "papers", "freshness"


@dataclass(frozen=True)
class BundleTrust:
    """What a bundle's documents are verified by."""

    directory: Lookup
    signed: bytes
    """The own domain's directory as it was signed."""
    statement: Freshness | None
    """The latest word in the bundle of which directory is the present one."""
    calendar: WorkingCalendar


def trust_in(bundle: Bundle, authority: Certificate) -> BundleTrust:
    """Build it from the newest directory that the authority, or one that it named after itself, has signed.

    Raises BadBundle where there is none.
    """
    papers = [data for _, data in bundle.under(PAPERS)]
    trusted = _newest(authority, papers)
    former = tuple(_former(bundle, trusted, papers))
    offered = [data for _, data in bundle.under(DIRECTORIES)]
    own, signed = _own(offered, trusted, former)
    rest = [data for data in offered if data != signed]
    directory: Lookup = own
    if rest:
        tree = grow(own, der(trusted), rest, bundle.contents.made_at, {})
        directory = TreeView(own, signed, tree, bundle.contents.made_at)
    statement = _statement(bundle, trusted, own.domain)
    return BundleTrust(directory, signed, statement, in_force(_calendars(bundle, directory)))


def directory_findings(trust: BundleTrust, last_signed: datetime | None) -> Iterator[EvidenceFinding]:
    """Yield whose directory it is, and whether it was the present one when the last document was signed.

    An old directory knows nothing of later revocations, so it is not enough that its signature holds.
    """
    own, stated = trust.directory.own, trust.statement
    named = {"domain": own.domain, "version": own.version}
    yield EvidenceFinding(
        Weight.PROVED, FindingCode.AUTHORITY, own.domain,
        Text("the directory of {domain}, version {version}, is signed by the authority that you trust", named),
    )  # fmt: skip
    if stated is None:
        words = Text("nothing says that directory {version} of {domain} was the present one: "
                     "a later revocation would not be seen", named)  # fmt: skip
        yield EvidenceFinding(Weight.CLAIMED, FindingCode.DIRECTORY_NOT_SHOWN_CURRENT, own.domain, words)
        return
    same = (stated.version, stated.digest) == (own.version, hashlib.sha256(trust.signed).hexdigest())
    if stated.version > own.version or (stated.version == own.version and not same):
        words = Text("the directory is version {version} of {domain}, and the domain itself stated another: {stated}",
                     {**named, "stated": stated.version})  # fmt: skip
        yield EvidenceFinding(Weight.CONTRADICTION, FindingCode.DIRECTORY_ROLLED_BACK, own.domain, words)
    elif last_signed is not None and max(stated.issued_at, own.directory.issued_at) < last_signed:
        words = Text("that directory {version} of {domain} was the present one is stated for a time before "
                     "the last document", named)  # fmt: skip
        yield EvidenceFinding(Weight.CLAIMED, FindingCode.DIRECTORY_NOT_SHOWN_CURRENT, own.domain, words)
    else:
        words = Text("directory {version} of {domain} was the present one after the last document was signed", named)
        yield EvidenceFinding(
            Weight.PROVED, FindingCode.DIRECTORY_CURRENT, own.domain, words, at_latest=stated.issued_at
        )  # fmt: skip


def _newest(authority: Certificate, papers: Iterable[bytes]) -> Certificate:
    """The authority that is trusted, or the last of those that came after it, each named by the one before."""
    found, left = authority, list(papers)
    while left:
        after = next((one for paper in left if (one := _succession(paper, found)) is not None), None)
        if after is None or der(after) == der(found):
            return found
        left = [paper for paper in left if _succession(paper, found) is None]
        found = after
    return found


def _former(bundle: Bundle, trusted: Certificate, papers: list[bytes]) -> Iterator[Certificate]:
    """Those before it, which vouch for what they certified: each has named the next, and the last of them this one."""
    known = [one for _, data in bundle.under(AUTHORITIES) if (one := _certificate(data)) is not None]
    reached = {der(trusted)}
    for _ in range(len(known)):
        for one in known:
            named = (_succession(paper, one) for paper in papers)
            if der(one) not in reached and any(after is not None and der(after) in reached for after in named):
                reached.add(der(one))
                yield one


def _certificate(data: bytes) -> Certificate | None:
    try:
        return load_certificate(data)
    except (BadDirectory, ValueError):
        return None


def _succession(paper: bytes, before: Certificate) -> Certificate | None:
    try:
        return read_succession(paper, before)
    except BadDirectory:
        return None


def _own(
    offered: Iterable[bytes], trusted: Certificate, former: tuple[Certificate, ...]
) -> tuple[DirectoryView, bytes]:
    found: list[tuple[int, bytes, DirectoryView]] = []
    why: BadDirectory | None = None
    for data in offered:
        try:
            view = view_of(read_directory(data, trusted), (*former, trusted))
        except BadDirectory as error:
            why = why or error
            continue
        found.append((view.version, data, view))
    if not found:
        raise BadBundle(
            "no directory in it is signed by the authority that is trusted: {why}",
            remedy="give the certificate of the domain's authority as you have it from the domain itself",
            why=why.text if why is not None else Text("there is none"),
        )
    _, data, view = max(found, key=lambda one: one[:2])
    return view, data


def _statement(bundle: Bundle, trusted: Certificate, domain: str) -> Freshness | None:
    found = []
    for _, data in bundle.under(FRESHNESS):
        try:
            found.append(read_freshness(data, trusted, domain))
        except BadDirectory:
            continue
    return max(found, key=lambda one: (one.version, one.issued_at), default=None)


def _calendars(bundle: Bundle, directory: Lookup) -> Iterator[SignedCalendar]:
    for _, data in bundle.under(CALENDARS):
        try:
            yield read_calendar(data, directory)
        except BadDirectory:
            continue
