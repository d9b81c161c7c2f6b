"""An application that does not fit its matter's form: every fault at once, each with its place and its remedy."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.api.model import InvalidField
from exchange.api.terms import in_api_terms
from exchange.catalogue.completeness import Shortcoming
from exchange.errors import BadApplication
from exchange.language import Language, joined


class UnfitApplication(BadApplication):
    """An application that the form's own check refuses."""

    def __init__(self, matter: str, faults: Sequence[tuple[str, Shortcoming]]) -> None:
        super().__init__(
            "the application for {matter} is not complete: {faults_found}",
            remedy="hand in what is named, all of it together",
            matter=matter,
            faults_found=joined(one.what for _, one in faults),
        )
        self._faults = tuple(faults)

    def told(self, *, in_chinese: bool) -> tuple[InvalidField, ...]:
        """Return all faults as a problem has them, each by its JSON pointer."""
        return tuple(_told(pointer, one, in_chinese) for pointer, one in self._faults)


def _told(pointer: str, one: Shortcoming, in_chinese: bool) -> InvalidField:
    return InvalidField(
        pointer=pointer,
        detail=str(one.what),
        remedy=in_api_terms(str(one.remedy)),
        field=one.field or None,
        material=one.material or None,
        detail_zh=one.what.written(Language.CHINESE) if in_chinese else None,
        remedy_zh=in_api_terms(one.remedy.written(Language.CHINESE)) if in_chinese else None,
    )
