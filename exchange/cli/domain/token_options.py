"""The option that names a key in a token."""

from __future__ import annotations

from typing import Annotated

import typer

from exchange.directory.tokens.uri import TokenUri

URI_HELP = "The key in a token (RFC 7512): pkcs11:token=NAME;object=NAME?pin-source=file:/PATH. No PIN in it."
TokenOption = Annotated[
    str | None, typer.Option("--pkcs11", metavar="URI", help="Make the signing key in this token, not in a file.")
]


def parsed(text: str | None) -> TokenUri | None:
    """Return the key's place. Raises BadKeys."""
    return None if text is None else TokenUri.parse(text).with_module()
