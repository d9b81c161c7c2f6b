"""What a supplement brings of what an applicant was invited to hand in: the same for portal, window and department."""

from __future__ import annotations

from collections.abc import Sequence

from exchange.schemas import Application, WantedPaper


def brings(wanted: Sequence[WantedPaper], before: Application, after: Application) -> bool:
    """Return whether an application as it was sent in once more has something that was wanted and was not there.

    A material that is named counts where a file or note of it is new; what stands in words, where anything is new.
    """
    new = _handed_in(after) - _handed_in(before)
    named = {one.material for one in wanted if one.material is not None}
    if any(code in named for code, _ in new):
        return True
    in_words = any(one.material is None for one in wanted)
    return in_words and (bool(new) or _said(after) != _said(before))


def _handed_in(application: Application) -> set[tuple[str, str]]:
    found = set()
    for one in application.materials:
        file = one.attachment or one.claim
        found.add((one.code, file.digest if file is not None else one.note))
    return found


def _said(application: Application) -> tuple[object, ...]:
    return application.summary, {one.field: one.value for one in application.answers}
