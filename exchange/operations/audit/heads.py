"""The head of the audit log: signed as the log grows, and the log held against the heads that members have."""

from __future__ import annotations

import threading
from contextlib import closing

from exchange.audit.chain import check_chain
from exchange.audit.heads import HeldHead, first_missing, stepped_back
from exchange.clock import RealClock, monotonic
from exchange.directory import load_authority_certificate
from exchange.directory.freshness import load_freshness_key
from exchange.directory.log_heads import read_head, sign_head
from exchange.directory.view import read_directory
from exchange.errors import BadAudit, BadDirectory, ExchangeError
from exchange.language import Text
from exchange.machine.files import write_secret
from exchange.machine.logger import get_logger
from exchange.operations.audit.store import AuditLog
from exchange.operations.domain_view import CONSOLE, DomainView
from exchange.runtime.settings import Settings
from exchange.runtime.stated.heads import held_in
from exchange.store import Store, open_store

log = get_logger()

EVERY = 60.0
"""Seconds between two heads, at most, while the log grows."""


def state_head(view: DomainView) -> bool:
    """Sign the log's head, if it has grown since the last one; returns whether it was.

    The new one is signed only where the log still has the entry of the last. Raises BadKeys without the key for
    statements, BadDirectory, DatabaseUnavailable, or BadAudit where the log was cut off or rewritten.
    """
    authority = load_authority_certificate(view.home.trusted)
    domain = read_directory(view.home.directory.read_bytes(), authority).domain
    before = _stated(view, domain)
    with view.console.transaction() as tx:  # two machines may sign: by one clock, each after what the other has read
        head = tx[AuditLog].head()
        missing = first_missing([before] if before else [], tx[AuditLog].hash_at)
        now = view.console.server_time() or RealClock().now()
    if missing is not None:
        raise BadAudit("the audit log does not verify: {what}", what=_gone(missing))
    if not head.seq or (before is not None and head == before.head):
        return False
    data = sign_head(load_freshness_key(view.home.freshness_key), domain, head.seq, head.hash, now)
    write_secret(view.home.audit_head, data)
    log.info("audit.head", entries=head.seq, hash=head.hash, issued_at=now.isoformat())
    return True


def check_log(view: DomainView, *, whole: bool = False) -> int:
    """Hold the log against every head that a member here has, or that was signed here; return its number of entries.

    ``whole`` verifies each entry, too. Raises BadAudit, or DatabaseUnavailable for the console's database.
    """
    held = _held(view)
    back = stepped_back(held)
    console = open_as_it_is(view, CONSOLE) if has_log(view) else None
    if console is None:
        if held and not has_log(view):
            raise BadAudit("the audit log does not verify: {what}", what=_gone(held[0]))
        return 0
    with closing(console), console.reading() as tx:
        audit = tx[AuditLog]
        missing = first_missing(held, audit.hash_at)
        if missing is not None or back is not None:
            found = missing or back
            assert found is not None  # noqa: S101
            raise BadAudit("the audit log does not verify: {what}", what=_gone(found))
        return check_chain(audit.entries(), audit.head()) if whole else audit.head().seq


def sign_heads(settings: Settings, told: threading.Event) -> None:
    """Sign the head every minute in which the log has grown, until told to stop. What fails is said once."""
    failed = ""
    while True:
        try:
            with DomainView(settings) as view:
                if has_log(view):
                    state_head(view)
            failed = ""
        except (ExchangeError, OSError) as error:
            if str(error) != failed:
                log.error("audit.head-not-signed", reason=str(error))
            failed = str(error)
        if told.wait(EVERY):
            return


class LogWatch:
    """Whether the log contradicts a head that somebody holds, looked at once a minute."""

    def __init__(self) -> None:
        self._looked_at = -EVERY
        self._bad = False

    def contradicted(self, view: DomainView) -> bool:
        """Return what the last look said; a database that is away has troubles of its own."""
        if monotonic() - self._looked_at >= EVERY:
            self._looked_at = monotonic()
            try:
                check_log(view)
                self._bad = False
            except BadAudit:
                self._bad = True
            except (ExchangeError, OSError):
                pass
        return self._bad


def _gone(missing: HeldHead) -> Text:
    facts = {"number": missing.seq, "moment": missing.issued_at, "hash": missing.hash[:12]}
    return Text("entry {number} ({hash}…), signed on {moment:%Y-%m-%d %H:%M %z}, is not in it any more", facts)


def _held(view: DomainView) -> list[HeldHead]:
    """What members here hold, and the one signed last; a database that is away has findings of its own."""
    found: set[HeldHead] = set()
    for address in view.profiles():
        try:
            store = open_as_it_is(view, address)
            if store is not None:
                with closing(store), store.reading() as tx:
                    found |= set(held_in(tx).heads)
        except ExchangeError:
            continue
    stated = _stated(view, view.domain())
    return sorted(found | ({stated} if stated else set()))


def open_as_it_is(view: DomainView, address: str) -> Store | None:
    """A store as it is, which looking changes in nothing; None where its tables are not this release's."""
    url = view.home.kept_database_url(address, view.settings.database_url)
    store = open_store(url, member=address)
    try:
        if store.is_current():
            return store
    except ExchangeError:
        store.close()
        raise
    store.close()
    return None


def _stated(view: DomainView, domain: str) -> HeldHead | None:
    """The head signed last on this machine; None where none is to be found, or another authority's."""
    try:
        data = view.home.audit_head.read_bytes()
        body = read_head(data, load_authority_certificate(view.home.trusted), domain)
    except (OSError, BadDirectory):
        return None
    return HeldHead(body.issued_at, body.entries, body.hash)


def has_log(view: DomainView) -> bool:
    """Return whether the audit log is to be looked for here: it is made by whoever first needs it."""
    return view.settings.database_url is not None or view.home.database_file(CONSOLE).exists()
