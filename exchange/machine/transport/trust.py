"""Whom a broker's certificate is verified by: the authority that a setting names, or those that the machine trusts."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping

from exchange.errors import BadConfiguration

TLS_AUTHORITY = "EXCHANGE_TLS_AUTHORITY"
"""Environment variable: PEM file of the authorities that issue the certificates of broker and management API."""

TLS = "tls"
"""Folder of a trial authority and what it has issued, in a domain's folder."""


def broker_trust(env: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return how a broker is spoken to by TLS: 1.2 or later, its certificate and its name verified.

    Made anew each time, so that a file that was exchanged counts from the next connection on. Raises BadConfiguration.
    """
    file = env.get(TLS_AUTHORITY) or None
    try:
        context = ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.errno else ""
        raise BadConfiguration(
            "{setting}: {file} holds no certificates ({reason})",
            remedy="name the PEM file of the authority that issued the broker's certificate, readable to this user",
            setting=TLS_AUTHORITY,
            file=file,
            reason=reason or type(error).__name__,
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
