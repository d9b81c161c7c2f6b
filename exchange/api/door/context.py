"""What all operations share: the domain view, the members opened for them, and the real clock."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from starlette.requests import Request

from exchange.clock import Clock, RealClock
from exchange.errors import Denied, NotFound
from exchange.operations.domain_view import DomainView
from exchange.operations.systems.tokens import Scope
from exchange.portal.told.settings import ToldSettings
from exchange.portal.uploads.scanning import ScannerPlace
from exchange.runtime.home import OpenedMember, open_member
from exchange.web.door.attempts import Attempts
from exchange.web.door.passwords import Passwords


@dataclass(frozen=True)
class Caller:
    """Who asks, by its token."""

    token_id: str
    name: str
    member: str
    scopes: tuple[Scope, ...]


@dataclass
class Api:
    """The API's state. Leases, keys, tokens and webhooks follow ``clock``, which is real whatever the domain's is."""

    view: DomainView
    clock: Clock = field(default_factory=RealClock)
    attempts: Attempts = field(default_factory=Attempts)
    passwords: Passwords = field(default_factory=Passwords)
    """Hashes the access codes of what systems file for applicants."""
    scanner: ScannerPlace | None = None
    """What scans the files of what they file."""
    told: ToldSettings = field(default_factory=ToldSettings)
    """By which ways applicants can be told of what happens."""
    _members: dict[str, OpenedMember] = field(default_factory=dict)
    _opening: threading.Lock = field(default_factory=threading.Lock)

    def member(self, address: str) -> OpenedMember:
        """Return a member with its present keys and directory. Raises Denied for one this domain does not have any
        more.
        """
        with self._opening:
            if address not in self._members:
                try:
                    # The view makes a store where there is none; a member that is gone must not get one.
                    if address not in self.view.profiles():
                        raise NotFound("no member {address}", remedy="revoke its tokens", address=address)
                    self._members[address] = open_member(self.view.settings, address, store=self.view.store(address))
                except NotFound as error:
                    raise Denied(str(error), remedy="ask a security officer for a token of a present member") from error
            opened = self._members[address]
        opened.node.renew()
        if opened.node.directory.member(address).revoked_at is not None:
            raise Denied(
                "{address} is revoked", remedy="ask a security officer for a token of a present member", address=address
            )
        return opened


def api_of(request: Request) -> Api:
    """Return the API's state, as an operation gets it."""
    found: Api = request.app.state.api
    return found
