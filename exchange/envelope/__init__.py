"""How a document is protected: signed, sealed, opened, verified. COSE (RFC 9052), HPKE (RFC 9180), Ed25519."""

from exchange.envelope.cosign import Cosigned, countersign, join, read_cosigned, verify_countersignature
from exchange.envelope.document import Trust, Verified, payload_of, sign_document, signer_of, verify_signed
from exchange.envelope.keys import DecryptionKey, Identity, Recipient, Signer
from exchange.envelope.leaves import pack_leaves, unpack_leaves
from exchange.envelope.opening import Authentic, Faulty, Opened, open_envelope, peek, prove_envelope
from exchange.envelope.primitives import belongs_to_somebody
from exchange.envelope.protocols import OpeningKey, SigningKey
from exchange.envelope.sealing import Sealed, envelope_for, seal, sealed_to

__all__ = [
    "Authentic",
    "Cosigned",
    "DecryptionKey",
    "Faulty",
    "Identity",
    "Opened",
    "OpeningKey",
    "Recipient",
    "Sealed",
    "Signer",
    "SigningKey",
    "Trust",
    "Verified",
    "belongs_to_somebody",
    "countersign",
    "envelope_for",
    "join",
    "open_envelope",
    "pack_leaves",
    "payload_of",
    "peek",
    "prove_envelope",
    "read_cosigned",
    "seal",
    "sealed_to",
    "sign_document",
    "signer_of",
    "unpack_leaves",
    "verify_countersignature",
    "verify_signed",
]
