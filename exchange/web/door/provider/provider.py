"""The way by a provider (OpenID Connect, code flow with PKCE): there with a state, back with a code, and who it is."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote_plus, urlencode, urlsplit

from exchange.language import Text
from exchange.machine.web_client import Unanswered, WebClient
from exchange.web.door.provider.begun import BegunSignIn, BegunSignIns
from exchange.web.door.provider.faults import NotBegunHere, NotSignedIn, ProviderDown
from exchange.web.door.provider.id_token import UnknownKey, subject_of
from exchange.web.door.provider.metadata import SECONDS, ProviderAddresses, ProviderMetadata
from exchange.web.door.provider.settings import ProviderSettings

_MOST = 64 * 1024
"""Octets of an answer with tokens."""
_LONGEST = 4096
"""Characters of a code or state that comes back."""


class Provider:
    """One provider. Safe to use from several threads."""

    def __init__(self, settings: ProviderSettings, client: WebClient | None = None) -> None:
        self.settings = settings
        self._client = client or WebClient(proxies=True)
        self.metadata = ProviderMetadata(settings, self._client)
        self._begun = BegunSignIns()

    def begin(self, then: str, back: str, browser: str, place: str) -> str:
        """Return the address at the provider to which a browser is sent. Raises ProviderDown."""
        address = self.metadata.addresses().authorize
        state, begun = self._begun.begin(then, back, browser, place)
        asked = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.settings.client,
            "redirect_uri": back,
            "state": state,
            "nonce": begun.nonce,
            "code_challenge": _challenge(begun.verifier),
            "code_challenge_method": "S256",
        }
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    def finish(self, came: Mapping[str, str], browser: str, now: datetime) -> tuple[str, str]:
        """Return who has come back, by the provider's name for them, and the path to go to.

        Raises NotBegunHere, NotSignedIn, ProviderDown or FileUnusable.
        """
        state, code = came.get("state", ""), came.get("code", "")
        if not state or len(state) > _LONGEST:
            raise NotBegunHere
        begun = self._begun.take(state, browser)
        if came.get("iss", self.settings.issuer) != self.settings.issuer:  # RFC 9207: another's answer
            raise NotSignedIn
        if "error" in came or not code or len(code) > _LONGEST:
            raise NotSignedIn
        token = self._exchanged(code, begun)
        return self._subject(token, begun.nonce, now), begun.then

    def _subject(self, token: str, nonce: str, now: datetime) -> str:
        """Keys are changed now and then: one that is not known has them read anew, not more than once a minute."""
        issuer, client = self.settings.issuer, self.settings.client
        try:
            return subject_of(token, self.metadata.keys(), issuer, client, nonce, now)
        except UnknownKey:
            try:
                return subject_of(token, self.metadata.keys(anew=True), issuer, client, nonce, now)
            except UnknownKey:
                raise NotSignedIn(Text("the provider has signed with a key that it does not publish")) from None

    def _exchanged(self, code: str, begun: BegunSignIn) -> str:
        """The signed word for a code. Raises NotSignedIn where the provider does not take it, or ProviderDown."""
        addresses = self.metadata.addresses()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": begun.back,
            "client_id": self.settings.client,
            "code_verifier": begun.verifier,
        }
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
        headers |= self._credentials(form, addresses)
        try:
            answer = self._client.ask(
                "POST", addresses.token, seconds=SECONDS, headers=headers, content=urlencode(form).encode(),
                at_most=_MOST,
            )  # fmt: skip
        except Unanswered as error:
            raise ProviderDown(error.text) from None
        if 400 <= answer.status < 500 and answer.status not in (408, 429):
            raise NotSignedIn(Text("the provider does not take this sign-in: it was used, or has become too old"))
        if not answer.is_success:
            raise ProviderDown(f"HTTP {answer.status}")
        return _id_token(answer.body)

    def _credentials(self, form: dict[str, str], addresses: ProviderAddresses) -> Mapping[str, str]:
        """Says who we are: in a header (RFC 6749, 2.3.1), or in the form where the provider takes no header."""
        secret = self.settings.secret()
        if secret is None:
            return {}
        if addresses.posts_secret:
            form["client_secret"] = secret
            return {}
        both = f"{quote_plus(self.settings.client)}:{quote_plus(secret)}"
        return {"authorization": f"Basic {base64.b64encode(both.encode()).decode()}"}


def _id_token(body: bytes) -> str:
    try:
        found = json.loads(body)
    except ValueError:
        raise ProviderDown(Text("what it answers is no JSON")) from None
    token = found.get("id_token") if isinstance(found, dict) else None
    if not isinstance(token, str):
        raise NotSignedIn
    return token


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
