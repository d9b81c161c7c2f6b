"""What the doctor looks at in the authority's key, where a token has it: nobody should find out on the day of need."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.directory import load_authority_certificate
from exchange.directory.authority import authority_place
from exchange.directory.tokens import TokenKey
from exchange.errors import ExchangeError
from exchange.language import Text
from exchange.operations.health.checkups.findings import Finding
from exchange.runtime.settings import Home, Settings

_CHECK = "authority"


def authority(settings: Settings) -> Iterator[Finding]:
    """Check that the token has the authority's key. It need not be at hand for traffic, so it is a note if not.

    Nothing where the key is a file, or elsewhere.
    """
    folder = Home(settings.home).authority
    uri = authority_place(folder)
    if uri is None:
        return
    try:
        key = TokenKey.open(uri)
    except ExchangeError as error:
        yield Finding("note", _CHECK, error.text, error.remedy_text)
        return
    if key.public_key() != load_authority_certificate(folder).public_key():
        said = Text("the key in the token is not that of the authority's certificate: {uri}", {"uri": str(uri)})
        yield Finding("bad", _CHECK, said, "name the key that is: exchange key use authority --pkcs11 URI")
        return
    yield Finding("good", _CHECK, Text("its key is in the token: {uri}", {"uri": str(uri)}))
