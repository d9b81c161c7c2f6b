"""The second person (四眼): where a matter wants one, whoever has drafted an opinion does not sign it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from exchange.audit.people import same_person
from exchange.errors import BadOpinion, Denied
from exchange.schemas import Opinion


def expect_second_person(opinion: Opinion) -> None:
    """Raise BadOpinion unless an opinion names who has drafted it, and that is another than who signs it.

    Whoever answers by a way that knows one person only is told by which way two are named.
    """
    if opinion.drafted_by is None:
        raise BadOpinion(
            "the matter wants a second person, and nobody is named who has drafted the opinion",
            remedy="name the drafter beside the officer (`--drafted-by`, `drafted_by`), or submit a draft at the desk",
        )
    if same_person(opinion.drafted_by, opinion.officer):
        raise BadOpinion(
            "the matter wants a second person, and {officer} has drafted the opinion",
            remedy="have another officer sign it",
            officer=opinion.officer,
        )


def expect_other_than_drafters(signer: str, drafters: Iterable[str]) -> None:
    """Raise Denied for whoever has written at the draft that is to be signed, whoever has submitted it."""
    if any(same_person(signer, one) for one in drafters):
        raise Denied(
            "the matter wants a second person, and {signer} has written at this draft",
            remedy="have another account sign it, or throw the draft away and have another account write it",
            signer=signer,
        )
