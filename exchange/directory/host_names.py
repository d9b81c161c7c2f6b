"""The host names that a server's TLS certificate is for."""

from __future__ import annotations

from cryptography import x509


def host_names(pem: bytes) -> list[str]:
    """Return the DNS names of the first certificate in a PEM file; none where it names none or cannot be read."""
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return names.get_values_for_type(x509.DNSName)
    except (ValueError, IndexError, x509.ExtensionNotFound):
        return []
