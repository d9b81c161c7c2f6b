"""The certificates of a token in the order that DER wants: many authorities send theirs in any other.

They are a set (RFC 5652, section 5.1), which DER sorts (X.690, section 11.6), and no signature covers their order. The
library that reads tokens takes a sorted set only.
"""

from __future__ import annotations

from exchange.audit.timestamps.der import FIRST, signed_data


def with_sorted_certificates(response: bytes) -> bytes:
    """Return a TimeStampResp with the certificates of its token sorted; nothing else of it changes, nor its length.

    Raises Malformed where it has not the shape of one with a token.
    """
    certificates = signed_data(response).first(FIRST)
    if certificates is None:
        return response
    each = sorted(one.encoded for one in certificates.inside())
    return response[: certificates.start] + b"".join(each) + response[certificates.end :]
