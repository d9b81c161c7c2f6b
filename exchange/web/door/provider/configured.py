"""The provider that the environment names, for whatever serves a door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exchange.web.door.provider.settings import ProviderSettings

if TYPE_CHECKING:
    from exchange.web.door.provider.provider import Provider


def provider_of(env: Mapping[str, str]) -> Provider | None:
    """Return the provider by which people may sign in, or None. Nothing is asked of it yet. Raises BadConfiguration."""
    settings = ProviderSettings.read(env)
    if settings is None:
        return None
    from exchange.web.door.provider.provider import Provider  # its library takes a while to import

    return Provider(settings)
