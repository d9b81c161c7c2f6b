"""What each kind of message, and each schema beside them, is called in Chinese and English: for every face alike."""

from __future__ import annotations

from exchange.language import choose
from exchange.schemas import Title
from exchange.schemas.published.export import MODELS

TITLES: dict[str, Title] = {name: model.TITLE for name, model in MODELS.items()}
"""The names that the models themselves declare."""

_TITLES = TITLES | {"faulty": ("无法识读的来文", "Message that cannot be read")}
"""And what went back because it is not what its kind says it is; see `exchange.messaging.documents`."""


def kind_name(kind: str) -> str:
    """Return the name of a kind of message in the language spoken now; the kind itself where it is unknown."""
    return choose(_TITLES[kind]) if kind in _TITLES else kind
