"""Headers that keep browsers strict, for every answer of every server of ours, whatever its status."""

from __future__ import annotations

from collections.abc import Mapping

PLAIN: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""For what is no page: texts, figures, errors of a server."""

FILES = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""The policy of files of strangers that are given out: whatever they are, they do nothing in our name."""

PAGES: Mapping[str, str] = {
    **PLAIN,
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "same-origin",
}
"""For pages: nothing from elsewhere, no inline script, no frames, nothing kept by the browser."""
