"""Renewal: a member takes a newer directory and newer keys of its own while it is served, as soon as they are there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta

from exchange.directory import DirectoryView, Lookup, TreeView, load_authority_certificate, load_directory_file
from exchange.directory.keyfiles import signing_place
from exchange.directory.succession import former_authorities, successor_in
from exchange.envelope import Identity
from exchange.errors import BadDirectory, BadKeys
from exchange.levels.spread import Taken
from exchange.machine.logger import get_logger
from exchange.runtime.keys.identity import open_identity
from exchange.runtime.keys.steadily import Marks, files_of, marks, steadily
from exchange.runtime.settings import Home, Settings
from exchange.runtime.stated.freshness import FreshnessWatch
from exchange.runtime.stated.heads import HeadKeeper
from exchange.runtime.tree_files import STAMP, TreeFiles, say_refused
from exchange.schemas import MAX_AUTHORITIES

log = get_logger()


class Renewal:
    """Reads a member's keys, its domain's directory and the tree around it, and again when their files were replaced.

    The tree is also looked at anew when one of its domains ends.

    The authority's certificate is read once: nothing that happens on disk afterwards can exchange whom one trusts, but
    a paper by which the authority itself names the one after it.
    """

    def __init__(self, settings: Settings, address: str, seen: int, tree_seen: Mapping[str, int] | None = None) -> None:
        home = Home(settings.home)
        self._settings = settings
        self._address = address
        self._directory = home.directory
        self._keys = home.keys(address)
        self._tree = home.tree
        self._seen = seen
        self._tree_seen = dict(tree_seen or {})
        self._authority = load_authority_certificate(home.trusted)
        self._former = former_authorities(home.trusted)
        self._home, self._trusted = home, home.trusted
        self._files = TreeFiles(home, self._authority)
        self._freshness = FreshnessWatch(home.freshness)
        self._digest = ""
        self._view: Lookup | None = None
        self._marks: Marks = ()
        self._refused: Marks = ()

    def read(self) -> tuple[Identity, Lookup]:
        """Read keys and directories as they are now.

        Raises BadKeys, or BadDirectory for one older than was seen before.

        What is invalid of other domains is said and left out.
        """
        return steadily(self._read, self._look, self._keys)

    def _read(self, seen: Marks) -> tuple[Identity, Lookup]:
        now = self._settings.clock.now()
        own = self._own()
        identity = open_identity(self._keys, self._address, own)
        view = self._files.view(own, now, self._tree_seen)
        self._marks, self._seen, self._view = seen, own.version, view
        if isinstance(view, TreeView):
            self._tree_seen |= view.tree.marks
            say_refused(self._address, view)
        return identity, view

    def take(self, new: Sequence[bytes]) -> Taken:
        """Keep directories of other domains that verify. Raises BadDirectory when the own one does not."""
        return self._files.take(self._own(), new, self._settings.clock.now(), self._tree_seen)

    def _own(self) -> DirectoryView:
        self._succeed()
        now = self._settings.clock.now()
        view = load_directory_file(self._directory, self._authority, now, self._seen, self._former)
        with suppress(OSError):
            self._digest = hashlib.sha256(self._directory.read_bytes()).hexdigest()
        return view

    def _succeed(self) -> None:
        """Trust the authority that the present one names as the one after it, and so on. Raises BadDirectory."""
        for _ in range(MAX_AUTHORITIES):
            after = successor_in(self._trusted, self._authority)
            if after is None:
                return
            log.info("authority.succeeded", node=self._address)
            self._former = (*self._former, self._authority)[-MAX_AUTHORITIES:]
            self._authority = after
            self._files = TreeFiles(self._home, after)

    def not_current(self) -> timedelta | None:
        """Return for how long the directory read last is not known to be the present one."""
        if self._view is None:
            return None
        return self._freshness.behind(self._authority, self._view.domain, self._view.version, self._digest)

    def statement(self) -> bytes | None:
        """Return the latest statement of which directory is the present one, to be carried on."""
        self.not_current()  # looks whether there is a newer one beside the directory
        return self._freshness.statement

    def take_statement(self, data: bytes, *, remembered: bool = False) -> bool:
        """Take such a statement from elsewhere; returns whether it is the latest now."""
        if self._view is None:
            return False
        return self._freshness.take(data, self._authority, self._view.domain, remembered=remembered)

    def audit_head(self, keeper: HeadKeeper) -> bytes | None:
        """Return the highest head of the domain's audit log that is known, to be carried on."""
        return None if self._view is None else keeper.statement(self._authority, self._view.domain)

    def take_audit_head(self, keeper: HeadKeeper, data: bytes) -> None:
        """Keep such a head from elsewhere, where it proves itself."""
        if self._view is not None:
            keeper.take(data, self._authority, self._view.domain)

    def read_if_changed(self) -> tuple[Identity, Lookup] | None:
        """Read what is newer than what was read last. What is invalid is said once, and what was read last stays."""
        now = self._look()
        if (now == self._refused and not self._in_token()) or (now == self._marks and not self._ended()):
            return None
        try:
            return self.read()
        except (BadKeys, BadDirectory) as error:
            if now != self._refused:
                said = {"code": error.code, "reason": str(error), "remedy": error.remedy}
                log.error("renewal.refused", node=self._address, **said)
            self._refused = now
            return None

    def _in_token(self) -> bool:
        """Whether what was refused may hold without any file being changed: a token that was away comes back."""
        try:
            return signing_place(self._keys) is not None
        except (BadKeys, OSError):
            return False

    def _ended(self) -> bool:
        """Whether a domain that counted when the tree was read counts no more."""
        until = self._view.until if isinstance(self._view, TreeView) else None
        return until is not None and self._settings.clock.now() >= until

    def _look(self) -> Marks:
        return marks(*files_of(self._home, self._address), self._tree, self._tree / STAMP)
