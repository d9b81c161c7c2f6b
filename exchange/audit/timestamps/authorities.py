"""Certificates of time-stamping authorities, as a reader hands them in: any issuer's, any key's."""

from __future__ import annotations

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates

from exchange.errors import BadDirectory

TimeAuthority = Certificate
"""A certificate as it is held in memory; `time_authorities` reads them."""


def time_authorities(data: bytes) -> tuple[TimeAuthority, ...]:
    """Return the certificates of a file: one in DER, or any number in PEM (RFC 7468).

    Raises BadDirectory for what is none.
    """
    try:
        if b"-----BEGIN" in data:
            return tuple(load_pem_x509_certificates(data))
        return (load_der_x509_certificate(data),)
    except ValueError as error:
        raise BadDirectory("a time-stamping authority's certificate cannot be read") from error
