"""What a provider publishes of itself: its addresses and its keys, read when they are wanted and kept for a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import KeySet

from exchange.clock import monotonic
from exchange.language import Text
from exchange.machine.web_client import Unanswered, WebClient
from exchange.web.door.provider.faults import ProviderDown
from exchange.web.door.provider.id_token import keys_of
from exchange.web.door.provider.settings import ProviderSettings, is_safe

SECONDS = 10.0
"""For one answer of the provider's, from its name to its last octet."""
KEPT, KEYS_AGAIN, UNASKED = 3600.0, 60.0, 10.0
"""Seconds for which what it publishes is taken to hold; for which unknown keys do not have them read anew; and for
which one that did not answer is not asked again, so that nobody waits for it in a row."""
_MOST = 256 * 1024
"""Octets of an answer."""


@dataclass(frozen=True)
class ProviderAddresses:
    """Where what is done at a provider."""

    authorize: str
    token: str
    keys: str
    sign_out: str
    """Where people end their session there; empty where it says nothing of that."""
    posts_secret: bool
    """Whether it wants a client's secret in the form, and takes none in the header."""


class ProviderMetadata:
    """Reads and keeps it. Safe to use from several threads."""

    def __init__(self, settings: ProviderSettings, client: WebClient, time: Callable[[], float] = monotonic) -> None:
        self._settings, self._client, self._time = settings, client, time
        self._lock = threading.Lock()
        self._addresses: tuple[float, ProviderAddresses] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._down_since: float | None = None

    def known_sign_out(self) -> str:
        """Return where people end their session there, if that was read; nothing is asked for it."""
        return self._addresses[1].sign_out if self._addresses is not None else ""

    def addresses(self) -> ProviderAddresses:
        """Return its addresses. Raises ProviderDown."""
        with self._lock:
            if self._addresses is None or self._time() - self._addresses[0] > KEPT:
                document = self._read(f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
                self._addresses = self._time(), _addresses(self._settings.issuer, document)
            return self._addresses[1]

    def keys(self, *, anew: bool = False) -> KeySet:
        """Return its keys; ``anew``: one was met that is not among them. Raises ProviderDown or NotSignedIn."""
        address = self.addresses().keys
        with self._lock:
            age = self._time() - self._keys[0] if self._keys is not None else KEPT + 1
            if self._keys is None or age > (KEYS_AGAIN if anew else KEPT):
                self._keys = self._time(), keys_of(self._read(address))
            return self._keys[1]

    def _read(self, url: str) -> Mapping[str, Any]:
        if self._down_since is not None and self._time() - self._down_since < UNASKED:
            raise ProviderDown(Text("it did not answer a moment ago"))
        try:
            answer = self._client.ask("GET", url, seconds=SECONDS, at_most=_MOST)
            if not answer.is_success:
                raise Unanswered(f"HTTP {answer.status}")
            found = json.loads(answer.body)
        except Unanswered as error:
            self._down_since = self._time()
            raise ProviderDown(error.text) from None
        except ValueError:
            self._down_since = self._time()
            raise ProviderDown(Text("what it answers is no JSON")) from None
        self._down_since = None
        if not isinstance(found, dict):
            raise ProviderDown(Text("what it answers is no JSON"))
        return found


def _addresses(issuer: str, document: Mapping[str, Any]) -> ProviderAddresses:
    """Raises ProviderDown for a document of another issuer's, or addresses to which no secret may go."""
    found = [document.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if document.get("issuer") != issuer or not all(map(is_safe, found)):
        raise ProviderDown(Text("its configuration is another issuer's, or names addresses without TLS"))
    if "S256" not in (document.get("code_challenge_methods_supported") or ["S256"]):
        raise ProviderDown(Text("it does not take PKCE with S256"))
    methods = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    posts = "client_secret_basic" not in methods and "client_secret_post" in methods
    end = document.get("end_session_endpoint")
    return ProviderAddresses(str(found[0]), str(found[1]), str(found[2]), str(end) if is_safe(end) else "", posts)
