"""An Ed25519 signing key in a token (CKK_EC_EDWARDS, CKM_EDDSA): made there, found there, signing there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from exchange.directory.tokens.sessions import drop, library, session
from exchange.directory.tokens.uri import TokenUri
from exchange.errors import BadKeys, Conflict, TokenUnavailable

_ED25519 = bytes.fromhex("06032b6570")
"""Its object identifier, 1.3.101.112 (RFC 8410), DER."""
_POINT = 32


@dataclass(frozen=True)
class TokenKey:
    """A key in a token. What it signs is verified before it is given out: a token that errs is found out here."""

    uri: TokenUri
    _public: Ed25519PublicKey = field(repr=False)

    @classmethod
    def open(cls, uri: TokenUri) -> TokenKey:
        """Find a key. Raises BadKeys where token, key or public half are not there."""
        found = cls.find(uri)
        if found is None:
            raise BadKeys(
                "there is no signing key in the token for {uri}",
                remedy="name the object as it is called there",
                uri=str(uri),
            )
        return found

    @classmethod
    def find(cls, uri: TokenUri) -> TokenKey | None:
        """Find a key; None where the token has none of that name. Raises BadKeys."""
        pkcs11 = library()
        whole = uri.with_module()
        with session(whole) as opened:
            if _private(opened, whole) is None:
                return None
            halves = list(opened.get_objects(_wanted(whole, pkcs11.ObjectClass.PUBLIC_KEY)))
            if len(halves) != 1:
                raise BadKeys(
                    "the token has no public half, or more than one, for {uri}",
                    remedy="put the key's public half beside it in the token, under the same name and id",
                    uri=str(whole),
                )
            point = bytes(halves[0][pkcs11.Attribute.EC_POINT])
        if len(point) not in (_POINT, _POINT + 2):  # an OCTET STRING around it, or not: modules differ
            raise BadKeys("the key of {uri} is not an Ed25519 key", remedy="name an Ed25519 key", uri=str(whole))
        return cls(whole, Ed25519PublicKey.from_public_bytes(point[-_POINT:]))

    @classmethod
    def make(cls, uri: TokenUri) -> TokenKey:
        """Make a key in the token, which never leaves it. Raises BadKeys, Conflict where there is one of that name."""
        pkcs11 = library()
        whole = uri.with_module()
        if cls.find(whole) is not None:
            raise Conflict("the token has a key for {uri} already", remedy="give another object=", uri=str(whole))
        label = whole.text("object")
        with session(whole, writing=True) as opened:
            try:
                curve = {pkcs11.Attribute.EC_PARAMS: _ED25519}
                parameters = opened.create_domain_parameters(pkcs11.KeyType.EC_EDWARDS, curve, local=True)
                parameters.generate_keypair(
                    mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN,
                    store=True,
                    label=label,
                    id=whole.attributes.get("id"),
                    private_template={pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False},
                )
            finally:
                opened.close()
        return cls.open(whole)

    def public_key(self) -> Ed25519PublicKey:
        """Return the public half."""
        return self._public

    def sign(self, data: bytes, /) -> bytes:
        """Sign in the token; where it has dropped the session, once more in a new one. Raises BadKeys."""
        try:
            signature = self._signed(data)
        except TokenUnavailable as error:
            if error.__cause__ is None or not _dropped(error.__cause__):
                raise
            signature = self._signed(data)
        try:
            self._public.verify(signature, data)
        except InvalidSignature as error:
            drop(self.uri)
            raise TokenUnavailable(
                "the token of {uri} signs with another key than before",
                remedy="name the key that belongs to the certificate: exchange key use",
                uri=str(self.uri),
            ) from error
        return signature

    def _signed(self, data: bytes) -> bytes:
        pkcs11 = library()
        with session(self.uri) as opened:
            key = _private(opened, self.uri)
            if key is None:
                raise TokenUnavailable(
                    "the token has no key for {uri} any more",
                    remedy="restore the token's key, or replace it by another: exchange key use",
                    uri=str(self.uri),
                )
            return bytes(key.sign(bytes(data), mechanism=pkcs11.Mechanism.EDDSA))


def _private(opened: Any, uri: TokenUri) -> Any:
    pkcs11 = library()
    found = list(opened.get_objects(_wanted(uri, pkcs11.ObjectClass.PRIVATE_KEY)))
    if len(found) > 1:
        raise BadKeys("the token has more than one key for {uri}", remedy="name its id=, too", uri=str(uri))
    return found[0] if found else None


def _wanted(uri: TokenUri, what: Any) -> dict[Any, Any]:
    pkcs11 = library()
    wanted: dict[Any, Any] = {pkcs11.Attribute.CLASS: what, pkcs11.Attribute.KEY_TYPE: pkcs11.KeyType.EC_EDWARDS}
    if (label := uri.text("object")) is not None:
        wanted[pkcs11.Attribute.LABEL] = label
    if "id" in uri.attributes:
        wanted[pkcs11.Attribute.ID] = uri.attributes["id"]
    return wanted


def _dropped(cause: BaseException) -> bool:
    """Whether another session may do better: not where the PIN, the key or the mechanism is what is wrong."""
    pkcs11 = library()
    return isinstance(
        cause,
        pkcs11.SessionHandleInvalid
        | pkcs11.SessionClosed
        | pkcs11.ObjectHandleInvalid
        | pkcs11.KeyHandleInvalid
        | pkcs11.UserNotLoggedIn
        | pkcs11.DeviceRemoved
        | pkcs11.DeviceError
        | pkcs11.TokenNotPresent
        | pkcs11.GeneralError,
    )
